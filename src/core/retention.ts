import { Duration } from 'luxon';
import { addDays, DAY_MS, type Instant } from './time.ts';

export const MIN_RETENTION_DAYS = 14;
export const MAX_RETENTION_DAYS = 180;
/** The last fourteen days of a soft-delete period cost nothing. */
const FREE_DAYS = 14;
/** How long a purged item still answers 410 before it is forgotten. */
export const TOMBSTONE_DAYS = 90;

/** At `at` the vault's period became `days` for all items in its trash. `version` is the version of the head that this made. */
export interface Extension {
  readonly at: Instant;
  readonly days: number;
  readonly version: number;
}

export interface Window {
  readonly deletedAt: Instant;
  readonly retentionDays: number;
  /** The version of the vault's head when the item was deleted. Versions tell which came first; clocks may disagree. */
  readonly version: number;
}

/**
 * For how many days an item is really kept: its own days, lengthened by every extension that came while it was in the trash.
 * An extension after the window has closed does not reopen it, and no extension shortens it.
 */
export function effectiveDays({ deletedAt, retentionDays, version }: Window, extensions: readonly Extension[]): number {
  let days = retentionDays;
  for (const { at, days: longer, version: since } of extensions)
    if (since > version && at < addDays(deletedAt, days)) days = Math.max(days, longer);
  return days;
}

export const purgeAtOf = (window: Window, extensions: readonly Extension[]): Instant =>
  addDays(window.deletedAt, effectiveDays(window, extensions));

/** So many days before the purge an item counts as about to go. */
export const USUAL_REMINDER = 2;
export const isUpcoming = (purgeAt: Instant, now: Instant): boolean => now >= addDays(purgeAt, -USUAL_REMINDER);

/**
 * How many days before the purge people are reminded of it, the first reminder first. A day that is not within the period is none; where
 * none is left it is the usual one.
 */
export function remindersOf(wanted: readonly number[] | undefined, days: number): readonly number[] {
  const within = (wanted ?? []).filter((one) => one < days).toSorted((a, b) => b - a);
  return within.length > 0 ? within : [USUAL_REMINDER];
}

export const remindAt = (purgeAt: Instant, days: number): Instant => addDays(purgeAt, -days);

export const billingEndsAt = (purgeAt: Instant): Instant => addDays(purgeAt, -FREE_DAYS);

export const billedDays = (days: number): { chargeableDays: number; freeDays: number } => ({
  chargeableDays: Math.max(0, days - FREE_DAYS),
  freeDays: Math.min(days, FREE_DAYS),
});

/** The days left, rounded up: N right after the deletion, 1 on the last day, 0 only when the period is over. */
export const daysLeft = (purgeAt: Instant, now: Instant): number =>
  Math.max(0, Math.ceil((purgeAt.toMillis() - now.toMillis()) / DAY_MS));

/** The exact time left as an ISO 8601 duration, to the second. */
export function remaining(purgeAt: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.floor((purgeAt.toMillis() - now.toMillis()) / 1000));
  const parts = Duration.fromObject({ seconds }).shiftTo('days', 'hours', 'minutes', 'seconds');
  return parts.removeZeros().toISO() ?? 'PT0S';
}

/**
 * The extensions that may still matter. The period of every item that an older one reached is over. One day is added for
 * clocks that disagree.
 */
export const livingExtensions = (extensions: readonly Extension[], now: Instant): readonly Extension[] =>
  extensions.filter((one) => extensionEnd(one) > now);

export const extensionEnd = ({ at }: Extension): Instant => addDays(at, MAX_RETENTION_DAYS + 1);
