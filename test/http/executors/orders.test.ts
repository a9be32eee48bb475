/** What an executor has to do, as whoever reads it sees, and when it called last. */
import { describe, expect, test } from 'vitest';
import { done, refused } from '../../host/support/door.ts';
import { type AnOrder, aLease, anExecutorsVault, FAILURE, ordered, PROOF, saying } from '../../host/support/orders.ts';
import { movedBy } from '../../host/support/time.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const { door, token } = serviceInMemory();
const advance = movedBy(door);
const NONE = { open: 0, leased: 0, waiting: 0, blocked: 0, unconfirmed: 0 };

const see = async (executor: string) => (await door('GET', `executors/${executor}`)).body as never as object;

test('its orders are counted by what its work list says', async () => {
  const at = await anExecutorsVault(door, token);
  const counts = async () => ((await see(at.executor)) as { readonly orders: object }).orders;
  expect(await counts()).toEqual(NONE);
  const orders: AnOrder[] = [];
  for (let made = 0; made < 5; made += 1) orders.push(await ordered(door, at));
  expect(await counts()).toEqual({ ...NONE, open: 5 });
  const [first, second, third, fourth, fifth] = await Promise.all(orders.map(async (order) => order));
  if (!first || !second || !third || !fourth || !fifth) throw new Error('there are five');
  // the longest available is given out first
  const leases = [
    await aLease(door, token, first),
    await aLease(door, token, second),
    await aLease(door, token, third),
  ];
  expect(await counts()).toEqual({ ...NONE, open: 2, leased: 3 });
  const [blocked, waiting] = leases;
  if (!blocked || !waiting) throw new Error('there are three');
  await done(saying(door, blocked, 'fail', { ...FAILURE, permanent: true }));
  await done(saying(door, waiting, 'fail', { ...FAILURE, retryAfterSeconds: 3600 }));
  expect(await counts()).toEqual({ ...NONE, open: 2, leased: 1, waiting: 1, blocked: 1 });
  await done(door('PUT', `${fifth.item}/holds/legal`, { body: { reason: 'a court' } }));
  await advance(301_000);
  // the lease is over, and what is held waits
  expect(await counts()).toMatchObject({ blocked: 1 });
  await advance(24 * 3_600_000);
  expect(await counts()).toMatchObject({ unconfirmed: 5 });
});

test('it tells to the minute when it called last', async () => {
  const at = await anExecutorsVault(door, token);
  expect(await see(at.executor)).toMatchObject({ lastSeenAt: null });
  await ordered(door, at);
  await done(door('POST', 'purgeOrders/claim', { body: { executor: at.executor }, token: at.app }));
  const { lastSeenAt } = (await see(at.executor)) as { readonly lastSeenAt: string };
  const { now } = await done(door('GET', 'local/clock'));
  expect(lastSeenAt).toMatch(/:00\.000Z$/);
  expect(Date.parse(now) - Date.parse(lastSeenAt)).toBeLessThan(120_000);
  const { etag } = (await see(at.executor)) as { readonly etag: string };
  // what is set of it stays, and so does when it called
  await done(
    door('PUT', `executors/${at.executor}`, { body: { confirmWithinHours: 3 }, headers: { 'if-match': etag } }),
  );
  expect(await see(at.executor)).toMatchObject({ lastSeenAt, confirmWithinHours: 3 });
});

test('who does not act for it leaves no trace', async () => {
  const at = await anExecutorsVault(door, token);
  const stranger = await token({ sub: 'mallory', roles: ['Executor'], appOnly: true });
  const claim = door('POST', 'purgeOrders/claim', { body: { executor: at.executor }, token: stranger });
  expect(await claim).toMatchObject(refused(403, 'Forbidden'));
  expect(await see(at.executor)).toMatchObject({ lastSeenAt: null });
});

describe('while an order of it lives', () => {
  test('it is not deleted, although nothing names it any more', async () => {
    const at = await anExecutorsVault(door, token);
    const order = await ordered(door, at);
    await done(door('PATCH', `vaults/${at.vault}`, { body: { purge: null }, token: at.person }));
    const remove = () => door('DELETE', `executors/${at.executor}`);
    const inUse = { innererror: { blockers: [{ kind: 'order', name: order.order }] } };
    expect(await remove()).toMatchObject(refused(409, 'ExecutorInUse', inUse));
    const lease = await aLease(door, token, order);
    expect(await remove()).toMatchObject(refused(409, 'ExecutorInUse', inUse));
    await done(saying(door, lease, 'fail', { ...FAILURE, permanent: true }));
    expect(await remove()).toMatchObject(refused(409, 'ExecutorInUse', inUse));
    const close = { outcome: 'confirmed', reason: 'by hand', confirmName: order.item.split('/').at(-1), proof: PROOF };
    await done(door('POST', `${order.of}/resolve`, { body: close, token: at.person }));
    expect((await remove()).status).toBe(204);
    expect(await door('GET', `executors/${at.executor}`)).toMatchObject(refused(404, 'ExecutorNotFound'));
  });

  test('one that a person has tried again goes to the executor that is named now, and the other lets go', async () => {
    const at = await anExecutorsVault(door, token);
    const order = await ordered(door, at);
    const other = await anExecutorsVault(door, token);
    const purge = { executor: other.executor };
    await done(door('PATCH', `vaults/${at.vault}`, { body: { purge }, token: at.person }));
    const lease = await aLease(door, token, order);
    await done(saying(door, lease, 'fail', { ...FAILURE, permanent: true }));
    const retry = { outcome: 'retry', reason: 'the old one is gone' };
    const open = await done(door('POST', `${order.of}/resolve`, { body: retry, token: at.person }));
    expect(open).toMatchObject({ state: 'Open', executor: other.executor });
    expect((await door('DELETE', `executors/${at.executor}`)).status).toBe(204);
    expect(await see(other.executor)).toMatchObject({ orders: { ...NONE, open: 1 } });
  });
});
