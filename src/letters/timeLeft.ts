import type { Alert } from '../core/alerts.ts';
import { daysLeft } from '../core/retention.ts';
import { DAY_MS, HOUR_MS, type Instant } from '../core/time.ts';
import { counted, instantFact } from './facts.ts';

const MINUTE_MS = 60_000;

/** What a subject says: the days, counted as the API counts them. The letter adds the hours and minutes. */
export const timeLeft = (purgeAt: Instant, now: Instant): string =>
  purgeAt <= now ? 'undelete window over' : `${counted(daysLeft(purgeAt, now), 'day')} left`;

/** The days still promised, and the exact rest when a day has begun. */
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

/** When the undelete window closes, as long as it is open. */
export const openUntil = (alert: Alert, now: Instant): Instant | undefined => {
  const purgeAt = instantFact(alert, 'purgeAt');
  return purgeAt && purgeAt > now ? purgeAt : undefined;
};

/** The window is closed for certain. Without a date we do not say that it is too late. */
export const isOver = (alert: Alert, now: Instant): boolean =>
  instantFact(alert, 'purgeAt') !== undefined && !openUntil(alert, now);
