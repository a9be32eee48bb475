import { scheduleOf } from '../../../src/schedule.ts';

export interface Schedule {
  readonly text: string;
  /** The first occurrence after an instant. */
  next(after: Date): Date;
  /** More than one occurrence in the next minute: Azure keeps no status for such timers. */
  readonly severalAMinute: boolean;
}

const MINUTE = 60_000;

/** NCrontab with six fields. Always UTC: Flex Consumption has no time-zone setting. */
export function parseSchedule(text: string, now: Date): Schedule | undefined {
  const next = scheduleOf(text);
  // Azure's rule: two occurrences in the minute that follows the host's start
  return next && { text, next, severalAMinute: next(next(now)).getTime() - now.getTime() <= MINUTE };
}
