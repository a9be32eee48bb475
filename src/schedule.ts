import { Cron } from 'croner';

/** What a field of a schedule may hold. */
interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const SIXTY: Field = { least: 0, most: 59 };
/** Seconds, minutes, hours, days, months, days of the week. */
const FIELDS: readonly Field[] = [
  SIXTY,
  SIXTY,
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: DAYS.length - 1, names: DAYS },
];

/**
 * A schedule of six fields as the Functions host reads it, whose parser is NCrontab; test/app/schedules.json has what that one says.
 * Answers the next turn after an instant (UTC); undefined for a text that would put the host's timer in error.
 */
export function scheduleOf(text: string): ((after: Date) => Date) | undefined {
  const written = text.split(' ').filter((field) => field !== '');
  if (written.length !== FIELDS.length) return undefined;
  const parts = FIELDS.map((field, index) => (written[index] ?? '').split(',').map((part) => numbersOf(part, field)));
  if (parts.flat().includes(undefined)) return undefined;
  const lists = parts.map((numbers) => [...new Set(numbers.flat())]);
  if (!everComes(lists)) return undefined;
  // Numbers leave nothing to interpret. A day has to fit both its fields, that of the month and that of the week.
  const cron = new Cron(lists.join(' '), { mode: '6-part', domAndDow: true, timezone: 'Etc/UTC', paused: true });
  return (after) => cron.nextRun(after) ?? after;
}

export const isSchedule = (text: string): boolean => scheduleOf(text) !== undefined;

const DAYS_IN = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** 30 February never does. The 29th does, on every day of the week. */
const everComes = ([, , , days, months]: readonly (readonly (number | undefined)[])[]): boolean =>
  DAYS_IN.some((length, index) => months?.includes(index + 1) && days?.some((day = 32) => day <= length));

/** One of `*`, `5`, `9-17`, with or without a step: `5/20` counts from 5 to the end of the field. */
function numbersOf(part: string, field: Field): readonly number[] | undefined {
  const [, range = '', step] = /^([^/]+)(?:\/(.*))?$/s.exec(part) ?? [];
  const [from, to] = endsOf(range, step !== undefined, field);
  const every = step === undefined ? 1 : integerIn(step);
  if (from === undefined || to === undefined || every === undefined) return undefined;
  // `50-10` means 10-50
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  if (first < field.least || last > field.most) return undefined;
  const interval = Math.max(1, every);
  const numbers = Array.from(
    { length: Math.floor((last - first) / interval) + 1 },
    (_, turn) => first + turn * interval,
  );
  // NCrontab counts one step too far, and throws where that is no integer any more
  const beyond = (numbers.at(-1) ?? 0) - field.least + interval;
  return beyond > LARGEST ? undefined : numbers;
}

function endsOf(range: string, hasStep: boolean, field: Field): readonly (number | undefined)[] {
  if (range === '*') return [field.least, field.most];
  const [, from, to] = /^([^-]+)-(.*)$/s.exec(range) ?? [];
  if (from !== undefined) return [numberOf(from, field), numberOf(to ?? '', field)];
  const value = numberOf(range, field);
  return [value, hasStep ? field.most : value];
}

/** A name may be cut off anywhere: `MON`, `Mo`, `m`. The first that fits is meant. */
function numberOf(written: string, { least, names = [] }: Field): number | undefined {
  if (written === '') return undefined;
  if (/^\d/.test(written)) return integerIn(written);
  const index = names.findIndex((name) => name.toLowerCase().startsWith(written.toLowerCase()));
  return index < 0 ? undefined : index + least;
}

const LARGEST = 2 ** 31 - 1;

/** As .NET reads one: with a sign, between white space. */
function integerIn(written: string): number | undefined {
  const number = /^[\t-\r]*[+-]?\d+[\t-\r]*$/.test(written) ? Number(written) : Number.NaN;
  return number >= -LARGEST - 1 && number <= LARGEST ? number : undefined;
}
