import { expect, test } from 'vitest';
import { chunksOf } from '../../../src/flows/sweep/chunks.ts';
import type { DueHint } from '../../../src/ports/agenda.ts';
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import { later } from '../../support/builders.ts';

const hint = (shard: string, vault: string, item: string, millis = 0): DueHint => ({
  ...{ kind: 'purge', vault, item, due: later(0, millis), tries: 0 },
  found: { shard, key: `${vault}!${item}` },
});
/** So many hints for each shard, each made by its number. */
const each = (count: number, make: (shard: string, index: number) => DueHint) =>
  SHARD_NAMES.flatMap((shard) => Array.from({ length: count }, (_, index) => make(shard, index)));
const sizes = (hints: readonly DueHint[]) =>
  chunksOf(hints).map((chunk) => chunk.reduce((sum, [, some]) => sum + some.length, 0));

test('vaults with one hint come in chunks of one shard, at most fifty, the oldest first; what is left of the shards is not cut, and none is lost', () => {
  const hints = each(120, (shard, index) => hint(shard, `v-${shard}-${index}`, 'vm', index));
  const chunks = chunksOf(hints);
  expect(Math.max(...sizes(hints))).toBe(50);
  expect(chunks.flatMap((chunk) => chunk.flatMap(([, some]) => some))).toHaveLength(hints.length);
  const shardsOf = (chunk: (typeof chunks)[number]) => [...new Set(chunk.map(([vault]) => vault.split('-')[1]))];
  const { full = [], rests = [] } = Object.groupBy(chunks, (chunk) => (shardsOf(chunk).length > 1 ? 'rests' : 'full'));
  expect(full).toHaveLength(2 * SHARD_NAMES.length);
  expect(rests).toHaveLength(SHARD_NAMES.length / 2);
  expect(new Set(rests.flatMap(shardsOf)).size).toBe(rests.flatMap(shardsOf).length);
  const firsts = chunks.map(([group]) => group?.[1][0]?.due.toMillis() ?? 0);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
});

test('vaults whose hints of before lie in many shards are not cut, and share larger chunks', () => {
  const hints = each(50, (shard, vault) => hint(shard, `v-${vault}`, `vm-${shard}`, vault));
  const chunks = chunksOf(hints);
  expect(chunks.flat().every(([, some]) => some.length === SHARD_NAMES.length)).toBe(true);
  expect(Math.max(...sizes(hints))).toBeLessThanOrEqual(200);
  expect(chunks).toHaveLength(Math.ceil(50 / Math.floor(200 / SHARD_NAMES.length)));
});

test('a vault is cut where more of its items would be in hand than two hundred', () => {
  const hints = Array.from({ length: 450 }, (_, index) => hint('shard00', 'huge', `vm-${index}`));
  expect(sizes(hints)).toEqual([200, 200, 50]);
});
