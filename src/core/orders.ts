/**
 * PURE. The order to destroy what an item stands for. It lies in the item's row: an executor of the user's own claims it for a time, destroys,
 * and says what it destroyed. Nothing here is read or written; each step takes the item as it is and gives the item as it would be.
 */

import { type Item, liveHolds, type Remains } from './item.ts';
import { isName } from './names.ts';
import type { ClosedOrder, ClosedState, Deletion, Failure, Json, Lease, LiveState, Order } from './order.ts';
import type { Parameters } from './purgeSettings.ts';
import { purgeAtOf } from './retention.ts';
import { addDays, addMillis, DAY_MS, HOUR_MS, type Instant, later } from './time.ts';

/** So many that have ended are kept of an item: those of a year at least, since a refusal or a recall gives it fourteen days. */
export const MOST_CLOSED = 27;

/** An item whose data an executor is to destroy. */
export type Ordered = Extract<Item, { readonly order: Order }>;
export const isOrdered = (item: Remains | undefined): item is Ordered =>
  item?.state === 'Purging' && item.order !== undefined;

export const isLeased = ({ lease }: Order, now: Instant): boolean => lease !== null && lease.until > now;
/** It ended without a word, and nobody has claimed since. */
export const isLost = ({ lease }: Order, now: Instant): boolean => lease !== null && lease.until <= now;

/** When somebody may claim it; null: a hold without an end keeps it, or a person must decide. */
export function availableAt({ order, holds }: Pick<Ordered, 'order' | 'holds'>, now: Instant): Instant | null {
  if (order.isBlocked) return null;
  const ends = liveHolds(holds, now).map(({ until }) => until);
  const first = [order.lease?.until, order.waitsUntil].flatMap((at) => at ?? []).reduce(later, order.orderedAt);
  return ends.reduce<Instant | null>((latest, end) => latest && end && later(latest, end), first);
}

export function stateOf(item: Pick<Ordered, 'order' | 'holds'>, now: Instant): LiveState {
  const { order } = item;
  if (order.isBlocked) return 'Blocked';
  if (isLeased(order, now)) return 'Leased';
  const at = availableAt(item, now);
  return at === null || at > now ? 'Waiting' : 'Open';
}

/** Nothing can have been destroyed. */
export const isUntouched = (order: Order, now: Instant): boolean => !order.isTouched && !isLost(order, now);
/** Then it can be taken back: provably nothing was destroyed, and nobody is at it. */
export const isRecallable = (order: Order, now: Instant): boolean => isUntouched(order, now) && order.lease === null;

/** What the version before began and left half-way. */
export type Begun = Exclude<Extract<Item, { readonly state: 'Purging' }>, Ordered>;

/** What an executor can be asked to destroy: the item, from the moment on at which it would have been purged. */
export interface NewOrder {
  readonly id: string;
  readonly executor: string;
  readonly parameters: Parameters;
  readonly confirmWithinHours: number;
  readonly softDeleteApplied: boolean;
}

export const newOrder = ({ confirmWithinHours, ...given }: NewOrder, now: Instant): Order => ({
  ...given,
  orderedAt: now,
  confirmBy: addMillis(now, confirmWithinHours * HOUR_MS),
  isBlocked: false,
  waitsUntil: null,
  attempts: 0,
  isTouched: false,
  lease: null,
  token: null,
  checkpoint: null,
  lastFailure: null,
  steps: 0,
  filedAt: now,
  filedBy: '',
});

/** An id that nobody can mistake for another item's. It names the place, so that whoever holds it finds the order in one read. */
export const orderId = ({ vault, name }: Pick<Item, 'vault' | 'name'>, change: string): string =>
  `${vault}~${name}~${change}`.toLowerCase();

/** The ids of the orders for an item that have ended, the newest first. */
export const closedIds = (item: Remains): readonly string[] =>
  (('closedOrders' in item ? item.closedOrders : undefined) ?? []).map((change) => orderId(item, change));

/** undefined: no order has such an id. */
export function placeOfOrder(id: string): { readonly vault: string; readonly item: string } | undefined {
  const [vault = '', item = '', change = '', ...more] = id.split('~');
  return isName(vault) && isName(item) && /^[\w-]{1,40}$/.test(change) && more.length === 0
    ? { vault, item }
    : undefined;
}

/**
 * Greater than every token that was given out for the item, and for the earlier items of its source: the real clock, never the moved one,
 * goes on over all of them.
 */
export const nextToken = ({ lastToken = 0 }: Pick<Item, 'lastToken'>, real: Instant): number =>
  Math.max(lastToken + 1, real.toMillis());

const withOrder = <I extends Ordered>(item: I, order: Partial<Order>, etag: string): I => ({
  ...item,
  order: { ...item.order, ...order },
  etag,
});

export const MOST_ATTEMPTS = 20;

/** What is found when it is claimed: a lease that ended without a word was an attempt, and what it did nobody knows. */
const found = (order: Order, now: Instant): Order =>
  isLost(order, now) ? { ...order, attempts: order.attempts + 1, isTouched: true, lease: null } : order;

/** Whoever claims it finds a lease that was lost once too often. */
export const isLastLoss = (order: Order, now: Instant): boolean =>
  isLost(order, now) && order.attempts + 1 >= MOST_ATTEMPTS;

/**
 * Claimed for a time. Where the lease before was lost once too often it is blocked instead: then it has no lease. What a person has tried again
 * is given out, however often it was tried before.
 */
export function claimed(
  item: Ordered,
  { holder, until, token, now, etag }: Lease & { readonly token: number; readonly now: Instant; readonly etag: string },
): Ordered {
  const order = found(item.order, now);
  if (isLastLoss(item.order, now)) return withOrder(item, { ...order, isBlocked: true }, etag);
  return {
    ...withOrder(item, { ...order, waitsUntil: null, lease: { until, holder }, token }, etag),
    lastToken: token,
  };
}

/** A lease that was lost is taken up again by the one who had it. What happened in between nobody knows, and that stays so. */
export const renewed = (
  item: Ordered,
  { until, holder, checkpoint, now }: Lease & { readonly checkpoint?: Json | undefined; readonly now: Instant },
  etag: string,
): Ordered =>
  withOrder(
    item,
    {
      lease: { until, holder },
      isTouched: !isUntouched(item.order, now),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    },
    etag,
  );

export interface Failing extends Failure {
  readonly retryAfterSeconds?: number | undefined;
  readonly isPermanent: boolean;
  /** From 0 to 1: the pauses of many are spread. */
  readonly chance: number;
}

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * HOUR_MS;
/** A pause is so much shorter or longer, so that what failed together does not come back together. */
const SPREAD = 0.2;

const waitOf = (attempts: number, chance: number): number =>
  Math.round(Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS) * (1 - SPREAD + 2 * SPREAD * chance));

/** What is told of it. */
export const failureFacts = ({ code, message, destroyed }: Failure) => ({ code, why: message, destroyed });

/** With the one that ends by a word of its holder, if it has not ended before. */
const attemptsBy = ({ attempts, lease }: Order): number => attempts + (lease === null ? 0 : 1);

/**
 * An attempt that ended with a word. It waits for the next one, or for a person. Who says more of an attempt that has ended already is
 * believed, and it is counted once.
 */
export function failed(item: Ordered, { retryAfterSeconds, isPermanent, chance, ...failure }: Failing, etag: string) {
  const { order } = item;
  const attempts = attemptsBy(order);
  const isBlocked = isPermanent || attempts >= MOST_ATTEMPTS || (order.lease === null && order.isBlocked);
  const wait = retryAfterSeconds === undefined ? waitOf(attempts, chance) : retryAfterSeconds * 1000;
  return withOrder(
    item,
    {
      attempts,
      isBlocked,
      isTouched: order.isTouched || isLost(order, failure.at) || failure.destroyed !== 'nothing',
      lease: null,
      lastFailure: failure,
      waitsUntil: isBlocked ? null : addMillis(failure.at, wait),
    },
    etag,
  );
}

/** A person has it tried again, by the executor that is named now. What a lost lease did stays unknown. */
export const retried = (item: Ordered, executor: string, now: Instant, etag: string): Ordered =>
  withOrder(item, { ...found(item.order, now), executor, isBlocked: false, waitsUntil: null }, etag);

/** So many days an item that comes back from its executor is left for at least. */
const DAYS_LEFT = 14;

/** The window of an item that nobody destroyed: long enough for its people to hear of it again. */
export const daysAfter = ({ deletedAt, retentionDays }: Deletion, now: Instant): number =>
  Math.max(retentionDays, Math.ceil((+now - +deletedAt) / DAY_MS) + DAYS_LEFT);

export interface Closing {
  readonly state: ClosedState;
  /** The word of its holder ends it, and an attempt. */
  readonly byHolder?: true;
  readonly now: Instant;
  readonly proofDigest?: string | null;
  readonly points: number;
}

/** The order as it is kept, and what names all that are, the newest first. */
export function closedOf(item: Ordered, { state, byHolder, now, proofDigest = null, points }: Closing) {
  const { vault, name, generation, workload, kind, tier, sourceId, server, superseded, deletion } = item;
  const order = found(item.order, now);
  const closed: ClosedOrder = {
    ...{ ...order, lease: null, state, closedAt: now, points, proofDigest },
    ...{
      isTouched: order.isTouched || state === 'Completed',
      attempts: byHolder ? attemptsBy(item.order) : order.attempts,
    },
    ...{ vault, item: name, generation },
    about: { workload, tier, sourceId, server, superseded, deletion, ...(kind ? { kind } : {}) },
  };
  const change = closed.id.slice(orderId(item, '').length);
  return { closed, changes: [change, ...(item.closedOrders ?? [])].slice(0, MOST_CLOSED) };
}

/** How long people have been waiting for a word from the executor, in steps: at its deadline, a day later, and then every week. */
export const stepAt = ({ confirmBy }: Pick<Order, 'confirmBy'>, step: number): Instant =>
  step === 0 ? confirmBy : addDays(confirmBy, 1 + 7 * (step - 1));

/** How many steps are over by now. */
export function stepsOver(order: Pick<Order, 'confirmBy'>, now: Instant): number {
  if (now < order.confirmBy) return 0;
  const days = (+now - +order.confirmBy) / DAY_MS;
  return days < 1 ? 1 : 2 + Math.floor((days - 1) / 7);
}

/** Where its twin lies among all that wait for an executor. */
export const orderedPurgeAt = ({ deletion }: Pick<Ordered, 'deletion'>): Instant => purgeAtOf(deletion, []);

/** It should have been confirmed by now. */
export const isUnconfirmed = ({ confirmBy }: Pick<Order, 'confirmBy'>, now: Instant): boolean => now >= confirmBy;
