import { describe, expect, test } from 'vitest';
import { call } from '../../support/call.ts';
import { aVault, later, ok, refusal } from '../../support/estate.ts';
import {
  ADA,
  ADA_WITHOUT,
  AGENT,
  KEEPER,
  KEEPER_WITHOUT,
  type Person,
  pass,
  SECOND_KEEPER,
  type Secured,
  secured,
} from '../../support/secured.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

let guards = 0;

/** The same vault, under a guard of its own. */
async function guarded(s: Secured, excludedOperations: readonly string[] = []): Promise<string> {
  guards += 1;
  const guard = `guard-${guards}`;
  ok(await s.ask(KEEPER, 'PUT', `guards/${guard}`, { excludedOperations }));
  ok(await s.within(ADA, 'PUT', '/guard', { guard }));
  return guard;
}

async function now(): Promise<string> {
  return ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock')).now;
}

const grant = async (s: Secured, guard: string, operation: string, over: object = {}, who: Person = KEEPER) =>
  s.ask(who, 'POST', `guards/${guard}/grants`, {
    ...{ operation, vault: s.vault.name, grantee: ADA.sub, expiresAt: later(await now(), { hours: 1 }) },
    ...over,
  });

const approvalFor = (operation: string) => refusal(403, 'GuardApprovalRequired', { operation });
const protectVm = async (s: Secured) =>
  ok(await s.within(ADA, 'PUT', '/items/vm', { workload: 'AzureVM', policy: 'daily', sourceId: s.vault.name }));

describe('a guarded vault', () => {
  test('case 67: deleting without a grant is refused and told; with one it is done; after its end it is refused again', async () => {
    const s = await secured(service);
    await protectVm(s);
    const guard = await guarded(s);

    expect(await s.delete('vm', undefined, ADA)).toMatchObject(approvalFor('deleteProtection'));
    expect((await s.vault.get('vm')).body.state).toBe('Protected');
    expect((await s.vault.history('vm'))[0]).toMatchObject({ outcome: 'Refused', code: 'GuardApprovalRequired' });
    expect(await s.alerts('CriticalOperationRefused')).toMatchObject([{ item: 'vm' }]);

    const { grant: id } = ok(await grant(s, guard, 'deleteProtection'));
    expect(await s.delete('vm', undefined, ADA)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect((await s.vault.history('vm'))[0]).toMatchObject({
      operation: 'StopDelete',
      facts: { guard, grants: [id], grantedBy: ['keeper'] },
    });

    ok(await s.vault.undelete('vm'));
    await pass(service, 3601);
    expect(await s.delete('vm', undefined, ADA)).toMatchObject(approvalFor('deleteProtection'));
  });

  test('a grant is for one person, one operation and one vault', async () => {
    const [s, other] = [await secured(service), await secured(service)];
    const guard = await guarded(s);
    ok(await other.within(ADA, 'PUT', '/guard', { guard }));
    ok(await grant(s, guard, 'deleteProtection'));
    expect(await s.delete('files', undefined, { ...ADA, sub: 'bob' })).toMatchObject(approvalFor('deleteProtection'));
    expect(await s.within(ADA, 'POST', '/items/files/stop', { mode: 'retain' })).toMatchObject(
      approvalFor('stopProtection'),
    );
    expect(await other.delete('files', undefined, ADA)).toMatchObject(approvalFor('deleteProtection'));
    expect(await s.delete('files', undefined, ADA)).toMatchObject({ status: 200 });
  });

  test('the approval is looked at before a PIN, which stays good', async () => {
    const s = await secured(service);
    const guard = await guarded(s, ['getSecurityPin']);
    const pin = await s.pin();
    expect(await s.delete('files', pin)).toMatchObject(approvalFor('deleteProtection'));
    expect(await s.delete('files', '00000000')).toMatchObject(approvalFor('deleteProtection'));
    ok(await grant(s, guard, 'deleteProtection', { grantee: AGENT.sub }));
    expect(await s.delete('files', pin)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });

  for (const [operation, method, path, body] of [
    ['stopProtection', 'POST', '/items/vm/stop', { mode: 'retain' }],
    ['getSecurityPin', 'POST', '/securityPin', {}],
    ['disableSoftDelete', 'PATCH', '', { softDelete: { state: 'Disabled' } }],
    ['disableSoftDelete', 'PATCH', '', { hybrid: { state: 'Disabled' } }],
    ['reduceRetention', 'PATCH', '', { softDelete: { retentionDays: 20 } }],
    ['reduceRetention', 'PUT', '/policies/daily', { retention: { daily: 10 } }],
    ['reduceRetention', 'POST', '/items/vm/changePolicy', { policy: 'short' }],
    ['disableImmutability', 'PATCH', '', { immutability: 'Disabled' }],
    ['removeGuard', 'DELETE', '/guard', undefined],
  ] as const)
    test(`${operation} (${method} ${path} ${JSON.stringify(body ?? '')}) takes a grant`, async () => {
      const s = await secured(service, { settings: { softDelete: { retentionDays: 30 } } });
      await protectVm(s);
      ok(await s.vault.policy('short', { daily: 8 }));
      if (operation === 'disableImmutability') ok(await s.within(ADA, 'PATCH', '', { immutability: 'Unlocked' }));
      const guard = await guarded(s);
      const before = ok(await s.within(ADA, 'GET', ''));

      expect(await s.within(ADA, method, path, body)).toMatchObject(approvalFor(operation));
      expect(ok(await s.within(ADA, 'GET', ''))).toEqual(before);

      ok(await grant(s, guard, operation));
      expect((await s.within(ADA, method, path, body)).status).toBeLessThan(300);
    });

  test('case 17: AlwaysOn is not left with a grant either', async () => {
    const s = await secured(service);
    ok(await s.within(ADA, 'PATCH', '', { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true }));
    const guard = await guarded(s);
    ok(await grant(s, guard, 'disableSoftDelete'));
    for (const state of ['Disabled', 'Enabled'])
      expect(await s.within(ADA, 'PATCH', '', { softDelete: { state } })).toMatchObject(
        refusal(409, 'AlwaysOnIrreversible'),
      );
  });

  test('case 66: immutability holds whatever was granted', async () => {
    const s = await secured(service, { settings: { immutability: 'Unlocked' } });
    await s.vault.point('files', 'monday');
    const guard = await guarded(s);
    ok(await grant(s, guard, 'deleteProtection'));
    expect(await s.delete('files', undefined, ADA)).toMatchObject(refusal(409, 'ImmutabilityBlocked'));
  });

  test('case 69: undelete and resume need no grant', async () => {
    const s = await secured(service);
    ok(await s.delete('files', undefined, ADA));
    await guarded(s);
    expect(await s.vault.undelete('files')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await s.vault.resume('files', 'daily')).toMatchObject({ status: 200, body: { state: 'Protected' } });
  });

  test('what the guard excludes needs none', async () => {
    const s = await secured(service);
    await guarded(s, ['stopProtection', 'reduceRetention']);
    expect(await s.within(ADA, 'POST', '/items/files/stop', { mode: 'retain' })).toMatchObject({ status: 200 });
  });

  test('a longer retention needs none', async () => {
    const s = await secured(service);
    await guarded(s);
    expect(await s.within(ADA, 'PATCH', '', { softDelete: { retentionDays: 90 } })).toMatchObject({ status: 200 });
    expect(await s.vault.policy('daily', { daily: 60 })).toMatchObject({ status: 200 });
  });

  test('case 27: on a Backup vault soft delete is not under the guard, deleting is', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.protect('blob'));
    ok(await vault.send('PUT', 'guard', { guard }, ADA));
    expect(await vault.delete('blob')).toMatchObject(approvalFor('deleteProtection'));
    expect(await vault.settings({ softDelete: { state: 'Disabled' } }, ADA)).toMatchObject({ status: 200 });
  });
});

describe('a guard', () => {
  test.for(['disableSoftDelete', 'removeGuard'])('case 68: cannot leave out %s', async (operation) => {
    const s = await secured(service);
    expect(
      await s.ask(KEEPER, 'PUT', 'guards/weak', { excludedOperations: ['stopProtection', operation] }),
    ).toMatchObject(refusal(400, 'InvalidRequest'));
    expect(await s.ask(KEEPER, 'GET', 'guards/weak')).toMatchObject(refusal(404, 'GuardNotFound'));
  });

  test('is kept by guard admins only, and they may do nothing else', async () => {
    const s = await secured(service);
    expect(await s.ask(ADA, 'PUT', 'guards/mine', {})).toMatchObject(refusal(403, 'Forbidden'));
    const guard = await guarded(s);
    expect(await grant(s, guard, 'deleteProtection', { grantee: 'bob' }, ADA)).toMatchObject(refusal(403, 'Forbidden'));
    expect(await s.within(KEEPER, 'GET', '')).toMatchObject(refusal(403, 'Forbidden'));
    expect(await s.within({ ...KEEPER, mfa: true }, 'DELETE', '/guard')).toMatchObject(refusal(403, 'Forbidden'));
  });

  test('lets nobody approve of themselves, and of nothing for longer than a day', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    const both: Person = { sub: 'both', roles: ['GuardAdmin', 'Contributor'], mfa: true };
    const bad = refusal(400, 'InvalidRequest');
    const at = async (hours: number) => ({ expiresAt: later(await now(), { hours }) });
    expect(await grant(s, guard, 'deleteProtection', { grantee: 'both' }, both)).toMatchObject(bad);
    expect(await grant(s, guard, 'deleteProtection', { grantee: 'keeper' }, both)).toMatchObject(bad);
    expect(await grant(s, guard, 'deleteProtection', await at(25))).toMatchObject(bad);
    expect(await grant(s, guard, 'deleteProtection', await at(-1))).toMatchObject(bad);
    expect(await grant(s, guard, 'everything')).toMatchObject(bad);
    expect(await grant(s, guard, 'deleteProtection', { vault: 'no-such' })).toMatchObject(
      refusal(404, 'VaultNotFound'),
    );
    expect(await grant(s, guard, 'deleteProtection', await at(24))).toMatchObject({ status: 201 });
  });

  test('is written with the second factor, and tells who asked, who approved and what was used', async () => {
    const s = await secured(service);
    expect(await s.ask(KEEPER_WITHOUT, 'PUT', 'guards/weak', {})).toMatchObject(refusal(401, 'StepUpRequired'));
    const guard = await guarded(s);
    const until = later(await now(), { hours: 1 });
    const wish = { operation: 'stopProtection', vault: s.vault.name, expiresAt: until, reason: 'retired' };
    const asked = await s.ask(ADA, 'POST', `guards/${guard}/grants`, wish);
    expect(asked).toMatchObject({ status: 201, body: { state: 'Requested', reason: 'retired', items: null, uses: 1 } });
    const path = `guards/${guard}/grants/${asked.body.grant}`;
    expect(await s.ask(KEEPER, 'POST', `${path}/approve`, {})).toMatchObject({
      status: 200,
      body: { state: 'Live', quorum: 1, approvals: [{ by: 'keeper' }] },
    });
    ok(await s.within(ADA, 'POST', '/items/files/stop', { mode: 'retain' }));
    expect(await s.ask(KEEPER, 'GET', path)).toMatchObject({ body: { state: 'Used', used: 1 } });
    expect(await s.ask(KEEPER, 'DELETE', path)).toMatchObject(refusal(409, 'InvalidTransition'));
    ok(await call(service.api, 'POST', '/api/sweeps', { body: {} }));
    const told = ok(await s.ask({ ...ADA, sub: 'reader' }, 'GET', `guards/${guard}/history`)).value;
    expect(told.map(({ operation }) => operation).filter((one) => one !== 'RevokeGrant')).toEqual([
      ...['UseGrant', 'ApproveGrant', 'RequestGrant', 'PutGuard'],
    ]);
    expect(ok(await s.ask(KEEPER, 'GET', `guards/${guard}/grants?state=Used`)).value).toMatchObject([
      { grant: asked.body.grant },
    ]);
  });

  test('that guards something is loosened by nobody alone', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    const put = (who: Person, body: object) => s.ask(who, 'PUT', `guards/${guard}`, body);
    expect(await put(KEEPER, { excludedOperations: ['deleteProtection'] })).toMatchObject({
      status: 202,
      body: { excludedOperations: [], pendingChanges: [{ control: 'guard', requestedBy: 'keeper', approvals: [] }] },
    });
    const { pendingChanges } = ok(await s.ask(KEEPER, 'GET', `guards/${guard}`)) as unknown as {
      readonly pendingChanges: readonly { readonly id: string }[];
    };
    const path = `guards/${guard}/pendingChanges/${pendingChanges[0]?.id}`;
    expect(await s.ask(KEEPER, 'POST', `${path}/approve`, {})).toMatchObject(refusal(403, 'NotIndependent'));
    expect(await s.ask(SECOND_KEEPER, 'POST', `${path}/approve`, {})).toMatchObject({
      status: 200,
      body: { excludedOperations: ['deleteProtection'], pendingChanges: [] },
    });
  });

  test('says what it leaves open in a Backup vault', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    const vault = await aVault(service, { kind: 'Backup' });
    expect(ok(await vault.send('PUT', 'guard', { guard }, ADA))).toMatchObject({
      warnings: [expect.stringContaining('coverBackupSoftDelete')],
    });
  });

  test('is put before a vault, and taken away, with a second factor; the second raises MuaDisabled', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    ok(await grant(s, guard, 'removeGuard'));
    expect(ok(await s.within(ADA, 'GET', ''))).toMatchObject({ guard });
    expect(await s.within(ADA_WITHOUT, 'DELETE', '/guard')).toMatchObject(refusal(401, 'StepUpRequired'));
    expect(await s.alerts('MuaDisabled')).toEqual([]);
    expect(await s.within(ADA, 'DELETE', '/guard')).toMatchObject({ status: 204 });
    expect(ok(await s.within(ADA, 'GET', ''))).toMatchObject({ guard: null });
    expect(await s.alerts('MuaDisabled')).toMatchObject([{ severity: 'Sev0' }]);
    expect(await s.within(ADA_WITHOUT, 'PUT', '/guard', { guard })).toMatchObject(refusal(401, 'StepUpRequired'));
  });

  test('is not replaced by another without its approval', async () => {
    const s = await secured(service);
    await guarded(s);
    ok(await s.ask(KEEPER, 'PUT', 'guards/easier', { excludedOperations: ['deleteProtection'] }));
    expect(await s.within(ADA, 'PUT', '/guard', { guard: 'easier' })).toMatchObject(approvalFor('removeGuard'));
  });

  test('stays as long as it guards something', async () => {
    const s = await secured(service);
    const guard = await guarded(s);
    expect(await s.ask(KEEPER, 'DELETE', `guards/${guard}`)).toMatchObject(
      refusal(409, 'GuardInUse', { vaults: [s.vault.name] }),
    );
    ok(await grant(s, guard, 'removeGuard'));
    ok(await s.within(ADA, 'DELETE', '/guard'));
    expect(await s.ask(KEEPER, 'DELETE', `guards/${guard}`)).toMatchObject({ status: 204 });
    expect(await s.ask(KEEPER, 'GET', `guards/${guard}`)).toMatchObject(refusal(404, 'GuardNotFound'));
  });
});
