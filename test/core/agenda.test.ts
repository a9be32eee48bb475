import { describe, expect, test } from 'vitest';
import { deletionHints } from '../../src/core/hints.ts';
import { notBefore } from '../../src/core/item.ts';
import { instantOf } from '../../src/core/time.ts';
import { anItem, aPoint, later, NOON } from '../support/builders.ts';

const item = (over: object = {}) => anItem('Protected', { points: [aPoint('p', 10)], ...over });

describe('the hints of a deletion', () => {
  test('the warning two days before, the purge on the day', () => {
    expect(deletionHints(item(), later(14)).map(({ kind, due }) => [kind, due])).toEqual([
      ['warn', later(12)],
      ['purge', later(14)],
    ]);
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
