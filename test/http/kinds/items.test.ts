/** Items of kinds of your own: what they take and refuse, one item an original, the least period of a kind, and what they cost. */
import { describe, expect, test } from 'vitest';
import { addDays, iso, parseInstant } from '../../../src/core/time.ts';
import { anExecutor, deletion, done, fresh, refused, targetsOf } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const ADA = await service.token({ sub: 'ada', roles: ['Contributor', 'Operator', 'Reader'], mfa: true });

async function aKind(body: object = {}): Promise<string> {
  const kind = fresh('Tenant');
  await done(door('PUT', `kinds/${kind}`, { body }));
  return kind;
}
async function aVault(kind = 'Generic', settings: object = {}): Promise<string> {
  const vault = fresh('vault');
  await done(door('PUT', `vaults/${vault}`, { body: { kind, ...settings } }));
  return vault;
}
const at = (vault: string, item: string) => `vaults/${vault}/items/${item}`;
const protect = (vault: string, item: string, body: object) => door('PUT', at(vault, item), { body });
const stop = (path: string) => door('POST', `${path}/stop`, { body: deletion(path), token: ADA });
const policy = (vault: string, workloads: readonly string[], retention: object = { daily: 30 }) =>
  door('PUT', `vaults/${vault}/policies/daily`, { body: { workloads, schedule: '0 0 2 * * *', retention } });

describe('what is protected', () => {
  test('is an item of that kind, by the name as it was first written', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    const made = await protect(vault, 'acme', { workload: kind.toUpperCase(), sourceId: 'acme' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        workload: kind,
        class: 'Cloud',
        tier: 'Vault',
        state: 'Protected',
        policy: null,
        server: null,
        lastBackup: { status: 'NotApplicable' },
      },
    });
    expect((await done(door('GET', `vaults/${vault}/items?workload=${kind.toLowerCase()}`))).value).toHaveLength(1);
    expect(await protect(vault, 'acme', { workload: kind, sourceId: 'ACME' })).toMatchObject({
      status: 200,
      body: { etag: made.body.etag },
    });
    expect((await done(door('GET', `vaults/${vault}`))).counts).toEqual({ protected: 1, stopped: 0, softDeleted: 0 });
  });

  test('has to be of a kind that is there', async () => {
    expect(await protect(await aVault(), 'x', { workload: 'nobody-made-it', sourceId: 'x' })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.workload' }),
    );
  });

  test('is not new where the kind is retired; what is there lives on', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    await done(protect(vault, 'acme', { workload: kind, sourceId: 'acme' }));
    await done(door('PUT', `kinds/${kind}`, { body: { active: false } }));
    expect(await protect(vault, 'other', { workload: kind, sourceId: 'other' })).toMatchObject(
      refused(409, 'KindRetired'),
    );
    expect(await protect(await aVault(), 'other', { workload: kind, sourceId: 'other' })).toMatchObject(
      refused(409, 'KindRetired'),
    );
    await done(door('POST', `${at(vault, 'acme')}/stop`, { body: { mode: 'retain' } }));
    expect(await protect(vault, 'acme', { workload: kind, sourceId: 'acme' })).toMatchObject({
      status: 200,
      body: { state: 'Protected' },
    });
    expect(await stop(at(vault, 'acme'))).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });

  test('lies in a vault that takes it', async () => {
    const kind = await aKind({ vaultKinds: ['Generic', 'Backup'] });
    expect(await protect(await aVault('RecoveryServices'), 'x', { workload: kind, sourceId: 'x' })).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['Generic', 'Backup'] } }),
    );
    expect((await protect(await aVault('Backup'), 'x', { workload: kind, sourceId: 'x' })).status).toBe(201);
    expect(await protect(await aVault(), 'x', { workload: 'AzureVM', policy: 'daily', sourceId: 'x' })).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['RecoveryServices'] } }),
    );
  });

  test('lies in the tier Vault, and from the cloud on no server', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    const body = { workload: kind, sourceId: 'x' };
    expect(await protect(vault, 'x', { ...body, tier: 'Operational' })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.tier' }),
    );
    expect(await protect(vault, 'x', { ...body, server: 'hv' })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.server' }),
    );
  });

  test('hybrid, lies on a server of any kind or on none, and is listed with it', async () => {
    const kind = await aKind({ class: 'Hybrid', vaultKinds: ['RecoveryServices'] });
    const vault = await aVault('RecoveryServices');
    for (const product of ['MARS', 'DPM'])
      await done(
        door('PUT', `vaults/${vault}/servers/${product}`, { body: { kind: product, agentVersion: '99.0.0.0' } }),
      );
    await done(protect(vault, 'alone', { workload: kind, sourceId: 'alone' }));
    for (const server of ['MARS', 'DPM'])
      await done(protect(vault, server, { workload: kind, sourceId: server, server }));
    const listed = async (query: string) =>
      (await done(door('GET', `vaults/${vault}/items?${query}`))).value.map(({ name }) => name);
    expect(await listed('server=mars')).toEqual(['MARS']);
    expect(await listed(`server=dpm&workload=${kind}`)).toEqual(['DPM']);
    expect(await listed('server=dpm&workload=DPM')).toEqual([]);
    // Deleting it is critical, as of all that comes from on premises.
    const path = at(vault, 'alone');
    expect(
      await door('POST', `${path}/stop`, {
        body: deletion(path),
        token: await service.token({ sub: 'bob', roles: ['Contributor'] }),
      }),
    ).toMatchObject(refused(401, 'StepUpRequired'));
  });
});

describe('a kind without recovery points', () => {
  test('has no policy, and nothing that is about points', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    const path = at(vault, 'acme');
    await done(protect(vault, 'acme', { workload: kind, sourceId: 'acme' }));
    const point = { createdAt: new Date().toISOString(), rung: 'daily' };
    for (const [method, tail, body] of [
      ['POST', '/changePolicy', { policy: 'daily' }],
      ['POST', '/backup', {}],
      ['POST', '/restore', { recoveryPoint: 'p' }],
      ['POST', '/stop', { mode: 'retainPerPolicy' }],
      ['PUT', '/recoveryPoints/p', point],
      ['GET', '/recoveryPoints/p', undefined],
      ['GET', '/recoveryPoints', undefined],
    ] as const)
      expect(await door(method, path + tail, body ? { body } : {}), tail).toMatchObject(
        refused(409, 'NotSupportedByKind'),
      );
    const { can } = (await done(door('GET', `${path}/explain`))) as unknown as { can: string[] };
    expect(can).toEqual(['stop', 'delete']);
    expect(await protect(vault, 'other', { workload: kind, sourceId: 'o', policy: 'daily' })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.policy' }),
    );
  });

  test('is stopped, deleted, undeleted and resumed without one', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    const path = at(vault, 'acme');
    await done(protect(vault, 'acme', { workload: kind, sourceId: 'acme' }));
    expect(await door('POST', `${path}/resume`, { body: {} })).toMatchObject({
      status: 200,
      body: { state: 'Protected' },
    });
    expect(await stop(path)).toMatchObject({
      body: {
        state: 'SoftDeleted',
        policy: null,
        previousPolicy: null,
        softDeleteApplied: true,
        lastBackup: { status: 'NotApplicable' },
      },
    });
    expect((await done(door('GET', `vaults/${vault}/items?state=SoftDeleted`))).value).toHaveLength(1);
    await done(door('POST', `${path}/undelete`, { body: {} }));
    expect(await door('POST', `${path}/resume`, { body: {} })).toMatchObject({
      status: 200,
      body: { state: 'Protected', policy: null },
    });
    await stop(path);
    expect(await protect(vault, 'acme', { workload: kind, sourceId: 'acme' })).toMatchObject(
      refused(409, 'ItemSoftDeleted'),
    );
    expect(await protect(vault, 'acme', { workload: kind, sourceId: 'acme', recoverSoftDeleted: true })).toMatchObject({
      status: 200,
      body: { state: 'Protected' },
    });
  });

  test('is named by no policy', async () => {
    const [kind, vault] = [await aKind(), await aVault()];
    for (const name of [kind, 'nobody-made-it']) {
      const answer = await policy(vault, [name]);
      expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
      expect(targetsOf(answer)).toEqual(['$.workloads[0]']);
    }
  });
});

describe('a kind with recovery points', () => {
  test('has a policy that names it, and points', async () => {
    const [kind, other] = [await aKind({ recoveryPoints: true }), await aKind({ recoveryPoints: true })];
    const vault = await aVault();
    expect(await policy(vault, [kind.toUpperCase(), kind])).toMatchObject({ status: 201, body: { workloads: [kind] } });
    const body = { workload: kind, sourceId: 'x' };
    expect(await protect(vault, 'x', body)).toMatchObject(refused(400, 'InvalidRequest', { target: '$.policy' }));
    expect(await protect(vault, 'x', { ...body, workload: other, policy: 'daily' })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.policy' }),
    );
    expect(await protect(vault, 'x', { ...body, policy: 'daily' })).toMatchObject({
      status: 201,
      body: { policy: 'daily', lastBackup: { status: 'Pending' } },
    });
    await done(
      door('PUT', `${at(vault, 'x')}/recoveryPoints/p`, {
        body: { createdAt: new Date().toISOString(), rung: 'daily' },
      }),
    );
    expect(await door('DELETE', `vaults/${vault}/policies/daily`)).toMatchObject(refused(409, 'PolicyInUse'));
    // As on a Backup vault, what lies in the trash keeps its policy, and is resumed under it.
    await done(stop(at(vault, 'x')));
    expect(await door('DELETE', `vaults/${vault}/policies/daily`)).toMatchObject(
      refused(409, 'PolicyInUse', { innererror: { softDeletedOnly: true } }),
    );
    await done(door('POST', `${at(vault, 'x')}/undelete`, { body: {} }));
    expect(await door('POST', `${at(vault, 'x')}/resume`, { body: {} })).toMatchObject({
      status: 200,
      body: { policy: 'daily' },
    });
  });

  test('that is hybrid has the least retention of its class', async () => {
    const kind = await aKind({ class: 'Hybrid', vaultKinds: ['RecoveryServices'], recoveryPoints: true });
    const vault = await aVault('RecoveryServices');
    expect(await policy(vault, [kind], { daily: 6 })).toMatchObject(refused(422, 'MinimumRetention'));
    await done(policy(vault, ['AzureVM'], { daily: 6 }));
    expect(await policy(vault, ['AzureVM', kind], { daily: 6 })).toMatchObject(refused(422, 'MinimumRetention'));
    expect((await policy(vault, ['AzureVM', kind], { daily: 7 })).status).toBe(200);
  });

  test('lies in vaults that take it, its policies too', async () => {
    const kind = await aKind({ recoveryPoints: true });
    expect(await policy(await aVault('Backup'), [kind])).toMatchObject(
      refused(409, 'WrongVaultKind', { innererror: { requiredKinds: ['Generic'] } }),
    );
  });
});

describe('one item an original', () => {
  test('over all vaults, until it is purged (case 60)', async () => {
    const { door: here, token } = serviceInMemory();
    const mfa = await token({ sub: 'ada', roles: ['Contributor', 'Operator', 'Reader'], mfa: true });
    const send = (method: string, path: string, body?: object) =>
      here(method, path, { token: mfa, ...(body ? { body } : {}) });
    for (const kind of ['tenant', 'licence']) await done(send('PUT', `kinds/${kind}`, {}));
    for (const vault of ['a', 'b'])
      await done(
        send('PUT', `vaults/${vault}`, {
          kind: 'Generic',
          ...(vault === 'b' ? { softDelete: { state: 'Disabled' } } : {}),
        }),
      );
    const tenant = { workload: 'tenant', sourceId: 'acme' };
    const other = () => send('PUT', 'vaults/b/items/acme', { ...tenant, sourceId: 'ACME' });
    const again = () => send('PUT', 'vaults/a/items/acme-2', tenant);
    await done(send('PUT', 'vaults/a/items/acme', tenant));
    expect(await other()).toMatchObject(refused(409, 'ActiveElsewhere'));
    expect(await again()).toMatchObject(refused(409, 'AlreadyProtected'));
    // The same id of another kind is another thing.
    expect((await send('PUT', 'vaults/b/items/acme-licence', { ...tenant, workload: 'licence' })).status).toBe(201);
    await done(send('POST', 'vaults/a/items/acme/stop', { mode: 'retain' }));
    expect(await other()).toMatchObject(refused(409, 'ActiveElsewhere'));
    await done(send('POST', 'vaults/a/items/acme/stop', { mode: 'delete', confirmName: 'acme' }));
    expect(await other()).toMatchObject(
      refused(409, 'ActiveElsewhere', { innererror: { vault: 'a', item: 'acme', state: 'SoftDeleted' } }),
    );
    expect(await again()).toMatchObject(refused(409, 'ItemSoftDeleted'));
    const { superseded } = (await done(send('GET', 'vaults/a/items/acme'))) as { superseded?: boolean };
    expect(superseded).not.toBe(true);
    // The sweep tells of it two days before the end, and purges after it.
    for (const offset of ['P13D', 'P15D']) {
      await done(send('PUT', 'local/clock', { offset }));
      await done(send('POST', 'sweeps', {}));
    }
    expect(await send('GET', 'vaults/a/items/acme')).toMatchObject(refused(410, 'ItemPurged'));
    expect((await other()).status).toBe(201);
    expect(await again()).toMatchObject(refused(409, 'ActiveElsewhere'));
  });

  /** Its vault hands it to an executor at once. */
  async function beingPurged(represents: string) {
    const [kind, executor] = [await aKind({ represents }), await anExecutor(door)];
    const vault = await aVault('Generic', { softDelete: { state: 'Disabled' } });
    await done(door('PATCH', `vaults/${vault}`, { body: { purge: { executor } }, token: ADA }));
    await done(protect(vault, 'x', { workload: kind, sourceId: 'x' }));
    await done(stop(at(vault, 'x')));
    return { vault, body: { workload: kind, sourceId: 'x' } };
  }

  test('also while an executor is asked to destroy it', async () => {
    const { vault, body } = await beingPurged('Original');
    expect(await protect(vault, 'y', body)).toMatchObject(refused(409, 'PurgeInProgress'));
    expect(await protect(await aVault(), 'x', body)).toMatchObject(
      refused(409, 'ActiveElsewhere', { innererror: { vault, item: 'x', state: 'Purging' } }),
    );
  });

  test('copies may be protected anew while an executor destroys the old ones: its order says so', async () => {
    const { vault, body } = await beingPurged('Copies');
    const order = async () => {
      const { value } = await done(door('GET', `purgeOrders?vault=${vault}`, { token: ADA }));
      return (value as unknown as readonly object[])[0];
    };
    expect(await order()).toMatchObject({ superseded: false });
    expect((await protect(await aVault(), 'x', body)).status).toBe(201);
    expect(await order()).toMatchObject({ superseded: true });
  });

  test('copies may be protected anew while the old one lies in the trash', async () => {
    const kind = await aKind({ represents: 'Copies' });
    const [a, b] = [await aVault(), await aVault()];
    await done(protect(a, 'x', { workload: kind, sourceId: 'x' }));
    await done(stop(at(a, 'x')));
    expect((await protect(b, 'x', { workload: kind, sourceId: 'x' })).status).toBe(201);
    await done(door('POST', `${at(a, 'x')}/undelete`, { body: {} }));
    expect(await door('POST', `${at(a, 'x')}/resume`, { body: {} })).toMatchObject(refused(409, 'ActiveElsewhere'));
  });

  test('is one thing on whatever server', async () => {
    const kind = await aKind({ class: 'Hybrid', vaultKinds: ['RecoveryServices'] });
    const vault = await aVault('RecoveryServices');
    await done(door('PUT', `vaults/${vault}/servers/hv`, { body: { kind: 'MARS', agentVersion: '99.0.0.0' } }));
    await done(protect(vault, 'x', { workload: kind, sourceId: 'x', server: 'hv' }));
    expect(await protect(vault, 'y', { workload: kind, sourceId: 'x' })).toMatchObject(
      refused(409, 'AlreadyProtected'),
    );
  });
});

describe('the least period of a kind', () => {
  const periodOf = async (vault: string, kind: string): Promise<number> => {
    const item = fresh('item');
    await done(protect(vault, item, { workload: kind, sourceId: item }));
    const { softDelete } = await done(stop(at(vault, item)));
    const { deletedAt, purgeAt, retentionDays } = softDelete as {
      deletedAt: string;
      purgeAt: string;
      retentionDays: number;
    };
    const from = parseInstant(deletedAt);
    expect(from && iso(addDays(from, retentionDays))).toBe(purgeAt);
    return retentionDays;
  };

  test.each([
    [14, 14, 14],
    [14, 30, 30],
    [60, 30, 60],
    [180, 180, 180],
    [14, 180, 180],
  ])('a vault of %i and a kind of %i give %i', async (retentionDays, minimumRetentionDays, days) => {
    const vault = await aVault('Generic', { softDelete: { retentionDays } });
    expect(await periodOf(vault, await aKind({ minimumRetentionDays }))).toBe(days);
  });

  test('is lengthened by the vault, and never shortened', async () => {
    const [vault, kind] = [await aVault(), await aKind({ minimumRetentionDays: 30 })];
    await done(protect(vault, 'x', { workload: kind, sourceId: fresh('x') }));
    await done(stop(at(vault, 'x')));
    const days = async () => (await done(door('GET', at(vault, 'x')))).softDelete['retentionDays'];
    const set = (retentionDays: number) =>
      door('PATCH', `vaults/${vault}`, { body: { softDelete: { retentionDays } }, token: ADA });
    await done(set(20));
    expect(await days()).toBe(30);
    await done(set(60));
    expect(await days()).toBe(60);
    await done(set(14));
    expect(await days()).toBe(60);
    // What the kind becomes later reaches what is deleted later.
    await done(door('PUT', `kinds/${kind}`, { body: { minimumRetentionDays: 40 } }));
    expect(await days()).toBe(60);
    expect(await periodOf(await aVault(), kind)).toBe(40);
  });

  test('counts for what is built in as well', async () => {
    const own = serviceInMemory();
    const send = (method: string, path: string, body?: object) => own.door(method, path, body ? { body } : {});
    await done(send('PUT', 'vaults/v', { kind: 'Backup' }));
    await done(
      send('PUT', 'vaults/v/policies/daily', { workloads: ['AKS'], schedule: '0 0 2 * * *', retention: { daily: 30 } }),
    );
    await done(send('PUT', 'kinds/AKS', { minimumRetentionDays: 21 }));
    await done(send('PUT', 'vaults/v/items/x', { workload: 'AKS', policy: 'daily', sourceId: 'x' }));
    const { softDelete } = await done(send('POST', 'vaults/v/items/x/stop', { mode: 'delete', confirmName: 'x' }));
    expect(softDelete['retentionDays']).toBe(21);
  });
});

describe('a server on which only items of a kind of your own lie', () => {
  async function onServer() {
    const kind = await aKind({ class: 'Hybrid', vaultKinds: ['RecoveryServices'] });
    const vault = await aVault('RecoveryServices');
    // A cloud kind of the vault runs on no server, and is not asked for.
    const cloud = await aKind({ vaultKinds: ['RecoveryServices'] });
    await done(protect(vault, 'cloudy', { workload: cloud, sourceId: 'cloudy' }));
    const hv = fresh('hv');
    await done(door('PUT', `vaults/${vault}/servers/${hv}`, { body: { kind: 'MARS', agentVersion: '99.0.0.0' } }));
    await done(protect(vault, 'x', { workload: kind, sourceId: 'x', server: hv }));
    return { vault, hv, server: `vaults/${vault}/servers/${hv}` };
  }

  test('is not let go while they live, and lies in the trash with them', async () => {
    const { vault, hv, server } = await onServer();
    const letGo = () => door('DELETE', server, { token: ADA });
    expect(await letGo()).toMatchObject(refused(409, 'ServerNotEmpty'));
    expect((await done(door('GET', `vaults/${vault}/items?server=${hv}`))).value).toMatchObject([{ name: 'x' }]);
    const pin = { body: { operation: 'deleteProtection' }, token: ADA };
    const { securityPin = '' } = (await done(door('POST', `vaults/${vault}/securityPin`, pin))) as {
      readonly securityPin?: string;
    };
    const headers = { 'x-reprieve-security-pin': securityPin };
    const path = at(vault, 'x');
    await done(door('POST', `${path}/stop`, { body: deletion(path), token: ADA, headers }));
    expect(await letGo()).toMatchObject({ status: 200, body: { registration: 'SoftDeleted' } });
    expect(await door('GET', server)).toMatchObject({ body: { registration: 'SoftDeleted' } });
    expect((await done(door('GET', `vaults/${vault}/servers`))).value).toMatchObject([{ registration: 'SoftDeleted' }]);
  });
});
