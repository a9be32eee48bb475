import { inParts } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import type { DueHint } from '../../ports.ts';
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
  const chunks = [...Map.groupBy(groups, shardOf)].flatMap(([shard, ofShard]) =>
    packed(ofShard, shard === MANY ? MANY_SHARDS : ONE_SHARD),
  );
  return chunks.toSorted((a, b) => dueOf(a) - dueOf(b));
}

const MANY = 'many';

function shardOf([, hints]: Group): string {
  const [shard = '', ...others] = new Set(hints.map(({ found }) => found?.shard ?? ''));
  return others.length > 0 ? MANY : shard;
}

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
