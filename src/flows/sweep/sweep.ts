import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { mayEndInPurge } from '../../core/sweep.ts';
import { earliest, type Instant, iso, later, parseInstant } from '../../core/time.ts';
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
import {
  carryOut,
  inParallel,
  type MayPurge,
  overdue,
  placeOf,
  planOrSetAside,
  purgesIn,
  type Run,
} from './carryOut.ts';
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
  /** What fell due, if somebody has read it already. */
  readonly due?: readonly DueHint[] | undefined;
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
    const released = await releaseBelt(ports, ask.acknowledgeBelt, ask.now);
    if (!released.ok) return released;
  }
  const id = ports.newId();
  const startedAt = ask.now;
  const deadline = ports.realNow().plus({ seconds: limits.budgetSeconds });
  const tally = newTally();
  const control = await ports.control.read();
  const skew = await clockBrake(ports);
  const hints = ask.due ?? (await dueIn(ports, ask.shards ?? ports.agenda.shards, ask.now)).flat();
  tally.counts.due = new Set(hints.map(({ vault, item }) => `${keyOf(vault)}/${keyOf(item)}`)).size;

  const chunks = skew ? [] : chunksOf(hints);
  let cut = skew !== undefined;
  let midway: Brake | undefined;
  const watch = pauseWatch(ports, ask.now);
  const run: Run = {
    ports,
    now: ask.now,
    tally,
    untold: new Set(),
    outOfTime: () => {
      cut ||= ports.realNow() >= deadline;
      return cut;
    },
    paused: async () => {
      midway ??= await watch();
      return midway;
    },
  };
  const belt = skew ? undefined : await beltBrake(run, limits, chunks, control, ask.dryRun === true);
  const brake = skew ?? pauseBrake(control, ask.now) ?? belt?.brake;
  const mayPurge: MayPurge = (hint, due) =>
    !brake ||
    (brake.reason === 'Belt' && belt !== undefined && (due === 'begun' || later(due, hint.due) <= belt.releasedUntil));

  let seen = 0;
  for (const chunk of chunks) {
    if (run.outOfTime()) break;
    const plans = await inParallel(chunk, ([vault, ofVault]) => planOrSetAside(run, vault, ofVault));
    if (ask.dryRun) list(plans, tally, mayPurge);
    else await carryOut(run, plans, mayPurge);
    seen += 1;
  }
  const unseen = skew ? hints : chunks.slice(seen).flatMap((chunk) => chunk.flatMap(([, ofVault]) => ofVault));
  for (const hint of unseen)
    if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: hint.due });
  const finishedAt = ports.clock.now();
  const report = reportOf({
    id,
    startedAt,
    finishedAt,
    dryRun: ask.dryRun === true,
    complete: !cut,
    tally,
    brake: brake ?? midway,
    now: ask.now,
  });
  if (!ask.dryRun) await beat(ports, control, ask, report, tally.oldestLeft?.purgeAt);
  return ok(report);
}

/** By shard, in the order of the shards. */
export const dueIn = (
  { agenda }: Pick<Ports, 'agenda'>,
  shards: readonly string[],
  now: Instant,
): Promise<readonly (readonly DueHint[])[]> => Promise.all(shards.map((shard) => agenda.due(shard, now)));

type Group = readonly [vault: string, hints: readonly DueHint[]];

/** The hints by vault, the vault with the oldest first, a few hundred hints at a time: what is cut off is cut off there. */
function chunksOf(hints: readonly DueHint[]): readonly (readonly Group[])[] {
  const byAge = hints.toSorted((a, b) => a.due.toMillis() - b.due.toMillis());
  const chunks: Group[][] = [];
  let size = CHUNK_HINTS;
  for (const [vault, ofVault] of Map.groupBy(byAge, (hint) => keyOf(hint.vault)))
    for (let at = 0; at < ofVault.length; at += CHUNK_HINTS) {
      const group = ofVault.slice(at, at + CHUNK_HINTS);
      if (size + group.length > CHUNK_HINTS) {
        chunks.push([]);
        size = 0;
      }
      chunks.at(-1)?.push([vault, group]);
      size += group.length;
    }
  return chunks;
}

/**
 * Is there a brake on now? Asked before the work is spread over instances that each see a part; if there is none, this is
 * the look at the whole that readiness goes by.
 */
export async function isHeld(
  ports: SweepPorts,
  limits: SweepLimits,
  now: Instant,
  due?: readonly DueHint[],
): Promise<boolean> {
  const report = await sweep(ports, limits, { now, due, dryRun: true });
  if (!report.ok || report.value.held) return true;
  const { items: _, ...seen } = report.value;
  const oldest = seen.oldestOverdue ? parseInstant(seen.oldestOverdue.purgeAt) : undefined;
  await beat(ports, await ports.control.read(), { now }, { ...seen, dryRun: false, spread: true }, oldest);
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
  chunks: readonly (readonly Group[])[],
  control: ControlState,
  dryRun: boolean,
): Promise<BeltState | undefined> {
  const released = releasedUntil(control, run.now);
  const unreleased = (hint: DueHint, due = hint.due) => released === null || later(due, hint.due) > released;
  const suspects = chunks
    .flat()
    .flatMap(([, hints]) => hints.filter((hint) => mayEndInPurge(hint, run.now) && unreleased(hint)));
  if (new Set(suspects.map(placeOf)).size <= limits.maxPurges) return undefined;
  const due = new Set<string>();
  for (const chunk of chunks)
    for (const plan of await inParallel(chunk, ([vault, hints]) => planOrSetAside(run, vault, hints)))
      for (const { hint, task } of purgesIn(plan.planned))
        if (unreleased(hint, task.due)) due.add(`${placeOf(hint)}/${task.item.generation}`);
  if (due.size <= limits.maxPurges) return undefined;
  const brake: Brake = dryRun
    ? { reason: 'Belt', detail: `${due.size} items are due at once` }
    : await holdBelt(run.ports, due, run.now);
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
function list(plans: readonly VaultPlan[], tally: Tally, mayPurge: MayPurge): void {
  for (const { vault, planned, unreadable } of plans) {
    for (const { hint, task } of planned) {
      const why = WORDS[task.task];
      if (why === undefined) continue;
      const held =
        (task.task === 'purge' && !mayPurge(hint, task.due)) ||
        (task.task === 'finishPurge' && !mayPurge(hint, 'begun'));
      tally.listed.push({ vault, item: hint.item, action: held ? 'held' : task.task, why });
    }
    for (const { hint, why } of unreadable)
      tally.listed.push({ vault, item: hint.item, action: 'fail', why: `it cannot be dealt with: ${why}` });
    for (const one of purgesIn(planned)) tally.oldestFound = older(tally.oldestFound, overdue(one));
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

/** Whoever sees only some shards leaves standing what is known of the others. */
async function beat(
  { control, clock }: Pick<SweepPorts, 'control' | 'clock'>,
  { heartbeat }: ControlState,
  { shards }: SweepAsk,
  record: Omit<SweepReport, 'items'> & { readonly spread?: true },
  oldestLeft: Instant | undefined,
): Promise<void> {
  const elsewhere = shards ? heartbeat?.oldestDue : undefined;
  const oldestDue = earliest([oldestLeft, elsewhere].flatMap((at) => (at ? [at] : []))) ?? null;
  const turn = (heartbeat?.turn ?? 0) + 1;
  await control.beat(
    { at: clock.now(), turn, complete: record.complete, held: record.held?.reason ?? null, oldestDue },
    record,
  );
}
