/**
 * What a change asks of the agenda: the hints that have to stand before it is written, those that it leaves behind, and what an item notes of
 * its own hints.
 */
import { type Alert, nextTry, readyAt, type Waiting } from './alerts.ts';
import { happenings, type Spent } from './grants.ts';
import type { Guard } from './guards.ts';
import {
  bundleHint,
  firstReminder,
  type Hint,
  ITSELF,
  itemHint,
  namedHint,
  SERVICE,
  standingPurge,
  tellHint,
  tidyHint,
} from './hints.ts';
import { type Hold, type Item, isHeldForEver, isItem, notBefore, type Remains } from './item.ts';
import { isUnderUnreadable, purgeAt, termsOf } from './lifecycle.ts';
import { sameName } from './names.ts';
import { isWalk, type Operation, operationName } from './operations.ts';
import { availableAt, isOrdered, type Ordered, stateOf, stepAt } from './orders.ts';
import { nextDue, type Point } from './policy.ts';
import { addMillis, HOUR_MS, type Instant, later } from './time.ts';
import type { Head, Vault } from './vault.ts';

/** Only what lies further ahead counts as standing: the sweep may have met what is nearer, and struck it off, by another clock. */
export const STANDS_AHEAD_MS = HOUR_MS / 4;

/** An item before and after a change. */
export interface ItemMove {
  readonly was: Remains | undefined;
  readonly now: Remains;
  /** The pages of older points that stay. */
  readonly pages?: readonly { readonly points: readonly Point[] }[] | undefined;
}

/** A change, as far as it decides when somebody has to look again. */
export interface Moves {
  readonly vault: string;
  readonly at: Instant;
  /** What retention rests on, where the decision read it. */
  readonly head: Head | undefined;
  readonly items: readonly ItemMove[];
  readonly alerts: readonly { readonly was: Alert | undefined; readonly now: Alert }[];
  readonly waiting: readonly Waiting[];
  readonly operations?: readonly { readonly was: unknown; readonly now: Operation }[] | undefined;
  /** The vault itself, where the change writes it. */
  readonly itself?: { readonly was: Vault | undefined; readonly now: Vault } | undefined;
  readonly guard?: { readonly was: Guard | undefined; readonly now: Guard } | undefined;
  /** What became of grants. */
  readonly spent?: readonly { readonly now: Spent }[] | undefined;
  /** The first day on which something is over that it writes. */
  readonly endsOn?: string | undefined;
}

/**
 * The hints that must stand in the agenda before a change is written: the next due instant of each item, and one `tell` for each
 * subject of an alert. This is the only place that knows which hint a change needs. A missing hint would lose an item or a mail
 * in one crash; a hint too many costs one look.
 */
export function hintsOf(moves: Moves): readonly Hint[] {
  const { vault, at, head, items, alerts, waiting, operations = [], itself, guard, spent = [], endsOn } = moves;
  const looks = [
    ...items.flatMap((move) => RULES.flatMap((rule) => rule(move, at, head))),
    ...alerts.flatMap((alert) => tellings(alert)),
    ...waiting.map((one) => bundleHint(vault, one.together, readyAt(one.together, [one]))),
    ...operations
      .filter(({ was, now }) => !was && isWalk(now))
      .map(({ now }) => ({ due: at, kind: 'operate', vault, item: operationName(now.id) }) as const),
    ...coolings(itself, vault, ITSELF),
    ...coolings(guard, SERVICE, guard?.now.name ?? ''),
    // What is noted only follows.
    ...(spent.some(({ now }) => now.noted < happenings(now))
      ? [{ due: at, kind: 'spent', vault, item: ITSELF } as const]
      : []),
    ...removals(itself, at),
    ...remindings(itself, at),
  ];
  // What is raised and has no hint rides on one. Whoever comes by that one has the vault tidied as well.
  const rides = looks.length === 0 && alerts.some(({ was }) => !was);
  const all = [...looks, ...(endsOn === undefined || rides ? [] : [tidyHint(vault, endsOn)])];
  return all.filter((hint, index) => all.findIndex((other) => isSame(other, hint)) === index);
}

/**
 * The hint to purge is struck off when everybody is told of the purge. Until then it leads to what nobody was told of, and to what is over
 * one day: so a purge to which it led needs no other hints before it. `after`: those that stand before it is struck.
 */
export function besides(hints: readonly Hint[], rides: readonly Hint[]): Record<'before' | 'after', readonly Hint[]> {
  if (rides.length === 0) return { before: hints, after: [] };
  const isTold = ({ kind, item }: Hint) => kind === 'tell' && rides.some((one) => sameName(one.item, item));
  const { after = [], before = [] } = Object.groupBy(hints, ({ kind }) => (kind === 'tidy' ? 'after' : 'before'));
  return { before: before.filter((hint) => !isTold(hint)), after };
}

/** A weakening that was asked for is looked at when it has cooled off. */
const coolings = (move: Cooling | undefined, vault: string, item: string): readonly Hint[] =>
  (move?.now.pendingChanges ?? [])
    .filter(({ id }) => !move?.was?.pendingChanges.some((before) => before.id === id))
    .map(({ effectiveAt }) => ({ due: effectiveAt, kind: 'cooled', vault, item }));

interface Pending {
  readonly pendingChanges: readonly { readonly id: string; readonly effectiveAt: Instant }[];
}
interface Cooling {
  readonly was: Pending | undefined;
  readonly now: Pending;
}

/**
 * A vault that is deleted or restored is looked at at once, for its line in the directory comes after the change; a deleted one again when
 * it may be removed.
 */
function removals(itself: Moves['itself'], at: Instant): readonly Hint[] {
  if (!itself || (itself.was?.deletion ?? null) === itself.now.deletion) return [];
  const { name: vault, deletion } = itself.now;
  const looks = [at, ...(deletion ? [deletion.removeAt] : [])];
  return [
    ...looks.map((due) => ({ due, kind: 'remove', vault, item: ITSELF }) as const),
    // It may be one of before, and a deleted one is not brought up.
    ...(deletion ? [] : [{ due: at, kind: 'reindex', vault, item: ITSELF } as const]),
  ];
}

/** Other days to be reminded reach what lies in the trash already: somebody walks through it. */
function remindings(itself: Moves['itself'], at: Instant): readonly Hint[] {
  const days = ({ alerts }: Vault) => alerts.reminderDays.toSorted((a, b) => a - b).join();
  if (!itself?.was || days(itself.was) === days(itself.now)) return [];
  return [{ due: at, kind: 'warn', vault: itself.now.name, item: ITSELF }];
}

const isSame = (a: Hint, b: Hint): boolean =>
  a.kind === b.kind && +a.due === +b.due && a.vault === b.vault && a.item === b.item && a.by === b.by;

type Rule = (move: ItemMove, at: Instant, head: Head | undefined) => readonly Hint[];

/** It waits for its end, or its end has moved: people are reminded of it, and it is purged then. */
const waitsForItsEnd: Rule = ({ was, now }, _, head) => {
  if (now.state !== 'SoftDeleted') return [];
  const before = was?.state === 'SoftDeleted' ? was : undefined;
  const isLater = !before || +purgeAt(before, head?.vault) !== +purgeAt(now, head?.vault);
  return [
    ...(isLater ? [firstReminder(now, head?.vault)] : []),
    ...(before && before.purgeHintBy === now.purgeHintBy ? [] : namedHint(now)),
  ];
};

/** Its purge has begun and takes more than one transaction, as with the version before: whoever comes next goes on. */
const isBeingPurged: Rule = ({ was, now }, at) =>
  now.state === 'Purging' && !isOrdered(now) && was?.state !== 'Purging' ? [itemHint(now, 'purge', at)] : [];

/** The item that remains, as long as it is no tombstone. */
const itemOf = (remains: Remains | undefined): Item | undefined => (remains && isItem(remains) ? remains : undefined);

const holdsOf = (remains: Remains | undefined): readonly Hold[] => itemOf(remains)?.holds ?? [];
const without = (some: readonly Hold[], others: readonly Hold[]): readonly Hold[] =>
  some.filter(({ etag }) => !others.some((other) => other.etag === etag));

/** A new hold that ends by itself is looked at then. */
const isHeld: Rule = ({ was, now }) =>
  now.state === 'Purged'
    ? []
    : without(holdsOf(now), holdsOf(was)).flatMap(({ until }) => (until ? [itemHint(now, 'hold', until)] : []));

/** A point was added, or another policy decides: see `withExpiry`. */
const ages: Rule = ({ was, now }) =>
  isItem(now) && now.hintedAt && +now.hintedAt !== +(itemOf(was)?.hintedAt ?? 0)
    ? [itemHint(now, 'expire', now.hintedAt)]
    : [];

/** Its line in the work list, and a look at its deadline. */
const waitsForExecutor: Rule = ({ was, now }, at) => {
  if (!isOrdered(now)) return [];
  const before = sameOrder(was, now);
  return [
    ...(before && before.order.filedBy === now.order.filedBy ? [] : [workHint(now, at)]),
    ...(before && before.order.steps === now.order.steps ? [] : [deadlineHint(now)]),
  ];
};

/** Its line says the same. That a person must decide is seen in what lies behind all others. */
const isAsFiled = ({ order: was }: Ordered, { order: now }: Ordered): boolean =>
  sameName(was.executor, now.executor) && was.isBlocked === now.isBlocked;

const sameOrder = (was: Remains | undefined, now: Ordered): Ordered | undefined =>
  isOrdered(was) && was.order.id === now.order.id ? was : undefined;

const isSameTime = (a: Instant | null, b: Instant | null): boolean => (a === null ? b === null : +a === +(b ?? 0));

/** Where it is filed now. What lies behind all that can be claimed has no time but the one at which it was filed. */
export function workHint(item: Ordered, at: Instant): Hint {
  const { id: order, executor, confirmBy, filedAt, filedBy: by } = item.order;
  const work = { executor, order, state: stateOf(item, at), confirmBy, isParked: filedAt === null };
  return { ...itemHint(item, 'order', filedAt ?? at), by, work };
}

const deadlineHint = (item: Ordered): Hint => itemHint(item, 'order', stepAt(item.order, item.order.steps));

/**
 * An ordered item with the place of its line in the work list, and the change that files it there. Where its lease only grows longer the line
 * stays at the old end: whoever claims then finds it false, and files it anew.
 */
export function withWork<R extends Remains>({ was, now }: ItemMove & { readonly now: R }, at: Instant, by: string): R {
  if (!isOrdered(now)) return now;
  const before = sameOrder(was, now);
  const filedAt = availableAt(now, at);
  const stays =
    before && isAsFiled(before, now) && (isRenewed(before, now) || isSameTime(before.order.filedAt, filedAt));
  const filed = stays ? { filedAt: before.order.filedAt, filedBy: before.order.filedBy } : { filedAt, filedBy: by };
  return { ...now, order: { ...now.order, ...filed } };
}

const isRenewed = ({ order: was }: Ordered, { order: now }: Ordered): boolean =>
  was.lease !== null && now.lease !== null && was.token === now.token && now.lease.until >= was.lease.until;

const RULES: readonly Rule[] = [waitsForItsEnd, isBeingPurged, isHeld, ages, waitsForExecutor];

/**
 * What a change of an item in the trash leaves behind: its hint to purge has moved. One that is due is met by the sweep. An order that has
 * ended has no line in a work list any more; that of a large item, which took a read more, is left to whoever claims.
 */
export const struckWith = (moves: readonly ItemMove[], at: Instant): readonly Hint[] =>
  moves.flatMap(({ was, now }) => {
    if (isOrdered(was) && !(isOrdered(now) && sameOrder(was, now)))
      return was.pagedPoints > 0 ? [] : [workHint(was, at)];
    if (isOrdered(was) && isOrdered(now)) return isLeftFor(was, now) ? [workHint(was, at)] : [];
    return was?.state === 'SoftDeleted' && now.state === 'SoftDeleted' && was.purgeHintBy !== now.purgeHintBy
      ? standingPurge(was).filter(({ due }) => due > at)
      : [];
  });

/** Nobody would find the line of before false: no executor reads it any more. */
const isLeftFor = ({ order: was }: Ordered, { order: now }: Ordered): boolean =>
  was.filedBy !== now.filedBy && (was.filedAt === null || !sameName(was.executor, now.executor));

/**
 * One hint for each alert that is raised, and one when an alert's next try has moved. An alert about an item rides on a purge hint
 * that still stands: that hint finds no soft-deleted item any more, and tells instead. So undelete, and a resume before people were told
 * of that, need no request for a hint of their own.
 */
function tellings({ was, now }: Moves['alerts'][number]): readonly Hint[] {
  const next = was ? nextTry(now) : now.firedAt;
  const before = was && nextTry(was);
  if (!next || (before && +before === +next)) return [];
  return !was && now.rides ? [] : [tellHint(now, next)];
}

/**
 * A soft-deleted item with the name of its hint to purge, which is due when neither its period nor a hold keeps it: where that changes, this
 * change writes another. What is held for ever has none. Where the time is over already, whoever looks next is to look.
 */
export function withPurgeHint<R extends Remains>(
  { was, now }: ItemMove & { readonly now: R },
  at: Instant,
  by: string,
): R {
  if (now.state !== 'SoftDeleted') return now;
  const free = notBefore(now);
  if (was?.state === 'SoftDeleted' && +notBefore(was) === +free) return now;
  const { purgeHintAt: _, purgeHintBy: __, ...item } = now;
  return (isHeldForEver(now) ? item : { ...item, purgeHintAt: later(at, free), purgeHintBy: by }) as R;
}

/**
 * The item with the instant of its next expiry, which the agenda gets as a hint. It keeps the instant it had where a hint no later than
 * the next expiry stands already. While an item is stopped or deleted nothing ages, and the sweep strikes off what falls due: so who has it
 * age again writes the hint, unless one stands.
 */
export function withExpiry<R extends Remains>(
  { was, now, pages = [] }: ItemMove & { readonly now: R },
  head: Head,
  at: Instant,
): R {
  if (now.state === 'Purged' || !(hasNewPoint(was, now) || hasNewPolicy(was, now))) return now;
  const points = [...now.points, ...pages.flatMap((page) => page.points)];
  // Where nobody knows when they end, the sweep looks again until somebody does.
  const due = isUnderUnreadable(now, head) ? at : nextDue(points, termsOf(now, head), at);
  const isHinted = now.hintedAt !== null && now.hintedAt > addMillis(at, STANDS_AHEAD_MS);
  return !due || (isHinted && now.hintedAt <= due) ? now : { ...now, hintedAt: due };
}

const hasNewPoint = (was: Remains | undefined, now: Item): boolean => {
  const known = new Set(itemOf(was)?.points.map(({ name }) => name));
  return now.points.some(({ name }) => !known.has(name));
};

const hasNewPolicy = (was: Remains | undefined, now: Item): boolean =>
  now.state === 'Protected' && !(was?.state === 'Protected' && sameName(was.policy, now.policy));
