import { isTold } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { BeltLimit } from '../../core/brakes.ts';
import type { Facts } from '../../core/caller.ts';
import type { Hint } from '../../core/hints.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { keyOf } from '../../core/names.ts';
import type { Fault } from '../../core/problems.ts';
import { MOST_TRIES, nextTry, type SweepAction } from '../../core/sweep.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { type FlowPorts, type Landed, landAlerts } from '../story/land.ts';
import { raisedOrCounted } from '../story/raise.ts';
import { inParallel } from '../story/rounds.ts';
import type { Trust } from './trust.ts';

/** A sweep may release the belt on its way, and that is a verb. */
export type SweepPorts = FlowPorts;

export interface Run {
  readonly flow: SweepPorts;
  readonly now: Instant;
  readonly tally: Tally;
  /** What is seen in the chunk that is in hand. */
  readonly seen: Seen;
  /** What has to stand in the agenda before the hints of this chunk are struck off. */
  readonly after: Hint[];
  /** What was done in this chunk and is to be told. */
  readonly news: Landed[];
  /** They stay, because what they lead to could not be told. */
  readonly untold: Set<Hint>;
  /** What stood for items that are gone: it is struck off along with what led to them. */
  readonly leftOver: Hint[];
  /** Sends the notices of this chunk, which share messages. */
  readonly send: () => Promise<void>;
  /** What it lands is told at once. */
  readonly atOnce: SweepPorts;
  /** All kinds, as they are now: read once, by the first who has to know whom a purge asks. */
  readonly kinds: () => Promise<Kinds>;
  /** Whether hints to purge are believed what they say. */
  readonly trust: Trust;
  readonly mayPurge: MayPurge;
  /** Asked only while there is something left to do. */
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<Brake | undefined>;
  /** More transactions of one vault at once would wait for each other in its partition. */
  readonly inVault: <T>(vault: string, work: () => Promise<T>) => Promise<T>;
}

/** May a purge happen that was due then? `begun`: the item is Purging already. */
export type MayPurge = (hint: DueHint, due: Instant | 'begun') => boolean;

/** What keeps purges from happening. */
export interface Brake {
  readonly reason: 'ClockSkew' | 'Paused' | 'Dependency' | 'Belt';
  readonly detail: string;
  readonly limit?: BeltLimit;
  readonly count?: number;
  readonly token?: string;
  /** Only these vaults are held. */
  readonly vaults?: readonly string[];
  /** What the belt lets go all the same. */
  readonly lets?: MayPurge;
}

/** What would become of an item, and since when it is due. */
export interface Listed {
  /** null: the service, with its guards. */
  readonly vault: string | null;
  /** null: the vault itself. */
  readonly item: string | null;
  readonly action: SweepAction;
  readonly why: string;
  readonly due: Instant;
}

/** So many are listed: those that are due longest. */
export const MOST_LISTED = 1000;

/** Lists more, and keeps few: what is cut off is due later than all that stays. */
export function listMore(tally: Tally, more: readonly Listed[]): void {
  const all = [...tally.listed, ...more].toSorted((a, b) => a.due.toMillis() - b.due.toMillis());
  tally.listed = all.slice(0, MOST_LISTED);
  tally.isCut ||= all.length > MOST_LISTED;
}

/** By item, because one item may have been named by several hints: something was done, nothing had to be, it could not be. */
export type Seen = Readonly<Record<'done' | 'skipped' | 'failed', Set<string>>>;

export const nothingSeen = (): Seen => ({ done: new Set(), skipped: new Set(), failed: new Set() });

/** An item whose time was over before the sweep came. */
export interface Overdue {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
}

/** What a sweep counts and sees while it works: numbers, and the oldest of each. Nothing else in it is ever changed in place. */
export interface Tally {
  readonly counts: Record<
    'due' | 'waiting' | 'purged' | 'ordered' | 'warned' | 'expired' | 'applied' | 'retold' | 'skipped' | 'failed',
    number
  >;
  oldest: Overdue | undefined;
  /** Since when the oldest is due that still waits, and the oldest of which not everybody was told. */
  oldestDue: Instant | undefined;
  oldestUntold: Instant | undefined;
  /** Vaults that do not answer, and what was said instead: what else is due there is left for the next sweep. */
  readonly down: Map<string, Fault>;
  /** What a dry run says. */
  listed: readonly Listed[];
  isCut: boolean;
  outOfTime: boolean;
  pause: Brake | undefined;
}

export const older = (a: Instant | undefined, b: Instant): Instant => (a && a <= b ? a : b);

export function noteOldest(tally: Tally, one: Overdue): void {
  if (!tally.oldest || one.purgeAt < tally.oldest.purgeAt) tally.oldest = one;
}

/** It is due and still waits. */
export function leaveDue(tally: Tally, due: Instant): void {
  tally.oldestDue = older(tally.oldestDue, due);
}

/** What was seen in a chunk becomes numbers. */
export function countSeen({ counts }: Tally, { done, skipped, failed }: Seen): void {
  counts.skipped += [...skipped].filter((item) => !done.has(item) && !failed.has(item)).length;
  counts.failed += failed.size;
}

export const placeOf = ({ vault, item }: Pick<Hint, 'vault' | 'item'>): string => `${keyOf(vault)}/${keyOf(item)}`;

/**
 * Tells what was done, and then strikes off hints that fell due and are dealt with, or that lead to what was told. What was set aside before
 * and is dealt with now is off that list as well; what failed once more is not.
 */
export async function strike(run: Run, ended: readonly Hint[]): Promise<void> {
  const { flow, now, seen, after, untold, leftOver } = run;
  const tellings = await tellNews(run);
  const [again, along] = [after.splice(0), leftOver.splice(0)];
  const strikes = [...ended.filter((hint) => !untold.has(hint)), ...tellings];
  const isOff = (hint: Hint) => (hint.tries ?? 0) >= MOST_TRIES && !seen.failed.has(placeOf(hint));
  for (const { vault, item } of strikes.filter(isOff)) await flow.control.release(vault, item);
  if (again.length + strikes.length + along.length > 0) await flow.land({ now, again, strikes, along });
}

/** It is told with all else in its chunk, before its hints are struck off. Answers those that led to it. */
export function heard({ after, news }: Run, landed: Landed, ended: readonly Hint[]): readonly Hint[] {
  after.push(...landed.after);
  news.push(landed);
  return ended;
}

/**
 * Done is done, also when it could not be told: then what leads to the alerts stays, and the next sweep tells. Answers the hints that
 * were needed for what is told now.
 */
async function tellNews({ news, untold, send }: Run): Promise<readonly Hint[]> {
  await send();
  const heardOf = async ({ told, tellings, rides }: Landed): Promise<readonly Hint[]> =>
    told().then(
      () => tellings,
      () => {
        for (const hint of rides) untold.add(hint);
        return [];
      },
    );
  return (await Promise.all(news.splice(0).map(heardOf))).flat();
}

/**
 * Tried again later and later, and after some tries only once a day, where everyone can see it. The hints of one cause are put off
 * together.
 */
export async function setAside(
  run: Run,
  hints: readonly DueHint[],
  fault: Fault,
  due?: Instant,
): Promise<readonly DueHint[]> {
  const { flow, now, tally, seen } = run;
  for (const hint of hints) {
    seen.failed.add(placeOf(hint));
    if (hint.kind === 'purge') leaveDue(tally, due ?? hint.due);
  }
  const again = hints.map((hint) => {
    const tries = hint.tries + 1;
    const isUnreadable = fault.isUnreadable || undefined;
    return { ...hint, due: nextTry(tries, now), tries, since: hint.since ?? hint.due, isUnreadable };
  });
  if (again.length > 0) await flow.land({ now, again });
  await inParallel(again, (hint) => showStuck(run, hint, fault));
  return hints;
}

/** What failed again and again is told, and shown. */
export async function showStuck(
  run: Run,
  hint: Hint & { readonly tries: number },
  { why, isUnreadable }: Fault,
): Promise<void> {
  const { flow, now, tally } = run;
  const { vault, item, kind, by, tries, due: nextTryAt } = hint;
  const before = tries > MOST_TRIES ? await flow.control.aside(vault, item) : undefined;
  const lastTold = before?.toldAt ?? null;
  const isTime = lastTold === null || now >= addDays(lastTold, NAG_DAYS);
  const type = tries >= MOST_TRIES ? (isTime ? 'PurgeStuck' : undefined) : FAILING[tries];
  // What keeps the item from being purged may keep this from being said: the next try says it.
  const mayBeSaid = kind === 'purge' && type !== undefined && !tally.down.has(keyOf(vault));
  const isSaid = mayBeSaid && (await say(run, hint, type, { why: why.slice(0, 300), tries }));
  const toldAt = isSaid ? now : lastTold;
  const since = before?.since ?? now;
  if (tries < MOST_TRIES) return;
  const failed = { why: why.slice(0, 500), isUnreadable, since, tries, nextTryAt, toldAt };
  await flow.control.quarantine({ vault, item, kind, by, ...failed });
}

/** Nobody is mailed again before that, although it is tried every day. */
const NAG_DAYS = 7;

async function say({ flow, now }: Run, { vault, item }: DueHint, type: AlertType, facts: Facts): Promise<boolean> {
  const raise = async () => {
    const counted = raisedOrCounted(await flow.alerts.newest(vault, item, type), type, { vault, item }, now, facts);
    const isAgain = type === 'PurgeStuck' && counted.was !== undefined && isTold(counted.was.value);
    return (await landAlerts(flow, now, [isAgain ? { ...counted, again: true } : counted])).done;
  };
  return raise().catch(() => false);
}

/** A purge that fails once or twice is a hiccup, and tells nobody; after some minutes somebody should know. */
const FAILING: Readonly<Record<number, AlertType>> = { 3: 'PurgeFailed' };

const heldBy = ({ lets: _, ...told }: Brake) => told;

export type SweepReport = ReturnType<typeof reportOf>;

const overdue = ({ purgeAt, ...of }: Overdue, now: Instant) => ({
  ...of,
  purgeAt: iso(purgeAt),
  lateSeconds: Math.max(0, Math.floor((now.toMillis() - purgeAt.toMillis()) / 1000)),
});

export function reportOf({ flow, now, tally }: Run, id: string, dryRun: boolean, brake = tally.pause) {
  const { oldest, listed } = tally;
  const { waiting, applied, skipped, failed, ordered, ...counts } = tally.counts;
  return {
    id,
    startedAt: iso(now),
    finishedAt: iso(flow.clock.now()),
    dryRun,
    complete: !tally.outOfTime,
    ...counts,
    ...{ skipped, failed, waiting, applied, ordered },
    oldestOverdue: oldest ? overdue(oldest, now) : null,
    ...(brake ? { held: heldBy(brake) } : {}),
    ...(dryRun ? { items: listed.map(({ due: _, ...one }) => one), more: tally.isCut } : {}),
  };
}
