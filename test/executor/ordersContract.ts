/** What an executor rests on: tokens, leases and refusals of orders, as the wire has them. The fake door and the service pass the same. */
import { describe, expect, test } from 'vitest';
import type { Order } from '../../executor/types.ts';
import { callerOf, type DoorToTest } from './support/door.ts';

const PROOF = { objects: 3, bytes: 4711, hash: `sha256:${'ab'.repeat(32)}`, remaining: [{ what: 'versions' }] };
const FAILED = { code: 'Oh', message: 'oh' };
/** The clock of a running service goes on while a test runs. */
const MOMENT_MS = 20_000;
const near = (at: string | undefined, wanted: number): boolean => Math.abs(Date.parse(at ?? '') - wanted) < MOMENT_MS;

const code = ({ status, body }: { readonly status: number; readonly body: { error?: { code: string } } }) => [
  status,
  body.error?.code,
];

export function ordersContract(openDoor: () => DoorToTest | Promise<DoorToTest>): void {
  async function atDoor() {
    const door = await openDoor();
    const { post, read, claim } = callerOf(door);
    const one = async (): Promise<Order> => {
      const [order] = await claim();
      return order ?? expect.fail('no order was given out');
    };
    const asPerson = (path: string, body: object) => post(path, body, { who: 'person' });
    return { door, post, read, claim, one, asPerson };
  }

  async function held() {
    const at = await atDoor();
    await at.door.makeDue();
    const order = await at.one();
    const say = (verb: string, body: object = {}, token = order.token) =>
      at.post(`/${order.order}/${verb}`, { token, ...body });
    const see = () => at.read(order.order);
    return { ...at, order, say, see };
  }

  describe('a claim', () => {
    test('gives an order to one, for as long as was asked; then to the next, with a greater token', async () => {
      const { door, claim, one, order, see } = await held();
      expect(order).toMatchObject({ state: 'Leased', executor: door.executor, attempts: 0, untouched: true });
      expect(order.lease?.until).toSatisfy((at: string) => near(at, door.now() + 300_000));
      expect(await claim()).toEqual([]);
      await door.advance(240_000);
      expect(await claim()).toEqual([]);
      await door.advance(60_000);
      expect(await see()).toMatchObject({ state: 'Open', lease: null, untouched: false });
      const next = await one();
      expect(next).toMatchObject({ order: order.order, attempts: 1, untouched: false });
      expect(next.token).toBeGreaterThan(order.token);
    });

    test('says when the next order can be had, or sooner: whoever comes too early finds nothing, and hears better', async () => {
      const { door, post, order, say } = await held();
      const next = async () => (await post('/claim', { executor: door.executor })).body.nextAt;
      expect(await next()).toBe(order.lease?.until);
      const failed = await say('fail', { ...FAILED, destroyed: 'nothing', retryAfterSeconds: 600 });
      expect(Date.parse(await next())).toBeLessThanOrEqual(Date.parse(failed.body.availableAt));
      await door.advance(301_000);
      await next();
      expect(await next()).toBe(failed.body.availableAt);
    });

    test('is answered once under one key', async () => {
      const { door, post } = await atDoor();
      await door.makeDue();
      await door.makeDue();
      const body = { executor: door.executor };
      const [first, again, other] = [
        await post('/claim', body, { key: 'k-1' }),
        await post('/claim', body, { key: 'k-1' }),
        await post('/claim', body, { key: 'k-2' }),
      ];
      expect(again.body).toEqual(first.body);
      expect(other.body.value[0].order).not.toBe(first.body.value[0].order);
      expect(code(await post('/claim', { ...body, max: 2 }, { key: 'k-1' }))).toEqual([422, 'IdempotencyKeyReused']);
    });

    test('gets none in a pause, and hears why; nothing is held where there is nothing', async () => {
      const { door, post } = await atDoor();
      await door.pause();
      const claim = async () => (await post('/claim', { executor: door.executor })).body;
      expect(await claim()).not.toHaveProperty('held');
      await door.makeDue();
      expect(await claim()).toMatchObject({ value: [], held: { reason: 'Paused' } });
      await door.endPause();
      expect((await claim()).value).toHaveLength(1);
    });

    test('is for those whom the executor names', async () => {
      const { door, post, order } = await held();
      const stranger = { who: 'stranger' } as const;
      expect(code(await post('/claim', { executor: door.executor }, stranger))).toEqual([403, 'Forbidden']);
      expect(code(await post('/claim', { executor: 'nobody' }))).toEqual([403, 'Forbidden']);
      const answer = await post(`/${order.order}/renew`, { token: order.token }, stranger);
      expect(code(answer)).toEqual([404, 'PurgeOrderNotFound']);
    });
  });

  describe('a token', () => {
    const CALLS = [
      ['renew', {}],
      ['complete', { proof: PROOF }],
      ['fail', { ...FAILED, destroyed: 'nothing' }],
      ['refuse', { reason: 'no' }],
    ] as const;

    test.each(CALLS)('that is not the newest: %s is stale, and nothing changes', async (verb, body) => {
      const { door, one, say, see } = await held();
      await door.advance(300_000);
      await one();
      const before = await see();
      expect(code(await say(verb, body))).toEqual([409, 'StaleToken']);
      expect(await see()).toEqual(before);
    });

    test.each(CALLS)('that is the newest may still %s when its lease has ended', async (verb, body) => {
      const { door, say } = await held();
      await door.advance(3_600_000);
      const answer = await say(verb, body);
      // what ended without a word may have destroyed something, whatever is said of it later
      expect(code(answer)).toEqual(verb === 'refuse' ? [409, 'DestructionPossible'] : [200, undefined]);
    });

    test.each(CALLS)('of a closed order: %s', async (verb, body) => {
      const { say, see } = await held();
      const first = await say('complete', { proof: PROOF });
      expect(first).toMatchObject({ status: 200, body: { state: 'Purged', receipt: expect.any(Object) } });
      const answer = await say(verb, body);
      if (verb === 'complete') expect(answer.body).toEqual(first.body);
      else expect(code(answer)).toEqual([409, 'OrderClosed']);
      expect(code(await say('complete', { proof: { objects: 4 } }))).toEqual([409, 'OrderClosed']);
      expect((await see()).state).toBe('Completed');
    });
  });

  test('a renewal counts from now, and keeps the checkpoint unless it brings one', async () => {
    const { door, say, see } = await held();
    await door.advance(200_000);
    const { body } = await say('renew', { leaseSeconds: 600, checkpoint: { done: 7 } });
    expect(body.lease.until).toSatisfy((at: string) => near(at, door.now() + 600_000));
    await say('renew');
    expect(await see()).toMatchObject({ state: 'Leased', checkpoint: { done: 7 }, attempts: 0 });
  });

  test('a lease that was lost stays so, also when its holder renews it', async () => {
    const { door, say, see } = await held();
    await door.advance(400_000);
    await say('renew');
    expect(await see()).toMatchObject({ state: 'Leased', untouched: false, attempts: 0 });
    expect(await say('refuse', { reason: 'not mine' })).toMatchObject({ status: 409 });
  });

  describe('a failure', () => {
    test('lets the order wait, and blocks it when it is permanent or the twentieth', async () => {
      const { door, one, say, see } = await held();
      const failed = await say('fail', { ...FAILED, destroyed: 'nothing', retryAfterSeconds: 60 });
      expect(failed.body).toMatchObject({ state: 'Waiting', attempts: 1, untouched: true });
      for (let attempt = 2; attempt <= 20; attempt += 1) {
        await door.advance(120_000);
        const { order, token } = await one();
        const last = await callerOf(door).post(`/${order}/fail`, {
          token,
          ...FAILED,
          destroyed: 'some',
          retryAfterSeconds: 60,
        });
        expect(last.body).toMatchObject({ state: attempt === 20 ? 'Blocked' : 'Waiting', untouched: false });
      }
      expect((await see()).lastFailure).toMatchObject({ ...FAILED, destroyed: 'some' });
      const other = await held();
      const answer = await other.say('fail', { ...FAILED, destroyed: 'unknown', permanent: true });
      expect(answer.body).toMatchObject({ state: 'Blocked', untouched: false });
    });

    test('waits a minute first', async () => {
      const { door, say } = await held();
      const { body } = await say('fail', { ...FAILED, destroyed: 'nothing' });
      expect(body.availableAt).toSatisfy((at: string) => near(at, door.now() + 60_000));
    });
  });

  describe('a person', () => {
    test('recalls what is untouched and not leased, as an executor refuses it', async () => {
      const { say, asPerson, order, see } = await held();
      const recall = () => asPerson(`/${order.order}/recall`, { reason: 'wait' });
      expect(code(await recall())).toEqual([409, 'DestructionPossible']);
      await say('fail', { ...FAILED, destroyed: 'nothing' });
      expect((await recall()).body).toMatchObject({ state: 'SoftDeleted' });
      expect((await see()).state).toBe('Recalled');
      const other = await held();
      expect((await other.say('refuse', { reason: 'not mine' })).body).toMatchObject({ state: 'SoftDeleted' });
      expect((await other.see()).state).toBe('Refused');
    });

    test('does not recall, and an executor does not refuse, what may be destroyed', async () => {
      const { say, asPerson, order, one, post } = await held();
      await say('fail', { ...FAILED, destroyed: 'unknown', retryAfterSeconds: 0 });
      expect(code(await asPerson(`/${order.order}/recall`, { reason: 'wait' }))).toEqual([409, 'DestructionPossible']);
      const { token } = await one();
      const refusal = await post(`/${order.order}/refuse`, { token, reason: 'not mine' });
      expect(code(refusal)).toEqual([409, 'DestructionPossible']);
    });

    test('closes by hand what is not leased, by its name', async () => {
      const { say, asPerson, order, see } = await held();
      const resolve = (more: object) =>
        asPerson(`/${order.order}/resolve`, { outcome: 'abandoned', reason: 'gone', ...more });
      const locked = await resolve({ confirmName: order.item });
      expect(code(locked)).toEqual([409, 'ObjectLocked']);
      // As long as it is still leased, of the 300 seconds of a claim.
      const wait = Number(locked.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(60);
      expect(wait).toBeLessThanOrEqual(300);
      await say('fail', { ...FAILED, destroyed: 'some', permanent: true });
      expect(code(await resolve({ confirmName: 'another' }))).toEqual([400, 'ConfirmationRequired']);
      expect((await resolve({ confirmName: order.item })).body).toMatchObject({ state: 'Purged' });
      expect((await see()).state).toBe('Abandoned');
    });

    test('has a blocked order tried again', async () => {
      const { say, asPerson, order, one } = await held();
      await say('fail', { ...FAILED, destroyed: 'nothing', permanent: true });
      const answer = await asPerson(`/${order.order}/resolve`, { outcome: 'retry', reason: 'mended' });
      expect(answer.body).toMatchObject({ state: 'Open' });
      expect((await one()).token).toBeGreaterThan(order.token);
    });
  });

  const WRONG: readonly (readonly [string, object])[] = [
    ['renew', { checkpoint: 'x'.repeat(4_097) }],
    ['renew', { leaseSeconds: 29 }],
    ['renew', { leaseSeconds: 3_601 }],
    ['renew', { more: 1 }],
    ['complete', {}],
    ['complete', { proof: {} }],
    ['complete', { proof: { objects: -1 } }],
    ['complete', { proof: { objects: 1, hash: 'sha256:1' } }],
    ['complete', { proof: { objects: 1, more: 1 } }],
    ['complete', { proof: { objects: 1, remaining: Array(21).fill({ what: 'x' }) } }],
    ['complete', { proof: { objects: 1, details: { x: 'x'.repeat(8_192) } } }],
    ['fail', { ...FAILED, destroyed: 'much' }],
    ['fail', { destroyed: 'nothing', message: 'oh' }],
    ['fail', { ...FAILED, destroyed: 'nothing', retryAfterSeconds: 86_401 }],
    ['fail', { ...FAILED, destroyed: 'nothing', retryAfterSeconds: 0.5 }],
    ['refuse', {}],
    ['refuse', { reason: '' }],
  ];
  const named = WRONG.map(([verb, body]) => [verb, JSON.stringify(body).slice(0, 60), body] as const);
  test.each(named)('%s does not take %s', async (verb, _, body) => {
    const { say, see } = await held();
    const before = await see();
    expect(code(await say(verb, body))).toEqual([400, 'InvalidRequest']);
    expect(await see()).toEqual(before);
  });

  test.each([{ max: 0 }, { max: 33 }, { leaseSeconds: 29 }, { executor: '' }])(
    'claim does not take %j',
    async (body) => {
      const { door, post } = await atDoor();
      expect((await post('/claim', { executor: door.executor, ...body })).status).toBe(400);
    },
  );
}
