import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alert, type Notification } from '../../src/core/alerts.ts';
import type { Hint } from '../../src/core/hints.ts';
import type { Item, Remains } from '../../src/core/item.ts';
import { undeleted } from '../../src/core/lifecycle.ts';
import {
  hintsOf,
  type ItemMove,
  type Moves,
  struckWith,
  withExpiry,
  withPurgeHint,
  withWork,
} from '../../src/core/moves.ts';
import { atItsStart } from '../../src/core/operations.ts';
import { riding } from '../../src/core/riding.ts';
import type { Instant } from '../../src/core/time.ts';
import { hintKey } from '../../src/store/keys.ts';
import { aHead, anItem, anOrder, aPoint, aPolicy, aVault, later, NOON } from '../support/builders.ts';

const NOTHING: Moves = {
  vault: 'Contoso',
  at: NOON,
  head: undefined,
  items: [],
  alerts: [],
  waiting: [],
};
const shown = ({ kind, item, due }: Hint) => `${kind} ${item} ${due.diff(NOON).as('days')}`;
/** As `land` completes them. */
function complete(moves: Partial<Moves>): Moves {
  const all = { ...NOTHING, ...moves };
  const items = all.items.map((move) => ({ ...move, now: withPurgeHint(move, all.at, 'w') }));
  const alerts = all.alerts.map(({ was, now }) => ({
    was,
    now: was ? now : riding(now, items, all.head?.vault, all.at),
  }));
  return { ...all, items, alerts };
}
const told = (moves: Partial<Moves>): readonly string[] => hintsOf(complete(moves)).map(shown);
const moved = (was: Remains | undefined, now: Remains) => told({ items: [{ was, now }] });

const hold = (until: number | null, etag = 'h') => ({
  ...{ name: 'h', reason: 'r', until: until === null ? null : later(until) },
  ...{ by: 'x', at: NOON, etag },
});
const grave = (over: object = {}): Remains => ({
  ...{ state: 'Purged', vault: 'Contoso', name: 'sql-01', generation: 1, purgedAt: NOON, server: null },
  ...{ softDeleteApplied: true, etag: 't', ...over },
});

describe('the hints of an item', () => {
  const protectedItem = anItem('Protected');
  const inTrash = anItem('SoftDeleted');

  test('deleted: a warning two days before the end, and the purge at the end', () => {
    expect(moved(protectedItem, inTrash)).toEqual(['warn sql-01 12', 'purge sql-01 14']);
  });

  test('in the trash before and after: none, unless its end has moved', () => {
    expect(moved(inTrash, { ...inTrash, superseded: true })).toEqual([]);
    const longer = anItem('SoftDeleted', { deletion: { ...inTrash.deletion, retentionDays: 30 } });
    expect(moved(inTrash, longer)).toEqual(['warn sql-01 28', 'purge sql-01 30']);
  });

  test('under a longer period of the vault: its real end counts', () => {
    const head = aHead(aVault({ extensions: [{ at: later(1), days: 30, version: 9 }] }));
    // to its purge leads the place in the trash, from which it is moved on
    expect(told({ head, items: [{ was: protectedItem, now: inTrash }] })).toEqual([
      'warn sql-01 28',
      'purge sql-01 14',
    ]);
  });

  test('too large for one purge: the next sweep goes on at once', () => {
    expect(moved(inTrash, anItem('Purging'))).toEqual(['purge sql-01 0']);
    expect(moved(anItem('Purging'), anItem('Purging', { pagedPoints: 3 }))).toEqual([]);
  });

  test('purged: none of its own, for a row of the vault says when it is forgotten', () => {
    expect(moved(inTrash, grave())).toEqual([]);
    expect(moved(grave(), grave())).toEqual([]);
    expect(moved(grave(), protectedItem)).toEqual([]);
  });

  test('held: the end of the hold, once, and none for a hold without end', () => {
    const held = anItem('Protected', { holds: [hold(3)] });
    expect(moved(protectedItem, held)).toEqual(['hold sql-01 3']);
    expect(moved(held, { ...held, etag: 'later' })).toEqual([]);
    expect(moved(protectedItem, anItem('Protected', { holds: [hold(null)] }))).toEqual([]);
  });

  test('released before the hold was over: its own end, or at once if that has passed', () => {
    const held = anItem('SoftDeleted', { holds: [hold(null)] });
    expect(moved(held, inTrash)).toEqual(['purge sql-01 14']);
    expect(told({ at: later(20), items: [{ was: held, now: inTrash }] })).toEqual(['purge sql-01 20']);
    expect(moved(anItem('Protected', { holds: [hold(null)] }), protectedItem)).toEqual([]);
  });

  test('held in the trash: the hint to its purge moves to the end of the hold, and only the one that it names is struck', () => {
    const named = withPurgeHint({ was: protectedItem, now: inTrash }, NOON, 'first');
    const items = (was: Remains, now: Remains) => complete({ items: [{ was, now }] }).items;
    const held = items(named, { ...named, holds: [hold(20)] });
    expect(hintsOf({ ...NOTHING, items: held }).map(shown)).toEqual(['purge sql-01 20', 'hold sql-01 20']);
    expect(held[0]?.now).toMatchObject({ purgeHintAt: later(20), purgeHintBy: 'w' });
    expect(struckWith(held, NOON)).toMatchObject([{ kind: 'purge', due: later(14), by: 'first' }]);
    // what is due is met by the sweep, and a hold within the period moves nothing
    expect(struckWith(held, later(14))).toEqual([]);
    const within = items(named, { ...named, holds: [hold(3)] });
    expect([hintsOf({ ...NOTHING, items: within }).map(shown), struckWith(within, NOON)]).toEqual([
      ['hold sql-01 3'],
      [],
    ]);
    // without end there is none
    const forEver = items(named, { ...named, holds: [hold(null)] });
    expect(hintsOf({ ...NOTHING, items: forEver })).toEqual([]);
    expect(struckWith(forEver, NOON)).toMatchObject([{ due: later(14), by: 'first' }]);
    expect(forEver[0]?.now).not.toHaveProperty('purgeHintAt');
    expect(struckWith(items(forEver[0]?.now ?? named, named), NOON)).toEqual([]);
  });

  test('of before, it names none: the one that its row says is struck', () => {
    const items = complete({ items: [{ was: inTrash, now: { ...inTrash, holds: [hold(20)] } }] }).items;
    expect(struckWith(items, NOON)).toMatchObject([{ due: later(14) }]);
    expect(struckWith(items, NOON)[0]).not.toHaveProperty('by');
  });

  test('whose hold has just ended by itself: none, for the hint of the hold is what found that out', () => {
    const held = anItem('SoftDeleted', { holds: [hold(3)] });
    expect(told({ at: later(3), items: [{ was: held, now: inTrash }] })).toEqual([]);
  });
});

describe('the hint to tell', () => {
  const subject = { vault: 'Contoso', item: 'sql-01', generation: 1 };
  const raised = (now = alert('ItemResumed', subject, NOON, {})) => [{ was: undefined, now }];

  test('is one for each subject, however many alerts are raised about it', () => {
    const alerts = [...raised(), ...raised(alert('ModifyProtectionShorterRetention', subject, NOON, {}))];
    expect(told({ alerts })).toEqual(['tell sql-01 0']);
    expect(told({ alerts: [...alerts, ...raised(alert('GuardUsed', { vault: 'Contoso' }, NOON, {}))] })).toEqual([
      'tell sql-01 0',
      'tell ~ 0',
    ]);
  });

  test('an undelete needs none: it rides on the purge hint of the deletion', () => {
    const was = anItem('SoftDeleted');
    expect(told({ items: [{ was, now: undeleted(was, 'e') }], alerts: raised() })).toEqual([]);
  });

  test('but an alert about something else, raised with it, has its own', () => {
    const was = anItem('SoftDeleted');
    const alerts = raised(alert('GuardUsed', { vault: 'Contoso' }, NOON, {}));
    expect(told({ items: [{ was, now: undeleted(was, 'e') }], alerts })).toEqual(['tell ~ 0']);
  });

  test.each([
    ['while that hint is ahead', 13.99, []],
    ['from the instant at which it is due', 14, ['tell sql-01 14']],
  ])('a resume after an undelete rides on it, too, %s', (_, days, hints) => {
    const at = later(days);
    const was = undeleted(anItem('SoftDeleted'), 'e');
    const alerts = raised(alert('ItemResumed', subject, at, {}));
    expect(told({ at, items: [{ was, now: anItem('Protected') }], alerts })).toEqual(hints);
  });

  test('a resume of an item that was never deleted has its own', () => {
    const move = { was: anItem('ProtectionStopped'), now: anItem('Protected') };
    expect(told({ items: [move], alerts: raised() })).toEqual(['tell sql-01 0']);
  });

  test('a deletion has its own', () => {
    const move = { was: anItem('Protected'), now: anItem('SoftDeleted') };
    expect(told({ items: [move], alerts: raised() })).toContain('tell sql-01 0');
  });

  test('an alert whose next try has moved has one then; one that was only counted or closed has none', () => {
    const was = alert('ItemResumed', subject, NOON, {});
    const mail: Notification = {
      recipient: 'a@b.c',
      as: 'owner',
      status: 'Queued',
      attempts: 1,
      operationId: 'o',
      sentAt: null,
      nextTryAt: later(1),
      failure: null,
      together: null,
    };
    expect(told({ alerts: [{ was, now: { ...was, notifications: [mail] } }] })).toEqual(['tell sql-01 1']);
    expect(told({ alerts: [{ was, now: { ...was, count: 2 } }] })).toEqual([]);
    const queued = { ...was, notifications: [mail] };
    expect(told({ alerts: [{ was: queued, now: { ...queued, state: 'Closed' } }] })).toEqual([]);
  });

  test('what waits to be told with others has a hint for all of them', () => {
    const waiting = { together: 'mass~x', alert: 'a', at: NOON };
    expect(told({ waiting: [waiting] })).toEqual([`together mass~x ${30 / 86_400}`]);
  });
});

test('an operation that begins or starts anew is gone on with at once; one that goes on or ends has its hint already', () => {
  const running = {
    id: 'Contoso~made~w1',
    kind: 'RehintPolicy',
    subject: 'daily',
    startedBy: null,
    startedAt: NOON,
  } as const;
  const now = atItsStart(running, 'Contoso', { total: 3 });
  expect(told({ operations: [{ was: undefined, now }] })).toEqual(['operate w1 0']);
  expect(told({ operations: [{ was: { value: now, tag: 't' }, now }] })).toEqual([]);
});

describe('the hint of the next expiry', () => {
  const head = aHead(aVault(), aPolicy('daily'));
  const item = (over: object = {}) => anItem('Protected', { policy: 'daily', points: [aPoint('p', 10)], ...over });
  const END = later(20); // the point is ten days old and kept for thirty
  const hinted = (now: Item, more: Partial<ItemMove> = {}, at = NOON): { after: Item; hints: readonly string[] } => {
    const move = { was: undefined, now, ...more };
    const after = withExpiry(move, head, at) as Item;
    return { after, hints: told({ at, items: [{ ...move, now: after, was: { ...now, points: [] } }] }) };
  };

  test('is written for the earliest point, and the item remembers it', () => {
    const { after, hints } = hinted(item());
    expect(after.hintedAt).toEqual(END);
    expect(hints).toEqual(['expire sql-01 20']);
  });

  test('an item without points has none', () => {
    expect(hinted(item({ points: [] })).hints).toEqual([]);
  });

  test('nothing new to age, nothing written', () => {
    const now = item();
    expect(hinted(now, { was: now }).hints).toEqual([]);
  });

  test('another policy may end a point earlier', () => {
    const now = item();
    expect(hinted(now, { was: { ...now, policy: 'weekly' } }).hints).toEqual(['expire sql-01 20']);
  });

  test.each([
    ['earlier', later(20, -1), 0],
    ['at the same instant', END, 0],
    ['a millisecond later', later(20, 1), 1],
  ])('one that stands %s: %s', (_, hintedAt, writes) => {
    expect(hinted(item({ hintedAt })).hints).toHaveLength(writes);
  });

  test('one counts as standing when it is more than fifteen minutes ahead; nothing else is believed to stand', () => {
    const at = (millis: number) => hinted(item({ hintedAt: later(0, millis) })).hints;
    expect(at(15 * 60_000 + 1)).toEqual([]);
    for (const millis of [15 * 60_000, 0, -1, -50 * 86_400_000]) expect(at(millis)).toEqual(['expire sql-01 20']);
  });

  test('the points in pages count as well', () => {
    const pages = [{ points: [aPoint('old', 28)] }];
    expect(hinted(item(), { pages }).hints).toEqual(['expire sql-01 2']);
  });

  test('a point that waits as soft-deleted is due when its wait is over', () => {
    const cut = { at: NOON, from: { daily: 30 }, to: { daily: 7 }, days: 14, version: 2 };
    const shortened = aHead(aVault(), aPolicy('daily', { daily: 7 }, [cut]));
    expect(withExpiry({ was: undefined, now: item() }, shortened, NOON)).toMatchObject({ hintedAt: later(14) });
  });

  test('whatever stood before, afterwards one stands in time', () => {
    const ends = fc.array(fc.integer({ min: -5, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(ends, fc.option(fc.integer({ min: -30, max: 90 })), (days, hint) => {
        const points = days.map((end, at) => aPoint(`p${at}`, 100, { expiresAt: later(end) }));
        const { after } = hinted(item({ points, hintedAt: hint === null ? null : later(hint) }));
        const due = later(Math.min(...days));
        const standing: Instant | null = after.hintedAt;
        expect(standing && (standing.equals(due) || (standing > NOON && standing < due))).toBe(true);
      }),
    );
  });
});

describe('a line in the work list', () => {
  let changes = 0;
  const filed = (order: Parameters<typeof anOrder>[0], over: object = {}, was?: Remains): Remains =>
    withWork({ was, now: anItem('Purging', { order: anOrder(order), ...over }) }, later(14), `change-${++changes}`);
  const lines = (was: Remains | undefined, now: Remains) =>
    hintsOf({ ...NOTHING, at: later(14), items: [{ was, now }] })
      .filter(({ work }) => work)
      .map(
        ({ due, work }) => `${work?.executor} ${work?.state} ${work?.isParked ? 'parked' : due.diff(NOON).as('days')}`,
      );
  const struck = (was: Remains, now: Remains) =>
    struckWith([{ was, now }], later(14)).map(({ work }) => `${work?.executor} ${work?.isParked ? 'parked' : 'open'}`);
  const hold = { name: 'h', reason: 'r', until: null, by: 'me', at: NOON, etag: 'h' };

  test('stands when it can be claimed: at once, when its lease or its wait is over, or when its hold ends', () => {
    expect(lines(undefined, filed({}))).toEqual(['blobs Open 14']);
    expect(lines(undefined, filed({ lease: { until: later(15), holder: { tid: 't', oid: 'o' } } }))).toEqual([
      'blobs Leased 15',
    ]);
    expect(lines(undefined, filed({ waitsUntil: later(16) }))).toEqual(['blobs Waiting 16']);
    expect(lines(undefined, filed({}, { holds: [{ ...hold, until: later(17) }] }))).toEqual(['blobs Waiting 17']);
  });

  test('lies behind all others under a hold without an end, and where a person must decide; who changes that takes it away', () => {
    const [open, held, blocked] = [filed({}), filed({}, { holds: [hold] }), filed({ isBlocked: true })];
    expect(lines(open, held)).toEqual(['blobs Waiting parked']);
    expect(lines(open, blocked)).toEqual(['blobs Blocked parked']);
    // what was filed before is found false by whoever claims
    expect(struck(open, held)).toEqual([]);
    expect([lines(held, open), struck(held, open)]).toEqual([['blobs Open 14'], ['blobs parked']]);
    expect([lines(blocked, open), struck(blocked, open)]).toEqual([['blobs Open 14'], ['blobs parked']]);
    // behind all others still, with other words
    const both = filed({ isBlocked: true }, { holds: [hold] });
    expect([lines(both, held), struck(both, held)]).toEqual([['blobs Waiting parked'], ['blobs parked']]);
  });

  test('stays where a lease grows longer, and not where it grows shorter', () => {
    const leased = (days: number, was?: Remains) =>
      filed({ lease: { until: later(days), holder: { tid: 't', oid: 'o' } }, token: 1 }, {}, was);
    const first = leased(15);
    expect(lines(first, leased(16, first))).toEqual([]);
    expect(lines(first, leased(14.5, first))).toEqual(['blobs Leased 14.5']);
    // whoever claimed has filed it where the longer lease ended
    const longer = leased(17, first);
    expect(lines(longer, leased(16, longer))).toEqual(['blobs Leased 16']);
  });

  test('has a key of its own for each change that files it: who strikes what was false strikes no other', () => {
    const keyOf = (item: Remains) =>
      hintsOf({ ...NOTHING, at: later(14), items: [{ was: undefined, now: item }] })
        .filter(({ work }) => work)
        .map(hintKey);
    const first = filed({});
    const held = filed({}, { holds: [hold] }, first);
    const again = filed({}, {}, held);
    expect(keyOf(again)).not.toEqual(keyOf(first));
    // and none that says what stands already
    expect(lines(first, filed({}, {}, first))).toEqual([]);
  });

  test('goes from the list of an executor that lets go of it', () => {
    const [mine, theirs] = [filed({}), filed({ executor: 'others' })];
    expect([lines(mine, theirs), struck(mine, theirs)]).toEqual([['others Open 14'], ['blobs open']]);
    expect(struck(mine, mine)).toEqual([]);
  });
});
