import { keyOf } from '../../core/names.ts';
import type { DueHint } from '../../ports.ts';

/** Hints of one vault. */
export type Group = readonly [vault: string, hints: readonly DueHint[]];
/** What is begun, written to the agenda and struck off together. Whoever dies has at most a few of them to look at again. */
export type Chunk = readonly Group[];

/**
 * A purge writes two rows to the agenda and strikes two off, in the shard of its item: so many of one shard fill a transaction,
 * and a smaller chunk would cost more. Items of the same vault lie in all shards: then it takes more hints to make the
 * sixteen transactions worth while.
 */
const ONE_SHARD = 50;
const MANY_SHARDS = 250;
/** A vault is not cut smaller than this: each part would read again what is due in it. */
const ONE_VAULT = 1600;

/** The hints, given by shard, in chunks, the one with the oldest first: what is cut off for want of time is cut off there. */
export function chunksOf(byShard: readonly (readonly DueHint[])[]): readonly Chunk[] {
  const byAge = byShard.flatMap((hints, shard) => hints.map((hint) => ({ hint, shard }))).toSorted(older);
  const alone = new Map<number, Group[]>();
  const across: Group[] = [];
  for (const [vault, ofVault] of Map.groupBy(byAge, ({ hint }) => keyOf(hint.vault))) {
    const [first, ...others] = new Set(ofVault.map(({ shard }) => shard));
    const list = first === undefined || others.length > 0 ? across : (alone.get(first) ?? []);
    if (list !== across && first !== undefined) alone.set(first, list);
    const hints = ofVault.map(({ hint }) => hint);
    for (let at = 0; at < hints.length; at += ONE_VAULT) list.push([vault, hints.slice(at, at + ONE_VAULT)]);
  }
  const chunks = [
    ...[...alone.values()].flatMap((groups) => packed(groups, ONE_SHARD)),
    ...packed(across, MANY_SHARDS),
  ];
  return chunks.toSorted((a, b) => dueOf(a) - dueOf(b));
}

const older = (a: { readonly hint: DueHint }, b: { readonly hint: DueHint }): number =>
  a.hint.due.toMillis() - b.hint.due.toMillis();

const dueOf = ([group]: Chunk): number => group?.[1][0]?.due.toMillis() ?? 0;

/** As many groups as fit; the one that is too large for all is a chunk by itself. */
function packed(groups: readonly Group[], most: number): readonly Chunk[] {
  const chunks: Group[][] = [];
  let size = most;
  for (const group of groups) {
    if (size + group[1].length > most) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(group);
    size += group[1].length;
  }
  return chunks;
}
