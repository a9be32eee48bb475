import { Cron } from 'croner';

export interface Schedule {
  readonly text: string;
  /** The first occurrence after an instant; undefined when there will never be one. */
  next(after: Date): Date | undefined;
  /** More than one occurrence in the next minute: Azure keeps no status for such timers. */
  readonly severalAMinute: boolean;
}

const MINUTE = 60_000;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

/** The names that a field may have; croner knows more letters (L, W), which Azure refuses. */
const NAMES: readonly (readonly string[])[] = [[], [], [], [], MONTHS, DAYS];

/** NCrontab with six fields. Always UTC: Flex Consumption has no time-zone setting. */
export function parseSchedule(text: string, now: Date): Schedule | undefined {
  const fields = text.trim().split(/\s+/);
  const cron = fields.length === NAMES.length && fields.every(isNCrontab) ? tryCron(fields.join(' ')) : undefined;
  if (!cron) return undefined;
  const next = (after: Date): Date | undefined => cron.nextRun(after) ?? undefined;
  return { text, next, severalAMinute: severalWithinAMinute(next, now) };
}

function isNCrontab(field: string, index: number): boolean {
  const words = field.match(/[a-z]+/gi) ?? [];
  if (!/^[\da-z*,/-]+$/i.test(field) || !words.every((word) => NAMES[index]?.includes(word.toLowerCase())))
    return false;
  const isSunday7 = index === NAMES.length - 1 && /[7-9]/.test(field.replace(/\/\d+/g, ''));
  return !isSunday7;
}

function tryCron(pattern: string): Cron | undefined {
  try {
    // NCrontab: day of month AND day of week must both fit; `5/15` counts from 5
    return new Cron(pattern, {
      mode: '6-part',
      domAndDow: true,
      sloppyRanges: true,
      timezone: 'Etc/UTC',
      paused: true,
    });
  } catch {
    return undefined;
  }
}

/** Azure's rule: two occurrences in the minute that follows the host's start. */
function severalWithinAMinute(next: Schedule['next'], now: Date): boolean {
  const first = next(now);
  const second = first && next(first);
  return second !== undefined && second.getTime() - now.getTime() <= MINUTE;
}
