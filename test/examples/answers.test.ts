/** The wire breaks at each call, to storage and to the service, before it is done and after: the executor repeats it, and proves the same. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '../support/faultProxy.ts';
import { type Between, between, pass } from './support/between.ts';
import { aService, CALLS, workOnce } from './support/service.ts';
import { aTenant, dataUnder, someTenants, type Tenant, type Tenants } from './support/tenants.ts';

let tenants: Tenants;
let service: Awaited<ReturnType<typeof aService>>;
let proxy: Between;
let neighbour: Tenant;
let untouched: Record<string, string>;
beforeAll(async () => {
  tenants = await someTenants(4 * CALLS.length + 1);
  service = await aService();
  proxy = await between(tenants.connection, service.url);
  neighbour = await aTenant(tenants.container, 'neighbour');
  untouched = await dataUnder(tenants.container, neighbour.prefix);
});

/** An executor at work whose calls are counted; `trouble` may do something else with one than to pass it on. */
async function disturbed(tenant: Tenant, trouble: (nth: number, call: string) => keyof typeof FAULTS | undefined) {
  const order = await service.order(tenant);
  const calls: string[] = [];
  proxy.look = async (call, passage) => {
    const words = call.replace(tenant.prefix, '');
    const fault = trouble(calls.push(words), words);
    await (fault ? FAULTS[fault](passage) : pass(call, passage));
  };
  const { what } = await workOnce({ ...proxy, token: service.token });
  return { order, what, calls };
}

async function expectPurged(tenant: Tenant, order: string): Promise<void> {
  expect(await service.proofOf(order)).toMatchObject({ ...tenant.totals, remaining: [] });
  expect(await dataUnder(tenants.container, tenant.prefix)).toEqual({});
  expect(await dataUnder(tenants.container, neighbour.prefix)).toEqual(untouched);
}

test('undisturbed it makes these calls', async () => {
  const tenant = tenants.next();
  const { order, what, calls } = await disturbed(tenant, () => undefined);
  expect(what).toBe('completed');
  expect(calls).toEqual(CALLS);
  await expectPurged(tenant, order);
});

const EACH = CALLS.map((call, index) => ({ call, nth: index + 1 }));

describe.each(['cut, not done', 'done, answer lost'] as const)('%s, once', (fault) => {
  test.each(EACH)('call $nth, $call', async ({ nth }) => {
    const tenant = tenants.next();
    const { order, what } = await disturbed(tenant, (number) => (number === nth ? fault : undefined));
    expect(what).toBe('completed');
    await expectPurged(tenant, order);
  });
});

// What the service does not answer at all is the library's to try: `test/executor`.
const STORAGE = EACH.filter(({ call }) => !['claim', 'renew', 'complete'].includes(call));

describe.each(['done, half an answer', 'done, answer lost'] as const)('%s, however often it is asked', (fault) => {
  test.each(STORAGE)('call $nth, $call', async ({ nth, call }) => {
    const tenant = tenants.next();
    const { order, what } = await disturbed(tenant, (number, said) =>
      number >= nth && said === call ? fault : undefined,
    );
    expect(what).toBe('failed');
    await service.endLeases();
    expect(await workOnce({ ...service, door: service.url, connection: tenants.connection })).toMatchObject({
      what: 'completed',
    });
    await expectPurged(tenant, order);
  });
});
