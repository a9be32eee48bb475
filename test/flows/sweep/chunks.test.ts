import { expect, test } from 'vitest';
import { chunksOf } from '../../../src/flows/sweep/sweep.ts';
import type { DueHint } from '../../../src/ports.ts';
import { later } from '../../support/builders.ts';

const hint = (vault: string, item: string, millis = 0): DueHint => ({
  kind: 'purge',
  vault,
  item,
  due: later(0, millis),
  tries: 0,
});
const SHARDS = 16;
/** So many vaults of one hint in each shard. */
const alone = (each: number) =>
  Array.from({ length: SHARDS }, (_, shard) =>
    Array.from({ length: each }, (__, index) => hint(`v-${shard}-${index}`, 'vm', index * SHARDS + shard)),
  );
const sizes = (byShard: readonly (readonly DueHint[])[]) =>
  chunksOf(byShard).map((chunk) => chunk.reduce((sum, [, hints]) => sum + hints.length, 0));

test('vaults with one hint come in chunks of one shard, at most fifty, the oldest first, and none is lost', () => {
  const byShard = alone(120);
  const chunks = chunksOf(byShard);
  expect(Math.max(...sizes(byShard))).toBe(50);
  expect(chunks.flatMap((chunk) => chunk.flatMap(([, hints]) => hints))).toHaveLength(SHARDS * 120);
  for (const chunk of chunks) expect(new Set(chunk.map(([vault]) => vault.split('-')[1])).size).toBe(1);
  const firsts = chunks.map(([group]) => group?.[1][0]?.due.toMillis() ?? 0);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
});

test('vaults that lie in many shards are not cut, and share chunks of two hundred and fifty', () => {
  const byShard = Array.from({ length: SHARDS }, (_, shard) =>
    Array.from({ length: 50 }, (__, vault) => hint(`v-${vault}`, `vm-${shard}`, vault)),
  );
  const chunks = chunksOf(byShard);
  expect(chunks.flat().every(([, hints]) => hints.length === SHARDS)).toBe(true);
  expect(Math.max(...sizes(byShard))).toBeLessThanOrEqual(250);
  expect(chunks).toHaveLength(Math.ceil(50 / Math.floor(250 / SHARDS)));
});

test('only a vault with thousands of hints is cut', () => {
  const byShard = Array.from({ length: SHARDS }, (_, shard) =>
    Array.from({ length: 250 }, (__, index) => hint('huge', `vm-${shard}-${index}`)),
  );
  expect(sizes(byShard)).toEqual([1600, 1600, 800]);
});
