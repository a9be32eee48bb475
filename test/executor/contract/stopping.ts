import { describe, expect, test } from 'vitest';
import { callerOf } from '../support/door.ts';
import { staged } from '../support/staged.ts';
import { atHand, atWork, done, type OpenDoor, PROOF } from './atWork.ts';

export function stopping(openDoor: OpenDoor): void {
  describe('when it has to end', () => {
    test('it claims no more, and what runs may end within its lease', async () => {
      const { door, stage, see, end, hands } = await atWork(openDoor, { concurrency: 2 });
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
      const { stage, see, end, hands, claim } = await atWork(openDoor);
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
      const { stage, end } = await atWork(openDoor);
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
}
