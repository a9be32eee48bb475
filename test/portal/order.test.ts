import { describe, expect, test } from 'vitest';
import type { PurgeOrder } from '../../client/api.ts';
import { byUrgency, canBeClosed, canBeRetried, counted, isRecallable, isRed, late } from '../../portal/words/order.ts';
import { destroyed, livesOn, proofOf, wrongIn } from '../../portal/words/proof.ts';

const NOW = new Date('2026-12-06T09:00:00.000Z');
const order = (state: PurgeOrder['state'], confirmBy = '2026-12-07T09:00:00.000Z', untouched = true): PurgeOrder =>
  ({ state, confirmBy, untouched }) as PurgeOrder;

describe('an order', () => {
  test.each([
    ['a millisecond before its time', 'Open', '2026-12-06T09:00:00.001Z', ''],
    ['from its time on', 'Open', '2026-12-06T09:00:00.000Z', 'late'],
    ['an hour later', 'Leased', '2026-12-06T08:00:00.000Z', '1 hour late'],
    ['a day later', 'Blocked', '2026-12-05T09:00:00.000Z', '1 day late'],
    ['long after it was recalled', 'Recalled', '2026-11-01T09:00:00.000Z', ''],
    ['long after it was confirmed', 'Completed', '2026-11-01T09:00:00.000Z', ''],
  ] as const)('%s', (_, state, confirmBy, words) => {
    expect(late(order(state, confirmBy), NOW)).toBe(words);
    expect(isRed(order(state, confirmBy), NOW)).toBe(words !== '');
  });

  test('that is blocked is red in time, too', () => expect(isRed(order('Blocked'), NOW)).toBe(true));

  test('that is blocked comes first, and then what is to be confirmed first', () => {
    const soon = order('Open', '2026-12-06T10:00:00.000Z');
    const later = order('Leased', '2026-12-08T10:00:00.000Z');
    const blocked = order('Blocked', '2026-12-09T10:00:00.000Z');
    expect([later, soon, blocked].toSorted(byUrgency)).toEqual([blocked, soon, later]);
  });

  test.each([
    ['Open', true, false, true],
    ['Waiting', true, true, true],
    ['Blocked', true, true, true],
    ['Leased', false, false, false],
    ['Completed', false, false, false],
    ['Refused', false, false, false],
    ['Recalled', false, false, false],
    ['Abandoned', false, false, false],
  ] as const)('that is %s offers what the service allows', (state, recalled, retried, closed) => {
    const one = order(state);
    expect([isRecallable(one), canBeRetried(one), canBeClosed(one)]).toEqual([recalled, retried, closed]);
    expect(isRecallable(order(state, undefined, false)), 'something may be destroyed').toBe(false);
  });

  test('is counted as far as the service counts', () =>
    expect([0, 999, 1000].map(counted)).toEqual(['0', '999', '1,000 or more']));
});

describe('a proof', () => {
  const typed = { objects: '12', bytes: '', hash: '', method: '', remaining: '' };

  test.each([
    [{ objects: 0 }, 'nothing: it was gone already'],
    [{ objects: 1, bytes: 1 }, '1 object of 1 byte'],
    [{ objects: 1204, bytes: 4096 }, '1,204 objects of 4,096 bytes'],
    [{ objects: 12 }, '12 objects'],
  ])('%j', (proof, words) => expect(destroyed(proof)).toBe(words));

  test('names what lives on', () =>
    expect(livesOn({ objects: 1, remaining: [{ what: 'versions', until: '2026-12-12' }, { what: 'a copy' }] })).toEqual(
      ['versions, until 2026-12-12', 'a copy'],
    ));

  test.each([
    [{ objects: '' }, 'Say how many objects'],
    [{ objects: '-1' }, 'Say how many objects'],
    [{ objects: '1e3' }, 'Say how many objects'],
    [{ bytes: 'many' }, 'The bytes are a whole number'],
    [{ hash: 'sha256:5e9c' }, 'The digest is'],
  ])('that is typed as %j is not sent', (over, words) => expect(wrongIn({ ...typed, ...over })).toContain(words));

  test('says only what was typed', () => {
    expect(wrongIn(typed)).toBeUndefined();
    expect(proofOf(typed)).toEqual({ objects: 12 });
    const all = {
      objects: '0',
      bytes: '0',
      hash: `sha256:${'a'.repeat(64)}`,
      method: 'by hand',
      remaining: ' a \n\nb',
    };
    expect(wrongIn(all)).toBeUndefined();
    expect(proofOf(all)).toEqual({
      ...{ objects: 0, bytes: 0, hash: all.hash, method: 'by hand' },
      remaining: [{ what: 'a' }, { what: 'b' }],
    });
  });
});
