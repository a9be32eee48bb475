/** One row that cannot be read must not keep the others from being undeleted. */
import { expect, test } from 'vitest';
import { keys } from '../../../src/store/keys.ts';
import { furnished, names, spoil, VAULT } from '../sweep/furnish.ts';

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
