import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutsAfter, endOf, POINT_RUNGS, type Retention, retentionFaults, takesAway } from '../../src/core/policy.ts';
import { aPoint, later, NOON } from '../support/builders.ts';

describe('the least that hybrid workloads are kept', () => {
  const faults = (retention: Retention, on = true) =>
    retentionFaults(retention, ['Hybrid'], on).map((fault) => [
      fault.rung,
      'minimum' in fault ? fault.minimum : fault.kind,
    ]);

  test.each<[Retention, unknown[]]>([
    [{ daily: 6 }, [['daily', 7]]],
    [{ weekly: 3 }, [['weekly', 4]]],
    [{ monthly: 2 }, [['monthly', 3]]],
    [{ yearly: 0 }, [['yearly', 1]]],
    [
      { daily: 6, monthly: 2 },
      [
        ['daily', 7],
        ['monthly', 3],
      ],
    ],
    [{ daily: 7, weekly: 4, monthly: 3, yearly: 1 }, []],
    [{ daily: 7 }, []],
  ])('%o', (retention, expected) => {
    expect(faults(retention)).toEqual(expected);
  });

  test('does not hold while hybrid security is off, except that nothing is kept zero days', () => {
    expect(faults({ daily: 6 }, false)).toEqual([]);
    expect(faults({ yearly: 0 }, false)).toEqual([['yearly', 1]]);
  });

  test('does not concern cloud workloads, where an empty rung is nonsense all the same', () => {
    expect(retentionFaults({ daily: 1 }, ['Cloud'], true)).toEqual([]);
    expect(retentionFaults({ daily: 0 }, ['Cloud'], true)).toEqual([{ kind: 'zero', rung: 'daily' }]);
  });
});

describe('what counts as shorter', () => {
  test.each<[string, Retention, Retention, boolean]>([
    ['fewer days', { daily: 30 }, { daily: 29 }, true],
    ['as many', { daily: 30 }, { daily: 30 }, false],
    ['more', { daily: 30 }, { daily: 31 }, false],
    ['longer here, shorter there', { daily: 7, yearly: 3 }, { daily: 90, yearly: 2 }, true],
    ['a rung that goes falls back to thirty days', { daily: 7, yearly: 3 }, { daily: 7 }, true],
    ['a short rung that goes is longer by that', { daily: 7 }, { weekly: 5 }, false],
    ['a month that goes may have had thirty-one days', { monthly: 1, daily: 7 }, { daily: 7 }, true],
    ['a rung that comes takes days from points that had thirty', { weekly: 4 }, { weekly: 4, daily: 7 }, true],
    ['a rung that comes may give them more', { weekly: 4 }, { weekly: 4, daily: 31 }, false],
    ['a month that comes may have twenty-eight', { daily: 7 }, { monthly: 1, daily: 7 }, true],
  ])('%s', (_, from, to, shorter) => {
    expect(takesAway(from, to)).toBe(shorter);
  });

  const amount = fc.integer({ min: 1, max: 60 });
  const retention = fc.record({ daily: amount, weekly: amount, monthly: amount, yearly: amount }, { requiredKeys: [] });

  test('what takes nothing away ends no point earlier, whenever it was made', () => {
    const near = fc.record({ daily: fc.integer({ min: -2, max: 9 }), monthly: fc.integer({ min: -2, max: 9 }) });
    fc.assert(
      fc.property(
        retention,
        near,
        fc.boolean(),
        fc.constantFrom(...POINT_RUNGS),
        fc.nat(800),
        (from, add, drop, rung, age) => {
          const moved = Object.entries(from).map(([name, count]) => [
            name,
            Math.max(1, count + (add[name as 'daily'] ?? 0)),
          ]);
          const to: Retention = Object.fromEntries(drop ? moved.slice(1) : moved);
          fc.pre(!takesAway(from, to));
          const point = aPoint('p', age, { rung });
          expect(endOf(point, to) >= endOf(point, from)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('cuts', () => {
  const cut = (at: number) => ({ at: later(at), from: { daily: 30 }, to: { daily: 7 }, days: 14, version: 2 });
  const when = (days: number) => ({ at: NOON, days, version: 3 });

  test('a shorter retention leaves one, a longer none', () => {
    expect(cutsAfter([], { daily: 30 }, { daily: 7 }, when(20))).toEqual([
      { at: NOON, from: { daily: 30 }, to: { daily: 7 }, days: 20, version: 3 },
    ]);
    expect(cutsAfter([cut(-1)], { daily: 7 }, { daily: 30 }, when(20))).toEqual([cut(-1)]);
  });

  test('a rung that comes may leave one as well', () => {
    expect(cutsAfter([], { weekly: 4 }, { weekly: 4, daily: 7 }, when(14))).toHaveLength(1);
  });

  test('are forgotten when what they took off is gone', () => {
    expect(cutsAfter([cut(-14), cut(-13)], { daily: 7 }, { daily: 30 }, when(14))).toEqual([cut(-13)]);
  });
});
