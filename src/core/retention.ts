import { Duration } from 'luxon';
import { addDays, DAY_MS, HOUR_MS, type Instant, instantOf } from './time.ts';

export const MIN_RETENTION_DAYS = 14;
export const MAX_RETENTION_DAYS = 180;
/** The last fourteen days of a soft-delete period cost nothing. */
const FREE_DAYS = 14;
const WARN_BEFORE_MS = 48 * HOUR_MS;
/** How long a purged item still answers 410 before it is forgotten. */
export const TOMBSTONE_DAYS = 90;

/** With this version of its head, at `at`, a vault's period became `days`, for everything that was waiting in it. */
export interface Extension {
  readonly at: Instant;
  readonly days: number;
  readonly version: number;
}

export interface Window {
  readonly deletedAt: Instant;
  readonly retentionDays: number;
  /** The version of the vault's head that the deletion rested on. What came before what is told by versions, never by clocks. */
  readonly version: number;
}

/**
 * The days an item is really kept: its own, lengthened by every extension that found it still waiting.
 * An extension that came after the window had closed does not reopen it; none ever shortens it.
 */
export function effectiveDays({ deletedAt, retentionDays, version }: Window, extensions: readonly Extension[]): number {
  let days = retentionDays;
  for (const { at, days: longer, version: since } of extensions)
    if (since > version && at < addDays(deletedAt, days)) days = Math.max(days, longer);
  return days;
}

export const purgeAtOf = (window: Window, extensions: readonly Extension[]): Instant =>
  addDays(window.deletedAt, effectiveDays(window, extensions));

export const warnAtOf = (purgeAt: Instant): Instant => instantOf(purgeAt.toMillis() - WARN_BEFORE_MS);

export const billingEndsAt = (purgeAt: Instant): Instant => addDays(purgeAt, -FREE_DAYS);

export const billedDays = (days: number): { chargeableDays: number; freeDays: number } => ({
  chargeableDays: Math.max(0, days - FREE_DAYS),
  freeDays: Math.min(days, FREE_DAYS),
});

/** Whole days still promised: N right after the deletion, 1 in the last day, 0 only once it is over. */
export const daysLeft = (purgeAt: Instant, now: Instant): number =>
  Math.max(0, Math.ceil((purgeAt.toMillis() - now.toMillis()) / DAY_MS));

/** The exact rest as an ISO 8601 duration, to the second. */
export function remaining(purgeAt: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.floor((purgeAt.toMillis() - now.toMillis()) / 1000));
  if (seconds === 0) return 'PT0S';
  const {
    days,
    hours,
    minutes,
    seconds: rest,
  } = Duration.fromObject({ seconds }).shiftTo('days', 'hours', 'minutes', 'seconds');
  const parts = { days, hours, minutes, seconds: rest };
  return (
    Duration.fromObject(Object.fromEntries(Object.entries(parts).filter(([, amount]) => amount > 0))).toISO() ?? 'PT0S'
  );
}

/** Extensions that can no longer matter: whatever waited then is over by now, with a day to spare for clocks that disagree. */
export const livingExtensions = (extensions: readonly Extension[], now: Instant): readonly Extension[] =>
  extensions.filter(({ at }) => addDays(at, MAX_RETENTION_DAYS + 1) > now);
