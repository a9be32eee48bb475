/** The process of the executor is killed (-9) after each of its calls, before it hears the answer. The next one ends with the same proof. */
import { beforeAll, expect, test } from 'vitest';
import { pass } from './support/between.ts';
import { aGround } from './support/ground.ts';
import { CALLS, startExecutor, workOnce } from './support/service.ts';
import type { Tenant } from './support/tenants.ts';
import { listedAt } from './support/watched.ts';

let ground: Awaited<ReturnType<typeof aGround>>;
beforeAll(async () => {
  ground = await aGround(CALLS.length);
});

/** Works in a process of its own, which is killed when this call is done. Answers the calls that it made. */
async function killedAfter(nth: number, { prefix }: Tenant): Promise<readonly string[]> {
  const calls: string[] = [];
  ground.proxy.look = async (call, passage) => {
    if (calls.push(call.replace(prefix, '')) < nth) return void (await pass(call, passage));
    await passage.forward();
    executor.child.kill('SIGKILL');
    passage.cut();
  };
  const executor = startExecutor({ ...ground.proxy, token: ground.service.token });
  await executor.ended;
  if (executor.child.signalCode !== 'SIGKILL') expect.fail(`It was not killed:\n${executor.output()}`);
  return calls;
}

test.each(CALLS.map((call, index) => ({ call, nth: index + 1 })))('after call $nth, $call', async ({ call, nth }) => {
  const tenant = ground.tenants.next();
  const order = await ground.service.order(tenant);
  expect(await killedAfter(nth, tenant)).toEqual(CALLS.slice(0, nth));
  await ground.service.endLeases();

  const { checkpoint } = await ground.service.read(order);
  if (call !== 'complete')
    expect(
      await workOnce({ ...ground.service, door: ground.service.url, connection: ground.tenants.connection }),
    ).toMatchObject({
      what: 'completed',
    });

  const proof = await ground.expectPurged(tenant, order);
  if (checkpoint) expect(proof).toHaveProperty('details.listedAt', listedAt(checkpoint));
});
