import { expect, test } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import { opsOf } from '../../../src/store/ops.ts';
import { addPages } from '../../faults/seeds.ts';
import { appOver } from '../../support/app.ts';
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
  expect(await hintsIn(tables)).toEqual([`purge vm ${day(30)}`, `warn vm ${day(28)}`]);
  expect(await sweep(later(14))).toMatchObject({ due: 0 });
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
  expect(await sweep(later(14))).toMatchObject({ purged: 0, due: 0, failed: 0 });
  expect(await sweep(later(14, 3_599_999))).toMatchObject({ purged: 0, due: 0 });
  expect(await sweep(later(14, 3_600_000))).toMatchObject({ purged: 1, due: 1 });
  expect(await stateOf('vm')).toMatchObject({ state: 'Purged' });
});

test('an item that is held without end has no hint once its time has come, until the hold is taken off', async () => {
  const { tables, done, stateOf } = await furnished(['vm']);
  await done('putHold', `${VAULT}/vm/legal`, { reason: 'lawsuit' });
  const { sweep } = sweeperOver(tables);
  await sweep(later(14, 60_000));
  expect(await hintsIn(tables)).toEqual([]);
  expect(await sweep(later(40))).toMatchObject({ due: 0 });
  const app = appOver(portsOver(tables, { clock: { now: () => later(50) } }));
  expect((await app('deleteHold', `${VAULT}/vm/legal`)).status).toBe(204);
  expect(await hintsIn(tables)).toContain(`purge vm ${day(50)}`);
  expect(await sweep(later(50, 1))).toMatchObject({ purged: 1 });
  expect(await stateOf('vm')).toMatchObject({ state: 'Purged' });
});

test('an item that a hold keeps for longer than its period is looked at when the last of its holds ends', async () => {
  const { tables, done } = await furnished(['vm']);
  for (const [name, days] of [
    ['a', 20],
    ['b', 30],
  ] as const)
    await done('putHold', `${VAULT}/vm/${name}`, { reason: 'lawsuit', until: day(days) });
  const { sweep } = sweeperOver(tables);
  await sweep(later(14));
  expect(await hintsIn(tables)).toEqual([`hold vm ${day(20)}`, `hold vm ${day(30)}`, `purge vm ${day(30)}`]);
  expect(await sweep(later(30))).toMatchObject({ purged: 1 });
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

test('the hint of a stopped item is struck off when it is met, and a resume writes the next one', async () => {
  const { tables, done, protect } = await furnished();
  await protect('vm');
  await done('putRecoveryPoint', `${VAULT}/vm/p`, { createdAt: day(0), rung: 'daily', expiresAt: day(100) });
  await done('stopItem', `${VAULT}/vm`, { mode: 'retain' });
  const { sweep } = sweeperOver(tables);
  expect(await hintsIn(tables)).toEqual([`expire vm ${day(100)}`]);
  await portsOver(tables).hint([{ kind: 'expire', vault: VAULT, item: 'vm', due: later(30) }]);
  // a resume may be on its way
  await sweep(later(30, 59_999));
  expect(await hintsIn(tables)).toHaveLength(2);
  expect(await sweep(later(30, 60_000))).toMatchObject({ due: 1, expired: 0, failed: 0 });
  expect(await hintsIn(tables)).toEqual([`expire vm ${day(100)}`]);
  expect(await sweep(later(31))).toMatchObject({ due: 0 });
});

test('stop, a sweep, a resume by which the last point goes, a new point: it expires', async () => {
  const { tables, done, protect, stateOf } = await furnished();
  const at = (now: Instant) => {
    const app = appOver(portsOver(tables, { clock: { now: () => now } }));
    return async (name: string, path: string, body?: object) =>
      expect((await app(name, path, body ? { body } : {})).status).toBeLessThan(300);
  };
  await protect('vm');
  await done('putRecoveryPoint', `${VAULT}/vm/p`, { createdAt: day(0), rung: 'daily' });
  await done('stopItem', `${VAULT}/vm`, { mode: 'retain' });
  await sweeperOver(tables).sweep(later(31));
  expect(await hintsIn(tables)).toEqual([]);
  await at(later(32))('resumeItem', `${VAULT}/vm`, { policy: 'daily' });
  expect(await stateOf('vm')).toMatchObject({ points: [] });
  await at(later(32, 1))('putRecoveryPoint', `${VAULT}/vm/q`, { createdAt: day(32), rung: 'daily' });
  expect(await hintsIn(tables)).toContain(`expire vm ${day(62)}`);
  expect(await sweeperOver(tables).sweep(later(62))).toMatchObject({ expired: 1 });
  expect(await stateOf('vm')).toMatchObject({ points: [] });
});

test('a policy that the version before shortened is not lost on a sweep that comes between its hint and its change', async () => {
  const { tables } = await furnished();
  const { hint } = portsOver(tables);
  await hint([{ kind: 'policy', vault: VAULT, item: 'daily', due: later(1) }]);
  await sweeperOver(tables).sweep(later(1, 59_999));
  expect(await hintsIn(tables)).toHaveLength(1);
  await sweeperOver(tables).sweep(later(1, 60_000));
  expect(await hintsIn(tables)).toEqual([expect.stringMatching(/^operate /)]);
  await sweeperOver(tables).sweep(later(1, 120_000));
  expect(await hintsIn(tables)).toEqual([]);
});

test('an item with 98 pages of before loses them in one sweep, in transactions of at most sixty rows', async () => {
  const { tables, protect, stateOf } = await furnished();
  await protect('vm');
  await addPages(portsOver(tables), VAULT, 'vm', 98, later(-40));
  const { commits, commit } = watched(tables, async () => {});
  const { sweep } = sweeperOver(tables, { commit });

  expect(await sweep(later(0))).toMatchObject({ expired: 98, failed: 0 });

  expect(Math.max(...commits.map((change) => opsOf(change).length))).toBeLessThanOrEqual(60);
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
