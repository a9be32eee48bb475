import { describe, expect, test } from 'vitest';
import { anItem, aServer, aVault, deletion, done, fresh, inTrash, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;

describe('deleting a vault', () => {
  test('that is empty is done at once, and it says when, by whom and how to get it back', async () => {
    const vault = await aVault(door);
    const { id } = (await door('GET', `vaults/${vault}`)).body;
    const answer = await door('DELETE', `vaults/${vault}?reason=moved`);
    expect([answer.status, answer.body]).toEqual([204, '']);
    const shown = (await door('GET', `deletedVaults/${vault}`)).body;
    expect(shown).toMatchObject({
      name: vault,
      id,
      kind: 'RecoveryServices',
      deletedBy: 'local-user',
      reason: 'moved',
    });
    const { deletedAt, deletedBy, removeAt } = shown;
    const innererror = { deletedAt, deletedBy, removeAt, restore: `/api/deletedVaults/${vault}/restore` };
    const gone = refused(410, 'VaultDeleted', { innererror });
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['PUT', '', { kind: 'Backup' }],
      ['GET', '/policies/daily'],
      ['GET', '/items'],
      ['GET', '/items/none'],
      ['PUT', '/items/i', { workload: 'AzureVM', policy: 'daily', sourceId: `/${vault}/i` }],
      ['GET', '/silences'],
      ['GET', '/servers'],
      ['POST', '/undelete', { all: true }],
    ] as const)
      expect(await door(method, `vaults/${vault}${path}`, body ? { body } : {}), `${method} ${path}`).toMatchObject(
        gone,
      );
    expect(await door('DELETE', `vaults/${vault}`)).toMatchObject({ status: 204 });
    expect((await door('GET', `deletedVaults/${vault}`)).body).toEqual(shown);
    expect((await door('GET', `vaults/${vault}/history`)).body.value[0]).toMatchObject({ operation: 'DeleteVault' });
    const [alert] = (await door('GET', `vaults/${vault}/alerts`)).body.value;
    expect(alert).toMatchObject({ type: 'VaultDeleted' });
    expect(await door('GET', `vaults/${vault}/alerts/${alert?.id}`)).toMatchObject({ status: 200 });
    const moved = await door('POST', `vaults/${vault}/alerts/${alert?.id}/close`, { body: {} });
    expect(moved).toMatchObject(gone);
    expect((await door('GET', 'vaults?top=200')).body.value.map(({ name }) => name)).not.toContain(vault);
    expect((await door('GET', 'deletedVaults?top=200')).body.value).toContainEqual(shown);
  });

  test('can be taken back', async () => {
    const vault = await aVault(door);
    const before = (await door('GET', `vaults/${vault}`)).body;
    await done(door('DELETE', `vaults/${vault}`));
    const answer = await door('POST', `deletedVaults/${vault}/restore`, { body: {} });
    expect(answer).toMatchObject({ status: 200, body: { id: before.id, softDelete: before.softDelete } });
    expect((await door('GET', `vaults/${vault}/policies/daily`)).status).toBe(200);
    expect(await door('POST', `deletedVaults/${vault}/restore`, { body: {} })).toMatchObject(
      refused(404, 'VaultNotFound'),
    );
    expect(await door('GET', `deletedVaults/${vault}`)).toMatchObject(refused(404, 'VaultNotFound'));
  });

  test('takes a reason of at most 200 letters', async () => {
    const vault = await aVault(door);
    const answer = await door('DELETE', `vaults/${vault}?reason=${'x'.repeat(201)}`);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    expect(await door('GET', `vaults/${vault}`)).toMatchObject({ status: 200 });
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

  test('races a protect: either the vault goes or the item is in it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const vault = await aVault(door);
      const [gone, made] = await Promise.all([
        door('DELETE', `vaults/${vault}`),
        door('PUT', `vaults/${vault}/items/i`, {
          body: { workload: 'AzureVM', policy: 'daily', sourceId: `/${vault}/i` },
        }),
      ]);
      expect([`${gone.status} ${made.status}`]).toContain(gone.status === 204 ? '204 410' : '409 201');
      expect((await door('GET', `vaults/${vault}/items/i`)).status).toBe(gone.status === 204 ? 410 : 200);
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
