/** The chains of a partition: numbered without a gap, each entry bound to the one before it, sealed, and no shorter than their subjects say. */
import type { ChainHead, Entry, Evidence } from '../../src/core/caller.ts';
import { brokenIn, chainOf, isLinked } from '../../src/core/evidence.ts';
import { keyOf } from '../../src/core/names.ts';
import { numberIn, subjectIn } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import type { Surroundings, Tell } from './terms.ts';

/** The entries of a chain by number; undefined: the row cannot be read. */
export type Chain = ReadonlyMap<number, Entry | undefined>;

/** Every chain that lies in these rows, by its name. */
export function chainsIn(vault: string, rows: readonly Row[]): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Map<number, Entry | undefined>>();
  for (const row of rows) {
    const seq = row.key.startsWith(`${keyOf(vault)}!audit!`) ? numberIn(row.key) : undefined;
    if (seq === undefined) continue;
    const name = chainOf(vault, subjectIn(row.key));
    const chain = chains.get(name) ?? new Map<number, Entry | undefined>();
    chains.set(name, chain.set(seq, attempt(row)));
  }
  return chains;
}

function attempt(row: Row): Entry | undefined {
  try {
    return read.entry(row);
  } catch {
    return undefined;
  }
}

/** `known`: the entry that the subject of a chain remembers, by chain. */
export function checkChains(
  chains: ReadonlyMap<string, Chain>,
  known: ReadonlyMap<string, ChainHead>,
  { holds = () => true, isCut = () => false }: Pick<Surroundings, 'holds'> & { isCut?: (chain: string) => boolean },
  tell: Tell,
): void {
  for (const name of new Set([...chains.keys(), ...known.keys()])) {
    const entries = [...(chains.get(name) ?? [])].toSorted(([a], [b]) => b - a);
    const rows = entries.map(([seq, entry]) => ({ seq, entry }));
    const head = known.get(name);
    const broken = brokenIn(name, rows, { known: head, isEnd: !isCut(name), holds });
    if (broken.length > 0) tell(name, 'I6', `its entries do not hold: ${broken.join(', ')}`);
  }
}

/** What somebody has outside of the store, a mail for example, names an entry that must be there as it says. */
export function isThere(chains: ReadonlyMap<string, Chain>, { chain, seq, hash }: Evidence): boolean {
  const entry = chains.get(chain)?.get(seq);
  return entry !== undefined && isLinked(entry) && entry.link.hash === hash;
}
