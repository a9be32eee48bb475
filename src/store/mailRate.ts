/** So many mails a minute, for all instances together: one row that they share. */
import * as z from 'zod';
import { MOST_SKEW_MS } from '../core/sweep.ts';
import { addMillis, HOUR_MS, type Instant, instantOf } from '../core/time.ts';
import { list } from './limited.ts';
import { pack, reader, replacing, type Table } from './table.ts';

const RATE = 'mail-rate';

/** A minute, and a second for the way to the mail service. */
const WINDOW_SECONDS = 61;
/** Those who have to wait come a little more slowly than they may, so that who comes finds room. */
const SPACING_MS = 64_000;
/** Nobody is sent away for longer: who knows how many will be there by then. */
const LONGEST_MS = HOUR_MS;
const ROUNDS = 10;
const SOON_MS = 5000;
/** A message may come so much later than the time that it was given. */
const LATE_MS = 10_000;

/** How many mails went in which second, as far as that matters still. */
const counts = list(z.tuple([z.number(), z.number()]), WINDOW_SECONDS + MOST_SKEW_MS / 1000);
type Counts = z.output<typeof counts>;

const rate = z.object({
  sent: counts,
  /** Those of them that came first. */
  first: counts.default([]),
  /** Up to here those who wait were given their times; and those who wait and come first. */
  promised: z.number(),
  promisedFirst: z.number().default(0),
  /** The latest of those times: until then somebody waits who comes first. */
  firstUntil: z.number().default(0),
});
type Rate = z.output<typeof rate>;
const readRate = reader(rate);
const EMPTY: Rate = { sent: [], first: [], promised: 0, promisedFirst: 0, firstUntil: 0 };

/** Room for one mail: `now`, or when to ask again. No more than so many go in any minute, wherever it begins. */
export async function takeTurn(table: Table, perMinute: number, isFirst: boolean, now: Instant): Promise<Instant> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await table.get(RATE, RATE);
    const { at, next } = turnIn(row ? readRate(row) : EMPTY, perMinute, isFirst, now);
    if (await table.commit(RATE, [replacing(RATE, pack(next), row)])) return at;
  }
  return addMillis(now, SOON_MS);
}

/** Two fifths of a minute are kept for what comes first: one slot at least, where there are two. */
const keptOf = (perMinute: number): number => (perMinute < 2 ? 0 : Math.ceil((perMinute * 2) / 5));

function turnIn(
  rate: Rate,
  perMinute: number,
  isFirst: boolean,
  now: Instant,
): { readonly at: Instant; readonly next: Rate } {
  const millis = now.toMillis();
  const latest = millis + LONGEST_MS;
  const [sent, first] = [recentOf(rate.sent, now), recentOf(rate.first, now)];
  // What lies too far ahead was promised by a clock that was turned back since.
  const firstUntil = rate.firstUntil <= latest + LATE_MS ? rate.firstUntil : 0;
  const full = freeAt(sent, perMinute);
  const others = isFirst
    ? 0
    : Math.max(freeAt(without(sent, first), perMinute - keptOf(perMinute)), behind(firstUntil, millis));
  const free = Math.max(full, others);
  const lasting = { ...rate, sent, first, firstUntil };
  if (free <= millis)
    return { at: now, next: { ...lasting, sent: counted(sent, now), first: isFirst ? counted(first, now) : first } };
  const promised = isFirst ? rate.promisedFirst : rate.promised;
  const at = Math.min(Math.max(free, promised <= latest ? promised : 0), latest);
  const pace = isFirst ? perMinute : perMinute - keptOf(perMinute);
  const next = at + Math.ceil(SPACING_MS / pace);
  return {
    at: instantOf(at),
    next: isFirst
      ? { ...lasting, promisedFirst: next, firstUntil: Math.max(firstUntil, at) }
      : { ...lasting, promised: next },
  };
}

/** Nothing else goes before those who wait and come first; a little later they have come, or somebody else brings them again. */
const behind = (firstUntil: number, now: number): number => (firstUntil + LATE_MS > now ? firstUntil + LATE_MS : 0);

/** Those who send at the same time have clocks a little apart. What lies far ahead was sent by a clock that was turned back since. */
function recentOf(all: Counts, now: Instant): Counts {
  const second = secondOf(now);
  return all.filter(([at]) => at > second - WINDOW_SECONDS && at <= second + MOST_SKEW_MS / 1000);
}

const secondOf = (now: Instant): number => Math.floor(now.toMillis() / 1000);

/** When there is room again, in milliseconds; 0: there is. */
function freeAt(recent: Counts, most: number): number {
  let count = 0;
  const full = recent.findLast(([, mails]) => {
    count += mails;
    return count >= most;
  });
  return full ? (full[0] + WINDOW_SECONDS) * 1000 : 0;
}

const mailsIn = (all: Counts, second: number): number => all.find(([at]) => at === second)?.[1] ?? 0;

const without = (all: Counts, some: Counts): Counts =>
  all.map(([second, mails]) => [second, mails - mailsIn(some, second)]);

function counted(recent: Counts, now: Instant): Counts {
  const second = secondOf(now);
  const others = recent.filter(([at]) => at !== second);
  return [...others, [second, mailsIn(recent, second) + 1] as [number, number]].toSorted(([a], [b]) => a - b);
}
