import { expect, test } from 'vitest';
import { MOST_ROWS } from '../../../src/change.ts';
import { taskFor } from '../../../src/core/sweep.ts';
import { opsOf } from '../../../src/store/commit.ts';
import { addPages } from '../../faults/seeds.ts';
import { later } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, VAULT, watched } from './furnish.ts';
import { alertsIn, hintsIn, sweeperOver } from './sweeper.ts';

const day = (days: number, millis = 0) => later(days, millis).toISO();

test('an item whose period was lengthened moves to its new date, is written so, and goes then', async () => {
  const { tables, done, stateOf } = await furnished(['vm']);
  await done('patchVault', VAULT, { softDelete: { retentionDays: 30 } });
  const { sweep } = sweeperOver(tables);

  expect(await sweep(later(12))).toMatchObject({ warned: 0, purged: 0 });
  expect(await stateOf('vm')).toMatchObject({ state: 'SoftDeleted', deletion: { retentionDays: 30 } });
  expect(await hintsIn(tables)).toEqual([`purge vm ${day(14)}`, `warn vm ${day(28)}`]);
  expect(await sweep(later(14))).toMatchObject({ purged: 0, skipped: 1 });
  expect(await hintsIn(tables)).toEqual([`purge vm ${day(30)}`, `warn vm ${day(28)}`]);
  expect((await portsOver(tables).vaults.dueTrash(VAULT, later(31))).items.map(({ name }) => name)).toEqual(['vm']);
  expect(await sweep(later(28))).toMatchObject({ warned: 1 });
  expect(await sweep(later(30, -1))).toMatchObject({ purged: 0 });
  expect(await sweep(later(30))).toMatchObject({ purged: 1 });
});

test('a held item waits for the end of its hold, and goes with the next look', async () => {
  const { tables, done, stateOf } = await furnished(['vm']);
  await done('putHold', `${VAULT}/vm/legal`, { reason: 'lawsuit', until: day(14, 3_600_000) });
  const { sweep } = sweeperOver(tables);

  expect(await sweep(later(12))).toMatchObject({ warned: 1 });
  expect(await sweep(later(14))).toMatchObject({ purged: 0, skipped: 1, failed: 0 });
  expect(await sweep(later(14, 3_599_999))).toMatchObject({ purged: 0, due: 0 });
  expect(await sweep(later(14, 3_600_000))).toMatchObject({ purged: 1, due: 1 });
  expect(await stateOf('vm')).toMatchObject({ state: 'Purged' });
});

test('an item that is held without end is looked at once a day', async () => {
  const { tables, done } = await furnished(['vm']);
  await done('putHold', `${VAULT}/vm/legal`, { reason: 'lawsuit' });
  const { sweep } = sweeperOver(tables);
  await sweep(later(14));
  for (const days of [15, 16, 40]) {
    expect(await sweep(later(days))).toMatchObject({ due: 1, purged: 0, skipped: 1 });
    expect(await hintsIn(tables)).toEqual([`purge vm ${day(days + 1)}`]);
  }
});

test('a hold that ends while the item waits is taken off, with a line in its history', async () => {
  const { tables, done, stateOf } = await furnished(['vm']);
  await done('putHold', `${VAULT}/vm/legal`, { reason: 'lawsuit', until: day(3) });
  const { sweep } = sweeperOver(tables);
  await sweep(later(3));
  expect(await stateOf('vm')).toMatchObject({ state: 'SoftDeleted', holds: [] });
  const entries = await historyIn(portsOver(tables), VAULT, 'vm', 1);
  expect(entries).toMatchObject([{ operation: 'EndHolds', caller: { channel: 'service' } }]);
  expect(await hintsIn(tables)).toEqual([`purge vm ${day(14)}`, `warn vm ${day(12)}`]);
});

test('the hint of a stopped item is parked a day ahead, sweep after sweep', async () => {
  const { tables, done, protect } = await furnished();
  await protect('vm');
  await done('putRecoveryPoint', `${VAULT}/vm/p`, { createdAt: day(0), rung: 'daily' });
  await done('stopItem', `${VAULT}/vm`, { mode: 'retain' });
  const { sweep } = sweeperOver(tables);
  expect(await hintsIn(tables)).toEqual([`expire vm ${day(30)}`]);
  for (const days of [30, 31, 45]) {
    expect(await sweep(later(days))).toMatchObject({ due: 1, expired: 0, failed: 0 });
    expect(await hintsIn(tables)).toEqual([`expire vm ${day(days + 1)}`]);
  }
});

test('a stopped item whose points are gone keeps its hint: the first point after a resume counts on it', async () => {
  const hint = { due: later(30), kind: 'expire', vault: VAULT, item: 'vm' } as const;
  const { tables, done, protect } = await furnished();
  await protect('vm');
  await done('putRecoveryPoint', `${VAULT}/vm/p`, { createdAt: day(0), rung: 'daily' });
  await done('stopItem', `${VAULT}/vm`, { mode: 'retain' });
  const held = await portsOver(tables).vaults.item(VAULT, 'vm');
  const head = await portsOver(tables).vaults.head(VAULT, 'fresh');
  if (held?.value.state !== 'ProtectionStopped' || !head) throw new Error('it is not stopped');
  const empty = { ...held.value, points: [] };
  expect(taskFor(hint, empty, head, later(30))).toMatchObject({
    task: 'wait',
    hints: [{ kind: 'expire', due: later(31) }],
  });
  expect(taskFor(hint, { ...empty, hintedAt: null }, head, later(30))).toEqual({ task: 'drop' });
});

test('a shortened policy is not lost on a sweep that comes between its hint and its change', async () => {
  const { tables } = await furnished();
  const { hint } = portsOver(tables);
  await hint([{ kind: 'policy', vault: VAULT, item: 'daily', due: later(1) }]);
  await sweeperOver(tables).sweep(later(1, 59_999));
  expect(await hintsIn(tables)).toHaveLength(1);
  await sweeperOver(tables).sweep(later(1, 60_000));
  expect(await hintsIn(tables)).toEqual([]);
});

test('an item with more pages than a transaction can change loses them in two sweeps', async () => {
  const { tables, protect, stateOf } = await furnished();
  await protect('vm');
  await addPages(portsOver(tables), VAULT, 'vm', 98, later(-40));
  const { commits, commit } = watched(tables, async () => {});
  const { sweep } = sweeperOver(tables, { commit });

  expect(await sweep(later(0))).toMatchObject({ expired: 90, failed: 0 });
  expect(await sweep(later(0, 1))).toMatchObject({ expired: 8, failed: 0 });

  expect(Math.max(...commits.map((change) => opsOf(change).length))).toBeLessThanOrEqual(MOST_ROWS);
  expect(await stateOf('vm')).toMatchObject({ pagedPoints: 0, points: [] });
});

test('what is counted is items, however many hints named them', async () => {
  const { tables, done } = await furnished(['vm']);
  await done('patchVault', VAULT, { softDelete: { retentionDays: 30 } });
  // its warning and its purge are due together, and neither is by now
  expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ skipped: 1, warned: 0, purged: 0 });
});

test('whoever was warned and then put off is warned again, two days before the real purge, and once', async () => {
  const { tables, done } = await furnished(['vm']);
  const { sweep, notices } = sweeperOver(tables);
  expect(await sweep(later(12))).toMatchObject({ warned: 1 });
  await done('patchVault', VAULT, { softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } });

  expect(await sweep(later(14))).toMatchObject({ purged: 0, warned: 0 });
  expect(await hintsIn(tables)).toEqual(expect.arrayContaining([`purge vm ${day(30)}`, `warn vm ${day(28)}`]));
  expect(await sweep(later(28))).toMatchObject({ warned: 1 });
  expect((await alertsIn(tables, VAULT)).filter((alert) => alert.startsWith('upcoming'))).toHaveLength(2);
  expect(notices.flatMap(({ alerts = [] }) => alerts).filter((id) => id.includes('UpcomingPurge'))).toHaveLength(2);

  await portsOver(tables).hint([{ kind: 'warn', vault: VAULT, item: 'vm', due: later(28) }]);
  expect(await sweep(later(28, 1))).toMatchObject({ warned: 0 });
  expect(await sweep(later(30))).toMatchObject({ purged: 1 });
});
