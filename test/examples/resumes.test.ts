/** The next executor goes on from what was stored, and proves the same. */
import { Refuse } from 'reprieve/executor';
import { beforeAll, expect, test } from 'vitest';
import { type Look, pass } from './support/between.ts';
import { dataUnder, left, mark, someTenants, type Tenants, VAULT, write } from './support/tenants.ts';
import { listedAt, never, watcherOf } from './support/watched.ts';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(8);
  watched = await watcherOf(tenants);
});

const data = (prefix: string) => dataUnder(tenants.container, prefix);

test('it proves the same when the blobs are gone in part', async () => {
  const tenant = tenants.next();
  const broken = await watched(tenant, {
    look: (call, passage) => (call === 'delete 3.txt' ? never() : pass(call, passage)),
  });
  expect(broken.error).toMatchObject({ destroyed: 'some' });
  const [checkpoint = null] = broken.stored;
  const { proof, calls } = await watched(tenant, { checkpoint });
  expect(proof).toMatchObject({ ...tenant.totals, details: { listedAt: listedAt(checkpoint) } });
  expect(calls.filter((call) => call.startsWith('delete'))).toEqual([
    'delete 3.txt',
    'delete 4.txt',
    'delete .reprieve',
  ]);
});

test('it proves the same when only the marker is left, and when that is gone too', async () => {
  const tenant = tenants.next();
  const look: Look = (call, passage) => (call === 'delete .reprieve' ? never() : pass(call, passage));
  const broken = await watched(tenant, { look });
  const checkpoint = broken.stored.at(-1) ?? null;
  const first = await watched(tenant, { checkpoint });
  const second = await watched(tenant, { checkpoint });
  expect(first.proof).toMatchObject(tenant.totals);
  expect(first.calls).toEqual([
    ...['read .reprieve', 'lease break', 'lease acquire', 'write metadata of .reprieve'],
    ...['list', 'lease renew', 'list', 'delete .reprieve'],
  ]);
  expect(second.proof).toEqual(first.proof);
  expect(second.calls).toEqual(['read .reprieve']);
});

test('it proves the same when somebody else lives under the prefix by now, whom it leaves alone', async () => {
  const tenant = tenants.next();
  const { proof, stored } = await watched(tenant);
  await mark(tenants.container, tenant.prefix, { vault: VAULT, item: 'another' });
  await write(tenants.container, `${tenant.prefix}0.txt`, 'another');
  const again = await watched(tenant, { checkpoint: stored.at(-1) ?? null });
  expect(again.proof).toEqual(proof);
  expect(Object.keys(await data(tenant.prefix))).toEqual(['.reprieve', '0.txt']);
});

test('it proves the same when somebody removed the rest and the marker', async () => {
  const tenant = tenants.next();
  const { proof, stored } = await watched(tenant);
  expect((await watched(tenant, { checkpoint: stored[0] ?? null })).proof).toEqual(proof);
});

test('when the marker alone is gone it refuses: that is for a person to look at', async () => {
  const tenant = tenants.next();
  const { stored } = await watched(tenant, {
    look: (call, passage) => (call === 'delete 2.txt' ? never() : pass(call, passage)),
  });
  await tenants.container.deleteBlob(`${tenant.prefix}.reprieve`).catch(() => {});
  await tenants.container.getBlobClient(`${tenant.prefix}.reprieve`).getBlobLeaseClient().breakLease(0);
  await tenants.container.deleteBlob(`${tenant.prefix}.reprieve`);
  const { error } = await watched(tenant, { checkpoint: stored[0] ?? null });
  expect(error).toBeInstanceOf(Refuse);
  expect(await data(tenant.prefix)).toEqual(left(2, 3, 4));
});
