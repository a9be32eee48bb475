import type { Vault } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { type Content, h, svg } from '../dom/h.ts';
import type { Context, Page, View } from '../parts/context.ts';
import { badge, link } from '../parts/controls.ts';
import { type Column, table } from '../parts/table.ts';
import { hashOf } from '../router.ts';
import { SWITCHES, VAULT_KINDS } from '../words/labels.ts';
import { plural } from '../words/time.ts';
import { deletedVaults } from './deletedVaults.ts';

/** A name that somebody typed is looked up in the list, because reading a vault that is not there would be a failed request. */
export const vaultNamed = async (api: Client, name: string): Promise<Vault | undefined> =>
  (await api.all('listVaults')).find((vault) => vault.name.toLowerCase() === name.toLowerCase());

/** Drawn: not every machine has the character. */
const lock = (): SVGElement =>
  svg(
    'svg',
    { viewBox: '0 0 16 16', class: 'lock', role: 'img', 'aria-label': 'locked for ever' },
    svg('title', {}, 'Locked for ever'),
    svg('path', { d: 'M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7h1Zm2 0h4V5a2 2 0 0 0-4 0v2Z' }),
  );

export const softDelete = ({ softDelete: { state } }: Vault): HTMLElement =>
  h('span', { class: 'state' }, badge(SWITCHES[state].text, SWITCHES[state].tone), state === 'AlwaysOn' && lock());

export const hybridSwitch = ({ hybrid }: Vault): Content =>
  hybrid ? badge(SWITCHES[hybrid.state].text, SWITCHES[hybrid.state].tone) : h('span', { class: 'quiet' }, 'not here');

const trash = ({ name, counts: { softDeleted } }: Vault): Content =>
  softDeleted === 0
    ? '0'
    : link(softDeleted.toLocaleString('en'), hashOf(['items'], { vault: name, state: 'SoftDeleted' }), {
        class: 'link red',
        'aria-label': `${softDeleted} soft deleted in ${name}`,
      });

const COLUMNS: readonly Column<Vault>[] = [
  { title: 'Name', cell: ({ name }) => link(name, hashOf(['vaults', name])) },
  { title: 'Kind', cell: ({ kind }) => VAULT_KINDS[kind], minor: true },
  { title: 'Soft delete', cell: softDelete },
  { title: 'Retention', cell: (vault) => plural(vault.softDelete.retentionDays, 'day') },
  { title: 'Hybrid security', cell: hybridSwitch, minor: true },
  { title: 'Protected', cell: ({ counts }) => counts.protected.toLocaleString('en'), numeric: true },
  { title: 'Stopped', cell: ({ counts }) => counts.stopped.toLocaleString('en'), numeric: true, minor: true },
  { title: 'Soft deleted', cell: trash, numeric: true },
];

const sum = (vaults: readonly Vault[], key: keyof Vault['counts']): number =>
  vaults.reduce((total, { counts }) => total + counts[key], 0);

const FIGURES = [
  { count: 'protected', text: 'protected', state: 'Protected', tone: '' },
  { count: 'stopped', text: 'stopped, data kept', state: 'ProtectionStopped', tone: '' },
  { count: 'softDeleted', text: 'soft deleted', state: 'SoftDeleted', tone: 'red' },
] as const;

/** How many items there are, each number a link to them; in one vault or in all. */
export const figures = (vaults: readonly Vault[], vault = ''): HTMLElement =>
  h(
    'div',
    { class: 'figures' },
    ...FIGURES.map(({ count, text, state, tone }) =>
      h(
        'a',
        { class: `figure ${tone}`, href: hashOf(['items'], { vault, state }) },
        h('span', { class: 'number' }, sum(vaults, count).toLocaleString('en')),
        h('span', {}, text),
      ),
    ),
  );

export const vaultsView: View = async (context: Context): Promise<Page> => {
  const [vaults, deleted] = await Promise.all([context.api.all('listVaults'), deletedVaults(context)]);
  return {
    title: 'Vaults',
    body: [
      figures(vaults),
      table(
        'Vaults',
        COLUMNS,
        vaults,
        'There is no vault yet. The API makes one: PUT /api/vaults/{name}. `npm run demo` fills a local run.',
      ),
      deleted,
    ],
  };
};
