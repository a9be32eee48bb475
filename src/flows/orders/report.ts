/** What an executor says of an order that it holds. The newest token alone decides whether it may. */
import type { Item, Remains } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import type { ClosedOrder, Destroyed, Json } from '../../core/order.ts';
import { failed, failureFacts, isRecallable, type Ordered, renewed } from '../../core/orders.ts';
import { refuse } from '../../core/problems.ts';
import { type Proof as Destruction, proofDigest } from '../../core/proof.ts';
import type { Receipt } from '../../core/receipt.ts';
import { addMillis, iso } from '../../core/time.ts';
import { identityOf } from '../authorize/approval.ts';
import { pagesToChange } from '../items/pages.ts';
import { need, unchanged } from '../story/plan.ts';
import { unkept } from '../story/request.ts';
import type { Runs } from '../story/run.ts';
import { type Ended, ending, endOf, withReceipt } from './ending.ts';
import {
  byExecutor,
  closedOrder,
  ended,
  headOfOrder,
  liveOf,
  type OfOrder,
  type OrderPlace,
  staleToken,
} from './order.ts';
import { type Reprieved, reprieve } from './reprieve.ts';
import { failing } from './trouble.ts';

interface Token {
  readonly token: number;
}

type Kept = ClosedOrder | null | undefined;

/** The order, if whoever has this token may still speak of it. Of one that has ended an older token is as stale as ever. */
function heldBy(item: Remains, closed: Kept, order: string, token: number) {
  const live = liveOf(item, order);
  if (live) return staleToken(live.order, token) ?? live;
  if (closed === undefined) return need('closed');
  return (closed && staleToken(closed, token)) ?? ended(item);
}

const also = { closed: closedOrder };
const isOrder = (found: ReturnType<typeof heldBy>): found is Ordered => 'state' in found;

export interface Renew extends Token {
  readonly leaseSeconds: number;
  readonly checkpoint?: Json | undefined;
}

/**
 * A lease that ran out is taken up again, as long as nobody else has claimed. An attempt that has ended with a word is not: a hold or a pause
 * may have come since, and claiming looks at them.
 */
export const renew = byExecutor<Renew, Ordered>()({
  operation: 'RenewPurge',
  also,
  decide({ item: { value }, closed }, { token, leaseSeconds, checkpoint }, request) {
    const item = heldBy(value, closed, request.place.order, token);
    if (!isOrder(item)) return item;
    if (!item.order.lease) return refuse('StaleToken', 'This attempt has ended. Claim the order again.');
    const until = addMillis(request.now, leaseSeconds * 1000);
    const { holder } = item.order.lease;
    const next = renewed(item, { until, holder, checkpoint, now: request.now }, request.id);
    return { item: next, answer: next, isUntold: true };
  },
});

export interface Fail extends Token {
  readonly code: string;
  readonly message: string;
  readonly destroyed: Destroyed;
  readonly retryAfterSeconds?: number | undefined;
  readonly permanent?: boolean | undefined;
}

/** After "committed, answer lost" the same words change nothing more. Others are believed: what was destroyed must be known. */
export const fail = byExecutor<Fail, Ordered>()({
  operation: 'PurgeAttemptFailed',
  also: {
    ...also,
    raised: ({ flow }, { item }: OfOrder) => flow.alerts.about(item.value.vault, item.value.name),
  },
  decide(read, { token, permanent = false, code, message, destroyed, retryAfterSeconds }, request) {
    const item = heldBy(read.item.value, read.closed, request.place.order, token);
    if (!isOrder(item)) return item;
    const last = item.order.lastFailure;
    if (!item.order.lease && last?.code === code && last.message === message && last.destroyed === destroyed)
      return unchanged(item);
    const { now } = request;
    const failure = { code, message, destroyed, at: now };
    const how = { ...failure, retryAfterSeconds, isPermanent: permanent, chance: chanceOf(request.id) };
    const next = failed(item, how, request.id);
    const waitsUntil = next.order.waitsUntil && iso(next.order.waitsUntil);
    const facts = { ...failedFacts(next), ...failureFacts(failure), waitsUntil };
    const plan = { item: next, facts, answer: next };
    // More words about an attempt that people were told of.
    if (!item.order.lease && next.order.isBlocked === item.order.isBlocked) return plan;
    const raised = failing(item, next, read.raised ?? undefined, now, {
      ...facts,
      recallable: isRecallable(next.order, now),
    });
    return raised ? { ...plan, alerts: [raised] } : need('raised');
  },
});

export const failedFacts = ({ order: { id, executor, attempts, isBlocked } }: Ordered) => ({
  ...{ order: id, executor, attempts, blocked: isBlocked },
});

/** From 0 to 1, as evenly as ids are: so what is decided again for a lost race waits as long. */
const chanceOf = (id: string): number => {
  const digits = id.replace(/[^0-9a-f]/gi, '').slice(-8);
  return digits === '' ? 0.5 : Number.parseInt(digits, 16) / 0xffffffff;
};

export interface Refuse extends Token {
  readonly reason: string;
}

/** Nothing was destroyed, and it is to be asked again. */
export const refusePurge = byExecutor<Refuse, Reprieved>()({
  operation: 'PurgeRefused',
  also: { ...also, head: headOfOrder },
  decide({ item, head, closed }, { token, reason }, request) {
    const order = heldBy(item.value, closed, request.place.order, token);
    if (!isOrder(order)) {
      const isSame = closed?.state === 'Refused' && closed.token === token;
      return isSame && item.value.state === 'SoftDeleted' ? unchanged({ item: item.value, head: null }) : order;
    }
    const decision = decide('reprieve', order, { now: request.now, byHolder: true });
    if (!decision.ok) return decision;
    if (head === undefined) return need('head');
    return reprieve(order, head, { state: 'Refused', type: 'PurgeRefused', reason }, request);
  },
});

export interface Complete extends Token {
  readonly proof: Destruction;
}

/** All that is there of an item in one transaction: its rows go, and what was said of its end stays. */
const completeOnce = byExecutor<Complete, Ended>()({
  operation: 'PurgeConfirmed',
  also: {
    pages: ({ flow, request }, { item }: OfOrder) => pagesToChange(flow, item.value as Item, request.now),
    ...also,
  },
  decide({ item: { value: item }, pages, closed }, { token, proof }, request) {
    const order = heldBy(item, closed, request.place.order, token);
    if (!isOrder(order)) {
      const isSame = closed?.token === token && closed.proofDigest === proofDigest(proof);
      return isSame ? unchanged(closed) : order;
    }
    const decision = decide('confirm', order, { now: request.now });
    if (!decision.ok) return decision;
    if (!pages && order.pagedPoints > 0) return need('pages');
    const { now, id, caller } = request;
    const how = { state: 'Completed', by: identityOf(caller), byHolder: true, proof, now, id } as const;
    const { raised, ...plan } = ending(order, pages ?? [], how);
    return { ...plan, alerts: [raised], answer: endOf(order) };
  },
});

export interface Completed {
  readonly state: 'Purged';
  readonly receipt: Receipt;
}

/** The receipt is made from the history, as whenever it is asked for. */
export const complete: Runs<OrderPlace, Complete, Completed> = async (flow, request, place, ...ask) => {
  const done = await completeOnce(flow, unkept(request), place, ...ask);
  return done.ok ? withReceipt(flow, request.caller, done.value) : done;
};
