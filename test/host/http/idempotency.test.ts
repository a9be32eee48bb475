/** Idempotency keys through the host. test/http/replays.test.ts tries every writing route. */
import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { anItem, aVault, type Door, doorOf, fresh, inTrash, refused } from '../support/door.ts';
import type { Write } from '../support/writes.ts';

const service = await sharedService();
const door = doorOf(service.api);

const keyed = ({ method, path, body, token: own }: Omit<Write, 'of'>, key: string, token = own) =>
  door(method, path, {
    headers: { 'idempotency-key': key },
    ...(body ? { body } : {}),
    ...(token === undefined ? {} : { token }),
  });
const isReplay = ({ headers }: Awaited<ReturnType<Door>>) => headers.get('idempotency-replayed');
const historyOf = async (path: string) => (await door('GET', `${path}/history`)).body.value ?? [];

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
});
