/** The process of the executor is killed (-9) after each of its calls, before it hears the answer. The next one ends with the same proof. */
import { beforeAll, expect, test } from 'vitest';
import { type Between, between, pass } from './support/between.ts';
import { aService, CALLS, startExecutor, workOnce } from './support/service.ts';
import { aTenant, dataUnder, someTenants, type Tenant, type Tenants } from './support/tenants.ts';
import { listedAt } from './support/watched.ts';

let tenants: Tenants;
let service: Awaited<ReturnType<typeof aService>>;
let proxy: Between;
let neighbour: Tenant;
let untouched: Record<string, string>;
beforeAll(async () => {
  tenants = await someTenants(CALLS.length);
  service = await aService();
  proxy = await between(tenants.connection, service.url);
  neighbour = await aTenant(tenants.container, 'neighbour');
  untouched = await dataUnder(tenants.container, neighbour.prefix);
});

/** Works in a process of its own, which is killed when this call is done. Answers the calls that it made. */
async function killedAfter(nth: number, { prefix }: Tenant): Promise<readonly string[]> {
  const calls: string[] = [];
  proxy.look = async (call, passage) => {
    if (calls.push(call.replace(prefix, '')) < nth) return void (await pass(call, passage));
    await passage.forward();
    executor.child.kill('SIGKILL');
    passage.cut();
  };
  const executor = startExecutor({ ...proxy, token: service.token });
  await executor.ended;
  if (executor.child.signalCode !== 'SIGKILL') expect.fail(`It was not killed:\n${executor.output()}`);
  return calls;
}

test.each(CALLS.map((call, index) => ({ call, nth: index + 1 })))('after call $nth, $call', async ({ call, nth }) => {
  const tenant = tenants.next();
  const order = await service.order(tenant);
  expect(await killedAfter(nth, tenant)).toEqual(CALLS.slice(0, nth));
  await service.endLeases();

  const { checkpoint } = await service.read(order);
  if (call !== 'complete')
    expect(await workOnce({ ...service, door: service.url, connection: tenants.connection })).toMatchObject({
      what: 'completed',
    });

  const proof = await service.proofOf(order);
  expect(proof).toMatchObject({ ...tenant.totals, remaining: [] });
  if (checkpoint) expect(proof).toHaveProperty('details.listedAt', listedAt(checkpoint));
  expect(await dataUnder(tenants.container, tenant.prefix)).toEqual({});
  expect(await dataUnder(tenants.container, neighbour.prefix)).toEqual(untouched);
});
