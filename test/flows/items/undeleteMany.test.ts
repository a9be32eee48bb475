/** Which items a bulk undelete means, and what a dry run of it shows. */
import { describe, expect, test } from 'vitest';
import { furnished, names, VAULT } from '../sweep/furnish.ts';

const bulk = async (estate: Awaited<ReturnType<typeof furnished>>, body: object) =>
  JSON.parse((await estate.call('undeleteItems', VAULT, { body })).body);

describe('a dry run', () => {
  test('shows 200 and says that there are more; the undelete leaves them to an operation', async () => {
    const estate = await furnished(names(201));
    const tried = await bulk(estate, { all: true, dryRun: true });
    expect(tried.results).toHaveLength(200);
    expect(tried.more).toBe(true);
    expect(tried.results).toContainEqual({ item: 'vm-0', outcome: 'WouldUndelete' });
    expect(await estate.stateOf('vm-0')).toMatchObject({ state: 'SoftDeleted' });

    const { status, headers, body } = await estate.call('undeleteItems', VAULT, { body: { all: true } });
    const answer = JSON.parse(body);
    expect([status, answer]).toEqual([202, { operation: expect.any(String), results: [] }]);
    expect(headers['operation-location']).toBe(`http://localhost/api/operations/${answer.operation}`);
  });

  test('is followed by an undelete of as many as it shows', async () => {
    const estate = await furnished(names(200));
    const { status, headers, body } = await estate.call('undeleteItems', VAULT, { body: { all: true } });
    expect([status, headers['operation-location']]).toEqual([200, undefined]);
    const done = JSON.parse(body);
    expect(done.results).toHaveLength(200);
    expect(done).not.toHaveProperty('more');
    expect(done).not.toHaveProperty('operation');
    for (const vm of names(200)) expect(await estate.stateOf(vm)).toMatchObject({ state: 'ProtectionStopped' });
  });

  test('counts only what fits', async () => {
    const estate = await furnished(names(3));
    const nobody = { deletedBy: 'nobody', dryRun: true };
    expect(await bulk(estate, nobody)).toEqual({ results: [], more: false });
    const all = Array.from({ length: 201 }, (_, at) => `vm-${at}`);
    expect((await bulk(estate, { items: all, dryRun: true })).more).toBe(true);
    expect((await bulk(estate, { items: [...names(3), ...names(3)], dryRun: true })).more).toBe(false);
  });
});

test('no item is meant by an empty list', async () => {
  const estate = await furnished(names(1));
  expect(await bulk(estate, { items: [] })).toEqual({ results: [] });
  expect(await estate.stateOf('vm-0')).toMatchObject({ state: 'SoftDeleted' });
});
