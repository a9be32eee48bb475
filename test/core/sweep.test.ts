import { describe, expect, test } from 'vitest';
import { HINT_KINDS, type Hint, type HintKind } from '../../src/core/hints.ts';
import { ITEM_STATES, type Remains } from '../../src/core/item.ts';
import { isYoung, MOST_TRIES, mayEndInPurge, nextTry, taskFor } from '../../src/core/sweep.ts';
import type { Instant } from '../../src/core/time.ts';
import { aHead, anItem, aPoint, aVault, later, NOON } from '../support/builders.ts';

/** Deleted at noon, for fourteen days. */
const DUE = later(14);
const WARN = later(12);

const hint = (kind: HintKind, due: Instant = NOON): Hint => ({ kind, due, vault: 'Contoso', item: 'sql-01' });
const aHold = (until: Instant | null) => ({ name: 'legal', reason: 'x', until, by: 'me', at: NOON, etag: 'h' });
const grave = (purgedAt: Instant): Remains => ({
  state: 'Purged',
  vault: 'Contoso',
  name: 'sql-01',
  generation: 1,
  purgedAt,
  server: null,
  softDeleteApplied: true,
  etag: 'g',
});
const deleted = (over: object = {}) => anItem('SoftDeleted', over);
const on = (kind: HintKind, remains: Remains | undefined, now: Instant, due = NOON) =>
  taskFor(hint(kind, due), remains, aHead(), now);
const what = (...of: Parameters<typeof on>) => on(...of).task;

const REMAINS: Readonly<Record<string, Remains | undefined>> = {
  nothing: undefined,
  ...Object.fromEntries(ITEM_STATES.map((state) => [state, anItem(state, { points: [aPoint('p', 1)] })])),
  Purged: grave(NOON),
};

/** Written by hand: what each kind of hint leads to, a day before the purge is due. */
const GRID: Readonly<Record<string, Readonly<Record<HintKind, string>>>> = {
  nothing: {
    warn: 'drop',
    purge: 'drop',
    expire: 'drop',
    hold: 'drop',
    forget: 'drop',
    policy: 'drop',
    cooled: 'drop',
    spent: 'drop',
    remove: 'drop',
    reindex: 'drop',
    operate: 'drop',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'drop',
  },
  Protected: {
    warn: 'drop',
    purge: 'retell',
    expire: 'expire',
    hold: 'drop',
    forget: 'drop',
    policy: 'drop',
    cooled: 'drop',
    spent: 'drop',
    remove: 'drop',
    reindex: 'drop',
    operate: 'drop',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'drop',
  },
  ProtectionStopped: {
    warn: 'drop',
    purge: 'retell',
    expire: 'drop',
    hold: 'drop',
    forget: 'drop',
    policy: 'drop',
    cooled: 'drop',
    spent: 'drop',
    remove: 'drop',
    reindex: 'drop',
    operate: 'drop',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'drop',
  },
  BackupsSuspended: {
    warn: 'drop',
    purge: 'retell',
    expire: 'expire',
    hold: 'drop',
    forget: 'drop',
    policy: 'drop',
    cooled: 'drop',
    spent: 'drop',
    remove: 'drop',
    reindex: 'drop',
    operate: 'drop',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'drop',
  },
  SoftDeleted: {
    warn: 'warn',
    purge: 'wait',
    expire: 'drop',
    hold: 'wait',
    forget: 'drop',
    policy: 'wait',
    cooled: 'wait',
    spent: 'wait',
    remove: 'wait',
    reindex: 'wait',
    operate: 'wait',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'wait',
  },
  Purging: {
    warn: 'finishPurge',
    purge: 'finishPurge',
    expire: 'finishPurge',
    hold: 'finishPurge',
    forget: 'drop',
    policy: 'finishPurge',
    cooled: 'finishPurge',
    spent: 'finishPurge',
    remove: 'finishPurge',
    reindex: 'finishPurge',
    operate: 'finishPurge',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'finishPurge',
  },
  Purged: {
    warn: 'drop',
    purge: 'retell',
    expire: 'drop',
    hold: 'drop',
    forget: 'wait',
    policy: 'drop',
    cooled: 'drop',
    spent: 'drop',
    remove: 'drop',
    reindex: 'drop',
    operate: 'drop',
    order: 'drop',
    tell: 'retell',
    together: 'retell',
    tidy: 'drop',
  },
};

describe('what a hint leads to, a day before the purge', () => {
  for (const [name, row] of Object.entries(GRID))
    for (const kind of HINT_KINDS)
      test(`${kind} × ${name}: ${row[kind]}`, () => {
        expect(what(kind, REMAINS[name], later(13))).toBe(row[kind]);
      });
});

describe('an item in the trash', () => {
  test.each([
    ['purge', DUE, 'due'],
    ['purge', later(14, -1), 'wait'],
    ['warn', later(12, -1), 'wait'],
    ['warn', WARN, 'warn'],
    ['warn', later(14, -1), 'warn'],
    ['warn', DUE, 'wait'],
    ['hold', DUE, 'due'],
    ['expire', DUE, 'drop'],
  ] as const)('%s at %s: %s', (kind, now, task) => {
    expect(what(kind, deleted(), now)).toBe(task);
  });

  test('looked at too early it is looked at again at its very instant', () => {
    expect(on('purge', deleted(), later(1))).toMatchObject({ hints: [{ kind: 'purge', due: DUE }] });
    expect(on('warn', deleted(), later(1))).toMatchObject({ hints: [{ kind: 'warn', due: WARN }] });
    expect(on('hold', deleted(), later(1))).toMatchObject({ hints: [] });
  });

  test('its time as the vault has lengthened it counts, to the millisecond, written down or not', () => {
    const vault = aVault({ extensions: [{ at: later(3), days: 30, version: 99 }] });
    const at = (now: Instant, kind: HintKind = 'purge') => taskFor(hint(kind), deleted(), aHead(vault), now).task;
    expect(at(DUE)).toBe('move');
    expect(at(later(30, -1))).toBe('move');
    expect(at(later(30))).toBe('due');
    expect(at(later(28), 'warn')).toBe('move');
  });

  test('a living hold keeps it: until the last one ends, or until somebody takes off the one without end', () => {
    const until = later(14, 3_600_000);
    expect(on('purge', deleted({ holds: [aHold(until)] }), DUE)).toMatchObject({
      task: 'wait',
      why: 'held',
      hints: [{ kind: 'purge', due: until }],
    });
    const both = [aHold(later(400)), aHold(later(40))];
    expect(on('warn', deleted({ holds: both }), DUE)).toMatchObject({ hints: [{ kind: 'purge', due: later(400) }] });
    for (const holds of [[aHold(null)], [aHold(null), aHold(later(400))]]) {
      expect(what('purge', deleted({ holds }), later(14, 59_999), DUE)).toBe('leave');
      expect(what('purge', deleted({ holds }), later(14, 60_000), DUE)).toBe('drop');
    }
    expect(what('purge', deleted({ holds: [aHold(later(14, 1))] }), DUE)).toBe('wait');
    expect(what('purge', deleted({ holds: [aHold(DUE)] }), DUE)).toBe('due');
  });

  test('a hold that has ended is written down while the item waits', () => {
    expect(what('hold', deleted({ holds: [aHold(later(2))] }), later(2))).toBe('endHolds');
    expect(what('hold', deleted({ holds: [aHold(later(2, 1))] }), later(2))).toBe('wait');
    expect(what('hold', anItem('Protected', { holds: [aHold(later(2))] }), later(2))).toBe('endHolds');
  });

  test('what is looked at again starts without the tries of before', () => {
    const tried = { ...hint('purge'), tries: 5 };
    const task = taskFor(tried, deleted({ holds: [aHold(later(40))] }), aHead(), DUE);
    expect(task).toMatchObject({ task: 'wait' });
    expect('hints' in task && task.hints[0]).not.toHaveProperty('tries');
  });
});

test('a hint of expiry is struck off for stopped and deleted items, unless a resume may be on its way', () => {
  const points = [aPoint('p', 100)];
  for (const item of [anItem('ProtectionStopped', { points }), anItem('ProtectionStopped'), deleted({ points })]) {
    expect(what('expire', item, later(0, 59_999))).toBe('leave');
    expect(what('expire', item, later(0, 60_000))).toBe('drop');
  }
});

describe('a tombstone', () => {
  test('is forgotten after ninety days, and not a millisecond earlier', () => {
    expect(what('forget', grave(NOON), later(90))).toBe('forget');
    expect(on('forget', grave(NOON), later(90, -1))).toMatchObject({ hints: [{ kind: 'forget', due: later(90) }] });
    expect(what('forget', grave(later(1)), later(90))).toBe('wait');
  });
});

test('a purge that is announced for a living item is waited for, a minute', () => {
  const living = anItem('Protected');
  expect(what('purge', living, later(0, 59_999))).toBe('leave');
  expect(what('purge', living, later(0, 60_000))).toBe('retell');
  expect([isYoung(hint('tell'), later(0, 59_999)), isYoung(hint('tell'), later(0, 60_000))]).toEqual([true, false]);
});

test('only a hint to purge, or one about a hold, may end in a purge', () => {
  expect(HINT_KINDS.filter((kind) => mayEndInPurge(hint(kind)))).toEqual(['purge', 'hold']);
});

test('tries come after one, two, four, eight, sixteen minutes; then once a day', () => {
  const minutes = [1, 2, 3, 4, 5].map((tries) => nextTry(tries, NOON).diff(NOON).as('minutes'));
  expect(minutes).toEqual([1, 2, 4, 8, 16]);
  expect(nextTry(MOST_TRIES, NOON)).toEqual(later(1));
  expect(nextTry(40, NOON)).toEqual(later(1));
});
