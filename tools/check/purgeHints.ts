/** The agenda is true: of hints to purge an item has the one that it names, at the instant at which it may go, and no other. */

import type { Ridden } from '../../src/core/alerts.ts';
import type { Hint } from '../../src/core/hints.ts';
import { type ItemIn, isHeldForEver, isItem, notBefore, type Remains } from '../../src/core/item.ts';
import { keyOf, sameName } from '../../src/core/names.ts';
import { addDays, type Instant, instantOf, iso } from '../../src/core/time.ts';
import type { Surroundings, Written } from './terms.ts';

type Told = (message: string) => void;

/** What is known about an item beside itself. */
export interface AboutPurge {
  readonly hints: readonly Hint[];
  readonly history: readonly Written[];
  /** What alerts ride on that nobody was told of: it is struck when they are told. undefined: it is not known. */
  readonly ridden: readonly Ridden[] | undefined;
}

/** What a change leaves ahead is struck right after it, or when people are told; where that fails, a sweep does it. */
export function checkPurgeHints(
  remains: Remains,
  { hints, history, ridden }: AboutPurge,
  { now, isSettled, tell }: Pick<Surroundings, 'now' | 'isSettled'> & { readonly tell: Told },
): void {
  const own = isItem(remains) && 'purgeHintAt' in remains ? remains : undefined;
  if (remains.state === 'SoftDeleted') checkOwn(remains, hints, now, tell);
  const last = instantOf(Math.max(0, ...history.map(({ at }) => at)));
  // A mail that fails is tried for some hours.
  const isOver = isSettled(last) && (ridden !== undefined || last <= addDays(now, -1));
  if (remains.state === 'Purging' || !isOver) return;
  const isRidden = ({ due, by = '' }: Hint) =>
    (ridden ?? []).some((one) => +one.due === +due && sameName(one.by ?? '', by));
  for (const hint of hints)
    if (
      hint.kind === 'purge' &&
      hint.due > now &&
      !isOwn(hint, own) &&
      !isRidden(hint) &&
      isKnown(hint, remains, history)
    )
      tell(`a hint to purge too many, at ${iso(hint.due)}`);
}

/** One of before has another key, and is looked at with all its hints. */
function checkOwn(item: ItemIn<'SoftDeleted'>, hints: readonly Hint[], now: Instant, tell: Told): void {
  const { purgeHintAt: at, purgeHintBy } = item;
  if (at === undefined || purgeHintBy === undefined) return;
  const free = notBefore(item);
  if (isHeldForEver(item)) tell('it is held for ever, and names a hint to its purge');
  // Where its time was over already, somebody was to look at once.
  else if (+at !== +free && !(at > free && at <= now))
    tell(`it may go at ${iso(free)}, and the hint to its purge that it names is due at ${iso(at)}`);
  // What failed is tried later and later, but within a day.
  const isThere = hints.some((hint) => isOwn(hint, item) && (+hint.due === +at || hint.due <= addDays(now, 1)));
  if (!isThere) tell(`the hint to its purge at ${iso(at)} is not there`);
}

interface Named {
  readonly purgeHintAt?: Instant;
  readonly purgeHintBy?: string;
}

const isOwn = ({ due, by = '', tries = 0 }: Hint, named: Named | undefined): boolean =>
  named?.purgeHintAt !== undefined &&
  sameName(by, named.purgeHintBy ?? '') &&
  (+due === +named.purgeHintAt || tries > 0);

/**
 * Whoever dies before a change leaves a hint that no change has written: nobody knows of it until it is due. And before there were names
 * in hints, those of an undelete stayed.
 */
function isKnown({ by }: Hint, remains: Remains, history: readonly Written[]): boolean {
  if (by !== undefined) return history.some(({ id }) => id === keyOf(by));
  return remains.state === 'SoftDeleted' && remains.purgeHintBy !== undefined;
}
