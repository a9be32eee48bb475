import { type Outcome, ok } from '../../core/problems.ts';
import { isTelling, mayEndInPurge } from '../../core/sweep.ts';
import { type Instant, later, parseInstant } from '../../core/time.ts';
import type { DueHint, Ports } from '../../ports.ts';
import { inParallel } from '../inParallel.ts';
import {
  type Brake,
  type ControlState,
  clockBrake,
  holdBelt,
  pauseBrake,
  pauseWatch,
  releaseBelt,
  releasedUntil,
} from './brakes.ts';
import { carryOut, planOrSetAside, purgesIn } from './carryOut.ts';
import { type Chunk, chunksOf } from './chunks.ts';
import { beat, list, reportOf, type SweepReport } from './report.ts';
import type { MayPurge, Run } from './run.ts';
import { newTally, older, placeOf, type Tally } from './tally.ts';

export type SweepPorts = Pick<
  Ports,
  'vaults' | 'agenda' | 'control' | 'notices' | 'alerts' | 'storage' | 'newId' | 'realNow' | 'clock'
>;

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

export type { SweepReport };

/** While one waits for its transactions another reads. The more there are, the more a death leaves to be looked at again. */
const CHUNKS_AT_ONCE = 3;

/**
 * Looks at all that fell due, and does what is true by now: purge, warn, expire, end holds, forget. It may die anywhere and be
 * repeated anywhere, alone or beside another: what is done is struck off after it was done, and is decided by conditional writes.
 */
export async function sweep(ports: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<Outcome<SweepReport>> {
  if (ask.acknowledgeBelt !== undefined && !ask.dryRun) {
    const released = await releaseBelt(ports, ask.acknowledgeBelt, ask.now);
    if (!released.ok) return released;
  }
  const id = ports.newId();
  const tally = newTally();
  const control = await ports.control.read();
  const skew = await clockBrake(ports);
  const byShard = ask.due ?? (await dueIn(ports, ask.shards ?? ports.agenda.shards, ask.now));
  tally.counts.due = new Set(
    byShard
      .flat()
      .filter((hint) => !isTelling(hint))
      .map(placeOf),
  ).size;
  const chunks = chunksOf(byShard);
  const { run, seen } = aRun(ports, limits, ask.now, tally, skew !== undefined);
  const belt = skew ? undefined : await beltBrake(run, limits, chunks, control, ask.dryRun === true);
  const brake = skew ?? pauseBrake(control, ask.now) ?? belt?.brake;
  const mayPurge = permission(brake, belt);
  const deal = async (chunk: Chunk): Promise<void> => {
    if (run.outOfTime()) return leave(chunk, tally);
    const plans = await inParallel(chunk, ([vault, ofVault]) => planOrSetAside(run, vault, ofVault));
    if (ask.dryRun) list(plans, tally, mayPurge);
    else await carryOut(run, plans, mayPurge);
  };
  await inParallel(chunks, deal, CHUNKS_AT_ONCE);
  const report = reportOf({
    id,
    startedAt: ask.now,
    finishedAt: ports.clock.now(),
    dryRun: ask.dryRun === true,
    complete: !seen.outOfTime,
    tally,
    brake: brake ?? seen.pause,
    now: ask.now,
  });
  if (!ask.dryRun) await beat(ports, control, ask.shards, report, tally.oldestLeft?.purgeAt);
  return ok(report);
}

/** What a sweep sees of the clock and of the pause while it runs; `skewed`: it has no time at all. */
function aRun(ports: SweepPorts, limits: SweepLimits, now: Instant, tally: Tally, skewed: boolean) {
  const deadline = ports.realNow().plus({ seconds: limits.budgetSeconds });
  const watch = pauseWatch(ports, now);
  const seen: { outOfTime: boolean; pause: Brake | undefined } = { outOfTime: skewed, pause: undefined };
  const run: Run = {
    ports,
    now,
    tally,
    untold: new Set(),
    outOfTime: () => {
      seen.outOfTime ||= ports.realNow() >= deadline;
      return seen.outOfTime;
    },
    paused: async () => {
      seen.pause ??= await watch();
      return seen.pause;
    },
  };
  return { run, seen };
}

/**
 * When an item became due: with its purge date, or with its hint where a hold kept it longer. The hint of one that failed says only when to
 * try again: what was let go stays let go.
 */
const ripeAt = (hint: DueHint, due: Instant): Instant => (hint.tries > 0 ? due : later(due, hint.due));

/** No brake, no question. The belt lets go what was released, and what is begun is finished. */
const permission =
  (brake: Brake | undefined, belt: BeltState | undefined): MayPurge =>
  (hint, due) =>
    !brake ||
    (brake.reason === 'Belt' && belt !== undefined && (due === 'begun' || ripeAt(hint, due) <= belt.releasedUntil));

/** What there was no time for still waits. */
function leave(chunk: Chunk, tally: Tally): void {
  for (const [, hints] of chunk)
    for (const hint of hints)
      if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: hint.due });
}

/** By shard, in the order of the shards. */
export const dueIn = (
  { agenda }: Pick<Ports, 'agenda'>,
  shards: readonly string[],
  now: Instant,
): Promise<readonly (readonly DueHint[])[]> => Promise.all(shards.map((shard) => agenda.due(shard, now)));

/**
 * Is there a brake on now? Asked before the work is spread over instances that each see a part; if there is none, this is
 * the look at the whole that readiness goes by.
 */
export async function isHeld(
  ports: SweepPorts,
  limits: SweepLimits,
  now: Instant,
  due?: readonly (readonly DueHint[])[],
): Promise<boolean> {
  const report = await sweep(ports, limits, { now, due, dryRun: true });
  if (!report.ok || report.value.held) return true;
  const { items: _, ...seen } = report.value;
  const oldest = seen.oldestOverdue ? parseInstant(seen.oldestOverdue.purgeAt) : undefined;
  await beat(ports, await ports.control.read(), undefined, { ...seen, dryRun: false, spread: true }, oldest);
  return false;
}

interface BeltState {
  readonly releasedUntil: Instant;
  readonly brake: Brake | undefined;
}

/** Hints are counted first, because they are there; only when they are too many is the truth behind them. */
async function beltBrake(
  run: Run,
  limits: SweepLimits,
  chunks: readonly Chunk[],
  control: ControlState,
  dryRun: boolean,
): Promise<BeltState | undefined> {
  const released = releasedUntil(control, run.now);
  const unreleased = (hint: DueHint, due = hint.due) => released === null || ripeAt(hint, due) > released;
  const suspects = chunks
    .flat()
    .flatMap(([, hints]) => hints.filter((hint) => mayEndInPurge(hint, run.now) && unreleased(hint)));
  if (new Set(suspects.map(placeOf)).size <= limits.maxPurges) return undefined;
  const due = new Set<string>();
  await inParallel(chunks.flat(), async ([vault, hints]) => {
    for (const { hint, task } of purgesIn((await planOrSetAside(run, vault, hints)).planned))
      if (unreleased(hint, task.due)) due.add(`${placeOf(hint)}/${task.item.generation}`);
  });
  if (due.size <= limits.maxPurges) return undefined;
  const brake: Brake = dryRun
    ? { reason: 'Belt', detail: `${due.size} items are due at once` }
    : await holdBelt(run.ports, due, run.now);
  return { releasedUntil: released ?? run.now.minus({ years: 1000 }), brake };
}
