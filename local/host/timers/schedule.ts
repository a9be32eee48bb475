import { Cron } from 'croner';
import { fatal } from '../fatal.ts';
import { parseTimeSpan } from '../timeSpan.ts';

export interface Schedule {
  readonly text: string;
  /** The first occurrence after an instant; undefined when there will never be one. */
  next(after: Date): Date | undefined;
  /** More than one occurrence in the next minute: Azure keeps no status for such timers. */
  readonly severalAMinute: boolean;
}

const MINUTE = 60_000;
const FIELD = /^[\dA-Za-z*,/-]+$/;
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** NCrontab with five or six fields, or a constant TimeSpan. Always UTC: Flex Consumption has no time-zone setting. */
export function parseSchedule(text: string, functionName: string, now: Date): Schedule {
  const schedule = fromCron(text, now) ?? fromSpan(text);
  if (schedule) return schedule;
  throw fatal(
    `The schedule "${text}" of function '${functionName}' is neither a cron expression ("0 */5 * * * *") nor a time span ("00:05:00").`,
  );
}

function fromCron(text: string, now: Date): Schedule | undefined {
  const fields = text.trim().split(/\s+/);
  // croner knows more than NCrontab (L, W, #, ?, a Sunday called 7); what Azure refuses must be refused here
  if (fields.length < 5 || fields.length > 6 || !fields.every((field) => FIELD.test(field))) return undefined;
  if (/[7-9]/.test((fields.at(-1) ?? '').replace(/\/\d+/g, ''))) return undefined;
  const namesOf = (index: number): readonly string[] => [DAYS, MONTHS][fields.length - 1 - index] ?? [];
  const cron = tryCron(fields.map((field, index) => shortNames(field, namesOf(index))).join(' '));
  if (!cron) return undefined;
  const next = (after: Date): Date | undefined => cron.nextRun(after) ?? undefined;
  return { text, next, severalAMinute: severalWithinAMinute(next, now) };
}

function tryCron(pattern: string): Cron | undefined {
  try {
    // NCrontab: day of month AND day of week must both fit; `5/15` counts from 5
    return new Cron(pattern, {
      mode: '5-or-6-parts',
      domAndDow: true,
      sloppyRanges: true,
      timezone: 'Etc/UTC',
      paused: true,
    });
  } catch {
    return undefined;
  }
}

/** NCrontab takes a name or its beginning, croner exactly three letters. Letters that are no name spoil the field. */
const shortNames = (field: string, names: readonly string[]): string =>
  field.replace(/[A-Za-z]+/g, (word) => {
    const known = word.length >= 3 && names.some((name) => name.startsWith(word.toLowerCase()));
    return known ? word.slice(0, 3) : 'unknown';
  });

/** Azure's rule: two occurrences in the minute that follows the host's start. */
function severalWithinAMinute(next: Schedule['next'], now: Date): boolean {
  const first = next(now);
  const second = first && next(first);
  return second !== undefined && second.getTime() - now.getTime() <= MINUTE;
}

function fromSpan(text: string): Schedule | undefined {
  const every = parseTimeSpan(text);
  if (every === undefined || every <= 0) return undefined;
  return { text, next: (after) => new Date(after.getTime() + every), severalAMinute: every < MINUTE };
}
