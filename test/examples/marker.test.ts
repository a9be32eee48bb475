/** The marker: whose the prefix is, and who may work there. */
import { Refuse } from 'reprieve/executor';
import { beforeAll, expect, test } from 'vitest';
import { type Look, pass } from './support/between.ts';
import { dataUnder, left, mark, someTenants, type Tenants, VAULT, without } from './support/tenants.ts';
import { ahead, TAKES, watcherOf } from './support/watched.ts';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(14);
  watched = await watcherOf(tenants);
});

const data = (prefix: string) => dataUnder(tenants.container, prefix);

test('a marker names vault and item in any case', async () => {
  const tenant = tenants.next();
  await mark(tenants.container, tenant.prefix, {
    vault: VAULT.toUpperCase(),
    item: tenant.item.toUpperCase(),
    since: 1,
  });
  expect((await watched(tenant)).proof).toMatchObject(tenant.totals);
});

const heldBy = async (tenant: { prefix: string }, token: number) => {
  const marker = tenants.container.getBlobClient(`${tenant.prefix}.reprieve`);
  const lease = marker.getBlobLeaseClient();
  await lease.acquireLease(-1);
  await marker.setMetadata({ token: `${token}`, colour: 'red' }, { conditions: { leaseId: lease.leaseId } });
  return lease;
};

test('a marker with a greater token stops it at once', async () => {
  const tenant = tenants.next();
  const lease = await heldBy(tenant, 1001);
  const { error, calls } = await watched(tenant, { token: 1000 });
  expect(error?.message).toMatch('greater token');
  expect(error).toMatchObject({ destroyed: 'nothing' });
  expect(calls).toEqual(['read .reprieve']);
  await lease.renewLease();
});

test.each([999, 1000])('a marker leased under token %i is taken by 1000', async (token) => {
  const tenant = tenants.next();
  const lease = await heldBy(tenant, token);
  const seen: unknown[] = [];
  const look = ahead('list', async () => {
    seen.push((await tenants.container.getBlobClient(`${tenant.prefix}.reprieve`).getProperties()).metadata);
    await expect(lease.renewLease()).rejects.toMatchObject({ statusCode: 409 });
  });
  const { proof, calls } = await watched(tenant, { token: 1000, look });
  expect(proof).toMatchObject(tenant.totals);
  expect(calls.slice(0, 4)).toEqual(['read .reprieve', 'lease break', ...TAKES.slice(1)]);
  expect(seen).toEqual([{ token: '1000', colour: 'red' }]);
});

test.each(['lease acquire', 'write metadata of .reprieve'])(
  'a marker that one with a greater token takes before "%s" stops it',
  async (call) => {
    const tenant = tenants.next();
    const look = ahead(call, async () => {
      const marker = tenants.container.getBlobClient(`${tenant.prefix}.reprieve`);
      if (call !== 'lease acquire') await marker.getBlobLeaseClient().breakLease(0);
      await heldBy(tenant, 1001);
    });
    const { error } = await watched(tenant, { token: 1000, look });
    expect(error?.message).toMatch('greater token');
    expect(without(await data(tenant.prefix))).toEqual(left(0, 1, 2, 3, 4));
  },
);

test.each(['lease acquire', 'write metadata of .reprieve'])(
  'a marker on which a greater token is written before "%s" is not written over',
  async (call) => {
    const tenant = tenants.next();
    const marker = tenants.container.getBlobClient(`${tenant.prefix}.reprieve`);
    const look = ahead(call, async () => {
      if (call !== 'lease acquire') await marker.getBlobLeaseClient().breakLease(0);
      await marker.setMetadata({ token: '1001' });
    });
    const { error } = await watched(tenant, { token: 1000, look });
    expect(error?.message).toMatch('greater token');
    expect((await marker.getProperties()).metadata).toEqual({ token: '1001' });
  },
);

test('a marker that was taken meanwhile stops it behind the page, and is not deleted', async () => {
  const tenant = tenants.next();
  const look = ahead('delete 1.txt', async () => {
    await tenants.container.getBlobClient(`${tenant.prefix}.reprieve`).getBlobLeaseClient().breakLease(0);
    await heldBy(tenant, 1001);
  });
  const { error } = await watched(tenant, { token: 1000, look, pageSize: 3 });
  expect(error).toMatchObject({ statusCode: 409, destroyed: 'some' });
  expect(without(await data(tenant.prefix))).toEqual(left(2, 3, 4));
});

test('a marker that is deleted in the same moment stops it', async () => {
  const tenant = tenants.next();
  const look = ahead('lease acquire', () => tenants.container.deleteBlob(`${tenant.prefix}.reprieve`));
  expect((await watched(tenant, { look })).error).toBeInstanceOf(Refuse);
  expect(await data(tenant.prefix)).toEqual(left(0, 1, 2, 3, 4));
});

test.each(['read .reprieve', 'lease acquire', 'write metadata of .reprieve'])(
  'where it may not "%s" it fails, and neither refuses nor says that nothing was there',
  async (wanted) => {
    const tenant = tenants.next();
    const body = Buffer.from('<Error><Code>AuthorizationFailure</Code><Message>No.</Message></Error>');
    const headers = { 'content-type': 'application/xml', 'x-ms-error-code': 'AuthorizationFailure' };
    const look: Look = async (call, passage) =>
      call === wanted ? passage.answer({ status: 403, headers, body }) : pass(call, passage);
    const { error, calls } = await watched(tenant, { look });
    expect(error).toMatchObject({ statusCode: 403, code: 'AuthorizationFailure', destroyed: 'nothing' });
    expect(calls).toEqual(TAKES.slice(0, TAKES.indexOf(wanted) + 1));
  },
);
