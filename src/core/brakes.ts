/** PURE. What holds purges back: the pause, the belt with its episodes and tokens, and what counts within a day. */
import { sameName } from './names.ts';
import { addDays, addMillis, DAY_MS, type Instant, instantOf } from './time.ts';

export interface Pause {
  readonly reason: string;
  readonly until: Instant;
  /** Who made it. Later writes by others do not change that. */
  readonly by: string;
  readonly tid: string;
  readonly at: Instant;
  readonly etag: string;
}

export const LONGEST_PAUSE_DAYS = 7;

export const livePause = (pause: Pause | null | undefined, now: Instant): Pause | null =>
  pause && pause.until > now ? pause : null;

export const BELT_LIMITS = ['count', 'perDay', 'percent'] as const;
export type BeltLimit = (typeof BELT_LIMITS)[number];

/** What the belt holds: everything (`vault` null), or what is due in one vault. */
export interface BeltHold {
  readonly vault: string | null;
  readonly limit: BeltLimit;
  /** How many were due. */
  readonly count: number;
  /** How many items the vault holds, where that decided. */
  readonly items?: number;
}

/** So many vaults are held by name; where there are more, everything is. */
export const MOST_HELD = 1000;

/** From the first sweep that was held to the first that is not. */
export interface Episode extends BeltHold {
  readonly since: Instant;
  /** How often it was mailed. */
  readonly mails: number;
}

/** A token that the version before gave out: it kept what they released. */
export interface OldToken {
  readonly token: string;
  readonly heldAt: Instant;
}

export interface Belt {
  readonly episodes: readonly Episode[];
  /** What was due by then is released. */
  readonly releasedUntil: Instant | null;
  readonly holds: readonly OldToken[];
}

export const NO_BELT: Belt = { episodes: [], releasedUntil: null, holds: [] };

/** What was let go in a future that the clock has taken back counts no more. */
export const releasedUntil = ({ releasedUntil: until }: Belt, now: Instant): Instant | null =>
  until && until <= now ? until : null;

/** An episode that began in a future that the clock has taken back is none. */
export const episodeOf = (belt: Belt, vault: string | null, now: Instant): Episode | undefined =>
  belt.episodes.find((one) => one.since <= now && isOf(one, vault));

export const isOf = ({ vault: held }: BeltHold, vault: string | null): boolean =>
  held === vault || sameName(held, vault);

/** Mailed at once, and then every day. */
export const mailsBy = ({ since }: Episode, now: Instant): number =>
  1 + Math.floor((now.toMillis() - since.toMillis()) / DAY_MS);

/** The episodes after a sweep that was held by these: what goes on keeps its beginning, what is held no more has ended. */
export const episodesAfter = (belt: Belt, held: readonly BeltHold[], now: Instant): readonly Episode[] =>
  held.map((hold) => {
    const before = episodeOf(belt, hold.vault, now);
    return { ...hold, since: before?.since ?? now, mails: before?.mails ?? 0 };
  });

/** The statement that a token seals: so many were due by then. It needs no row, so there are as many tokens as sweeps. */
export interface BeltStatement {
  readonly dueBy: Instant;
  readonly count: number;
}

const TOKEN_DAYS = 7;
const TOKEN = /^(\d{1,15})-(\d{1,9})-([\w-]+)$/;

/** HMAC of a text by a key that only the service has. */
export type Seal = (purpose: 'belt', statement: string) => string;

const wordsOf = ({ dueBy, count }: BeltStatement): string => `${dueBy.toMillis()}-${count}`;

export const tokenFor = (statement: BeltStatement, seal: Seal): string =>
  `${wordsOf(statement)}-${seal('belt', wordsOf(statement))}`;

/** What a token says; undefined where this service did not make it. `equal` takes as long whatever is true. */
export function statementIn(
  token: string,
  seal: Seal,
  equal: (a: string, b: string) => boolean,
): BeltStatement | undefined {
  const [, dueBy, count, mac = ''] = TOKEN.exec(token) ?? [];
  if (dueBy === undefined || count === undefined) return undefined;
  const statement = { dueBy: instantOf(Number(dueBy)), count: Number(count) };
  return equal(mac, seal('belt', wordsOf(statement))) ? statement : undefined;
}

/** A token is good for seven days, and not before it was given out. */
export const isInTime = (dueBy: Instant, now: Instant): boolean => dueBy <= now && now < addDays(dueBy, TOKEN_DAYS);

/** How many were purged when. */
export interface PurgeCount {
  readonly at: Instant;
  readonly count: number;
}

const SLOT_MS = 5 * 60_000;
const slotOf = (at: Instant): number => Math.floor(at.toMillis() / SLOT_MS);

/** What counts: the last 24 hours, and nothing from a future that the clock has taken back. */
const withinDay = (counts: readonly PurgeCount[], now: Instant): readonly PurgeCount[] =>
  counts.filter(({ at }) => at <= now && at > addMillis(now, -DAY_MS));

export const purgedWithinDay = (counts: readonly PurgeCount[], now: Instant): number =>
  withinDay(counts, now).reduce((sum, { count }) => sum + count, 0);

/** The shares of a sweep are many and may end at once: by their ids they are counted in so many rows, where they seldom meet. */
const SHARE_ROWS = 16;
export const shareRowOf = (id: string): string =>
  `${[...id].reduce((sum, character) => (31 * sum + (character.codePointAt(0) ?? 0)) % 65_521, 0) % SHARE_ROWS}`;

/** One entry for five minutes, as of the last purge in them: a day has at most 289, and none counts for less than its 24 hours. */
export function withPurges(counts: readonly PurgeCount[], count: number, now: Instant): readonly PurgeCount[] {
  const kept = withinDay(counts, now);
  const last = kept.at(-1);
  return last && slotOf(last.at) === slotOf(now)
    ? [...kept.slice(0, -1), { at: now, count: last.count + count }]
    : [...kept, { at: now, count }];
}
