import { inParts } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import { isTelling } from '../../core/sweep.ts';
import { type Instant, iso, parseInstant } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import { type Asked, entry } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import { beat, type Ended } from './beat.ts';
import type { BeltLimits } from './belt.ts';
import { brakesOn, mayPurgeUnder, pauseWatch } from './brakes.ts';
import { carryOut } from './carryOut.ts';
import { type Clocks, clocksOf } from './clocks.ts';
import { hintVaults } from './comingUp.ts';
import { tidyDaily } from './daily.ts';
import { keepEpisodes } from './episodes.ts';
import { type Brake, placeOf, type Run, reportOf, type SweepPorts, type SweepReport, type Tally } from './run.ts';
import { type Group, isReady, type Look, list, look } from './tasks.ts';
import { tidyAnswers } from './tidy.ts';

export interface SweepLimits extends BeltLimits {
  /** How long a sweep may begin new work. */
  readonly budgetSeconds: number;
}

/** What fell due, by shard, in the order of the shards. */
type ByShard = readonly (readonly DueHint[])[];

/** Who asked for it over HTTP, and whether they let go what the belt held. */
type By = Asked & { readonly released: boolean };

export interface SweepAsk {
  readonly now: Instant;
  readonly dryRun?: boolean | undefined;
  readonly by?: By | undefined;
  /** If somebody has looked at them already. */
  readonly clocks?: Clocks | undefined;
  /** Only these shards; all of them if absent. */
  readonly shards?: readonly string[] | undefined;
  /** If somebody has read it already. */
  readonly due?: ByShard | undefined;
}

/** While one waits for its transactions another reads. The more there are, the more a death leaves to be looked at again. */
const CHUNKS_AT_ONCE = 3;

/**
 * Looks at all that fell due, and does what is true by now: purge, warn, expire, end holds, forget. It may die anywhere and be
 * repeated anywhere, alone or beside another: what is done is struck off after it was done, and is decided by conditional writes.
 */
export async function sweep(flow: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<SweepReport> {
  const { shards, dryRun = false, by } = ask;
  const { now, skew } = ask.clocks ?? (await clocksOf(flow, ask.now));
  const id = flow.newId();
  const byShard = ask.due ?? (await dueIn(flow, shards ?? flow.agenda.shards, now));
  const due = byShard.flat();
  const control = await flow.control.read();
  const chunks = chunksOf(byShard);
  const begun = begin(flow, limits, now, newTally(due, skew));
  // The belt was looked at by the one who saw all shards.
  const { brake, belt } = await brakesOn(begun, shards ? 'noBelt' : limits, chunks.flat(), control, skew);
  if (belt && !dryRun) await keepEpisodes(flow, control, belt.holds, now);
  const run = { ...begun, mayPurge: mayPurgeUnder(brake) };
  await inParallel(chunks, (chunk) => deal(run, chunk, dryRun), CHUNKS_AT_ONCE);
  const report = reportOf(run, id, dryRun, brake);
  if (!dryRun) {
    const entries = by && isNews(report, by) ? [entryOf(by, report)] : [];
    const hintedVault = shards ? undefined : await hintVaults(flow, control, now);
    await beat(flow, control, { now, record: report, ...waitsIn(run.tally), shards, entries, hintedVault });
  }
  if (!dryRun && !shards) {
    await tidyAnswers(flow, control.heartbeat?.at, now, run.outOfTime);
    await tidyDaily(flow, control, now, run.outOfTime);
  }
  return report;
}

async function deal(run: Run, chunk: Chunk, dryRun: boolean): Promise<void> {
  if (run.outOfTime()) return leave(run, chunk);
  const looks = await inParallel(chunk, ([vault, hints]) => look(run, vault, hints));
  run.tally.found.push(...looks.flatMap(overdueIn));
  countUntold(run, looks);
  if (!dryRun) return carryOut(run, looks);
  for (const one of looks) list(run, one);
}

const waitsIn = ({ left, untold }: Tally): Pick<Ended, 'left' | 'untold'> => ({ left, untold });

/**
 * Who asked over HTTP stands in the history, unless the sweep had nothing to purge. The entry says what came of it, and that lies in as many
 * partitions as there are vaults: no transaction holds it all. So it is written with the heartbeat, which says the same; where that cannot be
 * written the caller gets an error, and each purge has its own entry in the history of its item. An entry before the deed as well would cost
 * every sweep that is asked for a request.
 */
const isNews = ({ purged, held }: SweepReport, { released }: By): boolean =>
  purged > 0 || held !== undefined || released;

function entryOf(by: By, { id, due, purged, held }: SweepReport) {
  const why = held ? { held: held.reason, detail: held.detail } : {};
  return entry(by, null, { operation: 'Sweep', facts: { sweep: id, due, purged, released: by.released, ...why } });
}

/** Due, and not told yet; a reminder that comes late has just set out. */
function countUntold({ tally }: Run, looks: readonly Look[]): void {
  for (const { task } of looks.flatMap(({ planned }) => planned)) {
    if (task.task === 'untold' && task.blocker === 'NotTold') tally.untold.push(task.due);
    if (task.task === 'untold' || (task.task === 'warn' && task.days === 0)) tally.counts.waiting += 1;
  }
}

const overdueIn = ({ planned }: Look) =>
  planned.filter(isReady).map(({ task: { item, due } }) => ({ vault: item.vault, item: item.name, purgeAt: due }));

export const dueIn = (
  { agenda }: Pick<SweepPorts, 'agenda'>,
  shards: readonly string[],
  now: Instant,
): Promise<ByShard> =>
  Promise.all(shards.map(async (shard) => (await agenda.due(shard, now, { limit: Number.POSITIVE_INFINITY })).found));

/** Due are items, however many hints name them; alerts that have to be told again are none, nor is the counting of a vault. Clocks that differ leave no time at all. */
export const newTally = (hints: readonly DueHint[], skew: Brake | undefined): Tally => ({
  counts: {
    due: new Set(hints.filter((hint) => !isTelling(hint) && hint.kind !== 'reindex').map(placeOf)).size,
    ...{ purged: 0, warned: 0, expired: 0, retold: 0, waiting: 0, applied: 0 },
  },
  ...{ done: new Set(), skipped: new Set(), failed: new Set() },
  ...{ found: [], left: [], untold: [], listed: [], isCut: false },
  outOfTime: skew !== undefined,
  pause: undefined,
});

/** Looks at the clock and at the pause while it runs. */
export function begin(flow: SweepPorts, limits: SweepLimits, now: Instant, tally: Tally): Omit<Run, 'mayPurge'> {
  const deadline = flow.realNow().plus({ seconds: limits.budgetSeconds });
  const watch = pauseWatch(flow, now);
  return {
    ...{ flow, now, tally },
    outOfTime: () => {
      tally.outOfTime ||= flow.realNow() >= deadline;
      return tally.outOfTime;
    },
    paused: async () => {
      tally.pause ??= await watch();
      return tally.pause;
    },
  };
}

/** What there was no time for still waits. */
function leave({ tally }: Run, chunk: Chunk): void {
  for (const [, hints] of chunk) for (const { kind, due } of hints) if (kind === 'purge') tally.left.push(due);
}

/** What is begun, written to the agenda and struck off together. Whoever dies has at most a few of them to look at again. */
export type Chunk = readonly Group[];

/**
 * A purge writes two rows to the agenda and strikes two off, in the shard of its item: so many of one shard fill a transaction,
 * and a smaller chunk would cost more. Items of the same vault lie in all shards: then it takes more hints to make the
 * sixteen transactions worth while.
 */
const ONE_SHARD = 50;
const MANY_SHARDS = 250;
/** A vault is not cut smaller than this: each part would read again what is due in it. */
const ONE_VAULT = 1600;

/** The hints in chunks, the one with the oldest first: what is cut off for want of time is cut off there. */
export function chunksOf(byShard: ByShard): readonly Chunk[] {
  const byAge = byShard
    .flatMap((hints, shard) => hints.map((hint) => ({ hint, shard })))
    .toSorted((a, b) => a.hint.due.toMillis() - b.hint.due.toMillis());
  const parts = [...Map.groupBy(byAge, ({ hint }) => keyOf(hint.vault))].flatMap(([vault, ofVault]) => {
    const [shard, ...others] = new Set(ofVault.map((one) => one.shard));
    const hints = ofVault.map(({ hint }) => hint);
    return inParts(hints, ONE_VAULT).map((part) => ({
      shard: others.length > 0 ? 'many' : shard,
      group: [vault, part] as const,
    }));
  });
  const chunks = [...Map.groupBy(parts, ({ shard }) => shard)].flatMap(([shard, ofShard]) =>
    packed(
      ofShard.map(({ group }) => group),
      shard === 'many' ? MANY_SHARDS : ONE_SHARD,
    ),
  );
  return chunks.toSorted((a, b) => dueOf(a) - dueOf(b));
}

const dueOf = ([group]: Chunk): number => group?.[1][0]?.due.toMillis() ?? 0;

/** As many groups as fit; the one that is too large for all is a chunk by itself. */
function packed(groups: readonly Group[], most: number): readonly Chunk[] {
  const chunks: Group[][] = [];
  let size = most;
  for (const group of groups) {
    if (size + group[1].length > most) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(group);
    size += group[1].length;
  }
  return chunks;
}

/**
 * Is there a brake on now? Asked before the work is fanned out over instances that each see a part; if there is none, this is
 * the look at the whole that readiness goes by.
 */
export async function isBraked(flow: SweepPorts, limits: SweepLimits, clocks: Clocks, due?: ByShard): Promise<boolean> {
  const report = await sweep(flow, limits, { now: clocks.now, clocks, due, dryRun: true });
  if (report.held) return true;
  const { items: _, more: __, ...seen } = report;
  const oldest = seen.oldestOverdue ? parseInstant(seen.oldestOverdue.purgeAt) : undefined;
  const record = { ...seen, dryRun: false, spread: true } as const;
  const control = await flow.control.read();
  await beat(flow, control, { now: clocks.now, record, left: oldest ? [oldest] : [], untold: [] });
  const { outOfTime } = begin(flow, limits, clocks.now, newTally([], clocks.skew));
  await tidyDaily(flow, control, clocks.now, outOfTime);
  return false;
}

export interface Turn {
  readonly report?: SweepReport;
  /** A shard each, for whichever instance takes it, and the sweep's idea of now: nothing is due for it that came later. */
  readonly shares: readonly { readonly shard: string; readonly now: string }[];
}

/**
 * The timer's turn: all of it here; or, when more is due than one instance should do, a message a shard for whoever takes it.
 * The belt is looked at first, here, where all of it can be seen: what is held is not fanned out.
 */
export async function turn(flow: SweepPorts, limits: SweepLimits & { readonly spreadAbove: number }): Promise<Turn> {
  const clocks = await clocksOf(flow, flow.clock.now());
  const { now } = clocks;
  const { shards } = flow.agenda;
  const due = await dueIn(flow, shards, now);
  if (due.flat().length > limits.spreadAbove && !(await isBraked(flow, limits, clocks, due)))
    return { shares: shards.filter((_, index) => due[index]?.length).map((shard) => ({ shard, now: iso(now) })) };
  return { shares: [], report: await sweep(flow, limits, { now, clocks, due }) };
}
