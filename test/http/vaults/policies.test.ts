import { describe, expect, test } from 'vitest';
import { anItem, aVault, done, fresh, inTrash, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;

describe('policies', () => {
  const policy = (retention: object, workloads = ['AzureVM']) => ({ workloads, schedule: '0 0 2 * * *', retention });
  const put = async (retention: object, workloads?: string[], kind?: 'Backup') =>
    door('PUT', `vaults/${await aVault(door, kind && { kind })}/policies/p`, { body: policy(retention, workloads) });

  test.for([{ daily: 1 }, { weekly: 1 }, { monthly: 1 }, { yearly: 1 }, { daily: 9999, yearly: 99 }])(
    '%j is a retention',
    async (retention) => {
      expect(await put(retention)).toMatchObject({ status: 201, body: { name: 'p', ...policy(retention) } });
    },
  );

  test.for([
    [{}, '$.retention'],
    [{ daily: -1 }, '$.retention.daily'],
    [{ daily: 1.5 }, '$.retention.daily'],
    [{ daily: '30' }, '$.retention.daily'],
    [{ daily: 10_000 }, '$.retention.daily'],
    [{ daily: 1, hourly: 4 }, '$.retention.hourly'],
    [{ daily: null }, '$.retention.daily'],
    [{ yearly: 0 }, '$.retention.yearly'],
    [{ daily: 30, weekly: 0 }, '$.retention.weekly'],
  ] as const)('%j is none', async ([retention, target]) => {
    expect(await put(retention)).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target }] }));
  });

  test.for([
    ['MARS', 'daily', 6, 7],
    ['DPM', 'weekly', 3, 4],
    ['MABS', 'monthly', 2, 3],
    ['MARS', 'yearly', 0, 1],
    ['MARS', 'daily', 0, 7],
  ] as const)('%s: %s %s is below the minimum of %s', async ([workload, rung, given, minimum]) => {
    for (const workloads of [[workload], ['AzureVM', workload]]) {
      expect(await put({ [rung]: given }, workloads)).toMatchObject(
        refused(422, 'MinimumRetention', {
          target: `$.retention.${rung}`,
          innererror: { rung, given, minimum },
          details: [{ code: 'MinimumRetention', target: `$.retention.${rung}` }],
        }),
      );
      expect(await put({ [rung]: minimum }, workloads)).toMatchObject({ status: 201 });
    }
  });

  test('workloads of another kind of vault are sent there', async () => {
    expect(await put({ daily: 1 }, ['AKS'])).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['Backup'] } }),
    );
    expect(await put({ daily: 1 }, ['AzureBlob', 'AzureVM'], 'Backup')).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['RecoveryServices'] } }),
    );
  });

  test('PUT on an existing one changes the fields given', async () => {
    const path = `vaults/${await aVault(door)}/policies/daily`;
    const { body: before } = await door('GET', path);
    const { status, body } = await door('PUT', path, { body: { schedule: '0 30 4 * * *' } });
    expect([status, body]).toEqual([200, { ...before, schedule: '0 30 4 * * *', etag: body.etag }]);
    expect(await door('PUT', path, { body: { schedule: null } })).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('one that is in use stays', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault, 'user');
    expect(await door('DELETE', `vaults/${vault}/policies/daily`)).toMatchObject(
      refused(409, 'PolicyInUse', { innererror: { items: ['user'] } }),
    );
    await done(door('POST', `${path}/changePolicy`, { body: { policy: 'other' } }));
    expect((await door('DELETE', `vaults/${vault}/policies/daily`)).status).toBe(204);
    expect(await door('DELETE', `vaults/${vault}/policies/daily`)).toMatchObject(refused(404, 'PolicyNotFound'));
  });

  test('one that only soft-deleted items of a Backup vault use says so in Azure’s words', async () => {
    const vault = await aVault(door, { kind: 'Backup' });
    await inTrash(door, vault, fresh('blob'), { workload: 'AzureBlob' });
    const azureCode = 'UserErrorPolicyAssociatedWithSoftDeletedItems';
    const drop = () => door('DELETE', `vaults/${vault}/policies/daily`);
    expect(await drop()).toMatchObject(refused(409, 'PolicyInUse', { innererror: { azureCode } }));
    await anItem(door, vault, fresh('blob'), { workload: 'AzureBlob' });
    const { error } = (await drop()).body;
    expect([error.code, error.innererror?.['azureCode']]).toEqual(['PolicyInUse', undefined]);
  });

  test('one that is gone can be chosen by nobody', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    await done(door('DELETE', `vaults/${vault}/policies/other`));
    expect(await door('POST', `${path}/changePolicy`, { body: { policy: 'other' } })).toMatchObject(
      refused(404, 'PolicyNotFound', { target: '$.policy' }),
    );
  });
});

describe('servers', () => {
  const mars = { kind: 'MARS', agentVersion: '2.0.9260' };

  test('are registered by whoever asks, with what they run', async () => {
    const path = `vaults/${await aVault(door)}/servers/srv`;
    expect(
      await door('PUT', path, { body: mars, token: await service.token({ sub: 'owner', roles: ['Contributor'] }) }),
    ).toMatchObject({
      status: 201,
      body: { name: 'srv', ...mars, registration: 'Registered', registeredBy: 'owner' },
    });
    expect(await door('PUT', path, { body: { agentVersion: '2.1' } })).toMatchObject({
      status: 200,
      body: { kind: 'MARS', agentVersion: '2.1', registeredBy: 'owner' },
    });
    expect(await door('PUT', path, { body: { kind: 'DPM' } })).toMatchObject(refused(409, 'KindImmutable'));
  });

  test('belong in a RecoveryServices vault', async () => {
    const path = `vaults/${await aVault(door, { kind: 'Backup' })}/servers/srv`;
    expect(await door('PUT', path, { body: mars })).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['RecoveryServices'] } }),
    );
    expect(await door('GET', path)).toMatchObject(refused(404, 'ServerNotFound'));
  });
});
