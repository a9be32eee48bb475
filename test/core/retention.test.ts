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
  remindAt,
  remindersOf,
  type Window,
} from '../../src/core/retention.ts';
import { later, NOON } from '../support/builders.ts';

/** Deleted at noon, with the first version of the vault's head in force unless said otherwise. */
const window = (retentionDays = 14, version = 1): Window => ({ deletedAt: NOON, retentionDays, version });

describe('how long a deleted item is kept', () => {
  test('N days are N times 24 hours, also across a change of summer time', () => {
    const deletedAt = later(25, -12 * 3_600_000); // 26 March 2026: Europe changes its clocks on the 29th
    expect(purgeAtOf({ deletedAt, retentionDays: 14, version: 1 }, []).toMillis() - deletedAt.toMillis()).toBe(
      14 * 86_400_000,
    );
  });

  test('the reminder comes 48 hours before the purge, for every N', () => {
    for (const days of [14, 60, 180]) {
      const [first = 0] = remindersOf(undefined, days);
      expect(remindAt(purgeAtOf(window(days), []), first)).toEqual(later(days - 2));
    }
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
  const extension = (at: Extension['at'], days: number, version = 2): Extension => ({ at, days, version });

  test('reaches an item up to the last instant of its window', () => {
    expect(effectiveDays(window(), [extension(later(14, -1), 30)])).toBe(30);
    expect(effectiveDays(window(), [extension(later(14), 30)])).toBe(14);
  });

  test('reaches an item whose deletion knew nothing of it, although its clock was behind', () => {
    expect(effectiveDays(window(), [extension(NOON, 30)])).toBe(30);
    expect(effectiveDays(window(), [extension(later(0, -1), 30)])).toBe(30);
  });

  test('does not reach an item whose deletion already rested on it, although its clock was ahead', () => {
    expect(effectiveDays(window(14, 2), [extension(later(0, -1), 30)])).toBe(14);
    expect(effectiveDays(window(14, 2), [extension(NOON, 30)])).toBe(14);
    expect(effectiveDays(window(14, 2), [extension(later(0, 1), 30), extension(later(0, 1), 60, 3)])).toBe(60);
  });

  test('holds on to what it found: a second one counts from the lengthened window', () => {
    expect(effectiveDays(window(), [extension(later(10), 30), extension(later(20), 60, 3)])).toBe(60);
    expect(effectiveDays(window(), [extension(later(20), 60)])).toBe(14);
  });

  test('is forgotten only when whatever waited then is over', () => {
    const one = extension(NOON, 180);
    expect(livingExtensions([one], later(181, -1))).toEqual([one]);
    expect(livingExtensions([one], later(181))).toEqual([]);
  });

  const aDay = fc.integer({ min: 0, max: 400 }).map((day) => later(day - 100));
  const someDays = fc.integer({ min: 14, max: 180 });
  /** In the order in which they were committed, which says nothing about the clocks of those who asked. */
  const history = fc
    .array(fc.record({ at: aDay, days: someDays }), { maxLength: 12 })
    .map((all) => all.map(({ at, days }, before) => extension(at, days, before + 2)));
  const someWindow = fc
    .record({ days: someDays, version: fc.nat(14) })
    .map(({ days, version }) => window(days, version));
  const nextVersion = (extensions: readonly Extension[], { version }: Window) =>
    Math.max(extensions.length + 1, version) + 1;

  test('never shortens a window, whatever else happened', () => {
    fc.assert(
      fc.property(someWindow, history, (given, extensions) => effectiveDays(given, extensions) >= given.retentionDays),
    );
  });

  test('only ever adds: one more never takes a day away, and one in force counts in full', () => {
    fc.assert(
      fc.property(someWindow, history, someDays, aDay, fc.boolean(), (given, extensions, longer, at, known) => {
        // Either the deletion came before all that follows, or it rested on everything that there is.
        const next = extension(at, longer, nextVersion(extensions, given));
        const rested = known ? { ...given, version: next.version } : given;
        const before = effectiveDays(rested, extensions);
        const after = effectiveDays(rested, [...extensions, next]);
        expect(after).toBeGreaterThanOrEqual(before);
        const waiting = !known && next.at < purgeAtOf(rested, extensions);
        expect(after).toBe(waiting ? Math.max(before, longer) : before);
      }),
    );
  });

  test('no extension that the deletion rested on counts, whatever its clock said', () => {
    fc.assert(
      fc.property(someWindow, history, (given, extensions) => {
        const since = extensions.filter(({ version }) => version > given.version);
        expect(effectiveDays(given, extensions)).toBe(effectiveDays(given, since));
      }),
    );
  });

  test('forgetting old ones changes no window that is still open, by the slowest clock that lengthened it', () => {
    fc.assert(
      fc.property(someWindow, history, aDay, (given, extensions, now) => {
        const known = extensions.filter(({ at }) => at <= now);
        const end = purgeAtOf(given, known);
        const since = known.filter(({ version }) => version > given.version).map(({ at }) => at);
        const behind = [NOON, ...since].reduce((least, at) => (at < least ? at : least));
        fc.pre(NOON <= now && now.plus(NOON.diff(behind)) < end);
        expect(purgeAtOf(given, livingExtensions(known, now))).toEqual(end);
      }),
    );
  });

  test('a window that closed stays closed', () => {
    fc.assert(
      fc.property(someWindow, history, fc.nat(300), someDays, (given, extensions, after, longer) => {
        const end = purgeAtOf(given, extensions);
        const next = extension(end.plus({ days: after }), longer, nextVersion(extensions, given));
        expect(purgeAtOf(given, [...extensions, next])).toEqual(end);
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
