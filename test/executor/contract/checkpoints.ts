import { describe, expect, test } from 'vitest';
import { atWork, type OpenDoor, PROOF } from './atWork.ts';

export function checkpoints(openDoor: OpenDoor): void {
  describe('a checkpoint', () => {
    test('is stored when it resolves, renews the lease, and goes to whoever claims next', async () => {
      const { stage, hands, see, end, hand } = await atWork(openDoor);
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
      const { stage, hands, see } = await atWork(openDoor);
      stage.spoil((verb, nth) => (verb === 'renew' && nth < 2 ? 'lost' : undefined));
      const stored = hands.checkpoint(7);
      await stage.pass(2);
      await stored;
      expect(new Set(stage.sent('renew').map(({ key }) => key)).size).toBe(1);
      expect((await see()).checkpoint).toBe(7);
    });

    test('throws when it is not stored: the token is stale, or it is too large', async () => {
      const { stage, hands, claim } = await atWork(openDoor);
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
      const { stage, hands, end, claim } = await atWork(openDoor);
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
      const { stage, hands, end, see } = await atWork(openDoor);
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
}
