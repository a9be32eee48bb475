import { describe, expect, test } from 'vitest';
import { callerOf } from '../support/door.ts';
import { staged } from '../support/staged.ts';
import { atHand, atWork, busy, done, make, type OpenDoor, PROOF } from './atWork.ts';

export function asking(openDoor: OpenDoor): void {
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
      const { door, stage, hands, hand, end } = await atWork(openDoor);
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
      const { door, order, stage, hand, end, read } = await atWork(openDoor, { concurrency: 2 });
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
      const { door, stage, end } = await atWork(openDoor, { concurrency: 2 });
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
}
