/** What a sweep would do about each task, decided from readings made by hand. */
import { describe, expect, test } from 'vitest';
import type { PointPage } from '../../../src/change.ts';
import { type Alert, alert } from '../../../src/core/alerts.ts';
import type { Item, ItemIn } from '../../../src/core/item.ts';
import type { Begun } from '../../../src/core/orders.ts';
import { iso } from '../../../src/core/time.ts';
import { type Plan, purge, type Read, type Task, type TaskOf } from '../../../src/flows/sweep/plans.ts';
import { inOne } from '../../../src/flows/sweep/sharing.ts';
import { isHeld, rowOf } from '../../../src/flows/sweep/tasks.ts';
import type { DueHint } from '../../../src/ports/agenda.ts';
import type { About } from '../../../src/ports/alerts.ts';
import { aHead, anItem, aPoint, aVault, later, NOON } from '../../support/builders.ts';
import { must, NO_NOTICE } from '../../support/world.ts';

/** Deleted at noon, for fourteen days. */
const DUE = later(14);
/** A mark says that people know of it. */
const TOLD = { mark: { vault: 'Contoso', item: 'sql-01', generation: 1, purgeAt: DUE, toldAt: later(12) }, alerts: [] };
const trashed = (over: Partial<Item> = {}) => anItem('SoftDeleted', over) as ItemIn<'SoftDeleted'>;
const hint = (over: Partial<DueHint> = {}): DueHint => ({
  ...{ kind: 'purge', vault: 'Contoso', item: 'sql-01', due: DUE, tries: 0 },
  ...over,
});
const held = { vaultTag: 'v', fenceTag: 'f', remembered: false };
const read = (over: Partial<Read> = {}): Read => ({
  ...{ hint: hint(), head: { ...aHead(), ...held }, now: DUE, id: 'new', tag: 'tag' },
  ...{ pages: [], raised: about([]), contacts: [], terms: NO_NOTICE },
  ...over,
});
const about = (found: readonly Alert[], unreadable: readonly string[] = []): About => ({
  found: found.map((value) => ({ value, tag: '' })),
  unreadable,
});
const planOf = (task: Task, over: Partial<Read> = {}): Plan => rowOf(task).plan(task, read(over));
const writeOf = ({ landing }: Plan) => {
  const write = landing?.write;
  if (!write || 'line' in write) throw new Error('nothing is written');
  return write;
};
const pages = (count: number): readonly PointPage[] =>
  Array.from({ length: count }, (_, index) => ({ id: `page-${index}`, points: [aPoint(`p-${index}`, 1)] }));

describe('a purge', () => {
  test('leaves a tombstone, a line in the history and an alert, and rests on the item and the head as they were read', () => {
    const item = trashed();
    const plan = planOf({ task: 'purge', item, due: DUE, told: TOLD });
    expect(writeOf(plan)).toMatchObject({
      vault: 'Contoso',
      fence: aHead().fence,
      items: [{ was: { value: item, tag: 'tag' }, now: { state: 'Purged', etag: 'new' } }],
      alerts: [{ was: undefined, now: { type: 'PurgeComplete', facts: { purgeAt: iso(DUE) } } }],
      entries: [{ operation: 'Purge', from: 'SoftDeleted', to: 'Purged', caller: { channel: 'service' } }],
    });
    expect(plan).toMatchObject({ hint: 'struck', counts: { as: 'purged', count: 1 } });
    expect(plan).not.toHaveProperty('goesOn');
  });

  test('takes all pages along', () => {
    const item = trashed({ pagedPoints: 39 });
    const plan = planOf({ task: 'purge', item, due: DUE, told: TOLD }, { pages: pages(39) });
    expect(writeOf(plan)).toMatchObject({
      items: [{ now: { state: 'Purged' }, dropPages: pages(39) }],
      alerts: [{ now: { type: 'PurgeComplete', facts: { points: 39 } } }],
    });
    expect(plan).not.toHaveProperty('goesOn');
  });

  test('shares a transaction where no pages lie beside the item', () => {
    const task = (pagedPoints: number): TaskOf<'purge'> => ({
      task: 'purge',
      item: trashed({ pagedPoints }),
      due: DUE,
      told: TOLD,
    });
    const mayShare = (one: TaskOf<'purge'>) => rowOf(one).shares?.may(one, read());
    expect([mayShare(task(0)), mayShare(task(1))]).toEqual([true, false]);
    const both = ['one', 'two'].map((id) =>
      purge({ task: 'purge', item: trashed({ name: id }), due: DUE, told: TOLD }, read({ id, tag: '*' })),
    );
    const write = inOne(both)?.write;
    expect(write).toMatchObject({
      id: 'one',
      fence: aHead().fence,
      items: [{ was: { tag: '*' }, now: { name: 'one', etag: 'one' } }, { now: { name: 'two', etag: 'two' } }],
      alerts: [{ now: { item: 'one' } }, { now: { item: 'two' } }],
      entries: [{ item: 'one' }, { item: 'two' }],
    });
    expect(inOne([])).toBeUndefined();
  });

  test('that was begun goes on; nobody is told where soft delete never applied', () => {
    const marked = anItem('Purging') as Begun;
    const goesOn = (item: Begun) => planOf({ task: 'finishPurge', item }, { now: later(15) }).goesOn;
    const { deletion } = trashed();
    expect(goesOn({ ...marked, deletion })).toMatchObject({
      alerts: [{ now: { type: 'PurgeComplete', facts: { purgeAt: iso(DUE) } } }],
    });
    expect(goesOn({ ...marked, deletion: null })).toMatchObject({ alerts: [] });
  });

  test('is what the brakes are asked about, and nothing else is', () => {
    const asked: unknown[] = [];
    const never = (_: DueHint, due: unknown) => {
      asked.push(due);
      return false;
    };
    const item = trashed();
    const marked = anItem('Purging') as Begun;
    expect(isHeld({ task: 'purge', item, due: DUE, told: TOLD }, hint(), never)).toBe(true);
    expect(isHeld({ task: 'finishPurge', item: marked }, hint(), never)).toBe(true);
    const others: readonly Task[] = [
      { task: 'warn', item, due: DUE, days: 2 },
      { task: 'move', item, days: 30 },
      { task: 'endHolds', item },
      { task: 'forget' },
      { task: 'drop' },
      { task: 'rehint', policy: 'daily' },
    ];
    for (const task of others) expect(isHeld(task, hint(), never)).toBe(false);
    expect(asked).toEqual([DUE, 'begun']);
  });
});

describe('a warning', () => {
  const now = later(12);
  const item = trashed();
  const raised = (purgeAt: string, occurrence: string | number) =>
    alert(
      'UpcomingPurge',
      { vault: 'Contoso', item: 'sql-01', generation: item.generation },
      now,
      { purgeAt },
      occurrence,
    );
  const first = raised(iso(DUE), item.generation);
  const idOf = (plan: Plan) => writeOf(plan).alerts?.[0]?.now.id;
  const warn = (of: Partial<Read> = {}, due = DUE) => planOf({ task: 'warn', item, due, days: 2 }, { now, ...of });

  test('is raised once, while the item lies in the trash', () => {
    expect(writeOf(warn())).toMatchObject({
      stillInTrash: [item],
      alerts: [{ now: { id: first.id, facts: { purgeAt: iso(DUE), daysLeft: 2 } } }],
      entries: [{ operation: 'WarnUpcomingPurge' }],
    });
    expect(warn({ raised: about([first]) })).toEqual({ hint: 'struck' });
  });

  test('is raised once more when the purge was put off, named after the day', () => {
    const put = later(30);
    const second = warn({ raised: about([first]) }, put);
    expect(idOf(second)).toBe(`${first.id}-${put.toISODate()}`);
    const known = { ...raised(iso(put), item.generation), id: idOf(second) ?? '' };
    expect(warn({ raised: about([first, known]) }, put)).toEqual({ hint: 'struck' });
  });

  test('is raised beside one that cannot be read, under another id', () => {
    const beside = warn({ raised: about([], [first.id.toLowerCase()]) });
    expect(idOf(beside)).toBe(`${first.id}-${DUE.toISODate()}`);
  });
});

describe('what time has changed about an item', () => {
  const vault = aVault({ extensions: [{ at: later(3), days: 30, version: 99 }] });
  const head = { ...aHead(vault), ...held };
  const move = { task: 'move', item: trashed(), days: 30 } as const;

  test('is written, with the hints for what comes next; somebody who may have been warned is warned again', () => {
    const plan = planOf(move, { head });
    expect(writeOf(plan)).toMatchObject({
      items: [{ now: { deletion: { retentionDays: 30 }, etag: 'new' } }],
      entries: [{ operation: 'ExtendRetention' }],
    });
    // the hint to its purge follows from the change
    expect(plan.landing?.again).toMatchObject([{ kind: 'warn', due: later(28) }]);
    expect(planOf(move, { head, hint: hint({ kind: 'warn' }) }).landing?.again).toMatchObject([{ kind: 'warn' }]);
  });

  test('is looked at once more where something else is to be done', () => {
    const until = later(12);
    const item = trashed({ holds: [{ name: 'legal', reason: 'x', until, by: 'me', at: NOON, etag: 'h' }] });
    const plan = planOf({ task: 'endHolds', item }, { now: until, hint: hint({ kind: 'warn' }) });
    expect(writeOf(plan)).toMatchObject({ items: [{ now: { holds: [] } }], entries: [{ operation: 'EndHolds' }] });
    expect(plan.hint).toBe('lookAgain');
  });
});

describe('points whose life is over', () => {
  const expire = (item: Item, now = later(0)) => planOf({ task: 'expire', item: item as ItemIn<'Protected'> }, { now });
  const item = anItem('Protected', { points: [aPoint('old', 40), aPoint('new', 1)] });

  test('go, and the item remembers when the next one does', () => {
    const plan = expire(item);
    const [write] = writeOf(plan).items ?? [];
    expect(write?.now).toMatchObject({ points: [{ name: 'new' }] });
    expect(writeOf(plan).entries).toMatchObject([{ facts: { recoveryPoints: ['old'] } }]);
    expect(plan.counts).toEqual({ as: 'expired', count: 1 });
    // The hint follows from the change.
    expect(plan.landing?.again).toEqual([]);
  });

  test('are looked for again at the instant that was hinted before, too', () => {
    const [write] = writeOf(expire(item)).items ?? [];
    const { hintedAt: due } = must(write).now as Item;
    expect(expire({ ...item, hintedAt: due } as Item).landing?.again).toMatchObject([{ kind: 'expire', due }]);
    const left = anItem('Protected', { points: [aPoint('new', 1)], hintedAt: due });
    expect(expire(left)).toMatchObject({ landing: { again: [{ kind: 'expire', due }] }, counts: { count: 0 } });
    expect(expire(left).landing).not.toHaveProperty('write');
  });
});

test('a policy that the version before shortened is walked by an operation of the service, when its change cannot be on its way any more', () => {
  const at = (millis: number) =>
    planOf({ task: 'rehint', policy: 'daily' }, { hint: hint({ kind: 'policy', due: NOON }), now: later(0, millis) });
  expect(at(59_999)).toEqual({ hint: 'stays' });
  expect(at(60_000).hint).toBe('struck');
  const begun = {
    kind: 'RehintPolicy',
    subject: 'daily',
    startedBy: null,
    total: null,
    status: 'Running',
    cursor: null,
  };
  expect(writeOf(at(60_000)).operations).toMatchObject([{ was: undefined, now: begun }]);
});

test.each(['retell', 'leave', 'drop', 'forget'] as const)('%s writes nothing', (task) => {
  const plan = planOf({ task });
  expect(plan.landing).toBeUndefined();
  expect(plan.hint).toBe(task === 'retell' || task === 'leave' ? 'stays' : 'struck');
});
