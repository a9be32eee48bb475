import { type Outcome, ok } from '../../core/problems.ts';
import { isTelling } from '../../core/sweep.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import { inParallel } from '../story/rounds.ts';
import { beltOver, clockBrake, mayPurgeUnder, pauseBrake, pauseWatch, releaseBelt } from './brakes.ts';
import { carryOut } from './carryOut.ts';
import { type Chunk, chunksOf } from './chunks.ts';
import { list, look } from './look.ts';
import { type Brake, beat, newTally, older, placeOf, reportOf, type SweepReport, type Tally } from './report.ts';
import type { Run, SweepPorts } from './run.ts';

export interface SweepLimits {
  /** More real purges than this at once are held by the belt. */
  readonly maxPurges: number;
  /** How long a sweep may begin new work. */
  readonly budgetSeconds: number;
}

export interface SweepAsk {
  readonly now: Instant;
  readonly dryRun?: boolean | undefined;
  readonly acknowledgeBelt?: string | undefined;
  /** Only these shards; all of them if absent. */
  readonly shards?: readonly string[] | undefined;
  /** What fell due, by shard, if somebody has read it already. */
  readonly due?: readonly (readonly DueHint[])[] | undefined;
}

export type { SweepPorts, SweepReport };

/** While one waits for its transactions another reads. The more there are, the more a death leaves to be looked at again. */
const CHUNKS_AT_ONCE = 3;

/**
 * Looks at all that fell due, and does what is true by now: purge, warn, expire, end holds, forget. It may die anywhere and be
 * repeated anywhere, alone or beside another: what is done is struck off after it was done, and is decided by conditional writes.
 */
export async function sweep(flow: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<Outcome<SweepReport>> {
  const { now, shards, dryRun = false } = ask;
  if (ask.acknowledgeBelt !== undefined && !dryRun) {
    const released = await releaseBelt(flow, ask.acknowledgeBelt, now);
    if (!released.ok) return released;
  }
  const id = flow.newId();
  const control = await flow.control.read();
  const skew = await clockBrake(flow);
  const byShard = ask.due ?? (await dueIn(flow, shards ?? flow.agenda.shards, now));
  const tally = newTally(itemsIn(byShard.flat()));
  const chunks = chunksOf(byShard);
  const { run, seen } = aRun(flow, limits, now, tally, skew !== undefined);
  const belt = skew ? undefined : await beltOver(run, limits.maxPurges, chunks, control, dryRun);
  const brake = skew ?? pauseBrake(control, now) ?? belt?.brake;
  const mayPurge = mayPurgeUnder(brake, belt);
  const deal = async (chunk: Chunk): Promise<void> => {
    if (run.outOfTime()) return leave(chunk, tally);
    const looks = await inParallel(chunk, ([vault, hints]) => look(run, vault, hints));
    if (dryRun) list(looks, tally, mayPurge);
    else await carryOut(run, looks, mayPurge);
  };
  await inParallel(chunks, deal, CHUNKS_AT_ONCE);
  const told = { id, startedAt: now, finishedAt: flow.clock.now(), dryRun, now, tally };
  const report = reportOf({ ...told, complete: !seen.outOfTime, brake: brake ?? seen.pause });
  if (!dryRun) await beat(flow, control.heartbeat, shards, report, tally.oldestLeft?.purgeAt);
  return ok(report);
}

/** Items, however many hints name them; alerts that have to be told again are none. */
const itemsIn = (hints: readonly DueHint[]): number =>
  new Set(hints.filter((hint) => !isTelling(hint)).map(placeOf)).size;

/** What a sweep sees of the clock and of the pause while it runs; `skewed`: it has no time at all. */
function aRun(flow: SweepPorts, limits: SweepLimits, now: Instant, tally: Tally, skewed: boolean) {
  const deadline = flow.realNow().plus({ seconds: limits.budgetSeconds });
  const watch = pauseWatch(flow, now);
  const seen: { outOfTime: boolean; pause: Brake | undefined } = { outOfTime: skewed, pause: undefined };
  const run: Run = {
    flow,
    now,
    tally,
    outOfTime: () => {
      seen.outOfTime ||= flow.realNow() >= deadline;
      return seen.outOfTime;
    },
    paused: async () => {
      seen.pause ??= await watch();
      return seen.pause;
    },
  };
  return { run, seen };
}

/** What there was no time for still waits. */
function leave(chunk: Chunk, tally: Tally): void {
  for (const [, hints] of chunk)
    for (const hint of hints)
      if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: hint.due });
}

/** By shard, in the order of the shards. */
export const dueIn = (
  { agenda }: Pick<SweepPorts, 'agenda'>,
  shards: readonly string[],
  now: Instant,
): Promise<readonly (readonly DueHint[])[]> => Promise.all(shards.map((shard) => agenda.due(shard, now)));

/**
 * Is there a brake on now? Asked before the work is fanned out over instances that each see a part; if there is none, this is
 * the look at the whole that readiness goes by.
 */
export async function isBraked(
  flow: SweepPorts,
  limits: SweepLimits,
  now: Instant,
  due?: readonly (readonly DueHint[])[],
): Promise<boolean> {
  const report = await sweep(flow, limits, { now, due, dryRun: true });
  if (!report.ok || report.value.held) return true;
  const { items: _, ...seen } = report.value;
  const oldest = seen.oldestOverdue ? parseInstant(seen.oldestOverdue.purgeAt) : undefined;
  await beat(flow, (await flow.control.read()).heartbeat, undefined, { ...seen, dryRun: false, spread: true }, oldest);
  return false;
}
