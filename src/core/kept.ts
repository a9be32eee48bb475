/** How long what ends is kept, in days. What is not here is kept for ever, or goes with what it belongs to. */

import { TOMBSTONE_DAYS } from './retention.ts';
import { addDays, DAY_MS, type Instant, instantOf } from './time.ts';

export const KEPT_DAYS = {
  answer: 1,
  /** What was set aside, and is tried no more. */
  aside: 7,
  job: 30,
  /** Which alert a mail was about. */
  mail: 60,
  operation: 30,
  tombstone: TOMBSTONE_DAYS,
  server: 90,
  alert: 365,
  letter: 365,
} as const;

/** The first midnight when it is over: `2026-03-02`. */
export const dayAfter = (end: Instant): string => instantOf(Math.ceil(end.toMillis() / DAY_MS) * DAY_MS).toISODate();

/** `2026-03-02`. */
export const dayOf = (at: Instant): string => at.toUTC().toISODate();

/** `2026-03`. */
export const monthOf = (at: Instant): string => dayOf(at).slice(0, 7);

/** From the month of one instant to that of another, both among them. */
export function monthsFrom(first: Instant, last: Instant): readonly string[] {
  const months: string[] = [];
  for (let at = first.startOf('month'); at <= last; at = at.plus({ months: 1 })) months.push(monthOf(at));
  return months;
}

/** The last month of which nothing is young enough to be kept, and all before it, are before this one. */
export const firstKeptMonth = (now: Instant): string => monthOf(addDays(now, -KEPT_DAYS.mail));
