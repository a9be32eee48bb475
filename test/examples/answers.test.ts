/** The wire breaks at each call, to storage and to the service, before it is done and after: the executor repeats it, and proves the same. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '../support/faultProxy.ts';
import { pass } from './support/between.ts';
import { aGround } from './support/ground.ts';
import { CALLS, workOnce } from './support/service.ts';
import type { Tenant } from './support/tenants.ts';

let ground: Awaited<ReturnType<typeof aGround>>;
beforeAll(async () => {
  ground = await aGround(4 * CALLS.length + 1);
});

/** An executor at work whose calls are counted; `trouble` may do something else with one than to pass it on. */
async function disturbed(tenant: Tenant, trouble: (nth: number, call: string) => keyof typeof FAULTS | undefined) {
  const order = await ground.service.order(tenant);
  const calls: string[] = [];
  ground.proxy.look = async (call, passage) => {
    const words = call.replace(tenant.prefix, '');
    const fault = trouble(calls.push(words), words);
    await (fault ? FAULTS[fault](passage) : pass(call, passage));
  };
  const { what } = await workOnce({ ...ground.proxy, token: ground.service.token });
  return { order, what, calls };
}

test('undisturbed it makes these calls', async () => {
  const tenant = ground.tenants.next();
  const { order, what, calls } = await disturbed(tenant, () => undefined);
  expect(what).toBe('completed');
  expect(calls).toEqual(CALLS);
  await ground.expectPurged(tenant, order);
});

const EACH = CALLS.map((call, index) => ({ call, nth: index + 1 }));

describe.each(['cut, not done', 'done, answer lost'] as const)('%s, once', (fault) => {
  test.each(EACH)('call $nth, $call', async ({ nth }) => {
    const tenant = ground.tenants.next();
    const { order, what } = await disturbed(tenant, (number) => (number === nth ? fault : undefined));
    expect(what).toBe('completed');
    await ground.expectPurged(tenant, order);
  });
});

// What the service does not answer at all is the library's to try: `test/executor`.
const STORAGE = EACH.filter(({ call }) => !['claim', 'renew', 'complete'].includes(call));

describe.each(['done, half an answer', 'done, answer lost'] as const)('%s, however often it is asked', (fault) => {
  test.each(STORAGE)('call $nth, $call', async ({ nth, call }) => {
    const tenant = ground.tenants.next();
    const { order, what } = await disturbed(tenant, (number, said) =>
      number >= nth && said === call ? fault : undefined,
    );
    expect(what).toBe('failed');
    await ground.service.endLeases();
    expect(
      await workOnce({ ...ground.service, door: ground.service.url, connection: ground.tenants.connection }),
    ).toMatchObject({
      what: 'completed',
    });
    await ground.expectPurged(tenant, order);
  });
});
