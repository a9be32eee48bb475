/** What it deletes, and what not. Over Azurite, without a service. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Look, pass } from './support/between.ts';
import { CONTAINER, dataUnder, left, someTenants, TEXTS, type Tenants, without, write } from './support/tenants.ts';
import { ahead, listedAt, TAKES, watcherOf } from './support/watched.ts';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(13);
  watched = await watcherOf(tenants);
});

const NEW_DATA = { code: 'NewData', permanent: true, message: expect.stringMatching(/^new data under the prefix/) };
const LISTS = ['lease renew', 'list', 'lease renew'];
const DELETES = TEXTS.map((_, number) => `delete ${number}.txt`);
const data = (prefix: string) => dataUnder(tenants.container, prefix);

test('it deletes what lies under the prefix, the marker last, and proves the listing', async () => {
  const tenant = tenants.next();
  const { proof, calls, stored } = await watched(tenant);
  const ends = ['list', 'list deleted snapshots versions', 'delete .reprieve'];
  expect(calls).toEqual([...TAKES, ...LISTS, 'list', ...DELETES, 'lease renew', ...ends]);
  const method = 'each listed blob by Delete Blob with If-Match';
  expect(proof).toEqual({ ...tenant.totals, method, remaining: [], details: { listedAt: listedAt(stored[0]) } });
  expect(await data(tenant.prefix)).toEqual({});
});

test('what lies beside the prefix stays', async () => {
  const [tenant, other] = [tenants.next(), tenants.next()];
  const beside = tenant.prefix.replace('/', '-and-more/0.txt');
  await write(tenants.container, beside, 'beside');
  await watched(tenant);
  expect(await data(beside)).toEqual({ '': 'beside' });
  expect(without(await data(other.prefix))).toEqual(left(0, 1, 2, 3, 4));
});

test('snapshots of a blob go with it', async () => {
  const tenant = tenants.next();
  await tenants.container.getBlobClient(`${tenant.prefix}2.txt`).createSnapshot();
  const { proof } = await watched(tenant);
  expect(proof).toMatchObject({ ...tenant.totals, remaining: [] });
});

test('where nothing lies, it says that nothing was there', async () => {
  const { proof, calls } = await watched({ ...tenants.next(), prefix: 'none/', sourceId: `${CONTAINER}/none/` });
  expect(proof).toEqual({ objects: 0, bytes: 0, method: 'none: nothing was there', remaining: [] });
  expect(calls).toEqual(['read .reprieve', 'list', 'list deleted snapshots versions']);
});

describe('new data', () => {
  test('that comes after the listing stops it before the first delete', async () => {
    const tenant = tenants.next();
    const add = () => write(tenants.container, `${tenant.prefix}new.txt`, 'new');
    const { error, calls } = await watched(tenant, { onStore: add });
    expect(error).toMatchObject({ ...NEW_DATA, destroyed: 'nothing' });
    expect(calls.filter((call) => call.startsWith('delete'))).toEqual([]);
    expect(without(await data(tenant.prefix))).toEqual({ ...left(0, 1, 2, 3, 4), 'new.txt': 'new' });
  });

  test('under an old name stops it as well', async () => {
    const tenant = tenants.next();
    const change = () => write(tenants.container, `${tenant.prefix}3.txt`, 'changed');
    const { error } = await watched(tenant, { onStore: change });
    expect(error).toMatchObject({ ...NEW_DATA, destroyed: 'nothing' });
    expect(without(await data(tenant.prefix))).toEqual({ ...left(0, 1, 2, 4), '3.txt': 'changed' });
  });

  test('that comes between the page and the delete is not deleted', async () => {
    const tenant = tenants.next();
    const change = () => write(tenants.container, `${tenant.prefix}3.txt`, 'changed');
    const { error } = await watched(tenant, { look: ahead('delete 3.txt', change) });
    expect(error).toMatchObject({ ...NEW_DATA, destroyed: 'some' });
    expect(without(await data(tenant.prefix))).toEqual({ ...left(4), '3.txt': 'changed' });
  });

  test('that comes behind the last page keeps the marker', async () => {
    const tenant = tenants.next();
    const add = () => write(tenants.container, `${tenant.prefix}0.txt`, 'again');
    const { error } = await watched(tenant, { look: ahead('delete 4.txt', add) });
    expect(error).toMatchObject(NEW_DATA);
    expect(Object.keys(await data(tenant.prefix))).toEqual(['.reprieve', '0.txt']);
  });
});

test('a blob that somebody else has deleted is as good as deleted', async () => {
  const tenant = tenants.next();
  const help = () => tenants.container.deleteBlob(`${tenant.prefix}3.txt`);
  const { proof, calls } = await watched(tenant, { look: ahead('delete 2.txt', help) });
  expect(proof).toMatchObject(tenant.totals);
  expect(calls).toContain('look at 3.txt'); // Azurite says 412 of what is not there
});

test('a blob that is held by a lease is a failure that may pass', async () => {
  const tenant = tenants.next();
  await tenants.container.getBlobClient(`${tenant.prefix}1.txt`).getBlobLeaseClient().acquireLease(60);
  const { error } = await watched(tenant);
  expect(error).toMatchObject({ code: 'LeaseIdMissing', destroyed: 'some' });
  expect(error).not.toHaveProperty('permanent');
  expect(without(await data(tenant.prefix))).toEqual(left(1, 2, 3, 4));
});

test('it renews the lease of the marker and stores where it is behind each page', async () => {
  const tenant = tenants.next();
  const order: string[] = [];
  const look: Look = (call, passage) => {
    order.push(call);
    return pass(call, passage);
  };
  const { proof } = await watched(tenant, { pageSize: 2, look, onStore: async () => order.push('store') });
  expect(proof).toMatchObject(tenant.totals);
  const [page, store] = ['list', ['lease renew', 'store']];
  expect(order.slice(order.indexOf('store'), order.lastIndexOf('store'))).toEqual([
    ...['store', page, 'delete 0.txt', ...store],
    ...[page, 'delete 1.txt', 'delete 2.txt', ...store],
    ...[page, 'delete 3.txt', 'delete 4.txt', ...store],
    ...['list', 'list deleted snapshots versions'],
  ]);
});

test('when its order is lost it deletes no blob more, and says what it was told', async () => {
  const tenant = tenants.next();
  const lost = new AbortController();
  const why = new Error('lost');
  const onTheirWay: Promise<unknown>[] = [];
  const look: Look = async (call, passage) => {
    if (call !== 'delete 2.txt') return pass(call, passage);
    lost.abort(why);
    onTheirWay.push(pass(call, passage));
    return onTheirWay.at(-1);
  };
  const { error, calls } = await watched(tenant, { look, signal: lost.signal });
  // nobody waits any more for the delete that was on its way: whether or not it is done, it has ended before anybody looks
  await Promise.allSettled(onTheirWay);
  expect(error).toBe(why);
  expect(error).toMatchObject({ destroyed: 'some' });
  expect(calls.at(-1)).toBe('delete 2.txt');
  expect(without(await data(tenant.prefix))).toMatchObject(left(3, 4));
});
