import { inParts } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Group } from './tasks.ts';

/** What is begun, written to the agenda and struck off together. Whoever dies has at most a few of them to look at again. */
export type Chunk = readonly Group[];

/**
 * A purge writes two rows to the agenda and strikes two off, in the shard of its vault: so many of one shard fill a transaction, and a
 * smaller chunk would cost more. The hints of before lie in all shards, also those of one vault: then it takes more of them to make the
 * sixteen transactions worth while.
 */
const ONE_SHARD = 50;
const MANY_SHARDS = 200;
/** More of a vault are cut: nobody has more than so many of its items in hand. */
export const ONE_VAULT = 200;

/** The hints in chunks, the one with the oldest first: what is cut off for want of time is cut off there. */
export function chunksOf(hints: readonly DueHint[]): readonly Chunk[] {
  const byAge = hints.toSorted((a, b) => a.due.toMillis() - b.due.toMillis());
  const groups = [...Map.groupBy(byAge, ({ vault }) => keyOf(vault))].flatMap(([vault, ofVault]) =>
    inParts(ofVault, ONE_VAULT).map((part): Group => [vault, part]),
  );
  const { [MANY]: spread = [], ...shards } = Object.groupBy(groups, shardOf);
  const ofShards = Object.values(shards).map((ofShard = []) => packed(ofShard, ONE_SHARD, sizeOf));
  const full = ofShards.flatMap((chunks) => chunks.slice(0, -1));
  // What is left of several shards is struck off by a transaction each, as before, but one message tells it.
  const rests = packed(
    ofShards.flatMap((chunks) => chunks.slice(-1)),
    ONE_SHARD,
    hintsIn,
  );
  return [...full, ...rests.map((some) => some.flat()), ...packed(spread, MANY_SHARDS, sizeOf)]
    .map((chunk) => chunk.toSorted((a, b) => dueOf(a) - dueOf(b)))
    .toSorted(([a], [b]) => dueOf(a) - dueOf(b));
}

const MANY = 'many';

function shardOf([, hints]: Group): string {
  const [shard = '', ...others] = new Set(hints.map(({ found }) => found?.shard ?? ''));
  return others.length > 0 ? MANY : shard;
}

const dueOf = (group: Group | undefined): number => group?.[1][0]?.due.toMillis() ?? 0;
const sizeOf = ([, hints]: Group): number => hints.length;
export const hintsIn = (chunk: Chunk): number => chunk.reduce((sum, group) => sum + sizeOf(group), 0);

/** As many as fit; the one that is too large for all stays by itself. */
export function packed<T>(all: readonly T[], most: number, sizeIn: (one: T) => number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const one of all) {
    if (size + sizeIn(one) > most) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += sizeIn(one);
  }
  return parts;
}
