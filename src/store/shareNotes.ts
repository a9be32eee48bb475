/**
 * What the shares of spread sweeps note of themselves. They are many and end at once: if all replaced one row, each would write again
 * whenever another was faster. So a few rows take them, by their ids, and a sweep that sees all shards writes none of these.
 */
import * as z from 'zod';
import type { Beat, ControlState, ControlWrite, Heartbeat, Held, ShareNote } from '../change.ts';
import { earliest, type Instant, instantOf } from '../core/time.ts';
import { keys } from './keys.ts';
import { list } from './limited.ts';
import { code, count, name, reason } from './rows/parts.ts';
import { instant, type Op, pack, type Row, readerOf, replacing } from './table.ts';

const tally = z.tuple([z.number(), count]);
type Purges = ShareNote['purges'];

/** One for five minutes: see `withPurges`. */
const MOST_COUNTS = 289;

/** How many were purged when, as a row holds it. */
export const purgeCells = { counts: list(tally, MOST_COUNTS) };
export const purgesOf = (counts: readonly z.infer<typeof tally>[]): Purges =>
  counts.map(([at, of]) => ({ at: instantOf(at), count: of }));
export const countsOf = (purges: Purges) => purges.map(({ at, count: of }) => [at.toMillis(), of] as const);

export const heartbeatCells = {
  at: instant,
  turn: z.number(),
  complete: z.boolean(),
  held: code.nullable(),
  // of a pause, its reason
  detail: reason.nullable().default(null),
  oldestDue: instant.nullable(),
  oldestUntold: instant.nullable().default(null),
  hintedVault: name.default(''),
};

const PREFIX = 'share';
const note = readerOf({ ...purgeCells, heartbeat: z.object(heartbeatCells) });
function noteIn(row: Row): Held<ShareNote> {
  const { counts, heartbeat } = note(row);
  return { value: { purges: purgesOf(counts), heartbeat }, tag: row.tag };
}

/** Those among the rows of what holds purges back. */
export function sharesIn(rows: readonly Row[]): ControlState['shares'] {
  const prefix = keys.control(PREFIX);
  const found = rows.filter(({ key }) => key.startsWith(prefix));
  return new Map(found.map((row) => [row.key.slice(prefix.length), noteIn(row)]));
}

/** The heartbeat of the last sweep that saw all, and what shares that ended no earlier have said since: none takes back what another found. */
export function withShares(all: Heartbeat, shares: ControlState['shares']): Heartbeat {
  const since = [...shares.values()].map(({ value }) => value.heartbeat).filter(({ at }) => at >= all.at);
  const beats = [all, ...since];
  const last = beats.reduce((one, other) => (other.at >= one.at ? other : one));
  const oldest = (of: (beat: Heartbeat) => Instant | null) => earliest(beats.flatMap((beat) => of(beat) ?? [])) ?? null;
  return {
    ...last,
    turn: Math.max(...beats.map(({ turn }) => turn)),
    oldestDue: oldest(({ oldestDue }) => oldestDue),
    oldestUntold: oldest(({ oldestUntold }) => oldestUntold),
    hintedVault: all.hintedVault,
  };
}

export function shareOp(share: string, { heartbeat }: Beat, { was, purges }: ControlWrite): Op {
  const before = was.shares.get(share);
  const counts = countsOf(purges ?? before?.value.purges ?? []);
  return replacing(keys.control(`${PREFIX}${share}`), pack({ counts, heartbeat }), before);
}
