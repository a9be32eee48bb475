/** What will be purged when, if nobody does anything. The agenda is true, so its hints are counted; no vault is read. */
import { keyOf } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { isAside } from '../../core/sweep.ts';
import { addDays, type Instant, instantOf, later } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Reads } from '../../ports.ts';
import type { Listed, Page } from '../story/pages.ts';
import { purgesAhead } from './purgesAhead.ts';

export interface Coming {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
}

/** `item` null: what could not be read is no item. */
interface Unreadable {
  readonly vault: string;
  readonly item: string | null;
}

export interface Forecast {
  /** With a gap nowhere, up to the end or to where it broke off. */
  readonly days: readonly { readonly date: string; readonly count: number; readonly items: readonly Coming[] }[];
  /** Of these nobody can say when they are purged. */
  readonly unreadable: readonly Unreadable[];
  /** Where it broke off. */
  readonly last: string | undefined;
}

type ForecastPorts = Pick<Reads, 'agenda' | 'control'>;

/** With the look at what was set aside an answer takes 64 requests at most. */
const MOST_READS = 63;
const MOST_OF_DAY = 100;
const MOST_IN_ALL = 1000;
const MOST_UNREADABLE = 100;

/** The days from today (UTC) on; what is overdue counts for today. The day at which an answer breaks off comes again in the next one. */
export async function forecast(
  { agenda, control }: ForecastPorts,
  now: Instant,
  days: number,
  start: string | undefined,
): Promise<Outcome<Forecast>> {
  const today = now.startOf('day');
  const begin = start === undefined ? { date: today } : placeIn(start);
  if (!begin) return notOurs;
  const end = addDays(today, days);
  const span = { before: end, after: start === undefined ? undefined : start };
  const [aside, { hints, last }] = await Promise.all([
    control.quarantined(),
    purgesAhead(agenda, span, { reads: MOST_READS }),
  ]);
  const { unreadable = [], readable = [] } = Object.groupBy(hints, ({ isUnreadable }) =>
    isUnreadable ? 'unreadable' : 'readable',
  );
  const from = later(begin.date, today);
  const until = last === undefined ? end : addDays(later(dayOf(last), today), 1);
  return ok({
    days: byDay(readable.map(comingIn), from, until),
    unreadable: namedOnce([...aside.filter((one) => one.isUnreadable && !isAside(one)), ...unreadable]),
    last,
  });
}

/** What of one day there is, soonest first. */
export async function forecastOf(
  { agenda }: Pick<ForecastPorts, 'agenda'>,
  now: Instant,
  date: Instant,
  { top, after }: Page,
): Promise<Outcome<Listed<Coming>>> {
  if (after !== undefined && !placeIn(after)) return notOurs;
  const today = now.startOf('day');
  // What is over was purged, or is overdue, and counts for today.
  if (date < today) return ok({ shown: [], last: undefined });
  const span = { from: date > today ? date : undefined, before: addDays(date, 1), after };
  const { hints, last } = await purgesAhead(agenda, span, { limit: Math.min(MOST_IN_ALL, 2 * top) });
  const shown = hints.slice(0, top);
  return ok({ shown: shown.map(comingIn), last: hints.length > top ? shown.at(-1)?.found?.key : last });
}

/** What is set aside has a hint as well. */
const namedOnce = (all: readonly Unreadable[]): readonly Unreadable[] =>
  [...new Map(all.map(({ vault, item }) => [`${keyOf(vault)} ${keyOf(item ?? '')}`, { vault, item }])).values()].slice(
    0,
    MOST_UNREADABLE,
  );

const comingIn = ({ vault, item, due }: DueHint): Coming => ({ vault, item, purgeAt: due });

function byDay(coming: readonly Coming[], from: Instant, until: Instant): Forecast['days'] {
  const found = Map.groupBy(coming, ({ purgeAt }) => later(purgeAt, from).toISODate());
  let room = MOST_IN_ALL;
  return Array.from({ length: Math.round(until.diff(from).as('days')) }, (_, day) => {
    const date = addDays(from, day).toISODate();
    const all = found.get(date) ?? [];
    const items = all.slice(0, Math.min(room, MOST_OF_DAY));
    room -= items.length;
    return { date, count: all.length, items };
  });
}

/** A place in the agenda begins with its instant. */
const dayOf = (place: string): Instant => instantOf(Number(place.split('!')[0])).startOf('day');
const placeIn = (place: string) => (/^\d{16}!/.test(place) ? { date: dayOf(place) } : undefined);

const notOurs = refuse('InvalidRequest', 'This continuation was not made by this service. Start again without it.', {
  target: '?continuation',
});
