import { createHash } from 'node:crypto';
import * as z from 'zod';
import { keyOf } from '../core/names.ts';
import type { Control } from '../ports.ts';
import { drop, held, instant, pack, put, reader, readerOf, replacing, type Table } from './table.ts';

const PARTITION = 'control';
/** So many sweeps are shown; older ones are cleared away in every fourth turn, many at a time. */
const SHOWN_SWEEPS = 50;
const CLEARED_EVERY = 4;
const CLEARED_AT_ONCE = 90;

const pause = readerOf({
  reason: z.string(),
  until: instant,
  by: z.string(),
  at: instant,
  etag: z.string(),
});
const belt = readerOf({
  holds: z.array(z.object({ token: z.string(), heldAt: instant, count: z.number() })),
  releasedUntil: instant.nullable(),
});
const heartbeat = readerOf({
  at: instant,
  turn: z.number(),
  complete: z.boolean(),
  held: z.string().nullable(),
  oldestDue: instant.nullable(),
});
const quarantined = readerOf({
  vault: z.string(),
  item: z.string(),
  why: z.string(),
  since: instant,
  tries: z.number(),
});

/** Keys sort so that what a sweep reads at its start lies together. */
const HEARTBEAT = 'a!heartbeat';
const BELT = 'a!belt';
const PAUSE = 'a!pause';
const asideKey = (vault: string, item: string): string => `quarantine!${keyOf(vault)}!${keyOf(item)}`;
/** The newest first. What ends in the same turn, as the shares of one sweep may, differs by its id. */
const SWEPT = 'swept!';
const sweptKey = (turn: number, id: string): string => `${SWEPT}${String(LAST_TURN - turn).padStart(10, '0')}!${id}`;
const LAST_TURN = 9_999_999_999;
const sweepRecord = z.looseObject({ id: z.string(), startedAt: z.string() });

export const tableControl = (table: Table): Control => ({
  async read() {
    const rows = await table.range(PARTITION, { prefix: 'a!' });
    const row = (key: string) => rows.find((one) => one.key === key);
    const [paused, belted, beat] = [row(PAUSE), row(BELT), row(HEARTBEAT)];
    return {
      pause: paused ? pause(paused) : null,
      belt: held(belt)(belted),
      heartbeat: beat ? heartbeat(beat) : null,
    };
  },

  async putPause(to) {
    await table.commit(PARTITION, [to ? put(PAUSE, to) : drop(PAUSE)]);
  },

  tokenOf: (due) =>
    createHash('sha256')
      .update([...due].toSorted().join('\n'))
      .digest('hex')
      .slice(0, 24),

  putBelt: (to, was) => table.commit(PARTITION, [replacing(BELT, pack(to), was)]),

  async beat(beat, record) {
    const { id } = sweepRecord.parse(record);
    const writes = [put(HEARTBEAT, beat), put(sweptKey(beat.turn, id), record)];
    const drops = beat.turn % CLEARED_EVERY === 0 ? await pastSweeps(table) : [];
    // Somebody else has cleared them away in between: then that is done.
    if (!(await table.commit(PARTITION, [...writes, ...drops]))) await table.commit(PARTITION, writes);
  },

  async recent() {
    const rows = await table.range(PARTITION, { prefix: SWEPT, limit: SHOWN_SWEEPS });
    return rows.map(reader(sweepRecord));
  },

  async quarantine(row) {
    await table.commit(PARTITION, [put(asideKey(row.vault, row.item), row)]);
  },

  async release(vault, item) {
    await table.commit(PARTITION, [drop(asideKey(vault, item))]);
  },

  async quarantined() {
    const rows = await table.range(PARTITION, { prefix: 'quarantine!', limit: 100 });
    return rows.map(quarantined);
  },

  async aside(vault, item) {
    const row = await table.get(PARTITION, asideKey(vault, item));
    return row && quarantined(row);
  },
});

/** What no longer belongs to the newest, with room for the one that is about to be written. */
async function pastSweeps(table: Table) {
  const rows = await table.range(PARTITION, { prefix: SWEPT, limit: SHOWN_SWEEPS + CLEARED_AT_ONCE, only: ['v'] });
  return rows.slice(SHOWN_SWEEPS - 1).map(({ key }) => drop(key));
}
