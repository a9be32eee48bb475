import { at } from '../../api/client.ts';
import type { Problem } from '../../api/problem.ts';
import type { Policy, Server, Vault } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, facts, link, section } from '../../parts/controls.ts';
import { table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { VAULT_KINDS, workload } from '../../words/labels.ts';
import { plural } from '../../words/time.ts';
import { everyOne, hybridSwitch, softDelete } from '../vaults.ts';
import { bulkUndelete } from './bulkUndelete.ts';
import { mailSettings } from './mailSettings.ts';
import { servers } from './servers.ts';
import { alwaysOn, softDeleteSettings } from './softDelete.ts';

const properties = (vault: Vault): HTMLElement =>
  facts([
    ['Kind', VAULT_KINDS[vault.kind]],
    ['Soft delete', softDelete(vault)],
    ['Soft-deleted data is kept', plural(vault.softDelete.retentionDays, 'day')],
    [
      'A longer period',
      vault.softDelete.retentionScope === 'ExtendExisting'
        ? 'also holds for what is deleted already'
        : 'holds for later deletions only',
    ],
    ['Hybrid security', hybridSwitch(vault)],
    ['Immutability', vault.immutability],
    ['Guard', vault.guard ?? 'none'],
    ['Mails go to', [...vault.alerts.recipients, ...vault.alerts.owners].join(', ') || 'nobody yet'],
  ]);

const counts = ({ name, counts: { protected: kept, stopped, softDeleted } }: Vault): Content =>
  h(
    'div',
    { class: 'figures' },
    ...(
      [
        [kept, 'protected', 'Protected', ''],
        [stopped, 'stopped, data kept', 'ProtectionStopped', ''],
        [softDeleted, 'soft deleted', 'SoftDeleted', 'red'],
      ] as const
    ).map(([count, text, state, tone]) =>
      h(
        'a',
        { class: `figure ${tone}`, href: hashOf(['items'], { vault: name, state }) },
        h('span', { class: 'number' }, count.toLocaleString('en')),
        h('span', {}, text),
      ),
    ),
  );

const policies = (found: readonly Policy[]): Content =>
  table<Policy>(
    'Policies',
    [
      { title: 'Name', cell: ({ name }) => name },
      {
        title: 'Keeps',
        cell: ({ retention }) =>
          Object.entries(retention)
            .map(([rung, count]) => `${count} ${rung}`)
            .join(', '),
      },
      { title: 'Workloads', cell: ({ workloads }) => workloads.map(workload).join(', '), minor: true },
      { title: 'Schedule', cell: ({ schedule }) => h('span', { class: 'mono nowrap' }, schedule), minor: true },
    ],
    found,
    'The vault has no policy yet.',
  );

const commands = (context: Context, vault: Vault): HTMLElement =>
  h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': `Commands for ${vault.name}` },
    button('Soft delete settings', () => softDeleteSettings(context, vault), { id: 'do-settings' }),
    vault.softDelete.state !== 'AlwaysOn' &&
      button('Make always on', () => alwaysOn(context, vault), { id: 'do-always-on' }),
    button('Mails and alerts', () => mailSettings(context, vault), { id: 'do-mails' }),
    vault.counts.softDeleted > 0 && button('Undelete many', () => bulkUndelete(context, vault), { id: 'do-undelete' }),
    button('Refresh', () => context.refresh(), { id: 'do-refresh', appearance: 'subtle' }),
  );

export const vaultView: View = async (context): Promise<Page | Problem> => {
  const [, name = ''] = context.place.path;
  const path = at('vaults', name);
  const [vault, found, hosts] = await Promise.all([
    context.api.get<Vault>(path),
    everyOne(context.api.pages<Policy>(`${path}/policies?top=200`)),
    everyOne(context.api.pages<Server>(`${path}/servers?top=200`)),
  ]);
  if (!vault.ok) return vault.problem;
  const it = vault.value;
  return {
    title: it.name,
    trail: [{ text: 'Vaults', href: hashOf(['vaults']) }],
    actions: commands(context, it),
    body: [
      counts(it),
      h(
        'p',
        {},
        link('All its backup items', hashOf(['items'], { vault: it.name })),
        ' · ',
        link('Its alerts', hashOf(['alerts'], { vault: it.name })),
      ),
      section('Properties', properties(it)),
      it.hybrid && section('Servers and security PIN', servers(context, it, 'code' in hosts ? [] : hosts)),
      section('Policies', policies('code' in found ? [] : found)),
    ],
  };
};
