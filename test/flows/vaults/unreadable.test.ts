/** One row that cannot be read is named, and costs nobody else anything: neither in a vault that is counted nor in one of before. */
import { expect, test } from 'vitest';
import { iso } from '../../../src/core/time.ts';
import { keys } from '../../../src/store/keys.ts';
import { VERSION } from '../../../src/store/table.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { toBefore } from '../../support/ofBefore.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, names, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const BROKEN = [
  ['is no JSON', { v: 2, doc0: '{', state: 'Protected' }],
  ['was written by newer code', { v: VERSION + 1, doc0: '{}', state: 'Archived' }],
] as const;
const AGES = ['counted', 'of before'] as const;
const CASES = AGES.flatMap((age) => BROKEN.map(([why, cells]) => [age, why, cells] as const));

/** A vault with two items in the trash, two that live, one of them broken, and an unused policy; and another vault. */
async function estateWith(age: (typeof AGES)[number], cells: (typeof BROKEN)[number][1]) {
  const tables = memoryTables();
  const estate = await furnished(names(2), tables);
  for (const item of ['alive', 'bad']) await estate.protect(item);
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await estate.done('putPolicy', `${VAULT}/unused`, policy);
  await estate.done('putVault', 'other', { kind: 'Backup' });
  if (age === 'of before') await toBefore(tables.vaults, VAULT);
  await put(tables, keys.item(VAULT, 'bad'), cells);
  const ask = async (...asked: Parameters<typeof estate.call>) => {
    const { status, body } = await estate.call(...asked);
    return { status, body: body === '' ? null : JSON.parse(body) };
  };
  return { tables, ask };
}

const put = ({ vaults }: Tables, key: string, cells: Readonly<Record<string, string | number>>) =>
  vaults.commit(VAULT, [{ op: 'put', key, cells }]);

const namesOf = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

test.for(CASES)('in a vault %s: an item that %s is named in lists, and hides nothing', async ([age, , cells]) => {
  const { ask } = await estateWith(age, cells);
  const vaults = await ask('listVaults', '');
  expect(vaults).toMatchObject({ status: 200, body: { value: [{ name: VAULT }, { name: 'other' }] } });
  expect(await ask('getVault', VAULT)).toMatchObject({ status: 200, body: { counts: { softDeleted: 2 } } });
  const all = await ask('listItems', VAULT);
  expect(all.status).toBe(200);
  expect(namesOf(all.body.value)).toEqual(['alive', 'vm-0', 'vm-1']);
  expect(all.body.unreadable).toEqual([{ name: 'bad' }]);
  const filtered = await ask('listItems', VAULT, { query: 'workload=AzureVM' });
  expect(namesOf(filtered.body.value)).toEqual(['alive', 'vm-0', 'vm-1']);
  expect(filtered.body.unreadable).toEqual([{ name: 'bad' }]);
  const trash = await ask('listItems', VAULT, { query: 'state=SoftDeleted' });
  expect(namesOf(trash.body.value)).toEqual(['vm-0', 'vm-1']);
});

test.for(CASES)('in a vault %s: an item that %s keeps no policy, and keeps the vault', async ([age, , cells]) => {
  const { ask } = await estateWith(age, cells);
  expect(await ask('deletePolicy', `${VAULT}/unused`)).toMatchObject({ status: 204 });
  expect(await ask('deletePolicy', `${VAULT}/daily`)).toMatchObject({ status: 409 });
  const refused = await ask('deleteVault', VAULT);
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'VaultHasSoftDeletedItems' } } });
  expect(refused.body.error.innererror.blockers).toEqual([
    { kind: 'item', name: 'vm-0', purgeAt: expect.any(String) },
    { kind: 'item', name: 'vm-1', purgeAt: expect.any(String) },
    { kind: 'item', name: 'alive' },
    { kind: 'item', name: 'bad', unreadable: true },
  ]);
});

test('a vault whose head cannot be read is named in the list of vaults, and costs the others nothing', async () => {
  const { tables, ask } = await estateWith('counted', BROKEN[0][1]);
  await put(tables, keys.vault(VAULT), { v: VERSION + 1, doc0: '{}' });
  expect(await ask('listVaults', '')).toEqual({
    status: 200,
    body: { value: [expect.objectContaining({ name: 'other' })], unreadable: [{ name: VAULT }] },
  });
});

test('a place in the trash that cannot be read is named among what lies there', async () => {
  const { tables, ask } = await estateWith('counted', BROKEN[0][1]);
  const [row] = await tables.vaults.range(VAULT, { prefix: keys.trash(VAULT) });
  await put(tables, row?.key ?? '', { v: 2, doc0: '{' });
  const trash = await ask('listItems', VAULT, { query: 'state=SoftDeleted' });
  expect(trash).toMatchObject({ status: 200, body: { unreadable: [{ name: 'vm-0' }] } });
  expect(namesOf(trash.body.value)).toEqual(['vm-1']);
});

test('by a policy that cannot be read nothing ages, and nothing is lost: what is under another one does, and it goes on when it can be', async () => {
  const tables = memoryTables();
  const estate = await furnished([], tables);
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await estate.done('putPolicy', `${VAULT}/bad`, policy);
  await estate.protect('good-vm');
  await estate.done('protectItem', `${VAULT}/bad-vm`, { workload: 'AzureVM', policy: 'bad', sourceId: 'bad-vm' });
  const point = (item: string, name: string, more: object = {}) => ({
    path: `${VAULT}/${item}/${name}`,
    body: { createdAt: iso(NOON), rung: 'daily', ...more },
  });
  for (const item of ['good-vm', 'bad-vm']) {
    const { path, body } = point(item, 'first');
    await estate.done('putRecoveryPoint', path, body);
  }
  const key = keys.policy(VAULT, 'bad');
  const was = await tables.vaults.get(VAULT, key);
  await put(tables, key, BROKEN[0][1]);
  // Another process, which has read nothing before.
  const call = appOver(portsOver(tables));
  const left = async (item: string) => {
    const held = await portsOver(tables).vaults.item(VAULT, item);
    return held && 'points' in held.value ? held.value.points.map(({ name }) => name) : [];
  };
  // A backup ends and can be restored. What would have to say when it ends is refused.
  const { body: begun } = await call('startBackup', `${VAULT}/bad-vm`, { body: {} });
  const job = JSON.parse(begun).id;
  const ended = { status: 'Completed', recoveryPoint: { name: 'second' } };
  expect(await call('completeJob', `${VAULT}/bad-vm/${job}`, { body: ended })).toMatchObject({ status: 200 });
  const restored = { body: { recoveryPoint: 'first' } };
  expect(await call('restoreItem', `${VAULT}/bad-vm`, restored)).toMatchObject({ status: 202 });
  expect(await call('listRecoveryPoints', `${VAULT}/bad-vm`)).toMatchObject({ status: 500 });
  const third = point('bad-vm', 'third');
  expect(await call('putRecoveryPoint', third.path, { body: third.body })).toMatchObject({ status: 500 });
  expect(await left('bad-vm')).toEqual(['first', 'second']);

  expect(await sweeperOver(tables).sweep(later(31))).toMatchObject({ expired: 1, failed: 1 });
  for (const day of [32, 33]) await sweeperOver(tables).sweep(later(day));
  expect([await left('good-vm'), await left('bad-vm')]).toEqual([[], ['first', 'second']]);
  await put(tables, key, (was?.cells ?? {}) as Readonly<Record<string, string | number>>);
  await sweeperOver(tables).sweep(later(40));
  await sweeperOver(tables).sweep(later(41));
  expect(await left('bad-vm')).toEqual([]);
});
