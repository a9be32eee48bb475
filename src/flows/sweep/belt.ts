/** Too much at once is more likely a mistake than a wish: nothing goes until a person has looked. */
import type { ControlState } from '../../change.ts';
import {
  type Belt,
  type BeltHold,
  type BeltLimit,
  episodeOf,
  mailsBy,
  NO_BELT,
  purgedWithinDay,
  releasedUntil,
  tokenFor,
} from '../../core/brakes.ts';
import type { Item } from '../../core/item.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { mayEndInPurge, taskFor } from '../../core/sweep.ts';
import { sumOf } from '../../core/tally.ts';
import { type Instant, later } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import type { DueHint } from '../../ports.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';
import type { Brake, Run } from './run.ts';
import type { Group } from './tasks.ts';

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
}

/** Of a smaller number no share is worth a look. */
const LEAST_FOR_SHARE = 100;

type Look = Pick<Run, 'flow' | 'now'>;
type Lets = NonNullable<Brake['lets']>;
type Suspects = ReadonlyMap<string, ReadonlyMap<string, DueHint>>;
type Counts = ReadonlyMap<string, number>;

/** Hints are counted first, because they are there; only when they are too many is the truth behind them. */
export async function belted(
  run: Look,
  limits: BeltLimits,
  groups: readonly Group[],
  control: ControlState,
): Promise<Belted> {
  const belt = control.belt?.value ?? NO_BELT;
  const lets = releasedBy(belt, run.now);
  const suspects = suspectsIn(groups, lets);
  const today = purgedWithinDay(control.purges?.value ?? [], run.now);
  const counts = limitFor(sizeOf(suspects), today, limits) ? await countsIn(run, suspects, lets) : undefined;
  const count = counts && total(counts);
  const limit = count === undefined ? undefined : limitFor(count, today, limits);
  const holds =
    limit && count ? [{ vault: null, limit, count }] : await sharesOf(run, limits, { suspects, counts, lets, belt });
  return { holds, brake: brakeOf(run, holds, lets) };
}

function limitFor(count: number, today: number, limits: BeltLimits): BeltLimit | undefined {
  if (count > limits.maxPurges) return 'count';
  return count > 0 && count + today > (limits.maxPerDay ?? Number.POSITIVE_INFINITY) ? 'perDay' : undefined;
}

const total = (counts: Counts): number => [...counts.values()].reduce((sum, one) => sum + one, 0);
const sizeOf = (suspects: Suspects): number => [...suspects.values()].reduce((sum, { size }) => sum + size, 0);

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

/** By vault and item: the hint that decides about it, as in a sweep. */
function suspectsIn(groups: readonly Group[], lets: Lets): Suspects {
  const found = new Map<string, Map<string, DueHint>>();
  for (const [vault, hints] of groups)
    for (const hint of hints) {
      if (!mayEndInPurge(hint) || lets(hint, hint.due)) continue;
      const ofVault = found.get(keyOf(vault)) ?? new Map<string, DueHint>();
      const item = keyOf(hint.item);
      if (hint.kind === 'purge' || !ofVault.has(item)) ofVault.set(item, hint);
      found.set(keyOf(vault), ofVault);
    }
  return found;
}

const countsIn = async (run: Look, suspects: Suspects, lets: Lets): Promise<Counts> =>
  new Map(await inParallel([...suspects], async ([vault, hints]) => [vault, await dueIn(run, vault, hints, lets)]));

/** How many of them would really be purged. They are counted page by page, and none is kept. */
async function dueIn(
  { flow: { vaults }, now }: Look,
  vault: string,
  hints: ReadonlyMap<string, DueHint>,
  lets: Lets,
): Promise<number> {
  const goes = (item: Item, head: Head): boolean => {
    const hint = hints.get(keyOf(item.name));
    const task = hint && taskFor(hint, item, head, now);
    return task?.task === 'due' && !lets(hint as DueHint, task.due);
  };
  let count = 0;
  const read = async () => {
    for await (const { head, items } of vaults.trash(vault, now, hints))
      if (head) count += items.filter((item) => goes(item, head)).length;
  };
  // What cannot be read is not purged either.
  await read().catch(unlessUnreadable);
  return count;
}

interface Seen {
  readonly suspects: Suspects;
  readonly counts: Counts | undefined;
  readonly lets: Lets;
  readonly belt: Belt;
}

/** The vaults of which too large a share is due. */
async function sharesOf(run: Look, { maxPercent = 100 }: BeltLimits, seen: Seen): Promise<readonly BeltHold[]> {
  if (maxPercent >= 100) return [];
  const large = [...seen.suspects].filter(([, { size }]) => size >= LEAST_FOR_SHARE);
  const holds = await inParallel(large, async ([vault, hints]): Promise<readonly BeltHold[]> => {
    const count = seen.counts?.get(vault) ?? (await dueIn(run, vault, hints, seen.lets));
    if (count < LEAST_FOR_SHARE) return [];
    const isTooMuch = (items: number): boolean => count * 100 > items * maxPercent;
    const known = knownItems(seen.belt, vault, run.now);
    const items = known !== undefined && isTooMuch(known) ? known : await itemsIn(run, vault);
    // As it was written, which the key is not.
    const [first] = hints.values();
    return isTooMuch(items) ? [{ vault: first?.vault ?? vault, limit: 'percent', count, items }] : [];
  });
  return holds.flat();
}

/** How many a vault holds is counted once for a hold, and again with the mail of each day. */
function knownItems(belt: Belt, vault: string, now: Instant): number | undefined {
  const episode = episodeOf(belt, vault, now);
  return episode && episode.mails >= mailsBy(episode, now) ? episode.items : undefined;
}

async function itemsIn({ flow }: Look, vault: string): Promise<number> {
  return sumOf(await flow.vaults.counts(vault));
}

const WORDS: { readonly [L in BeltLimit]: (count: number) => string } = {
  count: (count) => `${count} items are due at once`,
  perDay: (count) => `${count} items are due, and with those of the last 24 hours that is too many`,
  percent: (count) => `${count} items are due, and that is too large a share of their vaults`,
};

function brakeOf(run: Look, holds: readonly BeltHold[], lets: Lets): Brake | undefined {
  const [first] = holds;
  if (!first) return undefined;
  const count = holds.reduce((sum, one) => sum + one.count, 0);
  const vaults = holds.flatMap(({ vault }) => vault ?? []);
  return {
    reason: 'Belt',
    limit: first.limit,
    count,
    detail: WORDS[first.limit](count),
    token: tokenFor({ dueBy: run.now, count }, run.flow.seal),
    ...(vaults.length > 0 ? { vaults } : {}),
    lets: (hint, due) => lets(hint, due) || (vaults.length > 0 && !vaults.some((held) => sameName(held, hint.vault))),
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
