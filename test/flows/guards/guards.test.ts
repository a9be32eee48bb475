/** A guard that guards something is loosened by nobody alone; and who hears of it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import type { Instant } from '../../../src/core/time.ts';
import { deleteGuard, listGuards, type PutGuard, putGuard, readGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard, linkService, readServiceGuard } from '../../../src/flows/guards/links.ts';
import { approveChange, cancelGuardChange } from '../../../src/flows/guards/pendingChanges.ts';
import { endPause, putPause } from '../../../src/flows/service/pause.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { later, NOON } from '../../support/builders.ts';
import { laidGrant } from '../../support/guards.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, must, portsOver, type World } from '../../support/world.ts';

const G = { guard: 'g' };
const keeper = (oid: string, over: Partial<Caller> = {}): Caller => ({
  ...{ ...CONTRIBUTOR, oid, roles: ['GuardAdmin'] },
  ...over,
});
const [KIM, LEE, MAX] = [keeper('kim'), keeper('lee'), keeper('max')];
const STRICT: PutGuard = { quorum: 2, contacts: ['sec@contoso.com', 'ciso@contoso.com'] };

let tables: Tables;
let ports: World;

const as = (caller: Caller, now: Instant = NOON) => ({ ...aRequest<never>(now), caller, keep: undefined });
const put = (ask: PutGuard, who = KIM, now = NOON) => putGuard(ports, as(who, now), G, ask);
const guard = () => done(readGuard(ports, 'g'));
const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };
const sweepAt = (now: Instant, over: World = ports) => sweep({ ...over, clock: { now: () => now } }, LIMITS, { now });
const raised = async () => (await ports.alerts.about(null, null)).found.map(({ value }) => value);
const types = async () => (await raised()).map(({ type }) => type).toSorted();
const toldOf = async (type: string) =>
  (must((await raised()).find((one) => one.type === type)).notifications ?? [])
    .map(({ recipient, as }) => `${as} ${recipient}`)
    .toSorted();
const story = async () =>
  (await ports.vaults.chain('~service', { item: null, guard: 'g' }, 1, 100)).map(({ entry }) => entry?.operation);
const findings = async (now: Instant) => (await checkStore(scanTables(tables), now)).findings;
const pending = async () => must((await guard()).pendingChanges[0]);

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  const alerts = { recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] };
  const patch = { kind: 'RecoveryServices', alerts } as const;
  await done(putVault(ports, aRequest(), { vault: 'Contoso' }, { patch, mustExist: false }));
  await done(put(STRICT));
});
const link = () => done(linkGuard(ports, as(CONTRIBUTOR), { vault: 'Contoso' }, G));

describe('a guard', () => {
  test('is written with the second factor, by persons only', async () => {
    expect(await put({ quorum: 3 }, keeper('kim', { secondFactor: false }))).toMatchObject({
      refusal: { code: 'StepUpRequired' },
    });
    expect(await put({ quorum: 3 }, keeper('kim', { secondFactor: false, appOnly: true }))).toMatchObject({
      refusal: { code: 'Forbidden' },
    });
    expect(await guard()).toMatchObject({ quorum: 2, coolingOffHours: 24, coverBackupSoftDelete: false });
  });

  test('keeps what is not given, and is found in the list', async () => {
    await done(put({ coolingOffHours: 48 }));
    expect(await guard()).toMatchObject({ ...STRICT, coolingOffHours: 48, excludedOperations: [] });
    expect((await done(listGuards(ports, { top: 10, after: undefined }))).shown).toMatchObject([{ name: 'g' }]);
  });

  test('that guards nothing is loosened at once, and its contacts of before hear of it', async () => {
    expect(await done(put({ quorum: 1, contacts: ['new@contoso.com'] }))).toMatchObject({
      pending: false,
      guard: { quorum: 1, pendingChanges: [] },
    });
    expect(await toldOf('GuardWeakened')).toEqual([
      ...['contact ciso@contoso.com', 'contact new@contoso.com', 'contact sec@contoso.com'],
    ]);
    await done(deleteGuard(ports, as(LEE), G));
    expect(await types()).toEqual(['GuardWeakened', 'GuardWeakened']);
  });
});

describe('a guard that guards a vault', () => {
  beforeEach(link);

  test('is as it was, and what tightens in the same body holds at once', async () => {
    const { contacts = [] } = STRICT;
    const wish: PutGuard = { quorum: 1, coolingOffHours: 30, contacts: ['new@contoso.com', ...contacts.slice(0, 1)] };
    expect(await done(put(wish))).toMatchObject({ pending: true });
    expect(await guard()).toMatchObject({
      ...{ quorum: 2, coolingOffHours: 30 },
      contacts: ['new@contoso.com', 'sec@contoso.com', 'ciso@contoso.com'],
      pendingChanges: [{ control: 'guard', requestedBy: { oid: 'kim' }, effectiveAt: later(1), approvals: [] }],
    });
    expect((await guard()).pendingChanges).toHaveLength(1);
    expect(await toldOf('WeakeningRequested')).toEqual([
      ...['contact ciso@contoso.com', 'contact new@contoso.com', 'contact sec@contoso.com', 'owner owner@contoso.com'],
    ]);
    expect(await findings(NOON)).toEqual([]);
  });

  test('is loosened by the first sweep at its time, never earlier, and once', async () => {
    await done(put({ quorum: 1 }));
    expect(await sweepAt(later(1, -1))).toMatchObject({ applied: 0 });
    expect(await guard()).toMatchObject({ quorum: 2 });
    const reports = await Promise.all([sweepAt(later(1)), sweepAt(later(1), portsOver(tables))]);
    expect(reports.map(({ applied }) => applied).toSorted()).toEqual([0, 1]);
    expect(await guard()).toMatchObject({ quorum: 1, pendingChanges: [] });
    expect(await types()).toEqual(['GuardWeakened', 'WeakeningRequested']);
    expect(await story()).toEqual(['PutGuard', 'PutGuard', 'ApplyPendingChange']);
    expect(await findings(later(1))).toEqual([]);
  });

  test('is decided anew: what others set meanwhile stays', async () => {
    await done(put({ excludedOperations: ['removeHold'], quorum: 1 }));
    const before = must(await ports.guards.get('g'));
    // As a store that was restored from before: the quorum is lower already, and something else is excluded.
    const now = { ...before.value, quorum: 1, excludedOperations: ['getSecurityPin' as const], etag: 'restored' };
    await ports.commit({ vault: '~service', id: 'restored', guard: { was: before, now }, entries: [] });
    await sweepAt(later(1));
    expect(await guard()).toMatchObject({ quorum: 1, excludedOperations: ['getSecurityPin', 'removeHold'] });
  });

  test('holds at once when another keeper approves, not the one who asked', async () => {
    await done(put({ quorum: 1 }));
    const { id } = await pending();
    const approve = (who: Caller) => approveChange(ports, as(who), G, { id });
    expect(await approve(KIM)).toMatchObject({ refusal: { code: 'NotIndependent' } });
    expect(await approve(keeper('lee', { secondFactor: false }))).toMatchObject({
      refusal: { code: 'StepUpRequired' },
    });
    expect(await done(approve(LEE))).toMatchObject({ quorum: 1, pendingChanges: [] });
    expect(await types()).toContain('GuardWeakened');
    expect(await sweepAt(later(1))).toMatchObject({ applied: 0, failed: 0 });
  });

  test('takes as many others as its quorum less one, each counted once', async () => {
    await done(put({ quorum: 3 }));
    await done(put({ quorum: 1 }));
    const { id } = await pending();
    for (const who of [LEE, LEE]) await done(approveChange(ports, as(who), G, { id }));
    expect(await guard()).toMatchObject({ quorum: 3, pendingChanges: [{ approvals: [{ by: { oid: 'lee' } }] }] });
    expect(await done(approveChange(ports, as(MAX), G, { id }))).toMatchObject({ quorum: 1, pendingChanges: [] });
  });

  test('stays when somebody cancels, without a factor', async () => {
    await done(put({ quorum: 1 }));
    const { id } = await pending();
    await done(cancelGuardChange(ports, as(keeper('lee', { secondFactor: false })), G, { id }));
    expect(await types()).toEqual(['WeakeningCancelled', 'WeakeningRequested']);
    expect(await sweepAt(later(2))).toMatchObject({ applied: 0, failed: 0 });
    expect(await guard()).toMatchObject({ quorum: 2, pendingChanges: [] });
    expect(await approveChange(ports, as(LEE), G, { id })).toMatchObject({
      refusal: { code: 'PendingChangeNotFound' },
    });
  });

  test('waits for what was asked for last, and for nothing once it is tightened', async () => {
    await done(put({ quorum: 1 }));
    await done(put({ coverBackupSoftDelete: false, excludedOperations: ['removeHold'] }, LEE, later(0, 5)));
    expect((await guard()).pendingChanges).toMatchObject([{ after: 'excludes removeHold', effectiveAt: later(1, 5) }]);
    await done(put({ quorum: 3 }));
    expect((await guard()).pendingChanges).toEqual([]);
  });

  test('cannot be deleted', async () => {
    expect(await deleteGuard(ports, as(KIM), G)).toMatchObject({ refusal: { code: 'GuardInUse' } });
  });
});

describe('the service', () => {
  const guarded = () => done(linkService(ports, as(CONTRIBUTOR), {}, { guard: 'g' }));
  const pause = { reason: 'audit', until: later(2) };

  test('is put under a guard with the second factor, and leaves it with its approval', async () => {
    expect(await readServiceGuard(ports)).toMatchObject({ guard: null });
    const without = { ...CONTRIBUTOR, secondFactor: false };
    expect(await linkService(ports, as(without), {}, { guard: 'g' })).toMatchObject({
      refusal: { code: 'StepUpRequired' },
    });
    await guarded();
    expect(await deleteGuard(ports, as(KIM), G)).toMatchObject({ refusal: { code: 'GuardInUse' } });
    expect(await linkService(ports, as(CONTRIBUTOR), {}, { guard: null })).toMatchObject({
      refusal: { code: 'GuardApprovalRequired', facts: { operation: 'removeGuard', guard: 'g', reason: 'NoGrant' } },
    });
    const approvals = ['kim', 'lee'].map((oid) => ({ by: { tid: 'local', oid }, at: NOON }));
    await laidGrant(ports, { operation: 'removeGuard', vault: null, approvals });
    expect(await done(linkService(ports, as(CONTRIBUTOR), {}, { guard: null }))).toMatchObject({ guard: null });
    expect(await types()).toEqual(['CriticalOperationRefused', 'CriticalOperationRefused', 'GuardUsed', 'MuaDisabled']);
    expect(await toldOf('MuaDisabled')).toEqual(['contact ciso@contoso.com', 'contact sec@contoso.com']);
    await sweepAt(later(0, 1));
    expect(await story()).toEqual(['PutGuard', 'DeleteGuard', 'UseGrant']);
  });

  test('under a guard keeps its pause from everybody but who made it', async () => {
    await guarded();
    await done(putPause(ports, as({ ...CONTRIBUTOR, oid: 'maker' }), {}, pause));
    expect(await endPause(ports, as(CONTRIBUTOR), {})).toMatchObject({
      refusal: { code: 'GuardApprovalRequired', facts: { operation: 'endPause' } },
    });
    expect(await endPause(ports, as({ ...CONTRIBUTOR, oid: 'maker' }), {})).toMatchObject({ ok: true });
    expect(await toldOf('BrakeReleased')).toEqual(['contact ciso@contoso.com', 'contact sec@contoso.com']);
    const [last] = await ports.vaults.chain('~service', { item: null }, 4, 1);
    expect(last?.entry).toMatchObject({ operation: 'EndPause', facts: { control: 'pause', after: null } });
  });

  test('loosens its guard as slowly as a vault does', async () => {
    await guarded();
    expect(await done(put({ quorum: 1 }))).toMatchObject({ pending: true });
  });
});
