const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const date = (iso: string): string => {
  const at = new Date(iso);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
};

/** `21 Nov 2026, 11:56 UTC`: the service and its mails use UTC too. */
export const instant = (iso: string): string => `${date(iso)}, ${new Date(iso).toISOString().slice(11, 16)} UTC`;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `14 days left`, and on the last day the hours. */
export function left(daysLeft: number, purgeAt: string, now: Date): string {
  const gap = Date.parse(purgeAt) - now.getTime();
  if (gap <= 0) return 'due now';
  if (gap < HOUR) return 'less than an hour left';
  return gap < DAY ? `${plural(Math.floor(gap / HOUR), 'hour')} left` : `${plural(daysLeft, 'day')} left`;
}

export function ago(iso: string, now: Date): string {
  const gone = now.getTime() - Date.parse(iso);
  if (gone < MINUTE) return 'just now';
  if (gone < HOUR) return `${plural(Math.floor(gone / MINUTE), 'minute')} ago`;
  return gone < DAY ? `${plural(Math.floor(gone / HOUR), 'hour')} ago` : `${plural(Math.floor(gone / DAY), 'day')} ago`;
}

const OFFSET = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/;

/** How far the local clock was moved, in hours: `PT360H`, `P15D`, `P1DT2H`. */
export function offsetHours(offset: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (OFFSET.exec(offset) ?? []).map((part) =>
    Number(part ?? 0),
  );
  return weeks * 168 + days * 24 + hours + minutes / 60 + seconds / 3600;
}

/** The value of an input of date and time, meant as UTC: `2026-11-21T11:56`. */
export const asUtc = (local: string): string => new Date(`${local}Z`).toISOString();
export const forInput = (at: Date): string => at.toISOString().slice(0, 16);

const ISO = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** A sentence of the service, with its times in the form that people read. */
export const readable = (text: string): string => text.replace(ISO, (found) => instant(found));
