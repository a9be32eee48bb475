/** What an item asks of storage from its deletion to the end of its tombstone. `npm run bench:life` counts two hundred, day by day. */
import { describe, expect, test } from 'vitest';
import { FEW_DAYS, lifeOf, type Phase, wholeOf } from '../../bench/sweep/life.ts';

type Most = Readonly<Record<Phase, number>>;

/** Deletions fold the tally, at 2 requests in one of fifty. */
const ONE_A_VAULT: Most = {
  ...{ deletion: 4.05, first: 1.1, waiting: 0, reminder: 2.2, purge: 1.2, afterwards: 2.2 },
  ...{ tombstone: 5.4, telling: 24 },
};
const FIFTY_A_VAULT: Most = {
  ...{ deletion: 3.07, first: 1.1, waiting: 0, reminder: 0.3, purge: 0.15, afterwards: 1.1 },
  ...{ tombstone: 3.3, telling: 27 },
};

describe.each([
  ['alone in its vault', { vaults: 200, each: 1 }, ONE_A_VAULT, 16],
  ['as one of fifty in its vault', { vaults: 2, each: 50 }, FIFTY_A_VAULT, 9],
] as const)('an item %s', (_, spread, most, whole) => {
  test('asks for no more requests than these in its whole life', async () => {
    const counts = await lifeOf(spread, FEW_DAYS);
    const over = Object.entries(most).filter(([phase, ceiling]) => counts[phase as Phase] > ceiling);
    expect(over, JSON.stringify(counts)).toEqual([]);
    expect(wholeOf(counts)).toBeLessThanOrEqual(whole);
  });
});
