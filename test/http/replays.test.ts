/** Idempotency keys on every writing route, over tables in memory. test/host/http/idempotency.test.ts asks through the host. */
import { describe, expect, test } from 'vitest';
import { anItem, aVault, type Door, deletion, fresh, refused } from '../host/support/door.ts';
import { WRITES, type Write, writingRoutes } from '../host/support/writes.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const { door, tables, token } = serviceInMemory();

const keyed = ({ method, path, body, token }: Omit<Write, 'of'>, key: string) =>
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
  putKind: { title: 'Another' },
  putExecutor: { confirmWithinHours: 12 },
  grantOperation: { operation: 'getSecurityPin' },
  putHold: { until: '2099-01-01T00:00:00Z' },
  claimPurgeOrders: { max: 2 },
  renewPurgeOrder: { leaseSeconds: 600 },
  completePurgeOrder: { proof: { objects: 4 } },
  failPurgeOrder: { permanent: true },
  refusePurgeOrder: { reason: 'another' },
  recallPurgeOrder: { reason: 'another' },
  resolvePurgeOrder: { reason: 'another' },
};

test('no writing route is forgotten here', () => {
  expect(Object.keys(WRITES).toSorted()).toEqual(writingRoutes.toSorted());
});

/** A PIN is shown once: no key keeps it. */
const KEPT = Object.entries(WRITES).filter(([name]) => name !== 'issueSecurityPin');

describe.for(KEPT)('%s', ([name, prepare]) => {
  test('with the same key and body gives its first answer again, and acts once', async () => {
    const write = await prepare(door, tables, token);
    const key = fresh('key');
    const first = await keyed(write, key);
    expect(first.status).toBeLessThan(300);
    expect(isReplay(first)).toBeNull();
    const item = write.path.split('/').slice(0, 4).join('/');
    const past = async () => (item.includes('/items/') ? await historyOf(item) : []);
    const before = await past();
    for (let again = 0; again < 2; again += 1) {
      const replay = await keyed(write, key);
      expect([replay.status, replay.body]).toEqual([first.status, first.body]);
      expect(isReplay(replay)).toBe('true');
      for (const header of ['etag', 'operation-location', 'content-type'])
        expect(replay.headers.get(header)).toBe(first.headers.get(header));
      expect(replay.headers.get('x-ms-request-id')).not.toBe(first.headers.get('x-ms-request-id'));
    }
    expect(await past()).toEqual(before);
  });

  test('with the same key and another body is refused', async () => {
    const write = await prepare(door, tables, token);
    const more = OTHER[name];
    if (!more) return; // there is no other body that it would take
    const key = fresh('key');
    await keyed(write, key);
    const other = { ...write, body: { ...write.body, ...more } };
    expect(await keyed(other, key)).toMatchObject(refused(422, 'IdempotencyKeyReused'));
  });
});

test('a key is kept for 24 hours by the service’s clock, and not longer', async () => {
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
});
