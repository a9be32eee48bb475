import { traitsOf } from './kinds.ts';
import { named } from './names.ts';
import { addDays, addMillis, earliest, type Instant, instantOf } from './time.ts';
import type { WorkloadClass } from './workloads.ts';

export const POLICY_RUNGS = ['daily', 'weekly', 'monthly', 'yearly'] as const;
export type PolicyRung = (typeof POLICY_RUNGS)[number];
export const POINT_RUNGS = [...POLICY_RUNGS, 'onDemand', 'log'] as const;
export type PointRung = (typeof POINT_RUNGS)[number];

/** For how many days, weeks, months or years a point of each rung is kept. */
export type Retention = { readonly [R in PolicyRung]?: number };

/** At `at` the retention was shortened. Points that ended by it are kept for `days` as soft-deleted points. */
export interface Cut {
  readonly at: Instant;
  readonly from: Retention;
  readonly to: Retention;
  readonly days: number;
  /** The version that the vault's head got by this change. */
  readonly version: number;
}

interface NamedClass {
  readonly name: string;
  readonly class: WorkloadClass;
}

export interface Policy {
  readonly name: string;
  /** Built-in workloads, and names of kinds of your own. */
  readonly workloads: readonly string[];
  /** The classes of those of your own. Absent where there are none. */
  readonly kinds?: readonly NamedClass[];
  readonly schedule: string;
  readonly retention: Retention;
  readonly cuts: readonly Cut[];
  /** It is about to be deleted, so nobody can choose it any more. */
  readonly retired: boolean;
  readonly etag: string;
}

/** The classes of what a policy is for. */
export const classesIn = ({ workloads, kinds }: Pick<Policy, 'workloads' | 'kinds'>): readonly WorkloadClass[] =>
  workloads.map((workload) => (named(kinds ?? [], workload) ?? traitsOf({ workload })).class);

const UNIT = { daily: 'days', weekly: 'weeks', monthly: 'months', yearly: 'years' } as const;
const DAYS_IN: { readonly [R in PolicyRung]?: number } = { daily: 1, weekly: 7 };
/** A point taken by hand is kept for thirty days unless the caller says otherwise. So is a point whose rung the policy lacks. */
const ON_DEMAND_DAYS = 30;

/** When a point of this rung expires under the policy's retention. Log points are kept as long as daily ones. */
export function naturalEnd(createdAt: Instant, rung: PointRung, retention: Retention): Instant {
  const policyRung = rung === 'log' ? 'daily' : rung;
  const count = policyRung === 'onDemand' ? undefined : retention[policyRung];
  if (policyRung === 'onDemand' || count === undefined) return addDays(createdAt, ON_DEMAND_DAYS);
  const days = DAYS_IN[policyRung];
  // In UTC a day has 24 hours, so only months and years need a calendar.
  return days === undefined ? createdAt.plus({ [UNIT[policyRung]]: count }) : addDays(createdAt, count * days);
}

/** The longest and the shortest month, to compare months with thirty days. */
const MONTHS = [instantOf(Date.UTC(2026, 0, 1)), instantOf(Date.UTC(2026, 1, 1))];

const endsSooner = (rung: PolicyRung, from: Retention, to: Retention): boolean =>
  MONTHS.some((at) => naturalEnd(at, rung, to) < naturalEnd(at, rung, from));

/** Does `to` keep any point for a shorter time than `from`? A rung that one of them does not name has thirty days there. */
export const takesAway = (from: Retention, to: Retention): boolean =>
  POLICY_RUNGS.some((rung) => endsSooner(rung, from, to));

/** When the points that it cut off are gone for good. */
export const cutEnd = ({ at, days }: Cut): Instant => addDays(at, days);
export const livingCuts = (cuts: readonly Cut[], now: Instant): readonly Cut[] =>
  cuts.filter((cut) => cutEnd(cut) > now);

/** The cuts that still have an effect, and a new one when `to` ends any point earlier. */
export function cutsAfter(
  cuts: readonly Cut[],
  from: Retention,
  to: Retention,
  when: Pick<Cut, 'at' | 'days' | 'version'>,
): readonly Cut[] {
  const living = livingCuts(cuts, when.at);
  return takesAway(from, to) ? [...living, { ...when, from, to }] : living;
}

const HYBRID_MINIMUM: Required<Retention> = { daily: 7, weekly: 4, monthly: 3, yearly: 1 };

export type RetentionFault =
  | { readonly kind: 'zero'; readonly rung: PolicyRung }
  | { readonly kind: 'belowMinimum'; readonly rung: PolicyRung; readonly given: number; readonly minimum: number };

/** Hybrid workloads have a minimum on every rung that is present. Zero is wrong for any workload. */
export function retentionFaults(
  retention: Retention,
  classes: readonly WorkloadClass[],
  hybridSecurityOn: boolean,
): readonly RetentionFault[] {
  const hybrid = classes.includes('Hybrid');
  return POLICY_RUNGS.flatMap((rung): RetentionFault[] => {
    const given = retention[rung];
    if (given === undefined) return [];
    const minimum = HYBRID_MINIMUM[rung];
    if (hybrid && (given === 0 || (hybridSecurityOn && given < minimum)))
      return [{ kind: 'belowMinimum', rung, given, minimum }];
    return given === 0 ? [{ kind: 'zero', rung }] : [];
  });
}

export interface Point {
  readonly name: string;
  /** What the backup engine says. */
  readonly createdAt: Instant;
  /** When we heard of it, by our own clock. */
  readonly recordedAt: Instant;
  readonly rung: PointRung;
  /** The caller gave it, and no policy changes it. */
  readonly expiresAt: Instant | null;
  readonly etag: string;
}

/** The first instant that a point can have been made at: before that there was nothing that this service backs up. */
const FIRST = instantOf(Date.UTC(2000, 0, 1));
/** The clock of an engine may be this much ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/** What is wrong with the times that an engine gives a point, by the field. */
export function wrongTimes(
  { createdAt, expiresAt }: Pick<Point, 'createdAt' | 'expiresAt'>,
  now: Instant,
): { readonly field: 'createdAt' | 'expiresAt'; readonly message: string } | undefined {
  if (createdAt < FIRST) return { field: 'createdAt', message: 'must not be before 2000-01-01' };
  if (createdAt > addMillis(now, AHEAD_MS)) return { field: 'createdAt', message: 'must not lie in the future' };
  if (expiresAt && expiresAt <= createdAt) return { field: 'expiresAt', message: 'must be after createdAt' };
  return undefined;
}

/** By when it was there for certain. Which point is the newest goes by this: an engine cannot make one newer than it is. */
const thereSince = ({ createdAt, recordedAt }: Point): Instant => (createdAt < recordedAt ? createdAt : recordedAt);

/** The older first. */
export const byAge = (a: Point, b: Point): number => thereSince(a).toMillis() - thereSince(b).toMillis();

/** The first of them, where several are equally new. */
export const newestOf = (points: readonly Point[]): Point | undefined =>
  points.reduce<Point | undefined>(
    (latest, point) => (latest && byAge(point, latest) <= 0 ? latest : point),
    undefined,
  );

/** The retention that applies to an item's points, and the cuts that led to it. */
export interface Terms {
  readonly retention: Retention;
  readonly cuts: readonly Cut[];
}

export type Fate =
  | { readonly kind: 'Active'; readonly expiresAt: Instant }
  /** A shorter policy ended it. It can be restored until `purgeAt`, and a longer policy revives it. */
  | { readonly kind: 'SoftDeleted'; readonly expiresAt: Instant; readonly purgeAt: Instant }
  /** It has expired. The next clean-up removes it. */
  | { readonly kind: 'Expired'; readonly expiresAt: Instant }
  /** A shorter policy ended it, and its soft-delete period is over too. Callers no longer see it. */
  | { readonly kind: 'Gone'; readonly expiresAt: Instant; readonly purgeAt?: Instant };

export const endOf = (point: Point, retention: Retention): Instant =>
  point.expiresAt ?? naturalEnd(point.createdAt, point.rung, retention);

/** What has become of a point. It is computed from the terms, so no point is rewritten when a policy changes. */
export function fateOf(point: Point, { retention, cuts }: Terms, now: Instant): Fate {
  const expiresAt = endOf(point, retention);
  const cut = cuts.findLast(({ at, from, to }) => endOf(point, from) > at && endOf(point, to) <= at);
  // A log point is worthless without the chain before it. It has no soft-delete period, and no longer policy revives it.
  if (cut && point.rung === 'log') return { kind: 'Gone', expiresAt };
  if (expiresAt > now) return { kind: 'Active', expiresAt };
  if (!cut) return { kind: 'Expired', expiresAt };
  const purgeAt = addDays(cut.at, cut.days);
  if (purgeAt <= now) return { kind: 'Gone', expiresAt, purgeAt };
  return { kind: 'SoftDeleted', expiresAt, purgeAt };
}

/** When this point has to be looked at next. */
export function dueAt(point: Point, terms: Terms, now: Instant): Instant {
  const fate = fateOf(point, terms, now);
  // What was cut off had its soft-delete period, also when that is over.
  return ('purgeAt' in fate ? fate.purgeAt : undefined) ?? fate.expiresAt;
}

/** When the first of these points has to be looked at. */
export const nextDue = (points: readonly Point[], terms: Terms, now: Instant): Instant | undefined =>
  earliest(points.map((point) => dueAt(point, terms, now)));

/** The points that a clean-up removes for good. */
export const spent = (points: readonly Point[], terms: Terms, now: Instant): readonly Point[] =>
  points.filter((point) => ['Expired', 'Gone'].includes(fateOf(point, terms, now).kind));
