/** Too much at once is more likely a mistake than a wish: nothing goes until a person has looked. */
import type { ControlState } from '../../change.ts';
import {
  type Belt,
  type BeltHold,
  type BeltLimit,
  type Episode,
  episodeOf,
  MOST_HELD,
  mailsBy,
  NO_BELT,
  purgedWithinDay,
  releasedUntil,
  tokenFor,
} from '../../core/brakes.ts';
import type { Item } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { mayGo } from '../../core/sweep.ts';
import { sumOf } from '../../core/tally.ts';
import { type Instant, later } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';
import { purgesIn } from './beat.ts';
import type { Brake, Run } from './run.ts';
import { LEAST_FOR_SHARE, type Survey } from './survey.ts';

export interface BeltLimits {
  /** More than this at once are held. */
  readonly maxPurges: number;
  /** More than this within 24 hours are held; absent: there is no such limit. */
  readonly maxPerDay?: number | undefined;
  /** More than this share of a vault is held, where a hundred of it are due; absent: there is no such limit. */
  readonly maxPercent?: number | undefined;
}

/** What the belt holds, and the brake that this makes. */
export interface Belted {
  readonly holds: readonly BeltHold[];
  readonly brake: Brake | undefined;
  /** The truth was looked at, and what was false is struck off. */
  readonly looked: boolean;
}

/** What a look at the truth found: that so many are due, and that so many hints led to nothing. */
export interface Truth {
  readonly due: number;
  readonly gone: number;
  /** There was no time for more. Then the hints count. */
  readonly isCut: boolean;
}

export interface Look extends Pick<Run, 'flow' | 'now'> {
  readonly survey: Survey;
  /** Looks at what is due longest first, until it has found more than so many. */
  readonly countTrue: (most: number) => Promise<Truth>;
  /** Reads what a purge needs while others are asked whether there may be one. */
  readonly readAhead?: () => Promise<unknown>;
}

type Lets = NonNullable<Brake['lets']>;

/**
 * Hints are counted, because they are there. Only when they are too many is the truth behind them, and not again while it is known to hold:
 * as long as an episode lasts, has no mail to send, and its number has not fallen.
 */
export async function belted(look: Look, limits: BeltLimits, control: ControlState): Promise<Belted> {
  const { survey, now } = look;
  const belt = control.belt?.value ?? NO_BELT;
  const today = purgedWithinDay(purgesIn(control), now);
  const limit = limitFor(survey.suspects, today, limits);
  const known = standing(belt, null, survey.suspects, now);
  if (limit && known) return held(look, belt, [{ vault: null, limit, count: survey.suspects }], false);
  const truth = limit ? await look.countTrue(mostOf(today, limits)) : undefined;
  const exceeded = truth && (truth.isCut ? limit : limitFor(truth.due, today, limits));
  const holds = exceeded
    ? [{ vault: null, limit: exceeded, count: survey.suspects - truth.gone }]
    : await sharesOf(look, limits, belt);
  return held(look, belt, holds, truth !== undefined);
}

const held = (look: Look, belt: Belt, holds: readonly BeltHold[], looked: boolean): Belted => ({
  ...{ holds, looked },
  brake: brakeOf(look, holds, releasedBy(belt, look.now)),
});

/** It holds already, and nothing says that it holds too much by now. */
function standing(belt: Belt, vault: string | null, count: number, now: Instant): Episode | undefined {
  const episode = episodeOf(belt, vault, now);
  return episode && episode.mails >= mailsBy(episode, now) && count >= episode.count ? episode : undefined;
}

const mostOf = (today: number, { maxPurges, maxPerDay = Number.POSITIVE_INFINITY }: BeltLimits): number =>
  Math.max(0, Math.min(maxPurges, maxPerDay - today));

function limitFor(count: number, today: number, limits: BeltLimits): BeltLimit | undefined {
  if (count > limits.maxPurges) return 'count';
  return count > 0 && count + today > (limits.maxPerDay ?? Number.POSITIVE_INFINITY) ? 'perDay' : undefined;
}

/** What was due by the instant of a token that was given. */
export function releasedBy(belt: Belt, now: Instant): Lets {
  const until = releasedUntil(belt, now);
  return (hint, due) => until !== null && due !== 'begun' && ripeAt(hint, due) <= until;
}

/**
 * When an item became due: with its purge date, or with its hint where a hold kept it longer. The hint of one that failed says only when to
 * try again: what was let go stays let go.
 */
export const ripeAt = (hint: DueHint, due: Instant): Instant => (hint.tries > 0 ? due : later(due, hint.due));

/** The vaults of which too large a share is due. */
async function sharesOf(look: Look, { maxPercent = 100 }: BeltLimits, belt: Belt): Promise<readonly BeltHold[]> {
  if (maxPercent >= 100) return [];
  const each = await inParallel([...look.survey.large], async ([vault, count]): Promise<readonly BeltHold[]> => {
    const known = standing(belt, vault, count, look.now);
    if (known) return [{ ...known, count }];
    const items = await itemsIn(look, vault);
    const most = Math.max(LEAST_FOR_SHARE - 1, Math.floor((items * maxPercent) / 100));
    const isHeld = count > most && (await dueIn(look, vault, belt, most)) > most;
    return isHeld ? [{ vault, limit: 'percent', count, items }] : [];
  });
  const holds = each.flat();
  return holds.length > MOST_HELD ? [{ vault: null, limit: 'percent', count: look.survey.suspects }] : holds;
}

async function itemsIn({ flow }: Look, vault: string): Promise<number> {
  return sumOf(await flow.vaults.counts(vault));
}

/** How many of a vault would really be purged, as far as it is more than so many. They are counted page by page, and none is kept. */
async function dueIn({ flow: { vaults }, now }: Look, vault: string, belt: Belt, most: number): Promise<number> {
  const until = releasedUntil(belt, now);
  const goes = (item: Item, head: Head): boolean =>
    item.state === 'SoftDeleted' &&
    mayGo(item, head, now) &&
    !(until && item.holds.reduce((at, hold) => later(at, hold.until ?? at), purgeAt(item, head.vault)) <= until);
  let count = 0;
  const read = async () => {
    for await (const { head, items } of vaults.trash(vault, now)) {
      if (head) count += items.filter((item) => goes(item, head)).length;
      if (count > most) return;
    }
  };
  // What cannot be read is not purged either.
  await read().catch(unlessUnreadable);
  return count;
}

const WORDS: { readonly [L in BeltLimit]: (count: number) => string } = {
  count: (count) => `${count} items are due at once`,
  perDay: (count) => `${count} items are due, and with those of the last 24 hours that is too many`,
  percent: (count) => `${count} items are due, and that is too large a share of their vaults`,
};

function brakeOf(look: Look, holds: readonly BeltHold[], lets: Lets): Brake | undefined {
  const [first] = holds;
  if (!first) return undefined;
  const count = holds.reduce((sum, one) => sum + one.count, 0);
  const vaults = holds.flatMap(({ vault }) => vault ?? []);
  return {
    reason: 'Belt',
    limit: first.limit,
    count,
    detail: WORDS[first.limit](count),
    token: tokenFor({ dueBy: look.now, count }, look.flow.seal),
    ...(vaults.length > 0 ? { vaults } : {}),
    lets: (hint, due) => lets(hint, due) || (vaults.length > 0 && !vaults.some((one) => sameName(one, hint.vault))),
  };
}

/** The belt as the last whole sweep left it, for a look at one item: what it held then is still held. */
export function standingBelt(control: ControlState, vault: string, now: Instant): Brake | undefined {
  const belt = control.belt?.value ?? NO_BELT;
  const episode = episodeOf(belt, null, now) ?? episodeOf(belt, vault, now);
  if (!episode) return undefined;
  const { limit, count } = episode;
  return { reason: 'Belt', limit, count, detail: WORDS[limit](count), lets: releasedBy(belt, now) };
}
