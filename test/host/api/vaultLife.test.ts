import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { anItem, aServer, aVault, deletion, done, doorOf, fresh, inTrash, refused } from './door.ts';

const service = await startService();
const door = doorOf(service.api);
const strong = await service.token({ sub: 'owner', roles: ['Contributor'], mfa: true });

describe('deleting a vault', () => {
  test('that is empty is done at once, and it is gone', async () => {
    const vault = await aVault(door);
    const answer = await door('DELETE', `vaults/${vault}`);
    expect([answer.status, answer.body]).toEqual([204, '']);
    for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', {}]] as const)
      expect(await door(method, `vaults/${vault}`, body ? { body } : {})).toMatchObject(refused(404, 'VaultNotFound'));
    expect(await door('GET', `vaults/${vault}/policies/daily`)).toMatchObject(refused(404, 'VaultNotFound'));
    expect((await door('GET', 'vaults?top=200')).body.value.map(({ name }) => name)).not.toContain(vault);
  });

  test('is blocked by what it protects', async () => {
    const vault = await aVault(door);
    await anItem(door, vault, 'one');
    await done(door('POST', `${await anItem(door, vault, 'two')}/stop`, { body: { mode: 'retain' } }));
    const answer = await door('DELETE', `vaults/${vault}`);
    expect(answer).toMatchObject(refused(409, 'VaultNotEmpty'));
    expect(answer.body.error.innererror?.['blockers']).toEqual([
      { kind: 'item', name: 'one' },
      { kind: 'item', name: 'two' },
    ]);
  });

  test('is blocked by a soft-deleted item, which says when it will be gone', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault, 'old');
    await anItem(door, vault, 'young');
    const { purgeAt } = (await door('GET', path)).body.softDelete;
    const answer = await door('DELETE', `vaults/${vault}`);
    expect(answer).toMatchObject(refused(409, 'VaultHasSoftDeletedItems'));
    expect(answer.body.error.innererror?.['blockers']).toEqual([
      { kind: 'item', name: 'old', purgeAt },
      { kind: 'item', name: 'young' },
    ]);
  });

  test('is blocked by a registered server', async () => {
    const vault = await aVault(door);
    const server = await aServer(door, vault);
    expect(await door('DELETE', `vaults/${vault}`)).toMatchObject(
      refused(409, 'VaultNotEmpty', { innererror: { blockers: [{ kind: 'server', name: server }] } }),
    );
  });

  test('is not blocked by what was purged', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault);
    await done(door('PATCH', `vaults/${vault}`, { body: { softDelete: { state: 'Disabled' } } }));
    await done(door('POST', `${path}/undelete`, { body: {} }));
    expect((await door('POST', `${path}/stop`, { body: deletion(path) })).body.state).toBe('Purged');
    expect((await door('DELETE', `vaults/${vault}`)).status).toBe(204);
  });

  test('leaves the name free, and nothing of the old vault in the new one', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled', retentionDays: 99 } } });
    const path = await anItem(door, vault, 'old');
    await done(door('POST', `${path}/stop`, { body: deletion(path) }));
    await done(door('DELETE', `vaults/${vault}`));
    expect(await door('PUT', `vaults/${vault}`, { body: { kind: 'Backup' } })).toMatchObject({
      status: 201,
      body: { kind: 'Backup', softDelete: { state: 'Enabled', retentionDays: 14 } },
    });
    expect((await door('GET', `vaults/${vault}/policies`)).body).toEqual({ value: [] });
    expect((await door('GET', `vaults/${vault}/items`)).body).toEqual({ value: [] });
    expect(await door('GET', path)).toMatchObject(refused(404, 'ItemNotFound'));
    expect(await door('GET', `${path}/history`)).toMatchObject(refused(404, 'ItemNotFound'));
  });

  test('races a protect: either the vault goes or the item is in it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const vault = await aVault(door);
      const [gone, made] = await Promise.all([
        door('DELETE', `vaults/${vault}`),
        door('PUT', `vaults/${vault}/items/i`, {
          body: { workload: 'AzureVM', policy: 'daily', sourceId: `/${vault}/i` },
        }),
      ]);
      expect([`${gone.status} ${made.status}`]).toContain(gone.status === 204 ? '204 404' : '409 201');
      expect((await door('GET', `vaults/${vault}/items/i`)).status).toBe(gone.status === 204 ? 404 : 200);
    }
  });
});

test('two that make the same vault at once make one', async () => {
  const vault = fresh('v');
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => door('PUT', `vaults/${vault}`, { body: { kind: 'Backup' } })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
  expect(new Set(answers.map(({ body }) => body.etag)).size).toBe(1);
});

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
    [{ hourly: 4 }, '$.retention.hourly'],
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
      refused(409, 'WrongVaultKind', { innererror: { requiredKind: 'Backup' } }),
    );
    expect(await put({ daily: 1 }, ['AzureBlob', 'AzureVM'], 'Backup')).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKind: 'RecoveryServices' } }),
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
    expect(await door('PUT', path, { body: mars, token: strong })).toMatchObject({
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
      refused(409, 'WrongVaultKind', { innererror: { requiredKind: 'RecoveryServices' } }),
    );
    expect(await door('GET', path)).toMatchObject(refused(404, 'ServerNotFound'));
  });
});
