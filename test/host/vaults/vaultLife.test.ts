import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { anItem, aServer, aVault, deletion, done, doorOf, fresh, inTrash, refused } from '../support/door.ts';

const service = await sharedService();
const door = doorOf(service.api);

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
    const token = await service.token({ sub: 'owner', roles: ['Contributor'], mfa: true });
    await done(door('PATCH', `vaults/${vault}`, { body: { softDelete: { state: 'Disabled' } }, token }));
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
