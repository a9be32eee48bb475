/** An executor is frozen between two deletes. Another one takes its order and completes it, and new data comes under the same prefix. */
import { beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Between, between } from './support/between.ts';
import { aService, type Process, startExecutor, workOnce } from './support/service.ts';
import { dataUnder, mark, someTenants, TEXTS, type Tenants, VAULT, write } from './support/tenants.ts';

let tenants: Tenants;
let service: Awaited<ReturnType<typeof aService>>;
let proxy: Between;
beforeAll(async () => {
  tenants = await someTenants(1);
  service = await aService();
  proxy = await between(tenants.connection, service.url);
});

test('when it goes on, it deletes not one new blob, and nobody believes what it says', async () => {
  const tenant = tenants.next();
  const order = await service.order(tenant);
  const frozen = frozenAfter(`delete ${tenant.prefix}1.txt`);
  await frozen.isFrozen();

  await service.endLeases();
  expect(await workOnce({ ...service, door: service.url, connection: tenants.connection })).toMatchObject({
    what: 'completed',
  });
  const proof = await service.proofOf(order);
  expect(proof).toMatchObject(tenant.totals);

  const names = [...TEXTS.keys()].map((number) => `${number}.txt`);
  for (const name of [...names, 'new.txt']) await write(tenants.container, `${tenant.prefix}${name}`, `new ${name}`);
  await mark(tenants.container, tenant.prefix, { vault: VAULT, item: 'new-tenant' });
  const fresh = await dataUnder(tenants.container, tenant.prefix);

  const { token, calls, process } = frozen.goOn();
  await eventually(
    () => process.output().includes('lost'),
    () => `the zombie to give up; it said: ${process.output()}`,
  );
  expect(calls).toContain(`delete ${tenant.prefix}2.txt`); // it tried
  expect(await dataUnder(tenants.container, tenant.prefix)).toEqual(fresh);
  expect(await service.post(`/${order}/complete`, { token, proof })).toEqual({ status: 409, code: 'StaleToken' });
  expect(await service.proofOf(order)).toEqual(proof);
});

/** An executor in a process of its own, which is stopped when this call is done, before it hears the answer. */
function frozenAfter(wanted: string) {
  const calls: string[] = [];
  let token = 0;
  let process: Process | undefined;
  let isFrozen = false;
  proxy.look = async (call, passage) => {
    calls.push(call);
    const answer = await passage.forward();
    if (call === 'claim') token = JSON.parse(String(answer.body)).value[0]?.token ?? token;
    if (call === wanted) isFrozen = process?.child.kill('SIGSTOP') ?? false;
    passage.answer(answer);
  };
  const started = startExecutor({ ...proxy, token: service.token });
  process = started;
  return {
    isFrozen: () =>
      eventually(
        () => isFrozen,
        () => `the executor to be frozen; it said: ${started.output()}`,
      ),
    goOn() {
      started.child.kill('SIGCONT');
      return { token, calls, process: started };
    },
  };
}
