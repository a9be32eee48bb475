import { describe, expect, test } from 'vitest';
import { Refuse } from '../../../executor/types.ts';
import { atWork, busy, type OpenDoor, PROOF } from './atWork.ts';

export function keepingALease(openDoor: OpenDoor): void {
  describe('it keeps a lease', () => {
    test('by a renewal after each third of it, whatever happens to the time of day', async () => {
      const { stage, see, end } = await atWork(openDoor);
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
      const { stage } = await atWork(openDoor, { leaseSeconds: 30 });
      await stage.pass(35);
      expect(stage.sent('renew').map(({ at, body }) => [at / 1000, body.leaseSeconds])).toEqual([
        [10, 30],
        [20, 30],
        [30, 30],
      ]);
    });

    test('through an outage that ends in time', async () => {
      const { stage, hands, see } = await atWork(openDoor);
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
      const { stage, hands, end, see } = await atWork(openDoor);
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
        const { stage, hands, end, see, claim } = await atWork(openDoor);
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
      const { stage, hands, end, claim } = await atWork(openDoor);
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
        const { stage, end, see, claim } = await atWork(openDoor);
        await stage.standStill(400);
        if (isTaken) await claim();
        end.resolve(PROOF);
        await stage.quiet();
        expect(stage.ends()).toEqual([isTaken ? 'lost' : 'completed']);
        expect((await see()).state).toBe(isTaken ? 'Leased' : 'Completed');
      }
    });

    test('no longer when a person has closed the order', async () => {
      const { stage, hands, hand, order, post, see } = await atWork(openDoor);
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
      const { stage, end, see } = await atWork(openDoor);
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
      const { stage, end } = await atWork(openDoor);
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
}
