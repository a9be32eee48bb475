import type { Answer } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import type { Vault } from '../api/types.ts';
import { type Content, h, svg } from '../dom/h.ts';
import type { Context, Page, View } from '../parts/context.ts';
import { badge, link } from '../parts/controls.ts';
import { type Column, table } from '../parts/table.ts';
import { hashOf } from '../router.ts';
import { SWITCHES, VAULT_KINDS } from '../words/labels.ts';
import { plural } from '../words/time.ts';

/** All of a list that is known to be short. */
export async function everyOne<T>(pages: AsyncGenerator<Answer<readonly T[]>, void>): Promise<readonly T[] | Problem> {
  const all: T[] = [];
  for await (const page of pages) {
    if (!page.ok) return page.problem;
    all.push(...page.value);
  }
  return all;
}

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

const figure = (count: number, text: string, href: string, tone = ''): HTMLElement =>
  h(
    'a',
    { class: `figure ${tone}`, href },
    h('span', { class: 'number' }, count.toLocaleString('en')),
    h('span', {}, text),
  );

export const vaultsView: View = async ({ api }: Context): Promise<Page | Problem> => {
  const vaults = await everyOne(api.pages<Vault>('vaults?top=200'));
  if ('code' in vaults) return vaults;
  return {
    title: 'Vaults',
    body: [
      h(
        'div',
        { class: 'figures' },
        figure(sum(vaults, 'protected'), 'protected', hashOf(['items'], { state: 'Protected' })),
        figure(sum(vaults, 'stopped'), 'stopped, data kept', hashOf(['items'], { state: 'ProtectionStopped' })),
        figure(sum(vaults, 'softDeleted'), 'soft deleted', hashOf(['items'], { state: 'SoftDeleted' }), 'red'),
      ),
      table(
        'Vaults',
        COLUMNS,
        vaults,
        'There is no vault yet. The API makes one: PUT /api/vaults/{name}. `npm run demo` fills a local run.',
      ),
    ],
  };
};
