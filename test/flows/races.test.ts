/** Interleavings that chance seldom finds, told one by one. */
import { beforeEach, describe, expect, test } from 'vitest';
import { putHold } from '../../src/flows/items/holds.ts';
import { carryOn } from '../../src/flows/items/operations/carryOn.ts';
import { recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { undelete } from '../../src/flows/items/undelete.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { later } from '../support/builders.ts';
import { allDue } from '../support/stores.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, done, must, overtaken, portsOver, type World } from '../support/world.ts';

const PLACE = { vault: 'Contoso', item: 'sql-01' };
let tables: Tables;
/** Two instances of the service, each with the head in mind that it last read. */
let here: World;
let there: World;

const findings = async () => (await checkStore(scanTables(tables), later(1))).findings;
const policy = (name: string, retention: object, now = later(0)) =>
  done(
    putPolicy(
      there,
      aRequest(now),
      { vault: 'Contoso' },
      { name, workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention },
    ),
  );
const settings = (patch: object) => done(putVault(there, aRequest(), { vault: 'Contoso' }, { patch, mustExist: true }));
const point = (rung: 'daily' | 'weekly' = 'daily') =>
  done(recordPoint(here, aRequest(), PLACE, { name: 'p', createdAt: later(0), rung, expiresAt: null }));

beforeEach(async () => {
  tables = memoryTables();
  here = portsOver(tables);
  there = portsOver(tables);
  await done(
    putVault(there, aRequest(), { vault: 'Contoso' }, { patch: { kind: 'RecoveryServices' }, mustExist: false }),
  );
  await policy('month', { weekly: 5 });
  await policy('week', { daily: 7, weekly: 1 });
  await done(protect(here, aRequest(), PLACE, { workload: 'AzureVM', policy: 'month', sourceId: '/sql-01' }));
});

describe('a head that is out of date', () => {
  test('is read again before it refuses anything', async () => {
    await settings({ immutability: 'Unlocked' });
    expect(await stop(here, aRequest(), PLACE, { mode: 'retainPerPolicy' })).toMatchObject({ ok: true });
  });

  test('does not name a policy missing that has been made since', async () => {
    await done(stop(here, aRequest(), PLACE, { mode: 'retain' }));
    await policy('new', { daily: 1 });
    const resumed = await done(resume(here, aRequest(), PLACE, { verb: 'resume', policy: 'new' }));
    expect(resumed.item).toMatchObject({ state: 'Protected', policy: 'new' });
  });

  test('does not decide whether soft delete applies', async () => {
    await settings({ softDelete: { state: 'Disabled' } });
    const stopped = await done(stop(here, aRequest(), PLACE, { mode: 'delete', confirmName: 'sql-01' }));
    expect(stopped).toMatchObject({ softDeleteApplied: false, item: { state: 'Purged' } });
  });

  test('does not decide for how long', async () => {
    await settings({ softDelete: { retentionDays: 60 } });
    const stopped = await done(stop(here, aRequest(), PLACE, { mode: 'delete', confirmName: 'sql-01' }));
    expect(stopped.item).toMatchObject({ deletion: { retentionDays: 60 } });
  });
});

describe('a hint stands before the change that needs it', () => {
  test('when an item comes under a shorter policy', async () => {
    await point('weekly');
    await done(stop(here, aRequest(), PLACE, { mode: 'retain' }));
    await done(resume(here, aRequest(), PLACE, { verb: 'resume', policy: 'week' }));
    expect(await findings()).toEqual([]);
  });

  test('when a policy names a rung whose points had thirty days without it', async () => {
    await point('daily');
    await policy('month', { weekly: 5, daily: 2 });
    expect(await findings()).toEqual([]);
  });
});

describe('an item that was suspended after its policy was shortened and before the sweep came', () => {
  const daily = (name: string, age: number) =>
    done(recordPoint(here, aRequest(), PLACE, { name, createdAt: later(-age), rung: 'daily', expiresAt: null }));
  const swept = async () => {
    const hints = (await allDue(here, later(1))).filter(({ kind }) => kind === 'operate');
    expect(hints).toHaveLength(1);
    for (const hint of hints)
      expect(await carryOn(here, { vault: hint.vault, name: hint.item }, later(1), () => true)).toBe('ended');
    await here.agenda.strike(hints);
  };

  beforeEach(async () => {
    await settings({ immutability: 'Unlocked' });
    await daily('older', 10);
    await daily('newest', 1);
    await settings({ immutability: 'Disabled' });
    await policy('month', { weekly: 5, daily: 7 });
    await settings({ immutability: 'Unlocked' });
    await done(stop(here, aRequest(), PLACE, { mode: 'retainPerPolicy' }));
  });

  test('is hinted from the terms that it took along', async () => {
    await swept();
    expect(await findings()).toEqual([]);
    const due = await allDue(here, later(14));
    expect(due.filter(({ kind }) => kind === 'expire')).toMatchObject([{ item: 'sql-01', due: later(14) }]);
  });

  test('keeps its newest point for good, and no hint looks for its end', async () => {
    await swept();
    const due = await allDue(here, later(13));
    expect(due.filter(({ kind }) => kind === 'expire')).toEqual([]);
  });
});

test('a hold that lands in the middle of an undelete is not lost, although the place in the trash stays the same', async () => {
  await done(stop(here, aRequest(), PLACE, { mode: 'delete', confirmName: 'sql-01' }));
  const meddling = overtaken(here, () =>
    done(putHold(there, aRequest(), PLACE, { name: 'court', reason: 'r', until: later(1) })),
  );
  await done(undelete(meddling, aRequest(), PLACE));
  const { value } = must(await here.vaults.item('Contoso', 'sql-01'));
  expect(value).toMatchObject({ state: 'ProtectionStopped', holds: [{ name: 'court' }] });
});
