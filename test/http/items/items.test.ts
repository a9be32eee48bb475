import { afterEach, describe, expect, test } from 'vitest';
import {
  anItem,
  aPoint,
  aServer,
  aVault,
  deletion,
  done,
  fresh,
  inTrash,
  protection,
  refused,
} from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const { door } = serviceInMemory();
const clock = (offset: string) => door('PUT', 'local/clock', { body: { offset } });
afterEach(() => clock('PT0S'));
const protect = (vault: string, item: string, more: object = {}) =>
  door('PUT', `vaults/${vault}/items/${item}`, { body: protection(vault, item, more) });

describe('protecting', () => {
  test('makes an item that shows all there is to know', async () => {
    const vault = await aVault(door);
    const { status, body } = await protect(vault, 'sql-01');
    expect([status, body]).toEqual([
      201,
      {
        name: 'sql-01',
        vault,
        workload: 'AzureVM',
        class: 'Cloud',
        tier: 'Vault',
        sourceId: `/${vault}/sql-01`,
        server: null,
        state: 'Protected',
        policy: 'daily',
        previousPolicy: null,
        purgeOrder: null,
        generation: 0,
        lastBackup: { status: 'Pending', at: null },
        activeJob: null,
        recoveryPoints: { count: 0 },
        softDelete: null,
        holds: [],
        evidence: { seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        etag: expect.stringMatching(/^".+"$/),
      },
    ]);
    expect((await door('GET', `vaults/${vault}/items/sql-01`)).body).toEqual(body);
    const again = await protect(vault, 'sql-01');
    expect([again.status, again.body]).toEqual([200, body]);
  });

  test.for([
    ['AKS', 'RecoveryServices', 'Backup'],
    ['AzureDisk', 'RecoveryServices', 'Backup'],
    ['AzureVM', 'Backup', 'RecoveryServices'],
    ['MARS', 'Backup', 'RecoveryServices'],
  ] as const)('%s in a %s vault is sent to a %s vault', async ([workload, kind, requiredKind]) => {
    const vault = await aVault(door, { kind });
    expect(await protect(vault, 'x', { workload })).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: [requiredKind] } }),
    );
  });

  test.for([
    ['StorageSoftDelete', /storage account/i],
    ['SiteRecovery', /Site Recovery/],
    ['Microsoft365', /Microsoft 365 Backup/],
  ] as const)('%s is no backup item, and the answer says whose it is', async ([workload, words]) => {
    const vault = await aVault(door);
    for (const body of [{ workload }, { workload, policy: 'daily', sourceId: 's', retentionDays: 30 }]) {
      const answer = await door('PUT', `vaults/${vault}/items/x`, { body });
      expect(answer).toMatchObject(refused(422, 'NotABackupItem'));
      expect(answer.body.error.message).toMatch(words);
    }
    expect(await door('GET', `vaults/${vault}/items/x`)).toMatchObject(refused(404, 'ItemNotFound'));
  });

  test.for([
    ['AzureVM', 'Operational', true],
    ['AzureFiles', 'Operational', true],
    ['AzureBlob', 'Operational', true],
    ['AzureBlob', 'Vault', true],
    ['AzureDisk', 'Operational', true],
    ['AzureDisk', 'Vault', false],
    ['SQLInAzureVM', 'Operational', false],
    ['AKS', 'Operational', false],
  ] as const)('%s in the tier %s: %s', async ([workload, tier, allowed]) => {
    const kind = ['AzureBlob', 'AzureDisk', 'AKS'].includes(workload) ? 'Backup' : 'RecoveryServices';
    const answer = await protect(await aVault(door, { kind }), fresh('x'), { workload, tier });
    if (allowed) expect(answer).toMatchObject({ status: 201, body: { tier } });
    else expect(answer).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: '$.tier' }] }));
  });

  test('the tier is Vault unless said otherwise, and Operational for disks', async () => {
    const backup = await aVault(door, { kind: 'Backup' });
    expect((await protect(backup, 'blob', { workload: 'AzureBlob' })).body).toMatchObject({ tier: 'Vault' });
    expect((await protect(backup, 'disk', { workload: 'AzureDisk' })).body).toMatchObject({ tier: 'Operational' });
  });

  test('what runs on premises needs its registered server', async () => {
    const vault = await aVault(door);
    const server = await aServer(door, vault);
    expect(await protect(vault, 'x', { workload: 'MARS' })).toMatchObject(refused(400, 'InvalidRequest'));
    expect(await protect(vault, 'x', { workload: 'MARS', server: 'no-such' })).toMatchObject(
      refused(404, 'ServerNotFound', { target: '$.server' }),
    );
    expect(await protect(vault, 'x', { workload: 'MARS', server })).toMatchObject({
      status: 201,
      body: { class: 'Hybrid', server, workload: 'MARS' },
    });
  });

  test('a policy must exist, and be for that workload', async () => {
    const vault = await aVault(door);
    const policy = { workloads: ['AzureFiles'], schedule: '0 0 2 * * *', retention: { daily: 1 } };
    await done(door('PUT', `vaults/${vault}/policies/files`, { body: policy }));
    expect(await protect(vault, 'x', { policy: 'no-such' })).toMatchObject(
      refused(404, 'PolicyNotFound', { target: '$.policy' }),
    );
    expect(await protect(vault, 'x', { policy: 'files' })).toMatchObject(
      refused(400, 'InvalidRequest', { details: [{ target: '$.policy' }] }),
    );
  });

  test('one source has one active item, over all vaults', async () => {
    const [here, there] = [await aVault(door), await aVault(door)];
    const sourceId = `/${here}/shared`;
    await anItem(door, here, 'first', { sourceId });
    expect(await protect(here, 'second', { sourceId: sourceId.toUpperCase() })).toMatchObject(
      refused(409, 'AlreadyProtected', { innererror: { item: 'first' } }),
    );
    expect(await protect(there, 'third', { sourceId })).toMatchObject(refused(409, 'ActiveElsewhere'));
    expect(await protect(here, 'first', { sourceId: '/another' })).toMatchObject(refused(409, 'AlreadyProtected'));
  });

  test('recoverSoftDeleted takes a cloud item out of the trash in one step', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault, 'vm');
    expect(await protect(vault, 'vm')).toMatchObject(refused(409, 'ItemSoftDeleted'));
    expect(await protect(vault, 'vm', { recoverSoftDeleted: true, policy: 'other' })).toMatchObject({
      status: 200,
      body: { state: 'Protected', policy: 'other', softDelete: null },
    });
    expect((await door('GET', path)).body.state).toBe('Protected');
  });
});

describe('a soft-deleted item', () => {
  test('shows its whole clock', async () => {
    const path = await anItem(door, await aVault(door));
    const why = { reason: 'Decommissioned', comment: 'ticket 4711' };
    const { body } = await door('POST', `${path}/stop`, { body: { ...deletion(path), ...why } });
    const { deletedAt, purgeAt, remaining } = body.softDelete;
    expect(body).toMatchObject({
      softDeleteApplied: true,
      state: 'SoftDeleted',
      policy: null,
      previousPolicy: 'daily',
      generation: 1,
      lastBackup: { status: 'Disabled' },
      softDelete: {
        ...{ retentionDays: 14, daysLeft: 14, purgeUpcoming: false, billingEndsAt: deletedAt },
        ...{ chargeableDays: 0, freeDays: 14, deletedBy: 'local-user', ...why },
      },
    });
    expect(Date.parse(String(purgeAt)) - Date.parse(String(deletedAt))).toBe(14 * 86_400_000);
    expect(remaining).toMatch(/^P1[34]D/);
  });

  test('is found by GET, unless the caller says not', async () => {
    const path = await inTrash(door, await aVault(door));
    expect(await door('GET', path)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect(await door('GET', `${path}?includeSoftDeleted=true`)).toMatchObject({ status: 200 });
    expect(await door('GET', `${path}?includeSoftDeleted=false`)).toMatchObject(refused(404, 'ItemNotFound'));
    expect(await door('GET', `${path}?includeSoftDeleted=no`)).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('stays as it is when it is deleted again', async () => {
    const path = await inTrash(door, await aVault(door));
    const { body } = await door('GET', path);
    const again = await door('POST', `${path}/stop`, { body: { ...deletion(path), reason: 'once more' } });
    expect([again.status, again.body]).toEqual([
      200,
      { ...body, softDeleteApplied: true, softDelete: expect.anything() },
    ]);
    expect(again.body.softDelete).toMatchObject({ deletedAt: body.softDelete['deletedAt'], reason: null });
  });
});

describe('an item that is gone', () => {
  test('is a tombstone: 410 with when, and deleting it again is no mistake', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
    const path = await anItem(door, vault);
    const stop = () => door('POST', `${path}/stop`, { body: deletion(path) });
    expect(await stop()).toMatchObject({ status: 200, body: { state: 'Purged', softDeleteApplied: false } });
    expect(await stop()).toMatchObject({ status: 200, body: { state: 'Purged', softDeleteApplied: false } });
    for (const [method, tail, body] of [
      ['GET', ''],
      ['GET', '/explain'],
      ['GET', '/recoveryPoints'],
      ['POST', '/undelete', {}],
      ['POST', '/resume', { policy: 'daily' }],
      ['POST', '/stop', { mode: 'retain' }],
      ['PUT', '/holds/h', { reason: 'r' }],
    ] as const) {
      const answer = await door(method, `${path}${tail}`, body ? { body } : {});
      expect(answer).toMatchObject(refused(410, 'ItemPurged'));
      expect(Date.parse(String(answer.body.error.innererror?.['purgedAt']))).toBeGreaterThan(0);
    }
    expect((await door('GET', `vaults/${vault}/items`)).body.value).toEqual([]);
  });

  test('is gone at once in the operational tier, whatever the vault’s soft delete', async () => {
    const path = await anItem(door, await aVault(door), fresh('snap'), { tier: 'Operational' });
    expect(await door('POST', `${path}/stop`, { body: deletion(path) })).toMatchObject({
      status: 200,
      body: { state: 'Purged', softDeleteApplied: false },
    });
    expect(await door('POST', `${path}/undelete`, { body: {} })).toMatchObject(refused(410, 'ItemPurged'));
  });

  test('frees its name', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
    const path = await anItem(door, vault, 'vm');
    await done(door('POST', `${path}/stop`, { body: deletion(path) }));
    expect(await protect(vault, 'vm')).toMatchObject({ status: 201, body: { state: 'Protected', softDelete: null } });
  });
});

test('resume says what it would clean up, and cleans it up when it is meant', async () => {
  const path = await anItem(door, await aVault(door));
  await aPoint(door, path, 'short', { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await aPoint(door, path, 'long', { expiresAt: '2099-01-01T00:00:00.000Z' });
  await done(door('POST', `${path}/stop`, { body: { mode: 'retain' } }));
  await clock('P1D');
  const resume = (query = '') => door('POST', `${path}/resume${query}`, { body: { policy: 'daily' } });
  const preview = await resume('?preview=true');
  expect(preview).toMatchObject({
    status: 200,
    body: { preview: true, recoveryPointsToRemove: [{ name: 'short' }] },
  });
  const { body: before } = await door('GET', path);
  expect(before).toMatchObject({ state: 'ProtectionStopped', recoveryPoints: { count: 2 } });
  expect(await resume()).toMatchObject({
    status: 200,
    body: { state: 'Protected', recoveryPointsRemoved: ['short'], recoveryPoints: { count: 1 } },
  });
});
