import { type Cut, naturalEnd, type PointRung, type Retention } from './policy.ts';
import { addDays, type Instant } from './time.ts';

export interface Point {
  readonly name: string;
  readonly createdAt: Instant;
  readonly rung: PointRung;
  /** The caller gave it, and no policy changes it. */
  readonly expiresAt: Instant | null;
  readonly etag: string;
}

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
  | { readonly kind: 'Gone'; readonly expiresAt: Instant };

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
  if (purgeAt <= now) return { kind: 'Gone', expiresAt };
  return { kind: 'SoftDeleted', expiresAt, purgeAt };
}

/** When this point has to be looked at next. */
export function dueAt(point: Point, terms: Terms, now: Instant): Instant {
  const fate = fateOf(point, terms, now);
  return fate.kind === 'SoftDeleted' ? fate.purgeAt : fate.expiresAt;
}

/** The points that a clean-up removes for good. */
export const spent = (points: readonly Point[], terms: Terms, now: Instant): readonly Point[] =>
  points.filter((point) => ['Expired', 'Gone'].includes(fateOf(point, terms, now).kind));
