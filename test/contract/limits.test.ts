/**
 * Every shape that is stored, at all its limits at once, fits its row, and what one change writes fits its transaction, with room to
 * spare: Table Storage takes rows of 1 MiB, keys of 1 KiB and transactions of 4 MiB. A text or list without a limit ends the test.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Change, inParts, type PointPage } from '../../src/change.ts';
import { alertId } from '../../src/core/alerts.ts';
import { ALERT_TYPES } from '../../src/core/alertTypes.ts';
import { HINT_KINDS } from '../../src/core/hints.ts';
import { type ItemIn, isItem, type Remains } from '../../src/core/item.ts';
import { dayAfter } from '../../src/core/kept.ts';
import type { Point } from '../../src/core/policy.ts';
import { ticketOf } from '../../src/core/ticket.ts';
import { TOGETHER } from '../../src/flows/items/operations/undeleteItems.ts';
import { PAGE_SIZE } from '../../src/flows/items/pages.ts';
import { fitting } from '../../src/flows/story/fitting.ts';
import type { Task } from '../../src/flows/sweep/plans.ts';
import { rowOf } from '../../src/flows/sweep/tasks.ts';
import { hintKey, keys, trashKey } from '../../src/store/keys.ts';
import { list } from '../../src/store/limited.ts';
import { opsOf } from '../../src/store/ops.ts';
import { pageCells } from '../../src/store/pages.ts';
import { read } from '../../src/store/rows.ts';
import { type Cells, pack, reader, readerOf, SHAPES } from '../../src/store/table.ts';
import { ticketCells } from '../../src/store/tickets.ts';
import { aHead, anItem, later, NOON } from '../support/builders.ts';
import { fullest } from '../support/fullest.ts';
import { bytesOf, LARGEST_ROW, LARGEST_TRANSACTION, LONGEST_KEY, MOST_ROWS, sizeOf } from '../support/sizes.ts';
import { must } from '../support/world.ts';

/** Each reader says its shape when its module is loaded. */
const STORE = join(import.meta.dirname, '../../src/store');
for (const file of globSync('**/*.ts', { cwd: STORE })) await import(join(STORE, file));

/** A row of this kind at its limits, as it is read again. */
function full<T>(parse: { (row: { key: string; cells: Cells }): T; readonly shape: unknown }, over: object = {}): T {
  const document = fullest(parse.shape, 'a row');
  if (typeof document !== 'object') throw new Error('a row holds an object');
  return parse({ key: 'full', cells: pack({ ...document, ...over }) });
}

const MOST_POINTS = 9_999;
const NAME = 'n'.repeat(63);
const OTHER = 'o'.repeat(63);
const pointsOf = (remains: Remains): readonly Point[] => (isItem(remains) ? remains.points : []);
const told = full(read.alert).notifications ?? [];
/** All points of an item that has as many as it can. */
const points = pointsOf(full(read.remains));
const PAGES: readonly PointPage[] = inParts(
  Array.from({ length: MOST_POINTS }, () => points[0]).filter((one) => one !== undefined),
  PAGE_SIZE,
).map((ofPage) => ({ id: OTHER, points: ofPage }));

/** An alert is a bundle of others, or is told to all whom a weakening concerns; never both. */
const ALERTS = {
  'an alert': { members: [] },
  'a bundle': { notifications: told.slice(0, 150) },
};

describe('a row at all its limits', () => {
  const { alert } = read;
  test.each([...SHAPES].filter((shape) => shape !== alert.shape))(
    'whatever reads it, has 512 KiB at most: %#',
    (shape) => {
      const document = fullest(shape, 'a row') as object;
      expect(() => shape.parse(document)).not.toThrow();
      expect(sizeOf(pack(document)), Object.keys(document).join()).toBeLessThanOrEqual(LARGEST_ROW);
    },
  );
  test.each(Object.entries(ALERTS))('%s has 512 KiB at most', (_, over) => {
    expect(sizeOf(pack(full<object>(alert, over)))).toBeLessThanOrEqual(LARGEST_ROW);
  });
});

test('a page of points at all its limits has 512 KiB at most', () => {
  for (const page of PAGES) expect(sizeOf(pageCells(page))).toBeLessThanOrEqual(LARGEST_ROW);
});

test('a ticket lies in one text of its hint, or there is none', () => {
  const { deletion } = anItem('SoftDeleted');
  const head = { seq: 1, hash: 'h'.repeat(64) };
  const mark = { vault: NAME, item: OTHER, generation: 1, purgeAt: later(14), toldAt: later(12), days: 2, head };
  const tickets = Array.from({ length: 24 }, (_, at) => {
    const reason = '"'.repeat(100 * at);
    return ticketOf(anItem('SoftDeleted', { deletion: { ...deletion, reason } }), mark, aHead());
  });
  expect(tickets.at(0)).toBeDefined();
  expect(tickets.at(-1)).toBeUndefined();
  const hint = { due: later(14), kind: 'purge', vault: NAME, item: OTHER } as const;
  for (const ticket of tickets.filter((one) => one !== undefined))
    expect(String(ticketCells(String, { ...hint, ticket })['ticket']).length).toBeLessThanOrEqual(4000);
});

test('a key at all its limits has 512 characters at most', () => {
  const longestType = ALERT_TYPES.toSorted((a, b) => b.length - a.length)[0] ?? 'Digest';
  const alert = alertId(longestType, { vault: NAME, item: OTHER }, 'x'.repeat(100));
  const crowd = `address~${'f'.repeat(32)}~${NOON.toMillis()}`;
  const remains = full(read.remains);
  const all = [
    keys.fence(NAME, 'x'.repeat(80)),
    keys.policy(NAME, OTHER),
    keys.server(NAME, OTHER),
    keys.item(NAME, OTHER),
    keys.page(NAME, OTHER, OTHER),
    keys.mark(NAME, { purgeAt: NOON, item: OTHER }),
    trashKey({ ...remains, vault: NAME, name: OTHER }) ?? '',
    keys.job(NAME, OTHER, 'x'.repeat(80)),
    keys.entry(NAME, { item: OTHER }, 1),
    keys.entry(NAME, { item: null, guard: OTHER }, 1),
    keys.alert(NAME, alert),
    keys.waitingOne(NAME, crowd, NOON, alert),
    keys.pin(NAME, { operation: 'changePassphrase', server: OTHER }),
    keys.grant(OTHER, 'x'.repeat(80)),
    keys.spent(NAME, 'x'.repeat(80)),
    keys.answer(NAME, 'f'.repeat(64)),
    keys.running(NAME, { kind: 'UndeleteItems', subject: null, mark: 'f'.repeat(64) }),
    keys.operation(NAME, 'x'.repeat(80)),
    keys.result(NAME, 'x'.repeat(80), `${'9'.repeat(16)}!${OTHER}`),
    ...HINT_KINDS.map((kind) => hintKey({ due: NOON, kind, vault: NAME, item: OTHER })),
  ];
  expect(Math.max(...all.map((key) => key.length))).toBeLessThanOrEqual(LONGEST_KEY);
});

describe('a transaction at all its limits', () => {
  const vault = full(read.vault);
  const held = <T>(value: T) => ({ value, tag: 'W/"1"' });
  const entry = full(read.entry);
  const operation = { ...full(read.operation), status: 'Succeeded', endedAt: NOON } as const;
  const answer = full(read.answer);
  // nobody has tried yet to tell of what is new
  const untried = { sentAt: null, failure: null, together: null } as const;
  const notifications = told.map(({ droppedAt: _, ...one }) => ({ ...one, ...untried }));
  const raised = { ...full(read.alert, ALERTS['an alert']), notifications };
  const inHead = { vault: vault.vault, fence: vault.fence, policies: [full(read.policy)] };
  const item = full(read.remains);
  const purged = { ...full(read.alert, ALERTS['an alert']), facts: {}, notifications };
  const linked = (count: number) => Array.from({ length: count }, (_, at) => ({ ...entry, item: `${NAME}${at}` }));

  /** As many of these as a sweep puts into one transaction. */
  function together<I extends object, T extends Task>(of: I, task: (one: I) => T): readonly I[] {
    const shares = must(rowOf(task(of)).shares);
    const head = { ...inHead, vaultTag: 'W/"1"', remembered: false };
    const all = Array.from({ length: 50 }, () => of);
    return must(fitting(all, shares.room('RecoveryServices'), (one) => shares.size?.(task(one), head) ?? 0)[0]);
  }
  const trashed = { ...item, ...anItem('SoftDeleted', { name: OTHER }) } as ItemIn<'SoftDeleted'>;
  const living = { ...item, ...anItem('Protected', { points: pointsOf(item).slice(0, 150) }) } as ItemIn<'Protected'>;
  const purges = together(full(read.mark), () => ({
    task: 'purge',
    item: trashed,
    due: NOON,
    told: { alerts: [] },
  }));
  const reminded = together(trashed, (one) => ({ task: 'warn', item: one, due: NOON, days: 2 }));
  const expired = together(living, (one) => ({ task: 'expire', item: one }));

  const CHANGES: { readonly [what: string]: Omit<Change, 'vault' | 'id'> } = {
    'of settings and a policy': {
      head: {
        was: { ...inHead, vaultTag: 'W/"1"', remembered: false },
        now: vault.vault,
        putPolicy: full(read.policy),
      },
      entries: linked(2),
      alerts: [{ was: undefined, now: raised }],
      answer: () => ({ answer }),
      spent: [{ was: held(full(read.spent)), now: full(read.spent) }],
    },
    'of a step of an operation, with what was refused': {
      operations: [{ was: held(operation), now: operation }],
      results: Array.from({ length: TOGETHER }, (_, at) => ({
        result: { ...full(read.result), operation: 'x'.repeat(80), place: `${'9'.repeat(16)}!${NAME}${at}` },
        isNew: true,
      })),
      fence: 'f',
    },
    'of an item and everything beside it': {
      items: [{ was: held(item), now: item, putPages: PAGES }],
      entries: linked(3),
      alerts: [
        { was: undefined, now: raised },
        { was: undefined, now: raised },
      ],
      answer: () => ({ answer }),
      jobs: [full(read.job)],
      pins: [{ was: held(full(read.pin)), now: full(read.pin) }],
      spent: [{ was: held(full(read.spent)), now: full(read.spent) }],
      fence: vault.fence,
    },
    'of a guard, a grant, and what became of it': {
      guard: { was: held(full(read.guard)), now: full(read.guard) },
      grant: { was: held(full(read.grant)), now: full(read.grant) },
      entries: linked(2),
      alerts: [{ was: undefined, now: raised }],
      answer: () => ({ answer }),
    },
    'of as many purges as share one': {
      items: purges.map(() => ({ was: held(item), now: graveOf(item) })),
      dropMarks: purges.map((mark) => ({ ...mark, item: item.name })),
      entries: linked(purges.length),
      alerts: purges.map(() => ({ was: undefined, now: purged })),
      fence: vault.fence,
    },
    'of as many reminders as share one': {
      stillInTrash: reminded,
      entries: linked(reminded.length),
      alerts: reminded.map(() => ({ was: undefined, now: purged })),
      fence: vault.fence,
    },
    'of as many expiries as share one': {
      items: expired.map((one) => ({ was: held(one), now: one })),
      entries: linked(expired.length),
      fence: vault.fence,
    },
  };

  test.each(Object.entries(CHANGES))('%s has 100 rows and 3 MiB at most', (_, change) => {
    const ops = opsOf({ vault: NAME, id: 'x'.repeat(80), ...change });
    expect(ops.length).toBeLessThanOrEqual(MOST_ROWS);
    expect(bytesOf(ops)).toBeLessThanOrEqual(LARGEST_TRANSACTION);
  });

  function graveOf({ vault: of, name, generation, etag, ...kept }: typeof item) {
    return {
      ...('closedOrders' in kept ? { closedOrders: kept.closedOrders ?? [] } : {}),
      state: 'Purged',
      vault: of,
      name,
      generation,
      server: name,
      etag,
      softDeleteApplied: true,
      purgedAt: later(14),
      endsOn: dayAfter(later(104)),
    } as const;
  }
});

test.each([
  ['text', z.object({ inside: z.string().nullable() }), 'a row.inside: a stored string without a limit'],
  ['list', z.object({ inside: z.array(z.number()).default([]) }), 'a row.inside: a stored array without a limit'],
  ['record', z.object({ inside: z.record(z.string(), z.number()) }), 'a row.inside: a stored record without a limit'],
  ['object', z.object({ inside: z.looseObject({}) }), 'a row.inside: a stored object without a limit'],
])('a %s without a limit is found', (_, shape, message) => {
  // biome-ignore lint/suspicious/noExplicitAny: of a list that it lacks a limit is said by the compiler, too
  expect(() => full(reader(shape as any))).toThrow(message);
});

test('a list without a limit does not compile, wherever in a shape it stands', () => {
  const unlimited = z.array(z.string());
  const limited = list(z.object({ inside: list(z.string(), 3) }).nullable(), 3).default([]);
  reader(z.object({ limited }));
  // @ts-expect-error a list without a limit
  readerOf({ unlimited });
  // @ts-expect-error in a list that has one
  readerOf({ outer: list(z.object({ unlimited }), 3) });
  // @ts-expect-error where it may be absent
  reader(z.object({ inside: z.object({ unlimited: unlimited.nullable().default([]) }) }));
  // @ts-expect-error where something is made of it
  reader(z.object({ unlimited }).transform((one) => one));
  // @ts-expect-error one of several
  readerOf({ inside: z.union([z.string(), unlimited]) });
  expect.assertions(0);
});
