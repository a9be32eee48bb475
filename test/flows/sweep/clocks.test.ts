/** The sweep's now is the earlier of its own clock and the storage service's, to which goes what a local run has added. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/time.ts';
import { clocksOf } from '../../../src/flows/sweep/clocks.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { later } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { furnished } from './furnish.ts';

const MINUTE = 60_000;
const LIMITS = { maxPurges: 10, budgetSeconds: 240 };

/** How far the real clocks of the machine and of storage are past the end of an item's period, and whether it is purged. */
test.for([
  { machine: 4 * MINUTE, storage: -MINUTE, offset: 0, purged: 0 },
  { machine: -MINUTE, storage: 4 * MINUTE, offset: 0, purged: 0 },
  { machine: 4 * MINUTE, storage: 0, offset: 0, purged: 1 },
  { machine: 0, storage: 4 * MINUTE, offset: 0, purged: 1 },
  { machine: 4 * MINUTE - 14 * DAY_MS, storage: -MINUTE - 14 * DAY_MS, offset: 14 * DAY_MS, purged: 0 },
  { machine: 4 * MINUTE - 14 * DAY_MS, storage: -14 * DAY_MS, offset: 14 * DAY_MS, purged: 1 },
  { machine: 6 * MINUTE, storage: 0, offset: 0, purged: 0 },
])('machine $machine ms, storage $storage ms, moved by $offset: $purged purged', async (clocks) => {
  const tables = memoryTables();
  await furnished(['vm'], tables);
  const [real, date] = [later(14, clocks.machine), later(14, clocks.storage)];
  const now = real.plus(clocks.offset);
  const ports = portsOver(tables, {
    clock: { now: () => now },
    realNow: () => real,
    storage: { ping: async () => ({ date }) },
  });
  expect(await sweep(ports, LIMITS, { now })).toMatchObject({ purged: clocks.purged, failed: 0 });
});

test('a date of storage names a second, and its clock stands somewhere in it', async () => {
  const now = later(14);
  const ports = portsOver(memoryTables(), {
    clock: { now: () => now },
    realNow: () => now,
    storage: { ping: async () => ({ date: now.minus({ milliseconds: 999 }) }) },
  });
  expect((await clocksOf(ports, now)).now).toEqual(now);
});
