/** Etags through the host. test/http/ifMatch.test.ts tries every writing route. */
import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import {
  anItem,
  aPoint,
  aServer,
  aVault,
  doorOf,
  fresh,
  inTrash,
  protection,
  RETENTION,
  refused,
} from '../support/door.ts';

const service = await sharedService();
const door = doorOf(service.api);

describe('an etag', () => {
  const put = async (path: string, body: object) => {
    const { status, headers, body: shown } = await door('PUT', path, { body });
    expect(headers.get('etag')).toBe(shown.etag);
    expect(shown.etag).toMatch(/^"[^"]+"$/);
    return { status, etag: shown.etag };
  };

  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION };
  const point = { createdAt: '2026-01-01T00:00:00.000Z', rung: 'daily', expiresAt: '2099-01-01T00:00:00.000Z' };

  test.for([
    ['vault', '', { kind: 'RecoveryServices' }, { softDelete: { retentionDays: 30 } }],
    ['policy', '/policies/p', policy, { retention: { daily: 40 } }],
    ['server', '/servers/s', { kind: 'MARS', agentVersion: '2.0.9260' }, { agentVersion: '2.0.9261' }],
    ['hold', '/items/i/holds/h', { reason: 'one' }, { reason: 'two' }],
    ['recovery point', '/items/i/recoveryPoints/p', point, undefined],
  ] as const)('of a %s is in body and header, stays while nothing changes, and changes with it', async (row) => {
    const [what, path, first, second] = row;
    const vault = what === 'vault' ? fresh('v') : await aVault(door);
    if (path.includes('items')) await anItem(door, vault, 'i');
    const url = `vaults/${vault}${path}`;
    const made = await put(url, first);
    expect(made.status).toBe(201);
    const read = await door('GET', url);
    expect([read.headers.get('etag'), read.body.etag]).toEqual([made.etag, made.etag]);
    if (what !== 'hold') expect(await put(url, first)).toEqual({ status: 200, etag: made.etag });
    if (second) expect((await put(url, second)).etag).not.toBe(made.etag);
  });

  test('of an item changes with every verb, and not when nothing changes', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault, 'i');
    const seen = [(await door('GET', path)).body.etag];
    const verb = async (method: string, tail: string, body: object) => {
      const { status, headers, body: shown } = await door(method, `${path}${tail}`, { body });
      expect([status, headers.get('etag')]).toEqual([200, shown.etag]);
      return shown.etag;
    };
    for (const [tail, body] of [
      ['/changePolicy', { policy: 'other' }],
      ['/stop', { mode: 'retain' }],
      ['/stop', { mode: 'delete', confirmName: 'i' }],
      ['/undelete', {}],
      ['/resume', { policy: 'daily' }],
    ] as const) {
      seen.push(await verb('POST', tail, body));
      expect((await door('GET', path)).headers.get('etag')).toBe(seen.at(-1));
      expect(await verb('POST', tail, body)).toBe(seen.at(-1));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(await verb('PUT', '', protection(vault, 'i'))).toBe(seen.at(-1));
  });

  test('of a vault is not moved by its items', async () => {
    const vault = await aVault(door);
    const { etag } = (await door('GET', `vaults/${vault}`)).body;
    await inTrash(door, vault);
    await aServer(door, vault);
    expect((await door('GET', `vaults/${vault}`)).body.etag).toBe(etag);
  });
});

describe('If-Match on what does not exist', () => {
  test.for(['*', '"any"'])('%s: a PUT is refused and makes nothing', async (header) => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    const asked = [
      [`vaults/${fresh('v')}`, { kind: 'Backup' }],
      [`vaults/${vault}/policies/new`, { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION }],
      [`vaults/${vault}/servers/new`, { kind: 'MARS', agentVersion: '2.0.9260' }],
      [`vaults/${vault}/items/new`, protection(vault, 'new')],
      [`${path}/holds/new`, { reason: 'r' }],
      [`${path}/recoveryPoints/new`, { createdAt: '2026-01-01T00:00:00Z', rung: 'daily' }],
    ] as const;
    for (const [url, body] of asked) {
      expect(await door('PUT', url, { body, headers: { 'if-match': header } })).toMatchObject(
        refused(412, 'PreconditionFailed', { innererror: { etag: null } }),
      );
      expect((await door('GET', url)).status).toBe(404);
    }
  });

  test('whatever else is asked of it is 404', async () => {
    const vault = await aVault(door);
    const headers = { 'if-match': '"any"' };
    const asked = [
      ['PATCH', 'vaults/no-such', 'VaultNotFound', {}],
      ['DELETE', 'vaults/no-such', 'VaultNotFound', undefined],
      ['DELETE', `vaults/${vault}/policies/no-such`, 'PolicyNotFound', undefined],
      ['POST', `vaults/${vault}/items/no-such/undelete`, 'ItemNotFound', {}],
      ['DELETE', `${await anItem(door, vault)}/holds/no-such`, 'HoldNotFound', undefined],
    ] as const;
    for (const [method, path, code, body] of asked)
      expect(await door(method, path, { headers, ...(body ? { body } : {}) })).toMatchObject(refused(404, code));
  });
});

test('of two that hold the same etag one wins', async () => {
  const vault = await aVault(door);
  const path = await anItem(door, vault);
  await aPoint(door, path);
  const { etag } = (await door('GET', path)).body;
  const ask = (policy: string) =>
    door('POST', `${path}/changePolicy`, { body: { policy }, headers: { 'if-match': etag } });
  await door('PUT', `vaults/${vault}/policies/third`, {
    body: { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION },
  });
  const answers = await Promise.all([ask('other'), ask('third')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  expect((await door('GET', path)).body.policy).toBe(answers.find(({ status }) => status === 200)?.body.policy);
});
