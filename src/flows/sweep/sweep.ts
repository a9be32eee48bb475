import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { DueHint, Ports } from '../../ports.ts';
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
import { carryOut, inParallel, planOrSetAside, purgesIn, type Run } from './carryOut.ts';
import { newTally, older, overdueView, type Tally } from './tally.ts';
import type { VaultPlan } from './turn.ts';

export type SweepPorts = Pick<
  Ports,
  'vaults' | 'agenda' | 'control' | 'notices' | 'storage' | 'newId' | 'realNow' | 'clock'
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
}

export type SweepReport = ReturnType<typeof reportOf>;

/** So many hints are looked at before anything is written: what they write to the agenda shares transactions. */
const CHUNK_HINTS = 1600;

/**
 * Looks at all that fell due, and does what is true by now: purge, warn, expire, end holds, forget. It may die anywhere and be
 * repeated anywhere, alone or beside another: what is done is struck off after it was done, and is decided by conditional writes.
 */
export async function sweep(ports: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<Outcome<SweepReport>> {
  if (ask.acknowledgeBelt !== undefined && !ask.dryRun) {
    const released = await releaseBelt(ports, ask.acknowledgeBelt);
    if (!released.ok) return released;
  }
  const id = ports.newId();
  const startedAt = ask.now;
  const deadline = ports.realNow().plus({ seconds: limits.budgetSeconds });
  const tally = newTally();
  const control = await ports.control.read();
  const skew = await clockBrake(ports);
  const shards = ask.shards ?? ports.agenda.shards;
  const hints = (await Promise.all(shards.map((shard) => ports.agenda.due(shard, ask.now)))).flat();
  tally.counts.due = new Set(hints.map(({ vault, item }) => `${keyOf(vault)}/${keyOf(item)}`)).size;

  const run: Run = {
    ports,
    now: ask.now,
    tally,
    struck: new Set(),
    untold: new Set(),
    outOfTime: () => ports.realNow() >= deadline,
    paused: pauseWatch(ports, ask.now),
  };
  const chunks = skew ? [] : chunksOf(hints);
  const belt = skew ? undefined : await beltBrake(run, limits, chunks, control, ask.dryRun === true);
  const brake = skew ?? pauseBrake(control, ask.now) ?? belt?.brake;
  const mayPurge = (due: Instant): boolean =>
    !brake || (brake.reason === 'Belt' && belt !== undefined && due <= belt.releasedUntil);

  let complete = !skew;
  for (const chunk of chunks) {
    if (run.outOfTime()) {
      complete = false;
      break;
    }
    const plans = await inParallel(chunk, ([vault, ofVault]) => planOrSetAside(run, vault, ofVault));
    if (ask.dryRun) list(plans, tally, mayPurge);
    else await carryOut(run, plans, mayPurge);
  }
  for (const hint of hints)
    if (hint.kind === 'purge' && !run.struck.has(hint))
      tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: hint.due });
  const finishedAt = ports.clock.now();
  const report = reportOf({
    id,
    startedAt,
    finishedAt,
    dryRun: ask.dryRun === true,
    complete,
    tally,
    brake,
    now: ask.now,
  });
  if (!ask.dryRun) await beat(ports, control.heartbeat?.turn ?? 0, report, tally, brake, finishedAt);
  return ok(report);
}

type Group = readonly [vault: string, hints: readonly DueHint[]];

/** The hints by vault, the vault with the oldest first, a few hundred hints at a time. */
function chunksOf(hints: readonly DueHint[]): readonly (readonly Group[])[] {
  const byAge = hints.toSorted((a, b) => a.due.toMillis() - b.due.toMillis());
  const chunks: Group[][] = [];
  let size = CHUNK_HINTS;
  for (const group of Map.groupBy(byAge, ({ vault }) => keyOf(vault))) {
    if (size + group[1].length > CHUNK_HINTS) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(group);
    size += group[1].length;
  }
  return chunks;
}

/** Would a sweep of everything be held now? Asked before the work is spread over instances that each see a part. */
export async function beltHolds(ports: SweepPorts, limits: SweepLimits, now: Instant): Promise<boolean> {
  const report = await sweep(ports, limits, { now, dryRun: true });
  return report.ok && report.value.held !== undefined;
}

interface BeltState {
  readonly releasedUntil: Instant;
  readonly brake: Brake | undefined;
}

/** Hints are counted first, because they are there; only when they are too many is the truth behind them. */
async function beltBrake(
  run: Run,
  limits: SweepLimits,
  chunks: readonly (readonly Group[])[],
  control: ControlState,
  dryRun: boolean,
): Promise<BeltState | undefined> {
  const released = releasedUntil(control);
  const unreleased = (due: Instant) => released === null || due > released;
  const purgeHints = chunks
    .flat()
    .flatMap(([, hints]) => hints.filter(({ kind, due }) => kind === 'purge' && unreleased(due)));
  if (purgeHints.length <= limits.maxPurges) return undefined;
  const due: string[] = [];
  for (const chunk of chunks)
    for (const plan of await inParallel(chunk, ([vault, hints]) => planOrSetAside(run, vault, hints)))
      for (const one of purgesIn(plan.planned))
        if (unreleased(one.due)) due.push(`${keyOf(one.item.vault)}/${keyOf(one.item.name)}/${one.item.generation}`);
  if (due.length <= limits.maxPurges) return undefined;
  const brake: Brake = dryRun
    ? { reason: 'Belt', detail: `${due.length} items are due at once` }
    : await holdBelt(run.ports, control.belt, due, run.now);
  return { releasedUntil: released ?? run.now.minus({ years: 1000 }), brake };
}

const WORDS: Readonly<Record<string, string>> = {
  purge: 'its soft-delete period is over',
  finishPurge: 'its purge was begun',
  warn: 'it will be purged within two days',
  move: 'the period of its vault was lengthened',
  endHolds: 'a hold has ended',
  expire: 'recovery points have reached their end',
  forget: 'it was purged ninety days ago',
  retell: 'its alerts may not have been told',
};

/** A dry run says what would happen and why, and does none of it. */
function list(plans: readonly VaultPlan[], tally: Tally, mayPurge: (due: Instant) => boolean): void {
  for (const { vault, planned } of plans)
    for (const { hint, task } of planned) {
      const why = WORDS[task.task];
      if (why === undefined) continue;
      const held = task.task === 'purge' && !mayPurge(task.due);
      tally.listed.push({ vault, item: hint.item, action: held ? 'held' : task.task, why });
      if (task.task === 'purge')
        tally.oldestFound = older(tally.oldestFound, { vault, item: hint.item, purgeAt: task.due });
    }
}

interface Told {
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly tally: Tally;
  readonly brake: Brake | undefined;
  readonly now: Instant;
}

const reportOf = ({ id, startedAt, finishedAt, dryRun, complete, tally, brake, now }: Told) => ({
  id,
  startedAt: iso(startedAt),
  finishedAt: iso(finishedAt),
  dryRun,
  complete,
  ...tally.counts,
  oldestOverdue: overdueView(tally.oldestFound, now),
  ...(brake
    ? { held: { reason: brake.reason, ...(brake.token ? { token: brake.token } : {}), detail: brake.detail } }
    : {}),
  ...(dryRun ? { items: tally.listed } : {}),
});

async function beat(
  { control }: SweepPorts,
  turn: number,
  report: SweepReport,
  tally: Tally,
  brake: Brake | undefined,
  at: Instant,
): Promise<void> {
  const oldestDue = tally.oldestLeft?.purgeAt ?? null;
  await control.beat({ at, turn: turn + 1, complete: report.complete, held: brake?.reason ?? null, oldestDue }, report);
}
