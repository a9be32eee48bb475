import { describe, expect, test } from 'vitest';
import { firstReminder, nextReminder } from '../../src/core/hints.ts';
import { type ItemIn, notBefore } from '../../src/core/item.ts';
import { instantOf } from '../../src/core/time.ts';
import { anItem, aVault, later, NOON } from '../support/builders.ts';

const trashed = anItem('SoftDeleted') as ItemIn<'SoftDeleted'>;
const daysOf = (reminderDays: readonly number[]) => aVault({ alerts: { ...aVault().alerts, reminderDays } });

describe('the hints of a deletion', () => {
  test('the warning two days before', () => {
    expect(firstReminder(trashed, aVault())).toMatchObject({ kind: 'warn', due: later(12) });
  });

  test.each([
    ['the first of several', [2, 7, 1], 7],
    ['none that the period does not have', [30, 3], 3],
    ['the usual one where none is left', [30, 14], 2],
  ])('reminds on %s', (_, days, first) => {
    expect(firstReminder(trashed, daysOf(days)).due).toEqual(later(14 - first));
  });

  test('the next reminder is the next one to come', () => {
    const next = (now: number) => nextReminder(trashed, daysOf([7, 2]), later(now)).map(({ due }) => due);
    expect([next(0), next(7), next(12)]).toEqual([[later(7)], [later(12)], []]);
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
