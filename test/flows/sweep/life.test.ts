/** What an item asks of storage from its deletion to the end of its tombstone. `npm run bench:life` counts two hundred, day by day. */
import { describe, expect, test } from 'vitest';
import { LIFE } from '../../../tools/scale/counted.ts';
import { leftByLonger } from '../../bench/sweep/leftOver.ts';
import { CEILINGS, FEW_DAYS, FOLDING, lifeOf, PHASES, wholeOf } from '../../bench/sweep/life.ts';

describe.each([
  ['alone in its vault', { vaults: 200, each: 1 }, 'one', LIFE.alone],
  ['as one of fifty in its vault', { vaults: 2, each: 50 }, 'fifty', LIFE.together],
] as const)('an item %s', (_, spread, column, said) => {
  test('asks for no more requests than the ceilings in its whole life', async () => {
    const counts = await lifeOf(spread, FEW_DAYS);
    const over = PHASES.filter((phase) => {
      const most = CEILINGS[phase][column] + (phase === 'deletion' ? FOLDING : 0);
      return counts[phase] > most;
    });
    expect(over, JSON.stringify(counts)).toEqual([]);
    expect(wholeOf(counts)).toBeLessThanOrEqual(CEILINGS.whole[column]);
    // As docs/performance.md compares it; here fewer items share what a sweep asks for itself.
    expect(Math.abs(wholeOf(counts) - said)).toBeLessThan(0.1);
  });
});

test('after a longer period no sweep asks for more because of the old hints', async () => {
  expect(await leftByLonger({ vaults: 1, each: 50 })).toBeLessThanOrEqual(CEILINGS.longer.fifty);
});
