import type { Executor, Policy, Vault } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, facts, link, section } from '../../parts/controls.ts';
import { notFound } from '../../parts/messages.ts';
import { table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { kept, VAULT_KINDS, workloadOf } from '../../words/labels.ts';
import { plural } from '../../words/time.ts';
import { figures, hybridSwitch, softDelete, vaultNamed } from '../vaults.ts';
import { bulkUndelete } from './bulkUndelete.ts';
import { mailSettings } from './mailSettings.ts';
import { pendingChanges } from './pendingChanges.ts';
import { purgeSettings } from './purgeSettings.ts';
import { securityPin } from './securityPin.ts';
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
    ['Purges ask', vault.purge.executor ?? 'nobody, unless the kind of the item names an executor'],
    ['Weakenings cool off for', plural(vault.coolingOffHours, 'hour')],
    ['Mails go to', [...vault.alerts.recipients, ...vault.alerts.owners].join(', ') || 'nobody yet'],
  ]);

const policies = (found: readonly Policy[]): Content =>
  table<Policy>(
    'Policies',
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Keeps', cell: kept },
      { title: 'Workloads', cell: ({ workloads }) => workloads.map(workloadOf).join(', '), minor: true },
      { title: 'Schedule', cell: ({ schedule }) => h('span', { class: 'mono nowrap' }, schedule), minor: true },
    ],
    found,
    'The vault has no policy yet.',
  );

const commands = (context: Context, vault: Vault, executors: readonly Executor[]): HTMLElement => {
  const [mayChange, mayUndelete] = [context.may('Contributor'), context.may('Operator')];
  return h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': `Commands for ${vault.name}` },
    mayChange && button('Soft delete settings', () => softDeleteSettings(context, vault), { id: 'do-settings' }),
    mayChange &&
      vault.softDelete.state !== 'AlwaysOn' &&
      button('Make always on', () => alwaysOn(context, vault), { id: 'do-always-on' }),
    mayChange && button('Mails and alerts', () => mailSettings(context, vault), { id: 'do-mails' }),
    mayChange && button('Purges', () => purgeSettings(context, vault, executors), { id: 'do-purges' }),
    mayUndelete &&
      vault.counts.softDeleted > 0 &&
      button('Undelete many', () => bulkUndelete(context, vault), { id: 'do-undelete' }),
    button('Refresh', () => context.refresh(), { id: 'do-refresh', appearance: 'subtle' }),
  );
};

export const vaultView: View = async (context): Promise<Page> => {
  const { api, place } = context;
  const [, name = ''] = place.path;
  const vault = await vaultNamed(api, name);
  if (!vault) return notFound(`There is no vault ${name}.`);
  const names = { vault: vault.name };
  const [found, hosts, executors] = await Promise.all([
    api.all('listPolicies', { names }),
    api.all('listServers', { names }),
    api.all('listExecutors', {}),
  ]);
  return {
    title: vault.name,
    trail: [{ text: 'Vaults', href: hashOf(['vaults']) }],
    actions: commands(context, vault, executors),
    body: [
      figures([vault], vault.name),
      h(
        'p',
        {},
        link('All its backup items', hashOf(['items'], names)),
        ' · ',
        link('Its alerts', hashOf(['alerts'], names)),
        ' · ',
        link('Its purge orders', hashOf(['orders'], names)),
      ),
      vault.pendingChanges.length > 0 && section('Pending changes', pendingChanges(context, vault)),
      section('Properties', properties(vault)),
      vault.hybrid && section('Servers', servers(context, vault, hosts)),
      context.may('Contributor') && section('Security PIN', securityPin(context, vault, hosts)),
      section('Policies', policies(found)),
    ],
  };
};
