/** Leases that end without a word: each was an attempt, and after twenty a person has to look. */
import { describe, expect, test } from 'vitest';
import { done } from '../../host/support/door.ts';
import { type AnOrder, aLease, anOrder, FAILURE, saying } from '../../host/support/orders.ts';
import { movedBy } from '../../host/support/time.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const HOUR = 3_600_000;

async function atDoor() {
  const { door, token } = serviceInMemory();
  const order = await anOrder(door, token);
  const advance = movedBy(door);
  const see = () => done(door('GET', order.of)) as Promise<unknown>;
  const claim = async (of: AnOrder = order): Promise<readonly { readonly token: number }[]> => {
    const { value } = await done(door('POST', 'purgeOrders/claim', { body: { executor: of.executor }, token: of.app }));
    return value as never;
  };
  const lose = async () => {
    const found = await claim();
    await advance(HOUR);
    return found.length;
  };
  const stuck = async () => (await done(door('GET', 'alerts?type=PurgeStuck&top=20'))).value;
  const retry = () =>
    done(door('POST', `${order.of}/resolve`, { body: { outcome: 'retry', reason: 'mended' }, token: order.person }));
  return { door, token, order, see, claim, lose, stuck, retry, advance };
}

describe('a lease that ends without a word', () => {
  test('twenty times: the order is blocked by whoever claims next, and people hear of it', async () => {
    const { see, lose, claim, stuck } = await atDoor();
    for (let lost = 0; lost < 20; lost += 1) expect(await lose(), `lease ${lost}`).toBe(1);
    expect(await see()).toMatchObject({ state: 'Open', attempts: 19, untouched: false });
    expect(await claim()).toEqual([]);
    expect(await see()).toMatchObject({ state: 'Blocked', attempts: 20, availableAt: null, untouched: false });
    expect(await stuck()).toMatchObject([{ severity: 'Sev1', facts: { tries: 20 } }]);
    expect(await claim()).toEqual([]);
  });

  test('once a person has it tried again it is given out, and one more that is lost blocks it again', async () => {
    const { see, lose, claim, stuck, retry } = await atDoor();
    for (let lost = 0; lost < 20; lost += 1) await lose();
    await claim();
    expect(await retry()).toMatchObject({ state: 'Open', attempts: 20 });
    expect(await lose()).toBe(1);
    expect(await claim()).toEqual([]);
    expect(await see()).toMatchObject({ state: 'Blocked', attempts: 21 });
    expect(await stuck()).toHaveLength(2);
  });

  test('is no hindrance to being blocked that a failure had blocked it before', async () => {
    const { door, token, order, see, lose, claim, stuck, retry } = await atDoor();
    expect(
      (await saying(door, await aLease(door, token, order), 'fail', { ...FAILURE, permanent: true })).body,
    ).toMatchObject({ state: 'Blocked' });
    await retry();
    for (let lost = 0; lost < 19; lost += 1) expect(await lose()).toBe(1);
    expect(await claim()).toEqual([]);
    expect(await see()).toMatchObject({ state: 'Blocked', attempts: 20 });
    expect(await stuck()).toHaveLength(2);
  });
});
