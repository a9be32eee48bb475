import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { termsOf, underPolicy, visiblePoints } from '../../src/core/lifecycle.ts';
import {
  cutsAfter,
  dueAt,
  endOf,
  fateOf,
  newestOf,
  type PointRung,
  type Retention,
  spent,
  type Terms,
  wrongTimes,
} from '../../src/core/policy.ts';
import { addMillis, type Instant, instantOf, iso } from '../../src/core/time.ts';
import { aHead, anItem, aPoint, aPolicy, later, NOON } from '../support/builders.ts';

const terms = (retention: Retention, cuts: Terms['cuts'] = []): Terms => ({ retention, cuts });
const SHORTENED = terms({ daily: 7 }, [{ at: NOON, from: { daily: 30 }, to: { daily: 7 }, days: 14, version: 2 }]);

describe('the natural end of a point', () => {
  const retention = { daily: 30, weekly: 12, monthly: 6, yearly: 2 };
  test.each<[PointRung, Retention, string]>([
    ['daily', retention, '2026-03-31T12:00:00.000Z'],
    ['weekly', retention, '2026-05-24T12:00:00.000Z'],
    ['monthly', retention, '2026-09-01T12:00:00.000Z'],
    ['yearly', retention, '2028-03-01T12:00:00.000Z'],
    ['onDemand', retention, '2026-03-31T12:00:00.000Z'],
    ['log', { daily: 7 }, '2026-03-08T12:00:00.000Z'],
    ['log', { weekly: 4 }, '2026-03-31T12:00:00.000Z'],
    ['monthly', { daily: 7 }, '2026-03-31T12:00:00.000Z'],
  ])('%s under %o', (rung, under, end) => {
    expect(iso(endOf(aPoint('p', 0, { rung }), under))).toBe(end);
  });

  test('a month after the last of January is the last of February', () => {
    const point = aPoint('p', 29, { rung: 'monthly' }); // 31 January
    expect(iso(endOf(point, { monthly: 1 }))).toBe('2026-02-28T12:00:00.000Z');
  });

  test('an end given by the caller is not changed by any policy', () => {
    const point = aPoint('p', 100, { expiresAt: later(1) });
    expect(fateOf(point, SHORTENED, NOON)).toEqual({ kind: 'Active', expiresAt: later(1) });
    expect(fateOf(point, SHORTENED, later(1)).kind).toBe('Expired');
  });

  test('it is over at the instant, not a millisecond before', () => {
    const point = aPoint('p', 0);
    expect(fateOf(point, terms({ daily: 30 }), later(30, -1)).kind).toBe('Active');
    expect(fateOf(point, terms({ daily: 30 }), later(30)).kind).toBe('Expired');
  });
});

describe('T14: what a shorter policy takes', () => {
  const cutOff = aPoint('ten days old', 10);

  test('waits as a soft-deleted point for the period of the vault', () => {
    const waiting = { kind: 'SoftDeleted', expiresAt: later(-3), purgeAt: later(14) };
    expect(fateOf(cutOff, SHORTENED, NOON)).toEqual(waiting);
    expect(fateOf(cutOff, SHORTENED, later(14, -1))).toEqual(waiting);
    expect(fateOf(cutOff, SHORTENED, later(14)).kind).toBe('Gone');
    expect(dueAt(cutOff, SHORTENED, NOON)).toEqual(later(14));
    expect(dueAt(cutOff, SHORTENED, later(20))).toEqual(later(14));
  });

  test('a point whose natural life was over before the cut is expired, not soft-deleted', () => {
    expect(fateOf(aPoint('old', 31), SHORTENED, NOON).kind).toBe('Expired');
    expect(fateOf(aPoint('just ended', 30), SHORTENED, NOON).kind).toBe('Expired');
    expect(fateOf(aPoint('about to end', 30, { createdAt: later(-30, 1) }), SHORTENED, NOON).kind).toBe('SoftDeleted');
  });

  test('a point that was still within the shorter period then ends in its own time', () => {
    const young = aPoint('young', 5);
    expect(fateOf(young, SHORTENED, NOON)).toEqual({ kind: 'Active', expiresAt: later(2) });
    expect(fateOf(young, SHORTENED, later(2)).kind).toBe('Expired');
  });

  test('a longer policy revives it', () => {
    const revived = { ...SHORTENED, retention: { daily: 30 } };
    expect(fateOf(cutOff, revived, later(1))).toEqual({ kind: 'Active', expiresAt: later(20) });
  });

  test('cut, revived and cut again, it waits in full from the last cut', () => {
    const [from, to] = [{ daily: 30 }, { daily: 7 }];
    const cuts = [later(-10), NOON].map((at, before) => ({ at, from, to, days: 14, version: before + 2 }));
    const point = aPoint('twenty days old', 20);
    expect(fateOf(point, terms(to, cuts), later(5))).toMatchObject({ kind: 'SoftDeleted', purgeAt: later(14) });
  });

  test('a longer policy that is not long enough does not take away what was promised', () => {
    const longer = { ...SHORTENED, retention: { daily: 12 } };
    expect(fateOf(cutOff, longer, later(2))).toMatchObject({ kind: 'SoftDeleted', purgeAt: later(14) });
  });

  test('a log point gets no second window', () => {
    expect(fateOf(aPoint('log', 10, { rung: 'log' }), SHORTENED, NOON).kind).toBe('Gone');
  });

  test('it is spent once gone or expired, not while it waits', () => {
    const points = [cutOff, aPoint('old', 31), aPoint('young', 5), aPoint('log', 10, { rung: 'log' })];
    expect(spent(points, SHORTENED, NOON).map(({ name }) => name)).toEqual(['old', 'log']);
    expect(spent(points, SHORTENED, later(14)).map(({ name }) => name)).toEqual([
      'ten days old',
      'old',
      'young',
      'log',
    ]);
  });

  test('soft-deleting a point never ends it before its policy would', () => {
    const rungs = fc.constantFrom<PointRung>('daily', 'weekly', 'monthly', 'yearly', 'onDemand');
    const counts = fc.record({ daily: fc.integer({ min: 1, max: 90 }), weekly: fc.integer({ min: 1, max: 52 }) });
    fc.assert(
      fc.property(rungs, fc.nat(400), counts, counts, fc.nat(60), (rung, age, from, to, waited) => {
        const point = aPoint('p', age, { rung });
        const cuts = cutsAfter([], from, to, { at: NOON, days: 14, version: 2 });
        const fate = fateOf(point, terms(to, cuts), later(waited));
        const alive = endOf(point, from) > NOON || endOf(point, to) > later(waited);
        if (alive && waited < 14 && endOf(point, to) <= NOON) expect(fate.kind).toBe('SoftDeleted');
        if (endOf(point, to) > later(waited)) expect(fate.kind).toBe('Active');
      }),
    );
  });
});

describe('T11: a resume parts what ended from what is only cut', () => {
  const points = [aPoint('ended', 31), aPoint('cut', 20), aPoint('young', 3)];
  const stopped = anItem('ProtectionStopped', { points, terms: terms({ daily: 30 }) });
  const weekly = aPolicy('week', { daily: 7 });

  test('the ended are removed for good, the cut wait, the others live', () => {
    const { item, removed } = underPolicy(stopped, aHead(), weekly, NOON, 'e');
    expect(removed.map(({ name }) => name)).toEqual(['ended']);
    const now = { ...SHORTENED, cuts: item.cuts };
    expect(item.points.map((point) => [point.name, fateOf(point, now, NOON).kind])).toEqual([
      ['cut', 'SoftDeleted'],
      ['young', 'Active'],
    ]);
  });

  test('under a longer policy nothing is cut, and what ended under the old one is still removed', () => {
    const { item, removed } = underPolicy(stopped, aHead(), aPolicy('long', { daily: 365 }), NOON, 'e');
    expect(item.cuts).toEqual([]);
    expect(removed.map(({ name }) => name)).toEqual(['ended']);
  });

  test('changing the policy of a protected item removes nothing by itself', () => {
    const protectedItem = anItem('Protected', { points });
    const { item, removed } = underPolicy(protectedItem, aHead(), weekly, NOON, 'e');
    expect(removed).toEqual([]);
    expect(item.points).toHaveLength(3);
    expect(item.cuts).toMatchObject([{ at: NOON, from: { daily: 30 }, to: { daily: 7 }, days: 14, version: 1 }]);
  });

  const cutWith = (version: number, at = NOON) => ({ at, from: { daily: 60 }, to: { daily: 7 }, days: 14, version });
  const cutsOf = (policyVersion: number, ...cuts: Terms['cuts']) =>
    termsOf(anItem('Protected', { policyVersion }), aHead(undefined, aPolicy('daily', { daily: 7 }, cuts))).cuts;

  test('cuts of the policy before the item came to it are none of its business', () => {
    expect(cutsOf(2, cutWith(1))).toEqual([]);
    expect(cutsOf(2, cutWith(2))).toEqual([]);
    expect(cutsOf(2, cutWith(3))).toHaveLength(1);
  });

  test('what came before is told by versions, whatever the clocks say', () => {
    const day = fc.integer({ min: -100, max: 100 }).map((days) => later(days));
    fc.assert(
      fc.property(fc.array(day, { maxLength: 12 }), fc.nat(13), (days, since) => {
        const cuts = days.map((at, before) => cutWith(before + 2, at));
        expect(cutsOf(since, ...cuts)).toEqual(cuts.slice(Math.max(0, since - 1)));
      }),
    );
  });
});

describe('which points are seen', () => {
  const points = [aPoint('expired', 31), aPoint('cut', 10), aPoint('young', 3), aPoint('log', 10, { rung: 'log' })];

  test('none in the trash', () => {
    for (const state of ['SoftDeleted', 'Purging'] as const)
      expect(visiblePoints(anItem(state), points, SHORTENED, NOON)).toEqual([]);
  });

  test('all that are physically there while stopped, whatever their expiry', () => {
    const seen = visiblePoints(anItem('ProtectionStopped'), points.slice(0, 3), SHORTENED, later(500));
    expect(seen).toHaveLength(3);
  });

  test('a cut point as long as it waits, and no cut log point, while protected', () => {
    const names = (now = NOON) => visiblePoints(anItem('Protected'), points, SHORTENED, now).map(({ name }) => name);
    expect(names()).toEqual(['expired', 'cut', 'young']);
    expect(names(later(14))).toEqual(['expired', 'young']);
  });
});

describe('the times that an engine gives', () => {
  const wrong = (createdAt: Instant, expiresAt: Instant | null = null) =>
    wrongTimes({ createdAt, expiresAt }, NOON)?.field;
  const first = instantOf(Date.UTC(2000, 0, 1));

  test('lie between the year 2000 and five minutes from now', () => {
    expect(wrong(first)).toBeUndefined();
    expect(wrong(addMillis(first, -1))).toBe('createdAt');
    expect(wrong(later(0, 300_000))).toBeUndefined();
    expect(wrong(later(0, 300_001))).toBe('createdAt');
  });

  test('end after they begin', () => {
    expect(wrong(later(-1), later(-1, 1))).toBeUndefined();
    expect(wrong(later(-1), later(-1))).toBe('expiresAt');
    expect(wrong(later(-1), later(-2))).toBe('expiresAt');
  });
});

test('the newest point goes by when it was there for certain, so one of the future is no newer than when it was heard of', () => {
  const future = aPoint('future', 0, { createdAt: later(30_000), recordedAt: later(-5) });
  const [today, old] = [aPoint('today', 0), aPoint('old', 400, { recordedAt: later(0) })];
  expect(newestOf([future, today, old])).toBe(today);
  expect(newestOf([old, future])).toBe(future);
  expect(newestOf([])).toBeUndefined();
});
