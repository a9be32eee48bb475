const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const SHAPE = /^(?:(\d{1,8})\.)?(\d{1,8}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/**
 * A .NET TimeSpan in milliseconds: `hh:mm`, `hh:mm:ss`, `d.hh:mm:ss`, fractions allowed. Anything else is undefined.
 *
 * .NET reads `24:00:00` as 24 *days*: with an impossible hour it tries `d:hh:mm` next. We follow it, because a
 * schedule that means something else on Azure is worse than a surprising one.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = SHAPE.exec(text.trim());
  if (!match) return undefined;
  const [days, first, second, third, fraction] = match.slice(1);
  const numbers = { days: toNumber(days), a: toNumber(first), b: toNumber(second), c: toNumber(third) };
  const rest = Math.floor(Number(`0.${fraction ?? 0}`) * SECOND);
  if (numbers.a < 24) return total(numbers.days, numbers.a, numbers.b, numbers.c, rest);
  if (days !== undefined || third === undefined || fraction !== undefined) return undefined;
  return total(numbers.a, numbers.b, numbers.c, 0, 0);
}

const toNumber = (text: string | undefined): number => Number(text ?? 0);

function total(days: number, hours: number, minutes: number, seconds: number, rest: number): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + rest;
}
