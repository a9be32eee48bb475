/** One row that cannot be read must not take the answer about all others with it. */
import { expect, test } from 'vitest';
import { forecast } from '../../../src/flows/forecast.ts';
import { keys } from '../../../src/store/keys.ts';
import { NOON } from '../../support/builders.ts';
import type { Tables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, names, VAULT } from './furnish.ts';

async function spoil(tables: Tables, keyPart: string): Promise<void> {
  const rows = await tables.vaults.range(VAULT, { prefix: keys.everything(VAULT) });
  const hit = rows.filter(({ key }) => key.includes(keyPart));
  if (hit.length === 0) throw new Error(`no row ${keyPart}`);
  for (const { key } of hit) await tables.vaults.commit(VAULT, [{ op: 'put', key, cells: { v: 1, doc0: '{' } }]);
}

test('the forecast names what it cannot read, and foretells the rest', async () => {
  const { tables, done } = await furnished(names(3));
  await done('putVault', 'other', { kind: 'RecoveryServices' });
  await spoil(tables, '!vm-1');
  const { days, unreadable } = await forecast(portsOver(tables), NOON, 30);
  expect(days.flatMap(({ items }) => items.map(({ item }) => item))).toEqual(['vm-0', 'vm-2']);
  expect(unreadable).toEqual([{ vault: VAULT, item: 'vm-1' }]);

  await spoil(tables, '!head!settings');
  expect((await forecast(portsOver(tables), NOON, 30)).unreadable).toEqual([{ vault: VAULT, item: null }]);
});

test('storage that does not answer is no row that cannot be read', async () => {
  const { tables } = await furnished(names(1));
  const { vaults, registry } = portsOver(tables);
  const gone = { ...vaults, dueTrash: async () => Promise.reject(new Error('no answer')) };
  await expect(forecast({ vaults: gone, registry }, NOON, 30)).rejects.toThrow('no answer');
});

const bulk = async (estate: Awaited<ReturnType<typeof furnished>>, body: object) => {
  const reply = await estate.call('undeleteItems', VAULT, { body });
  return { status: reply.status, results: JSON.parse(reply.body).results };
};

test('a bulk undelete says which item it could not read, and undeletes the others', async () => {
  const estate = await furnished(names(3));
  await spoil(estate.tables, '!vm-1');
  const refused = { item: 'vm-1', outcome: 'Refused', code: 'InternalError' };

  const tried = await bulk(estate, { deletedBy: 'somebody', dryRun: true });
  expect(tried.results).toContainEqual(refused);
  expect(await bulk(estate, { items: ['vm-1'], dryRun: true })).toMatchObject({ status: 200, results: [refused] });
  const { status, results } = await bulk(estate, { deletedBy: 'somebody' });

  expect(status).toBe(200);
  expect(results).toHaveLength(3);
  expect(results).toContainEqual(refused);
  for (const vm of ['vm-0', 'vm-2']) expect(await estate.stateOf(vm)).toMatchObject({ state: 'ProtectionStopped' });
});

test('so it does when the item itself cannot be read, but its place in the trash can', async () => {
  const estate = await furnished(names(2));
  await spoil(estate.tables, `${keys.item(VAULT, 'vm-0')}`);
  const { status, results } = await bulk(estate, { items: names(2) });
  expect(status).toBe(200);
  expect(results).toEqual([
    { item: 'vm-0', outcome: 'Refused', code: 'InternalError' },
    { item: 'vm-1', outcome: 'Undeleted' },
  ]);
});

test('an item whose place in the trash cannot be read is not undeleted on a guess who deleted it', async () => {
  const estate = await furnished(names(2));
  await spoil(estate.tables, '!head!trash!');
  const { status, results } = await bulk(estate, { deletedBy: 'somebody else' });
  expect(status).toBe(200);
  expect(results).toEqual(names(2).map((item) => ({ item, outcome: 'Refused', code: 'InternalError' })));
  expect(await estate.stateOf('vm-0')).toMatchObject({ state: 'SoftDeleted' });
});
