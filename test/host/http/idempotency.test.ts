import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { anItem, aVault, type Door, deletion, doorOf, fresh, inTrash, refused } from '../support/door.ts';
import { WRITES, type Write, writingRoutes } from '../support/writes.ts';

const service = await startService();
const door = doorOf(service.api);

const keyed = ({ method, path, body, token: own }: Omit<Write, 'of'>, key: string, token = own) =>
  door(method, path, {
    headers: { 'idempotency-key': key },
    ...(body ? { body } : {}),
    ...(token === undefined ? {} : { token }),
  });
const isReplay = ({ headers }: Awaited<ReturnType<Door>>) => headers.get('idempotency-replayed');
const historyOf = async (path: string) => (await door('GET', `${path}/history`)).body.value ?? [];

/** A field more that the route takes as well. */
const OTHER: Readonly<Record<string, object>> = {
  runSweep: { dryRun: true },
  putPause: { reason: 'another' },
  putSilence: { types: ['PurgeComplete'] },
  putVault: { immutability: 'Unlocked' },
  patchVault: { immutability: 'Unlocked' },
  undeleteItems: { dryRun: true },
  putPolicy: { schedule: '0 0 3 * * *' },
  putServer: { agentVersion: '2.0.9998' },
  protectItem: { recoverSoftDeleted: true },
  stopItem: { reason: 'another' },
  resumeItem: { policy: 'daily' },
  changePolicy: { policy: 'daily' },
  startBackup: { expiresAt: '2099-01-01T00:00:00Z' },
  restoreItem: { recoveryPoint: 'another' },
  completeJob: { status: 'Failed' },
  putRecoveryPoint: { rung: 'weekly' },
  putGuard: { excludedOperations: [] },
  grantOperation: { operation: 'getSecurityPin' },
  putHold: { until: '2099-01-01T00:00:00Z' },
};

test('no writing route is forgotten here', () => {
  expect(Object.keys(WRITES).toSorted()).toEqual(writingRoutes.toSorted());
});

/** A PIN is shown once: no key keeps it. */
const KEPT = Object.entries(WRITES).filter(([name]) => name !== 'issueSecurityPin');

describe.for(KEPT)('%s', ([name, prepare]) => {
  test('with the same key and body gives its first answer again, and acts once', async () => {
    const write = await prepare(door, service.storage, service.token);
    const key = fresh('key');
    const first = await keyed(write, key);
    expect(first.status).toBeLessThan(300);
    expect(isReplay(first)).toBeNull();
    const item = write.path.split('/').slice(0, 4).join('/');
    const before = await historyOf(item);
    for (let again = 0; again < 2; again += 1) {
      const replay = await keyed(write, key);
      expect([replay.status, replay.body]).toEqual([first.status, first.body]);
      expect(isReplay(replay)).toBe('true');
      for (const header of ['etag', 'operation-location', 'content-type'])
        expect(replay.headers.get(header)).toBe(first.headers.get(header));
      expect(replay.headers.get('x-ms-request-id')).not.toBe(first.headers.get('x-ms-request-id'));
    }
    if (item.includes('/items/')) expect(await historyOf(item)).toEqual(before);
  });

  test('with the same key and another body is refused', async () => {
    const write = await prepare(door, service.storage, service.token);
    const more = OTHER[name];
    if (!more) return; // there is no other body that it would take
    const key = fresh('key');
    await keyed(write, key);
    const other = { ...write, body: { ...write.body, ...more } };
    expect(await keyed(other, key)).toMatchObject(refused(422, 'IdempotencyKeyReused'));
  });
});

describe('a key', () => {
  const protect = async (vault: string, item: string) => ({
    method: 'POST',
    path: `${await anItem(door, vault, item)}/backup`,
    body: {},
  });

  test('sent many times at once acts once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = await anItem(door, await aVault(door));
      const write = { method: 'POST', path: `${path}/stop`, body: { mode: 'delete', confirmName: path.split('/')[3] } };
      const key = fresh('key');
      const answers = await Promise.all(Array.from({ length: 10 }, () => keyed(write, key)));
      const firsts = answers.filter((answer) => answer.status === 200 && isReplay(answer) === null);
      expect(firsts).toHaveLength(1);
      for (const answer of answers)
        if (answer.status === 200) expect(answer.body).toEqual(firsts[0]?.body);
        else expect(answer).toMatchObject(refused(409, 'RequestInProgress'));
      expect((await door('GET', path)).body.generation).toBe(1);
      expect((await historyOf(path)).map(({ operation }) => operation)).toEqual(['StopDelete', 'Protect']);
    }
  });

  test('that is still running answers with when to come back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => keyed({ method: 'PUT', path: 'vaults/slow', body: { kind: 'Backup' } }, 'slow')),
    );
    for (const { status, headers } of answers) if (status === 409) expect(headers.get('retry-after')).toBe('1');
    expect(answers.some(({ status }) => status === 201)).toBe(true);
  });

  test('belongs to its caller', async () => {
    const token = await service.token({ sub: 'another', roles: ['Operator'] });
    const write = await protect(await aVault(door), fresh('item'));
    const key = fresh('key');
    expect((await keyed(write, key)).status).toBe(202);
    expect(await keyed(write, key, token)).toMatchObject(refused(409, 'ObjectLocked'));
    expect((await keyed(write, key)).status).toBe(202);
  });

  test('belongs to its method and path', async () => {
    const vault = await aVault(door);
    const [one, two] = [await protect(vault, 'one'), await protect(vault, 'two')];
    const key = fresh('key');
    const first = await keyed(one, key);
    const second = await keyed(two, key);
    expect([first.status, second.status, isReplay(second)]).toEqual([202, 202, null]);
    expect(second.body.id).not.toBe(first.body.id);
    const url = `vaults/${vault}`;
    for (const method of ['PUT', 'PATCH'])
      expect(isReplay(await keyed({ method, path: url, body: { immutability: 'Unlocked' } }, key))).toBeNull();
  });

  test('keeps a refusal too', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault);
    const write = { method: 'POST', path: `${path}/resume`, body: { policy: 'daily' } };
    const key = fresh('key');
    const first = await keyed(write, key);
    expect(first).toMatchObject(refused(409, 'ItemSoftDeleted'));
    await door('POST', `${path}/undelete`, { body: {} });
    const replay = await keyed(write, key);
    expect([replay.status, replay.body, isReplay(replay)]).toEqual([409, first.body, 'true']);
    expect(replay.headers.get('x-ms-error-code')).toBe('ItemSoftDeleted');
    expect((await door('GET', path)).body.state).toBe('ProtectionStopped');
    expect((await keyed(write, fresh('key'))).status).toBe(200);
  });

  test('keeps that there was no such vault', async () => {
    const write = { method: 'POST', path: `vaults/${fresh('v')}/items/i/undelete`, body: {} };
    const key = fresh('key');
    expect(await keyed(write, key)).toMatchObject(refused(404, 'VaultNotFound'));
    expect(isReplay(await keyed(write, key))).toBe('true');
  });

  test.for(['x'.repeat(129), 'caf\u00c3\u00a9', 'a\tb', ''])(
    'that is no key (%j) is refused and nothing done',
    async (key) => {
      const vault = fresh('v');
      const write = { method: 'PUT', path: `vaults/${vault}`, body: { kind: 'Backup' } };
      expect(await keyed(write, key)).toMatchObject(refused(400, 'InvalidRequest', { target: 'Idempotency-Key' }));
      expect((await door('GET', `vaults/${vault}`)).status).toBe(404);
    },
  );

  test('may have 128 characters, blanks and signs among them', async () => {
    const write = { method: 'PUT', path: `vaults/${fresh('v')}`, body: { kind: 'Backup' } };
    const key = `~ "${'x'.repeat(123)}"!`;
    expect((await keyed(write, key)).status).toBe(201);
    expect(isReplay(await keyed(write, key))).toBe('true');
  });

  test('means nothing to a GET', async () => {
    const vault = await aVault(door);
    const get = { method: 'GET', path: `vaults/${vault}` };
    const key = fresh('key');
    await keyed(get, key);
    await door('PATCH', `vaults/${vault}`, { body: { softDelete: { retentionDays: 50 } } });
    const answer = await keyed(get, key);
    expect([isReplay(answer), answer.body.softDelete['retentionDays']]).toEqual([null, 50]);
  });

  test('is kept for 24 hours by the service’s clock, and not longer', async () => {
    const clock = (offset: string) => door('PUT', 'local/clock', { body: { offset } });
    const path = await anItem(door, await aVault(door));
    const write = { method: 'POST', path: `${path}/stop`, body: deletion(path) };
    const key = fresh('key');
    const first = await keyed(write, key);
    await door('POST', `${path}/undelete`, { body: {} });
    await clock('PT23H59M');
    expect(isReplay(await keyed(write, key))).toBe('true');
    expect((await door('GET', path)).body.state).toBe('ProtectionStopped');
    await clock('PT24H1S');
    const anew = await keyed(write, key);
    expect([anew.status, isReplay(anew), anew.body.generation]).toEqual([200, null, 2]);
    expect(anew.body.etag).not.toBe(first.body.etag);
    expect(isReplay(await keyed(write, key))).toBe('true');
    await clock('PT0S');
  });
});
