import * as z from 'zod';
import type { Beat, ControlState, ControlWrite, Held } from '../change.ts';
import { BELT_LIMITS, MOST_HELD } from '../core/brakes.ts';
import { HINT_KINDS, SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import { nextTry } from '../core/sweep.ts';
import type { Instant } from '../core/time.ts';
import type { Control } from '../ports.ts';
import { keptHintsIn } from './keptHints.ts';
import { keys } from './keys.ts';
import { freeText, list, loose, text } from './limited.ts';
import { count, id, name, oid, reason, subject } from './rows/parts.ts';
import { countsOf, heartbeatCells, purgeCells, purgesOf, shareOp, sharesIn, withShares } from './shareNotes.ts';
import {
  drop,
  everyRow,
  held,
  instant,
  type Op,
  pack,
  put,
  type Row,
  readableOf,
  reader,
  readerOf,
  replacing,
  type Table,
} from './table.ts';

/** So many sweeps are shown; older ones are cleared away in every fourth turn, many at a time. */
const SHOWN_SWEEPS = 50;
const CLEARED_AT_ONCE = 90;

const pause = z.object({
  reason,
  until: instant,
  by: oid,
  // Pauses of before do not tell the tenant: then everybody is another than who made it.
  tid: oid.default(''),
  at: instant,
  etag: id,
});
const episode = z.object({
  vault: name.nullable(),
  limit: z.enum(BELT_LIMITS),
  count,
  items: count.exactOptional(),
  since: instant,
  mails: count,
});
/** A sweep tells which vaults it held. */
const MOST_RECORD = 70_000;
const month = text('2026-03'.length);
/** Only rows of before have them. */
const MOST_TOKENS = 20;

const read = {
  pause: readerOf({ pause: pause.nullable() }),
  belt: readerOf({
    episodes: list(episode, MOST_HELD).default([]),
    releasedUntil: instant.nullable(),
    holds: list(z.object({ token: text(100), heldAt: instant }), MOST_TOKENS).default([]),
  }),
  purges: readerOf(purgeCells),
  heartbeat: readerOf(heartbeatCells),
  tidied: readerOf({
    at: instant,
    since: instant,
    mailsFrom: month,
    letters: month,
    mailsOfBefore: z.boolean(),
    answersOfBefore: z.boolean(),
    endsOfBefore: z.boolean().default(true),
  }),
  guard: readerOf({ guard: name.nullable(), etag: id }),
  pauseOfBefore: reader(pause),
  aside: readerOf({
    vault: name,
    item: subject,
    why: freeText(500),
    // What was set aside before this was asked shows it when it is tried next, within a day.
    isUnreadable: z.boolean().default(false),
    since: instant,
    tries: count,
    nextTryAt: instant.exactOptional(),
    kind: z.enum(HINT_KINDS).default('purge'),
    by: id.exactOptional(),
    toldAt: instant.nullable().default(null),
  }),
  record: reader(loose({ id, startedAt: text(40) }, MOST_RECORD)),
};

export const readTidied = read.tidied;

/** Where the version before kept these rows, and where what was set aside lies still: in the table `registry`. */
const OLD = { partition: 'control', prefix: 'a!', swept: 'swept!' } as const;
const ASIDE = 'quarantine!';
const asideKey = (vault: string, item: string): string => `${ASIDE}${keyOf(vault)}!${keyOf(item)}`;

export const tableControl = (table: Table, registry: Table): Control => ({
  async read() {
    const rows = await table.range(SERVICE, { prefix: keys.controls });
    const row = (name: string) => rows.find(({ key }) => key === keys.control(name));
    const purges = held(read.purges)(row('purges'));
    const heartbeat = beatIn(row('heartbeat'));
    const shares = sharesIn(rows);
    const now: ControlState = {
      pause: valueIn('pause', held(read.pause)(row('pause'))),
      belt: held(read.belt)(row('belt')),
      purges: purges && { ...purges, value: purgesOf(purges.value.counts) },
      shares,
      heartbeat: heartbeat && withShares(heartbeat, shares),
      tidied: held(read.tidied)(row('tidied')),
      guard: held(read.guard)(row('guard')),
      hints: keptHintsIn(rows),
      before: [],
    };
    // A heartbeat here shows that everything was taken along.
    return now.heartbeat ? now : withBefore(now, await registry.range(OLD.partition, { prefix: OLD.prefix }));
  },

  async recent() {
    const found = await table.range(SERVICE, { prefix: keys.swept(''), limit: SHOWN_SWEEPS });
    // The turns are counted on over the versions: there was none before the first.
    const isAll = found.at(-1)?.key.startsWith(turnKey(FIRST_TURN)) ?? false;
    const limit = isAll ? 0 : SHOWN_SWEEPS - found.length;
    const before = limit > 0 ? await registry.range(OLD.partition, { prefix: OLD.swept, limit }) : [];
    return readableOf([...found, ...before], read.record);
  },

  /** With room for the one that is about to be written. */
  async past() {
    const limit = SHOWN_SWEEPS + CLEARED_AT_ONCE;
    const rows = await table.range(SERVICE, { prefix: keys.swept(''), limit, only: ['v'] });
    return rows.slice(SHOWN_SWEEPS - 1).map(({ key }) => key);
  },

  async quarantine(row) {
    await registry.commit(OLD.partition, [put(asideKey(row.vault, row.item), row)]);
  },

  async release(vault, item) {
    await registry.commit(OLD.partition, [drop(asideKey(vault, item))]);
  },

  async quarantined(limit = 100) {
    const rows = await registry.range(OLD.partition, { prefix: ASIDE, limit });
    return readableOf(rows, asideIn);
  },

  async aside(vault, item) {
    const row = await registry.get(OLD.partition, asideKey(vault, item));
    return row && asideIn(row);
  },

  async dropAside(before) {
    // with its tag: it may fail once more, and be set aside anew
    for await (const row of everyRow(registry, OLD.partition, ASIDE))
      if (isPast(row, before)) await registry.remove(OLD.partition, row.key, row.tag);
  },
});

/** What cannot be read is for a person to look at. */
function isPast(row: Row, before: Instant): boolean {
  try {
    return asideIn(row).nextTryAt < before;
  } catch {
    return false;
  }
}

const valueIn = <K extends string, T>(name: K, row: Held<{ readonly [N in K]: T }> | undefined): Held<T> | undefined =>
  row && { value: row.value[name], tag: row.tag };

const beatIn = (row: Row | undefined) => (row ? read.heartbeat(row) : null);

/** Rows of before told when something was set aside last; the next try was written at the same time. */
function asideIn(row: Row) {
  const aside = read.aside(row);
  return { ...aside, nextTryAt: aside.nextTryAt ?? nextTry(aside.tries, aside.since) };
}

/** What is not here yet is read where the version before kept it. */
function withBefore(now: ControlState, rows: readonly Row[]): ControlState {
  const row = (name: string) => rows.find(({ key }) => key === `${OLD.prefix}${name}`);
  const [paused, belted] = [row('pause'), row('belt')];
  const old = {
    pause: now.pause || !paused ? undefined : { value: read.pauseOfBefore(paused), tag: '' },
    belt: now.belt || !belted ? undefined : { value: read.belt(belted), tag: '' },
    heartbeat: beatIn(row('heartbeat')),
  };
  return {
    pause: old.pause ?? now.pause,
    belt: old.belt ?? now.belt,
    purges: now.purges,
    shares: now.shares,
    heartbeat: old.heartbeat,
    tidied: now.tidied,
    guard: now.guard,
    hints: now.hints,
    before: (['pause', 'belt', 'heartbeat'] as const).filter((name) => old[name]),
  };
}

/** The rows of a change of the brakes. What still lies where the version before kept it comes along, once: an insert takes one of two. */
export function controlOps(write: ControlWrite): readonly Op[] {
  const { was, pause: next, belt, purges, beat, tidied, guard, planted = [] } = write;
  const moves = (name: ControlState['before'][number]) => was.before.includes(name);
  const paused = next !== undefined || !moves('pause') ? next : was.pause?.value;
  const belted = belt ?? (moves('belt') ? was.belt?.value : undefined);
  const over = (name: 'pause' | 'belt') => (moves(name) ? undefined : was[name]);
  return [
    ...(paused === undefined ? [] : [replacing(keys.control('pause'), pack({ pause: paused }), over('pause'))]),
    ...(belted ? [replacing(keys.control('belt'), pack(belted), over('belt'))] : []),
    ...(purges && beat?.share === undefined
      ? [replacing(keys.control('purges'), pack({ counts: countsOf(purges) }), was.purges)]
      : []),
    ...(beat ? beatOps(beat, write) : []),
    ...(tidied ? [replacing(keys.control('tidied'), pack(tidied), was.tidied)] : []),
    ...(guard ? [replacing(keys.control('guard'), pack(guard), was.guard)] : []),
    ...planted.map((name) => drop(keys.control(name))),
    ...(!beat && moves('heartbeat')
      ? [replacing(keys.control('heartbeat'), pack(was.heartbeat ?? {}), undefined)]
      : []),
  ];
}

/** The record of a sweep, whose presence tells that its beat was written. */
export const recordKey = ({ heartbeat, record }: Pick<Beat, 'heartbeat' | 'record'>): string =>
  `${turnKey(heartbeat.turn)}${record.id}`;
const turnKey = (turn: number): string => keys.swept(`${String(LAST_TURN - turn).padStart(10, '0')}!`);
const FIRST_TURN = 1;
/** The newest first. What ends in the same turn, as the shares of one sweep may, differs by its id. */
const LAST_TURN = 9_999_999_999;

/** A share writes the heartbeat itself only where none is: by that one the next knows that everything was taken along. */
function beatOps(beat: Beat, write: ControlWrite): readonly Op[] {
  const { heartbeat, record, share, drops } = beat;
  const { was } = write;
  const isMissing = !was.heartbeat || was.before.includes('heartbeat');
  return [
    ...(share === undefined || isMissing ? [put(keys.control('heartbeat'), heartbeat)] : []),
    ...(share === undefined ? [] : [shareOp(share, beat, write)]),
    put(recordKey({ heartbeat, record }), record),
    ...drops.map(drop),
  ];
}
