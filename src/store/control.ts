import { createHash } from 'node:crypto';
import * as z from 'zod';
import { keyOf } from '../core/names.ts';
import type { Belt, Control, Heartbeat, Pause, Quarantined } from '../ports.ts';
import { held, instant, type Op, pack, reader, replacing, type Table } from './table.ts';

const PARTITION = 'control';
/** So many sweeps are shown; older ones are cleared away in every fourth turn, many at a time. */
const SHOWN_SWEEPS = 50;
const CLEARED_EVERY = 4;
const CLEARED_AT_ONCE = 90;

const pause = reader<Pause>(
  z.object({
    reason: z.string(),
    until: instant,
    by: z.string(),
    at: instant,
    etag: z.string(),
  }),
);
const belt = reader<Belt>(
  z.object({
    holds: z.array(z.object({ token: z.string(), heldAt: instant, count: z.number() })),
    releasedUntil: instant.nullable(),
  }),
);
const heartbeat = reader<Heartbeat>(
  z.object({
    at: instant,
    turn: z.number(),
    complete: z.boolean(),
    held: z.string().nullable(),
    oldestDue: instant.nullable(),
  }),
);
const quarantined = reader<Quarantined>(
  z.object({
    vault: z.string(),
    item: z.string(),
    why: z.string(),
    since: instant,
    tries: z.number(),
  }),
);

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
    await table.commit(PARTITION, [to ? { op: 'put', key: PAUSE, cells: pack(to) } : { op: 'drop', key: PAUSE }]);
  },

  tokenOf: (due) =>
    createHash('sha256')
      .update([...due].toSorted().join('\n'))
      .digest('hex')
      .slice(0, 24),

  putBelt: (to, was) => table.commit(PARTITION, [replacing(BELT, pack(to), was)]),

  async beat(beat, record) {
    const { id } = sweepRecord.parse(record);
    const writes: readonly Op[] = [
      { op: 'put', key: HEARTBEAT, cells: pack(beat) },
      { op: 'put', key: sweptKey(beat.turn, id), cells: pack(record) },
    ];
    const drops = beat.turn % CLEARED_EVERY === 0 ? await pastSweeps(table) : [];
    // Somebody else has cleared them away in between: then that is done.
    if (!(await table.commit(PARTITION, [...writes, ...drops]))) await table.commit(PARTITION, writes);
  },

  async recent() {
    const rows = await table.range(PARTITION, { prefix: SWEPT, limit: SHOWN_SWEEPS });
    return rows.map(reader(sweepRecord));
  },

  async quarantine(row) {
    await table.commit(PARTITION, [{ op: 'put', key: asideKey(row.vault, row.item), cells: pack(row) }]);
  },

  async release(vault, item) {
    await table.commit(PARTITION, [{ op: 'drop', key: asideKey(vault, item) }]);
  },

  async quarantined(vault, item) {
    const one =
      vault !== undefined && item !== undefined ? await table.get(PARTITION, asideKey(vault, item)) : undefined;
    const rows =
      vault !== undefined ? (one ? [one] : []) : await table.range(PARTITION, { prefix: 'quarantine!', limit: 100 });
    return rows.map(quarantined);
  },
});

/** What no longer belongs to the newest, with room for the one that is about to be written. */
async function pastSweeps(table: Table): Promise<readonly Op[]> {
  const rows = await table.range(PARTITION, { prefix: SWEPT, limit: SHOWN_SWEEPS + CLEARED_AT_ONCE, only: ['v'] });
  return rows.slice(SHOWN_SWEEPS - 1).map(({ key }): Op => ({ op: 'drop', key }));
}
