/** How many rows of each kind a store has, and which kinds are more, or fewer, than they were. */
import { kindIn } from '../../../src/store/keys.ts';
import type { Tables } from '../../support/tables.ts';
import type { Town } from './town.ts';

export type Census = ReadonlyMap<string, number>;

type Kinds = { readonly [T in keyof Tables]: (partition: string, key: string) => readonly string[] };

/** A kind, and what is counted of it. Of mails these are months, for they go in whole ones; of all others rows. */
const KINDS: Kinds = {
  vaults: (_, key) => [kindIn(key) === 'head' ? `head ${key.split('!')[2]}` : kindIn(key)],
  agenda: (_, key) => [kindIn(key)],
  registry: (partition, key) => {
    const [kind = '', month = ''] = partition.split('!');
    if (kind === 'mails') return ['months of mails', month];
    return [kind === 'control' ? (key.split('!')[0] ?? '') : kind];
  },
};

/** All rows of all partitions, and what waits in the queues. */
export async function census({ tables, waiting }: Town): Promise<Census> {
  const found = new Map<string, Set<string>>();
  for (const table of ['vaults', 'agenda', 'registry'] as const)
    for (const { partition, key } of await tables[table].across('', '~~', { only: ['v'] })) {
      const [kind, one = `${partition} ${key}`] = KINDS[table](partition, key);
      const name = `${table} ${kind}`;
      found.set(name, (found.get(name) ?? new Set()).add(one));
    }
  return new Map([...[...found].map(([kind, all]) => [kind, all.size] as const), ['queues', waiting()]]);
}

/** Histories, who allowed what, and what is left of removed vaults grow by what happened; claims by the names that there were. */
const FOR_EVER: ReadonlySet<string> = new Set([
  ...['vaults audit', 'vaults grant', 'vaults head grave'],
  ...['registry sources', 'registry servers'],
]);
/** What changes a tally is added up again and again, and is now few, now more. */
const NOW_FEW_NOW_MORE = 'vaults head tally';
/** The last fifty or so are kept, however long ago they were. */
const BY_NUMBER = { kind: 'vaults swept', most: 60 };

/** A twentieth more or less, or a single one. */
const isSteady = (before: number, after: number): boolean => Math.abs(after - before) <= Math.max(1, before / 20);

const mayMove = (kind: string, is: number): boolean =>
  FOR_EVER.has(kind) || kind === NOW_FEW_NOW_MORE || (kind === BY_NUMBER.kind && is <= BY_NUMBER.most);

/** `12, then 40`, by kind. */
export function moved(before: Census, after: Census): ReadonlyMap<string, string> {
  const moves = [...new Set([...before.keys(), ...after.keys()])].flatMap((kind) => {
    const [was, is] = [before.get(kind) ?? 0, after.get(kind) ?? 0];
    return isSteady(was, is) || mayMove(kind, is) ? [] : [[kind, `${was}, then ${is}`] as const];
  });
  return new Map(moves);
}
