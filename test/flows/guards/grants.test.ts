/** Grants: asked for, approved by as many as the guard asks, used up by the change, and taken back; whoever comes first wins. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import type { Guard } from '../../../src/core/guards.ts';
import type { SettingsPatch } from '../../../src/core/settings.ts';
import type { Instant } from '../../../src/core/time.ts';
import {
  approveGrant,
  denyGrant,
  requestGrant,
  revokeGrant,
  type Shown,
  type Wish,
} from '../../../src/flows/guards/grants.ts';
import { deleteGuard, putGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard } from '../../../src/flows/guards/links.ts';
import { listGrants, readGrant } from '../../../src/flows/guards/readGrants.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { keys } from '../../../src/store/keys.ts';
import { pack, type Table } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { aPolicy, later, NOON } from '../../support/builders.ts';
import { laidGrant, laidGuard, who } from '../../support/guards.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import {
  aRequest,
  CONTRIBUTOR,
  done,
  headOf,
  must,
  newHead,
  overtaken,
  portsOver,
  type World,
} from '../../support/world.ts';

const PLACE = { vault: 'Contoso' };
const G = { guard: 'g' };
const keeper = (oid: string, over: Partial<Caller> = {}): Caller => ({
  ...{ ...CONTRIBUTOR, oid, roles: ['GuardAdmin'] },
  ...over,
});
const [KIM, LEE] = [keeper('kim'), keeper('lee')];
const ADA: Caller = { ...CONTRIBUTOR, oid: 'ada' };

let tables: Tables;
let ports: World;

const as = (caller: Caller, now: Instant = NOON) => ({ ...aRequest<never>(now), caller, keep: undefined });
const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };
const sweepAt = (now: Instant, over: World = ports) => sweep({ ...over, clock: { now: () => now } }, LIMITS, { now });
const wish = (over: Partial<Wish> = {}): Wish => ({
  ...{ operation: 'disableSoftDelete', vault: 'Contoso', expiresAt: later(0, 3_600_000) },
  ...over,
});
const ask = (who: Caller, over: Partial<Wish> = {}) => requestGrant(ports, as(who), G, wish(over));
const placeOf = ({ grant: { id } }: Shown) => ({ ...G, grant: id });
const stateOf = async (one: Shown, now = NOON) => (await done(readGrant(ports, placeOf(one), now))).state;
const approve = (one: Shown, by: Caller) => approveGrant(ports, as(by), placeOf(one), undefined);
const revoke = (one: Shown, by: Caller, over: World = ports) => revokeGrant(over, as(by), placeOf(one), undefined);
/** A process that dies behind its first transaction. */
const dying = (): World => {
  let commits = 0;
  return portsOver(tables, {
    commit: async (write) => {
      commits += 1;
      if (commits > 1) throw new Error('died');
      return ports.commit(write);
    },
  });
};
const OFF: SettingsPatch = { softDelete: { state: 'Disabled' } };
const use = (caller: Caller = ADA, over: World = ports) =>
  putVault(over, as(caller), PLACE, { patch: OFF, mustExist: true });
const story = async () =>
  (await ports.vaults.chain('~service', { item: null, guard: 'g' }, 1, 100)).map(({ entry }) => must(entry));
const happened = async () => (await story()).map(({ operation, outcome }) => (outcome === 'Refused' ? '!' : operation));
const findings = async (now = NOON) => (await checkStore(scanTables(tables), now)).findings;
const raised = async (vault: string | null, type: string) =>
  (await ports.alerts.about(vault, null)).found.map(({ value }) => value).filter((one) => one.type === type);
const toldOf = async (vault: string | null, type: string) =>
  (must((await raised(vault, type))[0]).notifications ?? []).map((one) => `${one.as} ${one.recipient}`).toSorted();

async function aGuardOf(over: Partial<Guard> = {}): Promise<void> {
  await laidGuard(ports, { contacts: ['sec@contoso.com'], ...over });
  await done(linkGuard(ports, as(CONTRIBUTOR), PLACE, G));
}

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  const alerts = { recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] };
  await done(putVault(ports, aRequest(), PLACE, { patch: { kind: 'RecoveryServices', alerts }, mustExist: false }));
});

describe('a grant by a keeper', () => {
  beforeEach(() => aGuardOf());

  test('is approved by them, live where that is enough, and told to contacts, recipients and owners', async () => {
    const one = await done(ask(KIM, { grantee: 'ada' }));
    expect(one).toMatchObject({ state: 'Live', used: 0, quorum: 1, grant: { uses: 1, items: null } });
    expect(await toldOf(null, 'GuardGranted')).toEqual([
      ...['contact sec@contoso.com', 'owner owner@contoso.com', 'recipient ops@contoso.com'],
    ]);
    expect(await findings()).toEqual([]);
  });

  test('takes the second factor of a person, and somebody else', async () => {
    const refused = async (by: Caller, over: Partial<Wish>) => {
      const outcome = await ask(by, over);
      return outcome.ok ? 'done' : outcome.refusal.code;
    };
    expect(await refused(keeper('kim', { secondFactor: false }), { grantee: 'ada' })).toBe('StepUpRequired');
    expect(await refused(KIM, { grantee: 'kim' })).toBe('InvalidRequest');
    expect(await refused(KIM, {})).toBe('InvalidRequest');
    expect(await refused(KIM, { grantee: 'keeper' })).toBe('InvalidRequest');
    expect(await refused(KIM, { grantee: 'ada', operation: 'endPause' })).toBe('InvalidRequest');
    expect(await refused(KIM, { grantee: 'ada', vault: null })).toBe('InvalidRequest');
    expect(await refused(KIM, { grantee: 'ada', expiresAt: later(1, 1) })).toBe('InvalidRequest');
    expect(await refused(KIM, { grantee: 'ada', vault: 'no-such' })).toBe('VaultNotFound');
    expect(await refused(ADA, { grantee: 'bob' })).toBe('Forbidden');
    expect(await happened()).not.toContain('GrantOperation');
  });

  test('is used up by the change, and by nothing that is refused', async () => {
    const one = await done(ask(KIM, { grantee: 'ada' }));
    expect(await use({ ...ADA, secondFactor: false })).toMatchObject({ refusal: { code: 'StepUpRequired' } });
    expect(await stateOf(one)).toBe('Live');
    await done(use());
    expect(await stateOf(one)).toBe('Used');
    expect(await toldOf('Contoso', 'GuardUsed')).toContain('contact sec@contoso.com');
    await done(putVault(ports, as(ADA), PLACE, { patch: { softDelete: { state: 'Enabled' } }, mustExist: true }));
    expect(await use()).toMatchObject({ refusal: { code: 'GuardApprovalRequired', facts: { reason: 'NoGrant' } } });
  });

  test('is of no use to somebody who keeps guards', async () => {
    await done(ask(KIM, { grantee: 'ada' }));
    expect(await use({ ...ADA, roles: ['Contributor', 'GuardAdmin'] })).toMatchObject({
      refusal: { code: 'GuardApprovalRequired', facts: { operation: 'disableSoftDelete', reason: 'RoleConflict' } },
    });
    await done(use());
  });

  test('for items is for each of them once', async () => {
    await ports.commit(newHead((await headOf(ports.vaults)).vault, await headOf(ports.vaults), aPolicy('daily')));
    for (const item of ['vm-1', 'vm-2', 'vm-3'])
      await done(
        protect(ports, aRequest(), { ...PLACE, item }, { workload: 'AzureVM', policy: 'daily', sourceId: item }),
      );
    const items = ['VM-1', 'vm-2'];
    const one = await done(ask(KIM, { grantee: 'ada', operation: 'stopProtection', items }));
    expect(one.grant.uses).toBe(2);
    const stopped = async (item: string) =>
      (await stop(ports, as(ADA), { ...PLACE, item }, { mode: 'retain' })).ok ? 'done' : 'refused';
    expect(await stopped('vm-3')).toBe('refused');
    expect([await stopped('vm-1'), await stopped('vm-2')]).toEqual(['done', 'done']);
    expect(await stateOf(one)).toBe('Used');
  });
});

describe('what is asked for', () => {
  beforeEach(() => aGuardOf({ quorum: 2 }));

  test('waits for as many as the guard asks, and tells its contacts', async () => {
    const one = await done(ask(ADA, { reason: 'retired' }));
    expect(one).toMatchObject({ state: 'Requested', grant: { approvals: [], reason: 'retired' } });
    expect(await toldOf(null, 'GuardRequested')).toEqual(['contact sec@contoso.com']);
    expect(await use()).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
    expect(await approve(one, { ...ADA, roles: ['GuardAdmin'] })).toMatchObject({
      refusal: { code: 'NotIndependent' },
    });
    expect(await approve(one, keeper('kim', { secondFactor: false }))).toMatchObject({
      refusal: { code: 'StepUpRequired' },
    });
    for (const by of [KIM, KIM]) expect(await done(approve(one, by))).toMatchObject({ state: 'Requested' });
    expect(await done(approve(one, LEE))).toMatchObject({ state: 'Live' });
    expect(await raised(null, 'GuardGranted')).toHaveLength(1);
    expect(await done(approve(one, LEE))).toMatchObject({ state: 'Live' });
    expect(await approve(one, keeper('max'))).toMatchObject({ refusal: { code: 'InvalidTransition' } });
    await done(use());
    await sweepAt(later(0, 1));
    expect((await happened()).filter((one) => one !== '!')).toEqual([
      ...['RequestGrant', 'ApproveGrant', 'ApproveGrant', 'UseGrant'],
    ]);
  });

  test('is denied, and then cannot be approved', async () => {
    const one = await done(ask(ADA));
    expect(await done(denyGrant(ports, as(KIM), placeOf(one), { reason: 'no' }))).toMatchObject({ state: 'Denied' });
    expect(await approve(one, LEE)).toMatchObject({ refusal: { code: 'InvalidTransition' } });
    expect(await revoke(one, LEE)).toMatchObject({ refusal: { code: 'InvalidTransition' } });
  });

  test('is given back by the one it is for, and by nobody else who keeps no guard', async () => {
    const one = await done(ask(ADA));
    expect(await revoke(one, { ...CONTRIBUTOR, oid: 'bob' })).toMatchObject({ refusal: { code: 'Forbidden' } });
    await done(revoke(one, ADA));
    expect(await stateOf(one)).toBe('Revoked');
  });

  test('is no longer live once the guard asks for more', async () => {
    const one = await laidGrant(ports, { operation: 'disableSoftDelete', grantee: who('ada') });
    expect((await done(readGrant(ports, { ...G, grant: one.id }, NOON))).state).toBe('Requested');
    expect(await use()).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
  });
});

describe('who comes first wins', () => {
  let one: Shown;
  beforeEach(async () => {
    await aGuardOf();
    one = await done(ask(KIM, { grantee: 'ada' }));
  });

  test('of two that take the last use at once one is refused', async () => {
    const both = await Promise.all([use(), use(ADA, portsOver(tables))]);
    // The other finds soft delete off already, which weakens nothing: so it is tried with something else.
    expect(both.some(({ ok }) => ok)).toBe(true);
    expect((await done(readGrant(ports, placeOf(one), NOON))).used).toBe(1);
    const two = await done(ask(KIM, { grantee: 'ada', operation: 'reduceAlerts' }));
    const fewer = (alerts: object, over: World) =>
      putVault(over, as(ADA), PLACE, { patch: { alerts }, mustExist: true });
    const results = await Promise.all([
      fewer({ recipients: [] }, ports),
      fewer({ mode: 'HourlyDigest' }, portsOver(tables)),
    ]);
    expect(results.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
    expect((await done(readGrant(ports, placeOf(two), NOON))).used).toBe(1);
  });

  test('a use that comes after the revocation is refused, whatever it read before', async () => {
    const late = overtaken(ports, () => done(revoke(one, KIM)));
    expect(await use(ADA, late)).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
    expect((await headOf(ports.vaults)).vault.softDelete.state).toBe('Enabled');
    expect(await stateOf(one)).toBe('Revoked');
  });

  test('a revocation that comes after the use is refused', async () => {
    const late = overtaken(ports, () => done(use()));
    expect(await revoke(one, KIM, late)).toMatchObject({ refusal: { code: 'InvalidTransition' } });
    expect(await stateOf(one)).toBe('Used');
  });

  test('a revocation that died half-way is told by the sweep', async () => {
    await expect(revoke(one, KIM, dying())).rejects.toThrow('died');
    expect(await stateOf(one)).toBe('Revoked');
    expect(await use()).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
    expect(await findings()).toEqual([]);
    for (const at of [1, 90_000]) await sweepAt(later(0, at));
    expect(await happened()).toEqual(['GrantOperation', 'RevokeGrant']);
    expect((await story()).at(-1)?.facts).toMatchObject({ grant: one.grant.id, by: 'kim' });
    expect(await findings(later(0, 90_000))).toEqual([]);
  });

  test('a revocation that broke off half-way is ended by whoever began it, when the call is repeated', async () => {
    await expect(revoke(one, KIM, dying())).rejects.toThrow('died');
    expect(await revoke(one, LEE)).toMatchObject({ refusal: { code: 'InvalidTransition' } });
    await done(revoke(one, KIM));
    for (const at of [1, 90_000]) await sweepAt(later(0, at));
    expect((await happened()).filter((what) => what === 'RevokeGrant')).toHaveLength(1);
    expect(await findings(later(0, 90_000))).toEqual([]);
  });

  test('a use is told in the history of the guard once, however many sweeps come', async () => {
    await done(use());
    await Promise.all([sweepAt(later(0, 1)), sweepAt(later(0, 1), portsOver(tables))]);
    await sweepAt(later(0, 90_000));
    expect(await happened()).toEqual(['GrantOperation', 'UseGrant']);
    expect((await story()).at(-1)?.facts).toMatchObject({
      by: 'ada',
      operation: 'ChangeVault',
      guarded: 'disableSoftDelete',
    });
    expect(await findings(later(0, 90_000))).toEqual([]);
  });
});

describe('what it costs', () => {
  /** Every request to storage that goes out through the tables. */
  function counted(of: Tables): { readonly tables: Tables; readonly count: () => number } {
    let count = 0;
    const counting = (table: Table): Table =>
      Object.fromEntries(
        Object.entries(table).map(([name, call]) => [
          name,
          (...given: readonly unknown[]) => {
            count += 1;
            return (call as (...all: readonly unknown[]) => unknown)(...given);
          },
        ]),
      ) as unknown as Table;
    const { vaults, agenda, registry } = of;
    return {
      tables: { vaults: counting(vaults), agenda: counting(agenda), registry: counting(registry) },
      count: () => count,
    };
  }

  test('a weakening of a guarded vault, grant and factor included: eight requests at most', async () => {
    await aGuardOf();
    await done(ask(KIM, { grantee: 'ada' }));
    const { tables: seen, count } = counted(tables);
    const fresh = portsOver(seen, { notices: { send: async () => undefined } });
    await done(use(ADA, fresh));
    expect(count()).toBeLessThanOrEqual(8);
  });

  test('a list of grants: the guard, one range, and one for each that may still change', async () => {
    await aGuardOf();
    for (const operation of ['removeHold', 'reduceAlerts', 'getSecurityPin'] as const)
      await done(ask(KIM, { grantee: 'ada', operation }));
    const { tables: seen, count } = counted(tables);
    const found = await done(listGrants(portsOver(seen), 'g', { state: 'Live' }, { top: 10, after: undefined }, NOON));
    expect(found.shown).toHaveLength(3);
    expect(count()).toBe(1 + 3);
    // a store of before: what the guard asks lies in its own row only
    await tables.vaults.commit('~service', [{ op: 'drop', key: keys.grantTerms('g') }]);
    const before = counted(tables);
    const page = { top: 10, after: undefined };
    expect(await done(listGrants(portsOver(before.tables), 'g', {}, page, NOON))).toEqual(found);
    expect(before.count()).toBe(2 + 3);
    const none = await done(listGrants(ports, 'g', { vault: 'other' }, { top: 10, after: undefined }, NOON));
    expect(none.shown).toEqual([]);
  });
});

test('a list of grants says what the guard asks now, and is gone with the guard', async () => {
  await aGuardOf();
  await done(ask(ADA));
  const list = (guard = 'g') => listGrants(ports, guard, {}, { top: 10, after: undefined }, NOON);
  const shown = async () => (await done(list())).shown.map(({ quorum, state }) => [quorum, state]);
  expect(await shown()).toEqual([[1, 'Requested']]);
  await done(putGuard(ports, as(KIM), G, { quorum: 2 }));
  expect([await shown(), await findings()]).toEqual([[[2, 'Requested']], []]);
  await tables.vaults.commit('~service', [{ op: 'put', key: keys.grantTerms('g'), cells: pack({ quorum: 1 }) }]);
  expect(await findings()).toMatchObject([{ rule: 'I5', message: expect.stringContaining('needed 1 approvals') }]);
  expect(await list('other')).toMatchObject({ refusal: { code: 'GuardNotFound' } });
});

test('a list of grants goes with its guard', async () => {
  await done(putGuard(ports, as(KIM), { guard: 'free' }, {}));
  const list = () => listGrants(ports, 'free', {}, { top: 10, after: undefined }, NOON);
  expect(await done(list())).toEqual({ shown: [], last: undefined, unreadable: [] });
  await done(deleteGuard(ports, as(KIM), { guard: 'free' }));
  expect(await list()).toMatchObject({ refusal: { code: 'GuardNotFound' } });
});

test('a grant of before is good until it ends, however often', async () => {
  await aGuardOf();
  const of = { guard: 'g', vault: 'Contoso', operation: 'disableSoftDelete' as const, grantee: who('ada') };
  const row = { ...of, id: 'old', grantedBy: who('kim'), grantedAt: NOON, expiresAt: later(1) };
  await tables.vaults.commit('contoso', [{ op: 'insert', key: keys.oldGrant(of), cells: pack(row) }]);
  expect(await findings()).toEqual([]);
  await done(use());
  await done(putVault(ports, as(ADA), PLACE, { patch: { softDelete: { state: 'Enabled' } }, mustExist: true }));
  await done(use());
  await done(putVault(ports, as(ADA), PLACE, { patch: { softDelete: { state: 'Enabled' } }, mustExist: true }));
  expect(await putVault(ports, as(ADA, later(1)), PLACE, { patch: OFF, mustExist: true })).toMatchObject({
    refusal: { code: 'GuardApprovalRequired' },
  });
});
