/** What `runExecutor` promises to its user, before any door: a fake one, or the running service. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Handler, type Hands, type Order, type Proof, Refuse } from '../../executor/types.ts';
import { callerOf, type DoorToTest } from './support/door.ts';
import { held, staged } from './support/staged.ts';

const PROOF: Proof = { objects: 3, bytes: 4711, method: 'delete' };
const done: Handler = async () => PROOF;
const busy = (more: Readonly<Record<string, string>> = {}, status = 503): Response =>
  new Response(JSON.stringify({ error: { code: 'Busy', message: 'Later.' } }), { status, headers: more });

/** Handlers that end when the test says so, and what they were given. */
function atHand() {
  const begun: { order: Order; hands: Hands; end: ReturnType<typeof held<Proof>> }[] = [];
  const handle: Handler = (order, hands) => {
    const end = held<Proof>();
    begun.push({ order, hands, end });
    return end.promise;
  };
  const of = (nth: number) => begun[nth] ?? expect.fail(`handler ${nth} has not begun`);
  return { begun, handle, of };
}

async function make(door: DoorToTest, count: number): Promise<readonly string[]> {
  const orders: string[] = [];
  for (let at = 0; at < count; at += 1) orders.push(await door.makeDue());
  return orders;
}

export function executorContract(openDoor: () => DoorToTest | Promise<DoorToTest>): void {
  /** One order in the hands of a handler, with a lease of 300 seconds. */
  async function atWork(options: Partial<Parameters<typeof staged>[1]> = {}) {
    const door = await openDoor();
    const order = await door.makeDue();
    const hand = atHand();
    const stage = staged(door, { handle: hand.handle, ...options });
    await stage.quiet();
    const { hands, end } = hand.of(0);
    const caller = callerOf(door);
    return { door, order, hand, stage, hands, end, ...caller, see: () => caller.read(order) };
  }

  describe('it claims', () => {
    test('no more than it can work on at once', async () => {
      const door = await openDoor();
      await make(door, 5);
      const { begun, handle, of } = atHand();
      const stage = staged(door, { handle, concurrency: 2 });
      await stage.pass(60);
      expect(stage.sent('claim').map(({ body }) => body.max)).toEqual([2]);
      expect(begun).toHaveLength(2);
      of(0).end.resolve(PROOF);
      await stage.quiet();
      expect(stage.sent('claim').map(({ body }) => body.max)).toEqual([2, 1]);
      expect(begun).toHaveLength(3);
    });

    test('no more than 32 at once, and the rest two seconds later', async () => {
      const door = await openDoor();
      await make(door, 34);
      const { begun, handle } = atHand();
      const stage = staged(door, { handle, concurrency: 40, leaseSeconds: 600 });
      await stage.pass(1.999);
      expect(begun).toHaveLength(32);
      await stage.pass(0.001);
      await stage.quiet();
      expect(begun).toHaveLength(34);
      expect(stage.sent('claim').map(({ body }) => body)).toEqual([
        { executor: door.executor, max: 32, leaseSeconds: 600 },
        { executor: door.executor, max: 8, leaseSeconds: 600 },
      ]);
    });

    test('nothing for a handler that has not ended, though its order is lost', async () => {
      const { door, stage, hands, hand, end } = await atWork();
      stage.spoil((verb) => (verb === 'renew' ? 'unreached' : undefined));
      await stage.pass(270);
      expect(hands.signal.aborted).toBe(true);
      await door.makeDue();
      await stage.pass(120);
      expect(hand.begun).toHaveLength(1);
      end.resolve(PROOF);
      await stage.pass(30);
      expect(hand.begun).toHaveLength(2);
    });

    test('nothing while the service is paused; what it holds it may complete', async () => {
      const { door, order, stage, hand, end, read } = await atWork({ concurrency: 2 });
      await door.pause();
      const second = await door.makeDue();
      await stage.pass(60);
      end.resolve(PROOF);
      await stage.pass(60);
      expect(hand.begun).toHaveLength(1);
      expect((await read(order)).state).toBe('Completed');
      await door.endPause();
      await stage.pass(30);
      expect(hand.of(1).order.order).toBe(second);
    });
  });

  describe('it asks for orders', () => {
    test('as seldom as when none is known while none is given out', async () => {
      const { door, stage, end } = await atWork({ concurrency: 2 });
      await door.pause();
      await door.makeDue();
      end.reject(Object.assign(new Error('not yet'), { retryAfterSeconds: 40 }));
      await stage.pass(60);
      // not at 40, when one is due: it would not be given out
      expect(stage.sent('claim').map(({ at }) => at)).toEqual([0, 24_000, 48_000]);
    });

    test('every 24 to 30 seconds when none is known, as chance has it', async () => {
      for (const [random, pause] of [
        [0, 24_000],
        [0.5, 27_000],
        [0.9999, 29_999],
      ] as const) {
        const stage = staged(await openDoor(), { handle: done, random: () => random });
        await stage.pass(100);
        const [first = 0, second = 0, third = 0] = stage.sent('claim').map(({ at }) => at);
        expect(Math.floor(second - first)).toBe(pause);
        expect(Math.floor(third - second)).toBe(pause);
      }
    });

    test('when the next one is due, which is no sooner than in two seconds', async () => {
      const door = await openDoor();
      const order = await door.makeDue();
      const begin = door.now();
      let retryAfterSeconds = 12;
      const stage = staged(door, {
        handle: async () => {
          throw Object.assign(new Error('not yet'), { retryAfterSeconds });
        },
      });
      await stage.pass(0.001);
      const { availableAt } = await callerOf(door).read(order);
      const due = Date.parse(availableAt ?? '') - begin;
      await stage.pass(20);
      // at 0 the order, two seconds later: the next one in about ten seconds
      const [first, second, third = 0] = stage.sent('claim').map(({ at }) => at);
      expect([first, second]).toEqual([0, 2_000]);
      expect(Math.abs(third - due)).toBeLessThan(1_000);
      retryAfterSeconds = 1;
      await stage.pass(20);
      const { attempts } = await callerOf(door).read(order);
      expect(attempts).toBeGreaterThan(3);
      const pauses = stage.sent('claim').map(({ at }, nth, all) => at - (all[nth - 1]?.at ?? Number.NEGATIVE_INFINITY));
      expect(Math.min(...pauses)).toBe(2_000);
    });

    test('when the bell rings, but never twice within two seconds', async () => {
      const door = await openDoor();
      const stage = staged(door, { handle: done });
      await stage.pass(10);
      for (let ring = 0; ring < 5; ring += 1) {
        stage.running.wake();
        await stage.pass(0.5);
      }
      expect(stage.sent('claim').map(({ at }) => at)).toEqual([0, 10_000, 12_000]);
      await stage.pass(20);
      // one more for what rang after 12,000; then as ever
      expect(stage.sent('claim').map(({ at }) => at)).toEqual([0, 10_000, 12_000, 14_000]);
    });

    test('on and on when it was refused, and says so', async () => {
      const stage = staged(await openDoor(), { handle: done, executor: 'somebody-else' });
      await stage.pass(30);
      expect(stage.sent('claim').map(({ at }) => at)).toEqual([0, 24_000]);
      expect(stage.told).toMatchObject([
        { what: 'unheard', error: { code: 'Forbidden' } },
        { what: 'unheard', error: { code: 'Forbidden' } },
      ]);
    });

    test('again after a lost answer, with the same key, and gets the same orders', async () => {
      const door = await openDoor();
      const orders = await make(door, 2);
      const { begun, handle } = atHand();
      const stage = staged(door, { handle, concurrency: 2 });
      stage.spoil((verb, nth) => (verb === 'claim' && nth === 0 ? 'lost' : undefined));
      await stage.pass(1);
      const [first, second, ...more] = stage.sent('claim');
      expect(second).toMatchObject({ at: 250, key: first?.key, body: first?.body });
      expect(more).toEqual([]);
      expect(begun.map(({ order }) => order.order).toSorted()).toEqual(orders.toSorted());
    });

    test.each([
      ['200', 200_000],
      ['9999999', 3_600_000],
    ])('no sooner than the service wants (Retry-After: %s), also when the bell rings', async (wanted, next) => {
      const stage = staged(await openDoor(), { handle: done });
      stage.spoil((_, nth) => (nth === 0 ? busy({ 'retry-after': wanted }, 429) : undefined));
      await stage.pass(100);
      stage.running.wake();
      await stage.pass(3_501);
      expect(stage.sent('claim').map(({ at }) => at)[1]).toBe(next);
    });

    test('again and again while nothing answers, and says so after ten seconds', async () => {
      const stage = staged(await openDoor(), { handle: done });
      stage.spoil(() => 'unreached');
      await stage.pass(9);
      expect(stage.told).toMatchObject([{ what: 'unheard', error: { code: 'Unreachable' } }]);
      expect(stage.sent('claim').map(({ at }) => at)).toEqual([0, 250, 750, 1_750, 3_750, 7_750]);
      expect(new Set(stage.sent('claim').map(({ key }) => key)).size).toBe(1);
      stage.spoil(() => undefined);
      await stage.pass(60);
      expect(new Set(stage.sent('claim').map(({ key }) => key)).size).toBe(3);
      expect(stage.told).toHaveLength(1);
    });
  });

  describe('it keeps a lease', () => {
    test('by a renewal after each third of it, whatever happens to the time of day', async () => {
      const { stage, see, end } = await atWork();
      stage.setBack(86_400);
      await stage.pass(150);
      stage.setBack(-2 * 86_400);
      await stage.pass(850);
      expect(stage.sent('renew').map(({ at }) => at / 1000)).toEqual([
        100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
      ]);
      expect(stage.sent('renew').every(({ body }) => body.leaseSeconds === 300)).toBe(true);
      expect(await see()).toMatchObject({ state: 'Leased', attempts: 0 });
      end.resolve(PROOF);
      await stage.quiet();
      expect(stage.ends()).toEqual(['completed']);
    });

    test('after a third also of a short one', async () => {
      const { stage } = await atWork({ leaseSeconds: 30 });
      await stage.pass(35);
      expect(stage.sent('renew').map(({ at, body }) => [at / 1000, body.leaseSeconds])).toEqual([
        [10, 30],
        [20, 30],
        [30, 30],
      ]);
    });

    test('through an outage that ends in time', async () => {
      const { stage, hands, see } = await atWork();
      stage.spoil((verb) => (verb === 'renew' ? 'unreached' : undefined));
      await stage.pass(250);
      stage.spoil(() => undefined);
      await stage.pass(60);
      expect(hands.signal.aborted).toBe(false);
      expect(await see()).toMatchObject({ state: 'Leased', attempts: 0 });
    });

    test.each([
      ['nothing is reached', 'unreached'],
      ['nothing answers', 'hangs'],
      ['the service is busy', busy()],
      ['the service is busy for long', busy({ 'retry-after': '3600' })],
      ['the service refuses', new Response('{"error":{"code":"Forbidden","message":"No."}}', { status: 403 })],
    ] as const)('until a tenth of it is left, when %s: then the order is given up for good', async (_, how) => {
      const { stage, hands, end, see } = await atWork();
      stage.spoil((verb) => (verb === 'renew' ? how : undefined));
      await stage.pass(269.999);
      await stage.quiet();
      expect(hands.signal.aborted).toBe(false);
      await stage.pass(0.001);
      await stage.quiet();
      expect(hands.signal.aborted).toBe(true);
      expect(stage.ends()).toEqual(['lost']);
      stage.spoil(() => undefined);
      end.resolve(PROOF);
      await stage.pass(20);
      expect(stage.sent().filter(({ verb }) => verb !== 'claim' && verb !== 'renew')).toEqual([]);
      expect(stage.ends()).toEqual(['lost']);
      expect((await see()).state).toBe('Leased');
    });

    test('no longer when the token is stale: it stops the handler, and never speaks of the order again', async () => {
      for (const ending of [PROOF, new Error('aborted'), new Refuse('not mine')]) {
        const { stage, hands, end, see, claim } = await atWork();
        await stage.freeze(301);
        const [theirs] = await claim();
        await stage.pass(100);
        await stage.quiet();
        expect(hands.signal.aborted).toBe(true);
        expect(hands.signal.reason).toMatchObject({ code: 'StaleToken' });
        if (ending instanceof Error) end.reject(ending);
        else end.resolve(ending);
        await stage.pass(20);
        expect(stage.ends()).toEqual(['lost']);
        expect(new Set(stage.sent().map(({ verb }) => verb))).toEqual(new Set(['claim', 'renew']));
        expect(await see()).toMatchObject({ order: theirs?.order, state: 'Leased', lastFailure: null });
      }
    });

    test.each([
      ['nobody took it', false],
      ['another took it', true],
    ])('no longer when the process stood still for longer than that, and %s', async (_, isTaken) => {
      const { stage, hands, end, claim } = await atWork();
      await stage.standStill(400);
      if (isTaken) expect(await claim()).toHaveLength(1);
      await stage.pass(0);
      await stage.quiet();
      expect(hands.signal.aborted).toBe(true);
      end.resolve(PROOF);
      await stage.quiet();
      expect(stage.sent('complete')).toEqual([]);
      expect(stage.ends()).toEqual(['lost']);
    });

    test('a proof that came while the process stood still counts only if nobody else took the order', async () => {
      for (const isTaken of [false, true]) {
        const { stage, end, see, claim } = await atWork();
        await stage.standStill(400);
        if (isTaken) await claim();
        end.resolve(PROOF);
        await stage.quiet();
        expect(stage.ends()).toEqual([isTaken ? 'lost' : 'completed']);
        expect((await see()).state).toBe(isTaken ? 'Leased' : 'Completed');
      }
    });

    test('no longer when a person has closed the order', async () => {
      const { stage, hands, hand, order, post, see } = await atWork();
      await stage.freeze(301);
      const words = { outcome: 'abandoned', reason: 'It is gone.', confirmName: hand.of(0).order.item };
      await post(`/${order}/resolve`, words, { who: 'person' });
      expect((await see()).state).toBe('Abandoned');
      await stage.pass(100);
      await stage.quiet();
      expect(hands.signal.reason).toMatchObject({ code: 'OrderClosed' });
      expect(stage.ends()).toEqual(['lost']);
    });

    test('not beside the last word, nor after it', async () => {
      const { stage, end, see } = await atWork();
      await stage.pass(99);
      stage.spoil((verb, nth) => (verb === 'complete' && nth < 4 ? 'hangs' : undefined));
      end.resolve(PROOF);
      await stage.pass(150);
      expect(stage.sent('renew')).toEqual([]);
      expect((await see()).state).toBe('Completed');
      await stage.pass(500);
      expect(stage.sent('renew')).toEqual([]);
      expect(stage.ends()).toEqual(['completed']);
    });

    test('and waits for a renewal on its way before it says the last word', async () => {
      const { stage, end } = await atWork();
      stage.spoil((verb) => (verb === 'renew' ? 'hangs' : undefined));
      await stage.pass(101);
      end.resolve(PROOF);
      await stage.pass(28);
      expect(stage.sent('complete')).toEqual([]);
      await stage.pass(2);
      await stage.quiet();
      expect(stage.ends()).toEqual(['completed']);
      expect(stage.sent('renew')).toHaveLength(1);
    });
  });

  describe('a checkpoint', () => {
    test('is stored when it resolves, renews the lease, and goes to whoever claims next', async () => {
      const { stage, hands, see, end, hand } = await atWork();
      await stage.pass(90);
      const stored = hands.checkpoint({ manifest: ['a', 'b'] });
      await stage.quiet();
      await stored;
      expect(await see()).toMatchObject({ checkpoint: { manifest: ['a', 'b'] } });
      await stage.pass(99);
      expect(stage.sent('renew')).toHaveLength(1);
      await stage.pass(1);
      await stage.quiet();
      expect(stage.sent('renew').map(({ at }) => at)).toEqual([90_000, 190_000]);
      expect((await see()).checkpoint).toEqual({ manifest: ['a', 'b'] });
      end.reject(Object.assign(new Error('half way'), { destroyed: 'some', retryAfterSeconds: 0 }));
      await stage.pass(10);
      expect(hand.of(1).order).toMatchObject({ checkpoint: { manifest: ['a', 'b'] }, attempts: 1, untouched: false });
      expect(hand.of(1).order.token).toBeGreaterThan(hand.of(0).order.token);
    });

    test('is stored once after a lost answer', async () => {
      const { stage, hands, see } = await atWork();
      stage.spoil((verb, nth) => (verb === 'renew' && nth < 2 ? 'lost' : undefined));
      const stored = hands.checkpoint(7);
      await stage.pass(2);
      await stored;
      expect(new Set(stage.sent('renew').map(({ key }) => key)).size).toBe(1);
      expect((await see()).checkpoint).toBe(7);
    });

    test('throws when it is not stored: the token is stale, or it is too large', async () => {
      const { stage, hands, claim } = await atWork();
      const tooLarge = hands.checkpoint('x'.repeat(5_000)).catch((error) => error);
      await stage.quiet();
      expect(await tooLarge).toMatchObject({ status: 400, code: 'InvalidRequest' });
      expect(hands.signal.aborted).toBe(false);
      await stage.freeze(301);
      await claim();
      const stale = hands.checkpoint(1).catch((error) => error);
      await stage.quiet();
      expect(await stale).toMatchObject({ code: 'StaleToken' });
      expect(hands.signal.aborted).toBe(true);
      const after = hands.checkpoint(2).catch((error) => error);
      expect(await after).toMatchObject({ code: 'StaleToken' });
      expect(stage.sent('renew')).toHaveLength(2);
    });

    test('that nobody waits for ends no process', async () => {
      const { stage, hands, end, claim } = await atWork();
      await stage.freeze(301);
      await claim();
      void hands.checkpoint(1);
      await stage.quiet();
      void hands.checkpoint(2);
      end.resolve(PROOF);
      await stage.quiet();
      expect(stage.ends()).toEqual(['lost']);
    });

    test('comes in the order in which they were made, and none after the last word', async () => {
      const { stage, hands, end, see } = await atWork();
      stage.spoil((verb, nth) => (verb === 'renew' && nth < 2 ? 'unreached' : undefined));
      for (const value of [1, 2, 3]) void hands.checkpoint(value);
      await stage.pass(1);
      expect(stage.sent('renew').map(({ body }) => body.checkpoint)).toEqual([1, 1, 1, 2, 3]);
      expect((await see()).checkpoint).toBe(3);
      end.resolve(PROOF);
      await stage.quiet();
      const late = hands.checkpoint(4).catch((error) => error);
      await stage.quiet();
      expect(await late).toBeInstanceOf(Error);
      expect(stage.sent('renew')).toHaveLength(5);
    });
  });

  describe('how a handler ends', () => {
    test('a proof completes the order', async () => {
      const { stage, order, see, end } = await atWork();
      end.resolve(PROOF);
      await stage.quiet();
      expect(stage.sent('complete').map(({ body }) => body.proof)).toEqual([PROOF]);
      expect(await see()).toMatchObject({ state: 'Completed' });
      expect(stage.told).toEqual([
        { what: 'claimed', order, vault: expect.any(String), item: expect.any(String) },
        { what: 'completed', order, vault: expect.any(String), item: expect.any(String) },
      ]);
    });

    test('a Refuse refuses it, with its reason', async () => {
      const { stage, see, end } = await atWork();
      end.reject(new Refuse('This prefix is not ours.'));
      await stage.quiet();
      expect(stage.sent('refuse').map(({ body }) => body.reason)).toEqual(['This prefix is not ours.']);
      expect(await see()).toMatchObject({ state: 'Refused' });
      expect(stage.ends()).toEqual(['refused']);
    });

    test('a Refuse of an order that was touched before blocks it, so that a person decides', async () => {
      const { stage, see, end, hand } = await atWork();
      end.reject(Object.assign(new Error('half way'), { destroyed: 'some', retryAfterSeconds: 0 }));
      await stage.pass(5);
      hand.of(1).end.reject(new Refuse('This prefix is not ours.'));
      await stage.quiet();
      expect(await see()).toMatchObject({
        state: 'Blocked',
        lastFailure: { code: 'DestructionPossible', message: 'This prefix is not ours.', destroyed: 'nothing' },
      });
      expect(stage.ends()).toEqual(['failed', 'failed']);
    });

    test.each<[string, unknown, object]>([
      ['an error', new TypeError('oh'), { code: 'TypeError', message: 'oh', destroyed: 'unknown' }],
      [
        'an error that knows more',
        Object.assign(new Error('new data'), { code: 'NewData', destroyed: 'some', permanent: true }),
        { code: 'NewData', message: 'new data', destroyed: 'some', permanent: true },
      ],
      [
        'an error that nothing was destroyed by',
        Object.assign(new Error('later'), { destroyed: 'nothing', retryAfterSeconds: 0.2 }),
        { code: 'Error', message: 'later', destroyed: 'nothing', retryAfterSeconds: 1 },
      ],
      [
        'an error that says nonsense',
        Object.assign(new Error(''), { code: {}, destroyed: 'much', permanent: 'yes', retryAfterSeconds: 'soon' }),
        { code: 'Error', message: 'Error', destroyed: 'unknown' },
      ],
      [
        'an error that says too much',
        Object.assign(new Error('x'.repeat(9_999)), { retryAfterSeconds: 1e9 }),
        { code: 'Error', message: 'x'.repeat(1_024), destroyed: 'unknown', retryAfterSeconds: 86_400 },
      ],
      [
        'an error with characters that no service takes',
        Object.assign(new Error(`\u001b[31mno\n\ud800${'x'.repeat(1_014)}\u{1f600}`), { code: 'x'.repeat(99) }),
        { code: 'x'.repeat(64), message: ` [31mno\n ${'x'.repeat(1_014)} `, destroyed: 'unknown' },
      ],
      ['a word', 'oh', { code: 'Error', message: 'oh', destroyed: 'unknown' }],
      ['nothing', undefined, { code: 'Error', message: 'Error', destroyed: 'unknown' }],
      ['an object without anything', Object.create(null), { code: 'Error', message: 'Error', destroyed: 'unknown' }],
    ])('%s fails it', async (_, thrown, said) => {
      const { stage, see, end } = await atWork();
      end.reject(thrown);
      await stage.quiet();
      const [
        {
          body: { token, ...body },
        } = { body: {} },
      ] = stage.sent('fail');
      expect(token).toEqual(expect.any(Number));
      expect(body).toEqual(said);
      expect((await see()).state).toBe('permanent' in said ? 'Blocked' : 'Waiting');
      expect(stage.ends()).toEqual(['failed']);
    });

    test('one that throws before it waits is no other', async () => {
      const door = await openDoor();
      await door.makeDue();
      const stage = staged(door, {
        handle: () => {
          throw new Error('at once');
        },
      });
      await stage.quiet();
      expect(stage.ends()).toEqual(['failed']);
    });

    test.each<[string, unknown]>([
      ['is no proof', { objects: -1 }],
      ['is none at all', undefined],
      ['cannot be sent', { objects: 1n }],
    ])('a proof that %s fails it: something may be destroyed', async (_, proof) => {
      const { stage, see, end } = await atWork();
      end.resolve(proof as Proof);
      await stage.quiet();
      expect(await see()).toMatchObject({ state: 'Waiting', lastFailure: { destroyed: 'unknown' }, untouched: false });
      expect(stage.ends()).toEqual(['failed']);
    });

    test.each([
      ['complete', PROOF],
      ['refuse', new Refuse('no')],
      ['fail', new Error('no')],
    ] as const)('%s comes through a bad wire, under one key, and is done once', async (verb, ending) => {
      const { stage, see, end } = await atWork();
      const spoiled = ['unreached', busy({ 'retry-after': '7' }), busy({}, 429), 'lost', 'lost'] as const;
      stage.spoil((one, nth) => (one === verb ? spoiled[nth] : undefined));
      if (ending instanceof Error) end.reject(ending);
      else end.resolve(ending);
      await stage.pass(30);
      const sent = stage.sent(verb);
      expect(sent.map(({ at }) => at)).toEqual([0, 250, 7_250, 8_250, 10_250, 14_250]);
      expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
      expect(stage.ends()).toHaveLength(1);
      expect(await see()).toMatchObject({
        state: { complete: 'Completed', refuse: 'Refused', fail: 'Waiting' }[verb],
        attempts: verb === 'fail' ? 1 : 0,
      });
    });

    test('a last word that nobody hears is told when the lease is nearly over', async () => {
      const { stage, end } = await atWork();
      stage.spoil((verb) => (verb === 'complete' ? 'unreached' : undefined));
      end.resolve(PROOF);
      await stage.pass(270);
      expect(stage.told).toMatchObject([{ what: 'claimed' }, { what: 'lost', error: { code: 'Unreachable' } }]);
      expect(Math.max(...stage.sent('complete').map(({ at }) => at))).toBeLessThan(270_000);
    });
  });

  describe('when it has to end', () => {
    test('it claims no more, and what runs may end within its lease', async () => {
      const { door, stage, see, end, hands } = await atWork({ concurrency: 2 });
      stage.stop();
      await door.makeDue();
      await stage.pass(200);
      expect(stage.sent('claim')).toHaveLength(1);
      expect(stage.sent('renew')).toEqual([]);
      expect([hands.signal.aborted, stage.isOver()]).toEqual([false, false]);
      end.resolve(PROOF);
      await stage.quiet();
      expect((await see()).state).toBe('Completed');
      expect(stage.isOver()).toBe(true);
      await stage.over;
    });

    test('it ends at once when nothing runs', async () => {
      const stage = staged(await openDoor(), { handle: done });
      await stage.pass(10);
      stage.stop();
      await stage.quiet();
      expect(stage.isOver()).toBe(true);
    });

    test('a handler that needs longer is told to break off, and the order goes on at once elsewhere', async () => {
      const { stage, see, end, hands, claim } = await atWork();
      hands.signal.addEventListener('abort', () => end.reject(hands.signal.reason), { once: true });
      await stage.pass(110);
      stage.stop();
      await stage.pass(250);
      const stored = hands.checkpoint('so far');
      await stage.pass(9);
      await stored;
      expect(hands.signal.aborted).toBe(false);
      stage.spoil((verb, nth) => (verb === 'fail' && nth < 3 ? 'unreached' : undefined));
      await stage.pass(3);
      expect(await see()).toMatchObject({
        lease: null,
        checkpoint: 'so far',
        lastFailure: { code: 'ExecutorStopped', destroyed: 'unknown' },
      });
      expect(stage.ends()).toEqual(['failed']);
      expect(stage.isOver()).toBe(true);
      expect(await claim()).toHaveLength(1);
    });

    test('a handler that does not break off is told to be lost, and the end does not wait for it', async () => {
      const { stage, end } = await atWork();
      await stage.pass(50);
      stage.stop();
      await stage.pass(249);
      expect([stage.ends(), stage.isOver()]).toEqual([[], false]);
      await stage.pass(1);
      await stage.quiet();
      expect(stage.ends()).toEqual(['lost']);
      await stage.pass(50);
      await stage.quiet();
      expect(stage.isOver()).toBe(true);
      end.resolve(PROOF);
      await stage.quiet();
      expect(stage.sent('complete')).toEqual([]);
    });

    test('an order that the stop overtook goes back untouched', async () => {
      const door = await openDoor();
      const order = await door.makeDue();
      const { begun, handle } = atHand();
      const stage = staged(door, { handle });
      stage.stop();
      await stage.quiet();
      expect(begun).toEqual([]);
      expect(await callerOf(door).read(order)).toMatchObject({
        lease: null,
        untouched: true,
        lastFailure: { code: 'ExecutorStopped', destroyed: 'nothing' },
      });
      expect(stage.isOver()).toBe(true);
      expect(await callerOf(door).claim()).toHaveLength(1);
    });
  });

  describe('who calls', () => {
    test('shows a token that is asked for before every try', async () => {
      const door = await openDoor();
      let asked = 0;
      const token = async () => {
        asked += 1;
        return asked === 1 ? 'from yesterday' : door.token('executor');
      };
      const stage = staged(door, { handle: done, door: { url: `${door.url}/`, token } });
      stage.spoil((_, nth) => (nth === 0 ? 'unreached' : undefined));
      await stage.pass(1);
      expect(stage.sent('claim').map(({ authorization }) => authorization)).toEqual([
        'Bearer from yesterday',
        `Bearer ${door.token('executor')}`,
      ]);
      expect(stage.told).toEqual([]);
    });

    test('a token that cannot be had is no answer, and it goes on', async () => {
      const door = await openDoor();
      await door.makeDue();
      let asked = 0;
      const stage = staged(door, {
        handle: done,
        door: {
          url: door.url,
          token: () => {
            asked += 1;
            if (asked === 1) throw new Error('the identity provider is away');
            return door.token('executor');
          },
        },
      });
      await stage.pass(1);
      expect(stage.ends()).toEqual(['completed']);
    });

    test('tells nobody the token of an order', async () => {
      const { stage, hand, end } = await atWork();
      const { token } = hand.of(0).order;
      end.reject(new Error('no'));
      await stage.pass(200);
      expect(stage.ends()).toEqual(['failed']);
      expect(inspect(stage.told, { depth: 10 })).not.toContain(String(token));
      expect(stage.sent().filter(({ key }) => key?.includes(String(token)))).toEqual([]);
    });
  });

  test('a listener that throws costs nothing', async () => {
    const { stage, end, see } = await atWork({
      report: () => {
        throw new Error('no');
      },
    });
    end.resolve(PROOF);
    await stage.quiet();
    expect((await see()).state).toBe('Completed');
  });
}
