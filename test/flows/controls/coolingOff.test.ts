/** A weakening that cools off: it never holds early, it holds once, and it can be taken back until then. */

import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import type { SettingsPatch } from '../../../src/core/settings.ts';
import type { Instant } from '../../../src/core/time.ts';
import { deleteGuard, putGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard, unlinkGuard } from '../../../src/flows/guards/links.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { cancelChange } from '../../../src/flows/vaults/pendingChanges.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { later, NOON } from '../../support/builders.ts';
import { laidGrant } from '../../support/guards.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, headOf, must, portsOver, type World } from '../../support/world.ts';

const PLACE = { vault: 'Contoso' };
const KEEPER: Caller = { ...CONTRIBUTOR, oid: 'keeper', roles: ['GuardAdmin'] };
const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };

let tables: Tables;
let ports: World;

const set = (patch: SettingsPatch, at: Instant = NOON) =>
  done(putVault(ports, aRequest(at), PLACE, { patch, mustExist: true }));
const sweepAt = (now: Instant, over: World = ports) => sweep({ ...over, clock: { now: () => now } }, LIMITS, { now });
const vault = async () => (await headOf(ports.vaults)).vault;
const waiting = async () => must((await vault()).pendingChanges[0]);
const raised = async () => (await ports.alerts.about('Contoso', null)).found.map(({ value }) => value);
const types = async () => (await raised()).map(({ type }) => type).toSorted();
const happened = async () => (await historyIn(ports, 'Contoso', null)).map(({ operation }) => operation);
const findings = async (now: Instant) => (await checkStore(scanTables(tables), now)).findings;

const OFF: SettingsPatch = { softDelete: { state: 'Disabled' } };

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  const patch = { kind: 'RecoveryServices', coolingOffHours: 24, softDelete: { retentionDays: 60 } } as const;
  await done(putVault(ports, aRequest(), PLACE, { patch, mustExist: false }));
});

describe('what was asked for', () => {
  test('is announced at once, with when it would hold, and the rest of the body holds', async () => {
    expect(await set({ ...OFF, alerts: { owners: ['owner@contoso.com'] } })).toMatchObject({ pending: true });
    expect(await vault()).toMatchObject({
      softDelete: { state: 'Enabled' },
      alerts: { owners: ['owner@contoso.com'] },
      pendingChanges: [{ control: 'softDelete', before: 'Enabled', after: 'Disabled', effectiveAt: later(1) }],
    });
    const request = (await raised()).find(({ type }) => type === 'WeakeningRequested');
    expect(request?.facts).toMatchObject({
      ...{ control: 'softDelete', before: 'Enabled', after: 'Disabled', by: 'somebody' },
      ...{ change: (await waiting()).id, effectiveAt: '2026-03-02T12:00:00.000Z' },
    });
    expect(await findings(NOON)).toEqual([]);
  });

  test('holds with the first sweep at its time, never earlier, and once', async () => {
    await set(OFF);
    expect(await sweepAt(later(1, -1))).toMatchObject({ applied: 0 });
    expect(await vault()).toMatchObject({ softDelete: { state: 'Enabled' } });
    // Another process, which remembers nothing.
    expect(await sweepAt(later(1), portsOver(tables))).toMatchObject({ applied: 1, failed: 0 });
    expect(await sweepAt(later(1))).toMatchObject({ applied: 0 });
    expect(await vault()).toMatchObject({ softDelete: { state: 'Disabled' }, pendingChanges: [] });
    expect(await types()).toEqual(['SoftDeleteDisabledForVault', 'WeakeningRequested']);
    expect((await raised()).find(({ type }) => type === 'SoftDeleteDisabledForVault')?.facts).toMatchObject({
      ...{ control: 'softDelete', before: 'Enabled', after: 'Disabled', by: 'somebody' },
    });
    expect((await happened()).filter((one) => one === 'ApplyPendingChange')).toHaveLength(1);
    expect(await findings(later(1))).toEqual([]);
  });

  test('holds once where two sweeps come at the same moment', async () => {
    await set({ ...OFF, immutability: 'Unlocked' });
    const reports = await Promise.all([sweepAt(later(2)), sweepAt(later(2), portsOver(tables))]);
    expect(reports.map(({ applied }) => applied).toSorted()).toEqual([0, 1]);
    expect(await types()).toEqual(['SoftDeleteDisabledForVault', 'WeakeningRequested']);
  });

  test('is decided anew: what no longer weakens, or may no longer be, is struck off without an alert', async () => {
    await set({ softDelete: { retentionDays: 30 } });
    const head = await headOf(ports.vaults);
    // As a store that was restored from before: it is shorter already.
    const restored = { ...head.vault, softDelete: { ...head.vault.softDelete, retentionDays: 14 } };
    await ports.commit({ vault: 'Contoso', id: 'restored', head: { was: head, now: restored }, entries: [] });
    expect(await sweepAt(later(1))).toMatchObject({ applied: 0, failed: 0 });
    expect(await vault()).toMatchObject({ softDelete: { retentionDays: 14 }, pendingChanges: [] });
    expect(await types()).toEqual(['WeakeningRequested']);
    expect(await happened()).toContain('DropPendingChange');
  });

  test('does not bring back what others set meanwhile', async () => {
    await set(OFF);
    await set({ softDelete: { retentionScope: 'ExtendExisting' }, alerts: { mode: 'HourlyDigest' } }, later(0, 5));
    await sweepAt(later(1));
    expect(await vault()).toMatchObject({
      softDelete: { state: 'Disabled', retentionDays: 60 },
      alerts: { mode: 'HourlyDigest' },
    });
  });

  test('begins anew when it is asked for again', async () => {
    await set(OFF);
    await set(OFF, later(0, 3_600_000));
    expect((await vault()).pendingChanges).toHaveLength(1);
    expect(await sweepAt(later(1))).toMatchObject({ applied: 0 });
    expect(await sweepAt(later(1, 3_600_000))).toMatchObject({ applied: 1 });
  });

  test('is dropped by AlwaysOn, and by strengthening the same control', async () => {
    await set({ softDelete: { retentionDays: 30 } });
    await set({ softDelete: { retentionDays: 90 } });
    expect((await vault()).pendingChanges).toEqual([]);
    await set(OFF);
    await set({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true });
    expect((await vault()).pendingChanges).toEqual([]);
    expect(await sweepAt(later(3))).toMatchObject({ applied: 0, failed: 0 });
    expect(await vault()).toMatchObject({ softDelete: { state: 'AlwaysOn', retentionDays: 90 } });
  });

  test('counts by the old hours where the hours themselves are lowered', async () => {
    await set({ coolingOffHours: 0, ...OFF });
    expect((await vault()).pendingChanges).toMatchObject([{ control: 'softDelete' }, { control: 'coolingOff' }]);
    expect(await sweepAt(later(1))).toMatchObject({ applied: 2 });
    expect(await vault()).toMatchObject({ coolingOffHours: 0, softDelete: { state: 'Disabled' } });
  });
});

describe('a cancellation', () => {
  const cancel = (id: string, at = NOON) =>
    cancelChange(
      ports,
      { ...aRequest(at), caller: { ...CONTRIBUTOR, roles: ['Operator'], secondFactor: false } },
      PLACE,
      { id },
    );

  test('needs no factor; it is told, and nothing holds later', async () => {
    await set(OFF);
    const { id } = await waiting();
    await done(cancel(id));
    expect(await types()).toEqual(['WeakeningCancelled', 'WeakeningRequested']);
    expect(await sweepAt(later(2))).toMatchObject({ applied: 0, failed: 0 });
    expect(await vault()).toMatchObject({ softDelete: { state: 'Enabled' } });
    expect(await cancel(id)).toMatchObject({ refusal: { code: 'PendingChangeNotFound' } });
    expect(await findings(later(2))).toEqual([]);
  });

  test('comes too late once it holds', async () => {
    await set(OFF);
    const { id } = await waiting();
    await sweepAt(later(1));
    expect(await cancel(id, later(1))).toMatchObject({ refusal: { code: 'PendingChangeNotFound' } });
  });
});

describe('the guard of a vault', () => {
  const as = (caller: Caller) => ({ ...aRequest<never>(), caller, keep: undefined });
  beforeEach(async () => {
    for (const guard of ['one', 'two']) await done(putGuard(ports, as(KEEPER), { guard }, {}));
    await done(linkGuard(ports, as(CONTRIBUTOR), PLACE, { guard: 'one' }));
    await laidGrant(ports, { guard: 'one', operation: 'removeGuard' });
  });

  test('goes only after the hours; the approval is used when it is asked for', async () => {
    expect(await done(unlinkGuard(ports, as(CONTRIBUTOR), PLACE))).toMatchObject({
      pending: true,
      vault: { guard: 'one' },
    });
    expect(await types()).toEqual(['GuardUsed', 'WeakeningRequested']);
    expect(await sweepAt(later(1))).toMatchObject({ applied: 1 });
    expect(await vault()).toMatchObject({ guard: null, pendingChanges: [] });
    expect(await types()).toEqual(['GuardUsed', 'MuaDisabled', 'WeakeningRequested']);
  });

  test('that comes instead cannot be deleted meanwhile', async () => {
    await done(linkGuard(ports, as(CONTRIBUTOR), PLACE, { guard: 'two' }));
    expect(await vault()).toMatchObject({ guard: 'one', pendingChanges: [{ before: 'one', after: 'two' }] });
    expect(await deleteGuard(ports, as(KEEPER), { guard: 'two' })).toMatchObject({ refusal: { code: 'GuardInUse' } });
    await sweepAt(later(1));
    expect(await vault()).toMatchObject({ guard: 'two' });
  });
});
