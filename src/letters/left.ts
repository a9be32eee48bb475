import type { Alert } from '../core/alerts.ts';
import { daysLeft } from '../core/retention.ts';
import { DAY_MS, HOUR_MS, type Instant } from '../core/time.ts';
import { instantFact } from './known.ts';

const MINUTE_MS = 60_000;

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What a subject says: the days that the API counts too. The hours and minutes stand in the letter. */
export function left(purgeAt: Instant, now: Instant): string {
  const millis = purgeAt.toMillis() - now.toMillis();
  if (millis <= 0) return 'undelete window over';
  return `${counted(daysLeft(purgeAt, now), 'day')} left`;
}

/** The days still promised, and the exact rest where the day has begun. */
export function daysAndRest(purgeAt: Instant, now: Instant): string {
  const days = daysLeft(purgeAt, now);
  const millis = Math.max(0, purgeAt.toMillis() - now.toMillis());
  const amounts: readonly (readonly [number, string])[] = [
    [Math.floor(millis / DAY_MS), 'day'],
    [Math.floor((millis % DAY_MS) / HOUR_MS), 'hour'],
    [millis < DAY_MS ? Math.floor((millis % HOUR_MS) / MINUTE_MS) : 0, 'minute'],
  ];
  const rest = amounts.flatMap(([amount, what]) => (amount > 0 ? [counted(amount, what)] : [])).join(' ');
  return millis % DAY_MS === 0 || rest === '' ? String(days) : `${days} (exactly: ${rest})`;
}

/** When the window of a deletion closes, as long as it is open. */
export const openUntil = (alert: Pick<Alert, 'facts'>, now: Instant): Instant | undefined => {
  const purgeAt = instantFact(alert, 'purgeAt');
  return purgeAt && purgeAt > now ? purgeAt : undefined;
};

/** Known to be over: where no date is known, nobody is told that it is too late. */
export const isOver = (alert: Pick<Alert, 'facts'>, now: Instant): boolean =>
  instantFact(alert, 'purgeAt') !== undefined && !openUntil(alert, now);
