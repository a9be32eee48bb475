import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  billedDays,
  billingEndsAt,
  daysLeft,
  type Extension,
  effectiveDays,
  livingExtensions,
  purgeAtOf,
  remaining,
  type Window,
  warnAtOf,
} from '../../src/core/retention.ts';
import { later, NOON } from '../support/builders.ts';

const window = (retentionDays = 14): Window => ({ deletedAt: NOON, retentionDays });

describe('how long a deleted item is kept', () => {
  test('N days are N times 24 hours, also across a change of summer time', () => {
    const deletedAt = later(25, -12 * 3_600_000); // 26 March 2026: Europe changes its clocks on the 29th
    expect(purgeAtOf({ deletedAt, retentionDays: 14 }, []).toMillis() - deletedAt.toMillis()).toBe(14 * 86_400_000);
  });

  test('the warning comes 48 hours before the purge, for every N', () => {
    for (const days of [14, 60, 180]) expect(warnAtOf(purgeAtOf(window(days), []))).toEqual(later(days - 2));
  });

  test.each([
    ['right at the deletion', later(0), 14],
    ['a second later', later(0, 1000), 14],
    ['a millisecond before a whole day is over', later(1, -1), 14],
    ['after 24 hours exactly', later(1), 13],
    ['a second into the last day', later(13, 1000), 1],
    ['a millisecond before the end', later(14, -1), 1],
    ['at the end', later(14), 0],
    ['long after', later(99), 0],
  ])('days left %s', (_, now, left) => {
    expect(daysLeft(later(14), now)).toBe(left);
  });

  test.each([
    [later(0), 'P14D'],
    [later(0, 60_000), 'P13DT23H59M'],
    [later(13, 1000), 'PT23H59M59S'],
    [later(14, -1), 'PT0S'],
    [later(14, -1000), 'PT1S'],
    [later(14), 'PT0S'],
    [later(20), 'PT0S'],
  ])('the exact rest at %s is %s', (now, rest) => {
    expect(remaining(later(14), now)).toBe(rest);
  });

  test.each([
    [14, 0, 14],
    [15, 1, 14],
    [60, 46, 14],
    [180, 166, 14],
  ])('of %i days %i are charged and the last %i are free', (days, chargeableDays, freeDays) => {
    expect(billedDays(days)).toEqual({ chargeableDays, freeDays });
    expect(billingEndsAt(purgeAtOf(window(days), []))).toEqual(later(chargeableDays));
  });
});

describe('a longer period', () => {
  const extension = (at: Extension['at'], days: number): Extension => ({ at, days });

  test('reaches an item up to the last instant of its window', () => {
    expect(effectiveDays(window(), [extension(later(14, -1), 30)])).toBe(30);
    expect(effectiveDays(window(), [extension(later(14), 30)])).toBe(14);
  });

  test('reaches an item that is deleted at that very instant, not one deleted later', () => {
    expect(effectiveDays(window(), [extension(NOON, 30)])).toBe(30);
    expect(effectiveDays(window(), [extension(later(0, -1), 30)])).toBe(14);
  });

  test('holds on to what it found: a second one counts from the lengthened window', () => {
    expect(effectiveDays(window(), [extension(later(10), 30), extension(later(20), 60)])).toBe(60);
    expect(effectiveDays(window(), [extension(later(20), 60)])).toBe(14);
  });

  test('is forgotten only when whatever waited then is over', () => {
    const one = extension(NOON, 180);
    expect(livingExtensions([one], later(180, -1))).toEqual([one]);
    expect(livingExtensions([one], later(180))).toEqual([]);
  });

  const aDay = fc.integer({ min: 0, max: 400 }).map((day) => later(day - 100));
  const someDays = fc.integer({ min: 14, max: 180 });
  const history = fc
    .array(fc.record({ at: aDay, days: someDays }), { maxLength: 12 })
    .map((all) => all.toSorted((a, b) => a.at.toMillis() - b.at.toMillis()));

  test('never shortens a window, whatever else happened', () => {
    fc.assert(fc.property(someDays, history, (days, extensions) => effectiveDays(window(days), extensions) >= days));
  });

  test('only ever adds: one more never takes a day away, and one in force counts in full', () => {
    fc.assert(
      fc.property(someDays, history, someDays, fc.nat(400_000), (days, extensions, longer, minutes) => {
        const last = extensions.at(-1)?.at ?? NOON;
        const next = extension(last.plus({ minutes }), longer);
        const before = effectiveDays(window(days), extensions);
        const after = effectiveDays(window(days), [...extensions, next]);
        expect(after).toBeGreaterThanOrEqual(before);
        const waiting = next.at >= NOON && next.at < purgeAtOf(window(days), extensions);
        expect(after).toBe(waiting ? Math.max(before, longer) : before);
      }),
    );
  });

  test('forgetting old ones changes no window that is still open', () => {
    fc.assert(
      fc.property(someDays, history, aDay, (days, extensions, now) => {
        const known = extensions.filter(({ at }) => at <= now);
        const end = purgeAtOf(window(days), known);
        fc.pre(NOON <= now && now < end);
        expect(purgeAtOf(window(days), livingExtensions(known, now))).toEqual(end);
      }),
    );
  });

  test('a window that closed stays closed', () => {
    fc.assert(
      fc.property(someDays, history, fc.nat(300), someDays, (days, extensions, after, longer) => {
        const last = extensions.at(-1)?.at ?? NOON;
        const end = purgeAtOf(window(days), extensions);
        const at = (end > last ? end : last).plus({ days: after });
        expect(purgeAtOf(window(days), [...extensions, extension(at, longer)])).toEqual(end);
      }),
    );
  });
});

describe('what is left', () => {
  test('days and exact rest agree, and neither ever grows with time', () => {
    const millis = fc.integer({ min: 0, max: 200 * 86_400_000 });
    fc.assert(
      fc.property(millis, millis, (a, b) => {
        const end = later(180);
        const [first, second] = [later(0, Math.min(a, b)), later(0, Math.max(a, b))];
        expect(daysLeft(end, second)).toBeLessThanOrEqual(daysLeft(end, first));
        expect(daysLeft(end, first) === 0).toBe(first >= end);
      }),
    );
  });
});
