import { describe, expect, test } from 'vitest';
import { type Proof, Refuse } from '../../../executor/types.ts';
import { staged } from '../support/staged.ts';
import { atWork, busy, type OpenDoor, PROOF } from './atWork.ts';

export function endings(openDoor: OpenDoor): void {
  describe('how a handler ends', () => {
    test('a proof completes the order', async () => {
      const { stage, order, see, end } = await atWork(openDoor);
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
      const { stage, see, end } = await atWork(openDoor);
      end.reject(new Refuse('This prefix is not ours.'));
      await stage.quiet();
      expect(stage.sent('refuse').map(({ body }) => body.reason)).toEqual(['This prefix is not ours.']);
      expect(await see()).toMatchObject({ state: 'Refused' });
      expect(stage.ends()).toEqual(['refused']);
    });

    test('a Refuse of an order that was touched before blocks it, so that a person decides', async () => {
      const { stage, see, end, hand } = await atWork(openDoor);
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
      const { stage, see, end } = await atWork(openDoor);
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
      const { stage, see, end } = await atWork(openDoor);
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
      const { stage, see, end } = await atWork(openDoor);
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
        attempts: 1,
      });
    });

    test('a last word that nobody hears is told when the lease is nearly over', async () => {
      const { stage, end } = await atWork(openDoor);
      stage.spoil((verb) => (verb === 'complete' ? 'unreached' : undefined));
      end.resolve(PROOF);
      await stage.pass(270);
      expect(stage.told).toMatchObject([{ what: 'claimed' }, { what: 'lost', error: { code: 'Unreachable' } }]);
      expect(Math.max(...stage.sent('complete').map(({ at }) => at))).toBeLessThan(270_000);
    });
  });
}
