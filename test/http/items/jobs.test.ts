import { describe, expect, test } from 'vitest';
import { anItem, aPoint, aVault, type Body, done, inTrash, refused } from '../../host/support/door.ts';
import { call } from '../../support/call.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const item = async () => anItem(door, await aVault(door));
const backup = (path: string, body: object = {}) => door('POST', `${path}/backup`, { body });
const complete = (path: string, job: string, body: object) => door('POST', `${path}/jobs/${job}/complete`, { body });

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('a backup', () => {
  test('is answered with a job, and with the address where it is followed', async () => {
    const path = await item();
    const { status, headers, body } = await backup(path);
    expect([status, body]).toEqual([
      202,
      {
        id: body.id,
        operation: 'Backup',
        status: 'InProgress',
        startedAt: expect.stringMatching(TIME),
        endedAt: null,
        item: path.split('/')[3],
      },
    ]);
    const location = headers.get('operation-location') ?? '';
    expect(location).toBe(`${service.api}/api/${path}/jobs/${body.id}`);
    expect(await call<Body>(service.api, 'GET', location)).toMatchObject({ status: 200, body });
    expect((await door('GET', path)).body.activeJob).toMatchObject({ id: body.id });
  });

  test('leads to the right address also from a path that ends in a slash', async () => {
    const path = await item();
    const { headers } = await door('POST', `${path}/backup/?api-version=2026-11-01`, { body: {} });
    expect((await call(service.api, 'GET', headers.get('operation-location') ?? '')).status).toBe(200);
  });

  test('keeps the item to itself: a second one, a restore and a stop come back later', async () => {
    const path = await item();
    const point = await aPoint(door, path);
    await done(backup(path));
    for (const [tail, body] of [
      ['backup', {}],
      ['restore', { recoveryPoint: point.name }],
      ['stop', { mode: 'retain' }],
      ['stop', { mode: 'delete', confirmName: path.split('/')[3] }],
    ] as const) {
      const answer = await door('POST', `${path}/${tail}`, { body });
      expect(answer).toMatchObject(
        refused(409, 'ObjectLocked', { innererror: { azureCode: 'BMSUserErrorObjectLocked' } }),
      );
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await door('GET', path)).body.state).toBe('Protected');
  });

  test.for(['retain', 'delete'])('is cancelled by a stop (%s) that says so', async (mode) => {
    const path = await item();
    const job = await done(backup(path));
    const stop = { mode, cancelActiveJob: true, confirmName: path.split('/')[3] };
    expect(await door('POST', `${path}/stop`, { body: stop })).toMatchObject({
      status: 200,
      body: { activeJob: null },
    });
    expect((await door('GET', `${path}/jobs/${job.id}`)).body).toMatchObject({
      status: 'Cancelled',
      endedAt: expect.stringMatching(TIME),
    });
  });

  test('takes a stopped or soft-deleted item for what it is', async () => {
    const vault = await aVault(door);
    const stopped = await anItem(door, vault);
    await done(door('POST', `${stopped}/stop`, { body: { mode: 'retain' } }));
    expect(await backup(stopped)).toMatchObject(refused(409, 'ProtectionStopped'));
    expect(await backup(await inTrash(door, vault))).toMatchObject(refused(409, 'ItemSoftDeleted'));
    expect(await backup(`vaults/${vault}/items/no-such`)).toMatchObject(refused(404, 'ItemNotFound'));
    expect(await backup('vaults/no-such/items/no-such')).toMatchObject(refused(404, 'VaultNotFound'));
  });
});

describe('the end of a job', () => {
  test('is told by the engine, once or many times', async () => {
    const path = await item();
    const { id } = await done(backup(path));
    const first = await complete(path, id, { status: 'Completed', recoveryPoint: { name: 'rp' } });
    expect(first).toMatchObject({
      status: 200,
      body: { id, status: 'Completed', endedAt: expect.stringMatching(TIME) },
    });
    const again = await complete(path, id, { status: 'Completed', recoveryPoint: { name: 'rp' } });
    expect([again.status, again.body]).toEqual([200, first.body]);
    const { body } = await door('GET', path);
    expect(body).toMatchObject({ activeJob: null, recoveryPoints: { count: 1 }, lastBackup: { status: 'Completed' } });
    expect((await door('GET', `${path}/recoveryPoints/rp`)).body).toMatchObject({ rung: 'onDemand', state: 'Active' });
  });

  test('cannot be told otherwise later', async () => {
    const path = await item();
    const { id } = await done(backup(path));
    await done(complete(path, id, { status: 'Failed' }));
    expect(await complete(path, id, { status: 'Completed' })).toMatchObject(
      refused(409, 'InvalidTransition', { innererror: { status: 'Failed' } }),
    );
    expect((await door('GET', path)).body).toMatchObject({ lastBackup: { status: 'Failed' }, activeJob: null });
  });

  test('brings a point only when a backup was completed', async () => {
    const path = await item();
    const { id } = await done(backup(path));
    for (const status of ['Failed', 'Cancelled'])
      expect(await complete(path, id, { status, recoveryPoint: { name: 'rp' } })).toMatchObject(
        refused(400, 'InvalidRequest', { details: [{ target: '$.recoveryPoint' }] }),
      );
    expect((await door('GET', path)).body.activeJob).toMatchObject({ id });
  });

  test('frees the item for the next one', async () => {
    const path = await item();
    for (const status of ['Cancelled', 'Failed', 'Completed']) {
      const { id } = await done(backup(path));
      expect((await complete(path, id, { status })).status).toBe(200);
    }
  });

  test('of a job that nobody started is 404', async () => {
    const path = await item();
    expect(await complete(path, 'no-such', { status: 'Completed' })).toMatchObject(refused(404, 'JobNotFound'));
    expect(await door('GET', `${path}/jobs/no-such`)).toMatchObject(refused(404, 'JobNotFound'));
  });

  test('of a backup with an end of its own makes a point that ends then', async () => {
    const path = await item();
    const expiresAt = '2099-01-01T00:00:00.000Z';
    const { id } = await done(backup(path, { expiresAt }));
    await done(complete(path, id, { status: 'Completed', recoveryPoint: { name: 'rp' } }));
    expect((await door('GET', `${path}/recoveryPoints/rp`)).body).toMatchObject({ expiresAt });
  });
});

describe('a restore', () => {
  test('is a job too, and changes nothing about the item', async () => {
    const path = await item();
    const { name } = await aPoint(door, path);
    const { status, headers, body } = await door('POST', `${path}/restore`, { body: { recoveryPoint: name } });
    expect([status, body.operation]).toEqual([202, 'Restore']);
    expect((await call(service.api, 'GET', headers.get('operation-location') ?? '')).status).toBe(200);
    await done(complete(path, body.id, { status: 'Completed' }));
    expect((await door('GET', path)).body).toMatchObject({ state: 'Protected', recoveryPoints: { count: 1 } });
  });

  test('needs a point that is there, and an item that is not soft-deleted', async () => {
    const path = await item();
    const { name } = await aPoint(door, path);
    const restore = (recoveryPoint: string) => door('POST', `${path}/restore`, { body: { recoveryPoint } });
    expect(await restore('no-such')).toMatchObject(
      refused(404, 'RecoveryPointNotFound', { target: '$.recoveryPoint' }),
    );
    await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: path.split('/')[3] } }));
    expect(await restore(name)).toMatchObject(refused(409, 'ItemSoftDeleted'));
  });
});

describe('recovery points', () => {
  const createdAt = '2026-11-01T00:00:00.000Z';

  test('end as the policy’s rung says, unless an end is given', async () => {
    const path = await item();
    for (const [rung, expiresAt] of [
      ['weekly', '2027-01-24T00:00:00.000Z'],
      ['monthly', '2027-11-01T00:00:00.000Z'],
      ['yearly', '2027-11-01T00:00:00.000Z'],
    ] as const)
      expect(await aPoint(door, path, rung, { createdAt, rung })).toMatchObject({ createdAt, rung, expiresAt });
    const own = { createdAt, rung: 'daily', expiresAt: '2098-12-31T23:59:59.999Z' };
    expect(await aPoint(door, path, 'own', own)).toMatchObject({ ...own, tier: 'Vault', state: 'Active' });
  });

  test('do not change', async () => {
    const path = await item();
    const body = { createdAt, rung: 'yearly' };
    const put = (point: object) => door('PUT', `${path}/recoveryPoints/rp`, { body: point });
    expect((await put(body)).status).toBe(201);
    expect((await put(body)).status).toBe(200);
    expect(await put({ ...body, rung: 'daily' })).toMatchObject(refused(409, 'RecoveryPointExists'));
  });

  test('are not to be seen while the item is soft-deleted', async () => {
    const path = await item();
    await aPoint(door, path, 'rp');
    await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: path.split('/')[3] } }));
    expect((await door('GET', `${path}/recoveryPoints`)).body).toEqual({ value: [] });
    expect(await door('GET', `${path}/recoveryPoints/rp`)).toMatchObject(refused(404, 'RecoveryPointNotFound'));
    await done(door('POST', `${path}/undelete`, { body: {} }));
    expect((await door('GET', `${path}/recoveryPoints`)).body.value).toMatchObject([{ name: 'rp' }]);
  });

  test.for(['2000-01-01T00:00:00Z', '2024-02-29T00:00:00Z', '2026-11-01T12:00:00.001Z'])('may be of %s', async (at) => {
    const point = { createdAt: at, rung: 'yearly', expiresAt: '9999-12-31T23:59:59.999Z' };
    expect(Date.parse((await aPoint(door, await item(), 'rp', point)).createdAt)).toBe(Date.parse(at));
    const { createdAt: shown } = await aPoint(door, await item(), 'rp', { ...point, expiresAt: null });
    expect(shown).toMatch(TIME);
  });

  test.for([
    ...[
      '2026-11-01',
      '2026-11-01T00:00:00',
      '2026-11-01T00:00:00+00:00',
      '2026-11-01T00:00:00z',
      '2026-11-01 00:00:00Z',
    ],
    ...['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-01T25:00:00Z', '2026-W44-7T00:00:00Z', 'now', ''],
    ...['+12026-11-01T00:00:00Z', '2026-11-01T00:00Z', 1_793_491_200_000, null],
    ...['0000-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '1999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('may not be of %j', async (at) => {
    const answer = await door('PUT', `${await item()}/recoveryPoints/rp`, { body: { createdAt: at, rung: 'daily' } });
    expect(answer).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: '$.createdAt' }] }));
  });

  test('may be a little ahead of our clock, and end only after they were made', async () => {
    const path = await item();
    const { now } = (await door('GET', 'local/clock')).body as unknown as { readonly now: string };
    const at = (minutes: number) => new Date(Date.parse(now) + minutes * 60_000).toISOString();
    const put = (name: string, body: object) =>
      door('PUT', `${path}/recoveryPoints/${name}`, { body: { rung: 'daily', ...body } });
    expect(await put('ahead', { createdAt: at(4) })).toMatchObject({ status: 201 });
    const target = (name: string) => refused(400, 'InvalidRequest', { target: name, details: [{ target: name }] });
    expect(await put('far', { createdAt: at(60) })).toMatchObject(target('$.createdAt'));
    for (const expiresAt of [at(-60), at(-61)])
      expect(await put('over', { createdAt: at(-60), expiresAt })).toMatchObject(target('$.expiresAt'));
    expect((await door('GET', `${path}/recoveryPoints`)).body.value).toMatchObject([{ name: 'ahead' }]);
  });

  test('say when they were heard of', async () => {
    const path = await item();
    const before = Date.now();
    await aPoint(door, path, 'rp', { createdAt: '2020-01-01T00:00:00Z' });
    const { recordedAt } = (await door('GET', `${path}/recoveryPoints/rp`)).body as unknown as {
      readonly recordedAt: string;
    };
    expect(recordedAt).toMatch(TIME);
    expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(before);
  });
});
