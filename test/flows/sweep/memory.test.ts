/** What is due in one vault does not lie in the memory of a sweep. `npm run bench:memory` does the same with twenty thousand. */
import { expect, test } from 'vitest';
import { sweepApart } from '../../bench/sweep/apart.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build } from '../../bench/sweep/estate.ts';

const DUE = 1500;
/** All of them at once would take several times as much. */
const HEAP_MB = 80;

test('a process with little memory looks at fifteen hundred large items of one vault, and holds a few of them', async () => {
  const tables = inMemory();
  await build(tables, { vaults: 1, duePerVault: DUE, others: 0, pointsEach: 150 });
  const limits = { maxPurges: 1_000_000, budgetSeconds: 3600 };
  const measured = await sweepApart(tables, HEAP_MB, { dryRun: true, limits });
  expect(measured).toMatchObject({ purged: 0, failed: 0, held: null });
  expect(measured.requests).toBeGreaterThan((2 * DUE) / 200);
});
