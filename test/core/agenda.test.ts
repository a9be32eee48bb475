import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deletionHints, nextExpiry, PARKED_DAYS, withExpiryHint } from '../../src/core/agenda.ts';
import { notBefore } from '../../src/core/item.ts';
import { instantOf } from '../../src/core/time.ts';
import { anItem, aPoint, later, NOON, TERMS } from '../support/builders.ts';

const item = (over: object = {}) => anItem('Protected', { points: [aPoint('p', 10)], ...over });
const END = later(20); // the point is ten days old and kept for thirty

describe('the hints of a deletion', () => {
  test('the warning two days before, the purge on the day', () => {
    expect(deletionHints(item(), later(14)).map(({ kind, due }) => [kind, due])).toEqual([
      ['warn', later(12)],
      ['purge', later(14)],
    ]);
  });
});

describe('the hint of the next expiry', () => {
  test('is written for the earliest point, and the item remembers it', () => {
    const hinted = withExpiryHint(item(), TERMS, NOON);
    expect(hinted.hints).toMatchObject([{ kind: 'expire', due: END, vault: 'Contoso', item: 'sql-01' }]);
    expect(hinted.item.hintedAt).toEqual(END);
  });

  test('an item without points has none', () => {
    expect(withExpiryHint(item({ points: [] }), TERMS, NOON).hints).toEqual([]);
  });

  test.each([
    ['earlier', later(20, -1), 0],
    ['at the same instant', END, 0],
    ['a millisecond later', later(20, 1), 1],
  ])('one that stands %s: %s', (_, hintedAt, writes) => {
    expect(withExpiryHint(item({ hintedAt }), TERMS, NOON).hints).toHaveLength(writes);
  });

  test('a parked one is trusted to come back within a day, and no later', () => {
    const parked = { hintedAt: later(-50) };
    const at = (end: number, millis = 0) =>
      withExpiryHint(item({ ...parked, points: [aPoint('p', 0, { expiresAt: later(end, millis) })] }), TERMS, NOON);
    expect(at(PARKED_DAYS).hints).toEqual([]);
    expect(at(PARKED_DAYS, -1).hints).toHaveLength(1);
    expect(withExpiryHint(item({ hintedAt: NOON }), TERMS, NOON).hints).toEqual([]);
  });

  test('the points in pages count as well', () => {
    const { hints } = withExpiryHint(item(), TERMS, NOON, later(2));
    expect(hints).toMatchObject([{ due: later(2) }]);
  });

  test('a point that waits as soft-deleted is due when its wait is over', () => {
    const cut = { at: NOON, from: { daily: 30 }, to: { daily: 7 }, days: 14, version: 2 };
    expect(nextExpiry(item(), { retention: { daily: 7 }, cuts: [cut] }, NOON)).toEqual(later(14));
  });

  test('whatever stood before, afterwards one stands in time', () => {
    const ends = fc.array(fc.integer({ min: -5, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(ends, fc.option(fc.integer({ min: -30, max: 90 })), (days, hint) => {
        const points = days.map((end, at) => aPoint(`p${at}`, 100, { expiresAt: later(end) }));
        const before = item({ points, hintedAt: hint === null ? null : later(hint) });
        const { item: after, hints } = withExpiryHint(before, TERMS, NOON);
        const due = later(Math.min(...days));
        const standing = hints[0]?.due ?? after.hintedAt;
        const latest = standing && (standing > NOON ? standing : later(PARKED_DAYS));
        expect(latest && (latest <= due || hints[0]?.due.equals(due))).toBe(true);
      }),
    );
  });
});

describe('the place of an item in the trash', () => {
  const hold = (until: number | null) => ({
    name: 'h',
    reason: 'r',
    until: until && later(until),
    by: 'x',
    at: NOON,
    etag: 'e',
  });

  test('is its own end, or that of its last hold', () => {
    expect(notBefore(anItem('SoftDeleted'))).toEqual(later(14));
    expect(notBefore(anItem('SoftDeleted', { holds: [hold(3), hold(20)] }))).toEqual(later(20));
    expect(notBefore(anItem('SoftDeleted', { holds: [hold(3)] }))).toEqual(later(14));
  });

  test('is far away under a hold without end, and right at the front while purging', () => {
    expect(notBefore(anItem('SoftDeleted', { holds: [hold(null)] })).year).toBe(9999);
    expect(notBefore(anItem('Purging', { holds: [hold(null)] }))).toEqual(instantOf(0));
  });
});
