/** What an item asks of storage from its deletion to the end of its tombstone. `npm run bench:life` counts two hundred, day by day. */
import { describe, expect, test } from 'vitest';
import { leftByLonger } from '../../bench/sweep/leftOver.ts';
import { CEILINGS, FEW_DAYS, FOLDING, lifeOf, PHASES, wholeOf } from '../../bench/sweep/life.ts';

describe.each([
  ['alone in its vault', { vaults: 200, each: 1 }, 'one'],
  ['as one of fifty in its vault', { vaults: 2, each: 50 }, 'fifty'],
] as const)('an item %s', (_, spread, column) => {
  test('asks for no more requests than the ceilings in its whole life', async () => {
    const counts = await lifeOf(spread, FEW_DAYS);
    const over = PHASES.filter((phase) => {
      const most = CEILINGS[phase][column] + (phase === 'deletion' ? FOLDING : 0);
      return counts[phase] > most;
    });
    expect(over, JSON.stringify(counts)).toEqual([]);
    expect(wholeOf(counts)).toBeLessThanOrEqual(CEILINGS.whole[column]);
  });
});

test('after a longer period no sweep asks for more because of the old hints', async () => {
  expect(await leftByLonger({ vaults: 1, each: 50 })).toBeLessThanOrEqual(CEILINGS.longer.fifty);
});
