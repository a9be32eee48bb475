/** What people decide about an order: take it back while nothing was destroyed, have it tried again, or close it by hand. */

import type { Item } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import type { ClosedOrder } from '../../core/order.ts';
import { isLeased, type Ordered, retried } from '../../core/orders.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { type Proof as Destruction, proofDigest } from '../../core/proof.ts';
import { executorFor, NO_PURGE } from '../../core/purgeSettings.ts';
import { type Instant, secondsUntil } from '../../core/time.ts';
import { identityOf } from '../authorize/approval.ts';
import { occurrence, proofs, toldToo, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { pagesToChange } from '../items/pages.ts';
import { need, unchanged } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import { type Place, type Request, unkept } from '../story/request.ts';
import type { Runs, World } from '../story/run.ts';
import { type Ended, ending, endOf, withReceipt } from './ending.ts';
import { byPerson, closedOrder, ended, headOfOrder, isLast, liveOf, type OfOrder, type OrderPlace } from './order.ts';
import type { Completed } from './report.ts';
import { type Reprieved, reprieve } from './reprieve.ts';

/** As easy as an undelete, and possible exactly as long as provably nothing was destroyed. Said again it is answered as before. */
export const recall = byPerson<{ readonly reason: string }, Reprieved>()({
  operation: 'PurgeRecalled',
  also: { head: headOfOrder, closed: closedOrder },
  decide({ item: { value: item }, head, closed }, { reason }, request) {
    const order = liveOf(item, request.place.order);
    if (!order) {
      if (item.state !== 'SoftDeleted' || !isLast(item, request.place.order)) return ended(item);
      if (closed === undefined) return need('closed');
      if (closed?.state !== 'Recalled') return ended(item);
      return head === undefined ? need('head') : unchanged({ item, head });
    }
    const decision = decide('reprieve', order, { now: request.now });
    if (!decision.ok) return decision;
    if (head === undefined) return need('head');
    return reprieve(order, head, { state: 'Recalled', type: 'PurgeRecalled', reason }, request);
  },
});

export interface Resolve {
  readonly outcome: 'retry' | 'confirmed' | 'abandoned';
  readonly reason: string;
  readonly confirmName?: string | undefined;
  readonly proof?: Destruction | undefined;
}

/** The order goes to the executor that is named now: so one that is gone for good lets go. Where none is named it stays where it is. */
const retry = byPerson<Resolve, Ordered>()({
  operation: 'PurgeRetried',
  also: { head: headOfOrder, kinds: ({ flow }) => flow.kinds.fresh() },
  decide({ item: { value: item }, head, kinds }, { reason }, request) {
    const order = liveOf(item, request.place.order);
    if (!order) return ended(item);
    if (isLeased(order.order, request.now)) return locked(order, request.now);
    if (head === undefined) return need('head');
    if (!kinds) return need('kinds');
    const asked =
      head && executorFor(head.vault.purge, kinds.of(item.state === 'Purged' ? '' : item.workload) ?? NO_PURGE);
    const next = retried(order, asked?.executor ?? order.order.executor, request.now, request.id);
    return {
      item: next,
      facts: { order: order.order.id, executor: next.order.executor, before: order.order.executor, reason },
      answer: next,
    };
  },
});

const placeOf = ({ item: { value } }: OfOrder): Place => ({ vault: value.vault, item: value.name });

/** It was closed with these words already, and the first answer may have been lost. */
const isClosedSo = (closed: ClosedOrder, { outcome, confirmName, proof }: Resolve): boolean =>
  confirmName === closed.item &&
  (outcome === 'abandoned'
    ? closed.state === 'Abandoned'
    : closed.state === 'Completed' && proof !== undefined && closed.proofDigest === proofDigest(proof));

const unproven = ({ outcome, proof }: Resolve): Refused | undefined =>
  outcome === 'confirmed' && !proof
    ? refuse('InvalidRequest', 'Say what was destroyed: "proof", as an executor would.', { target: '$.proof' })
    : undefined;

/** A person says that it is destroyed, or that nobody will ever say so: the record goes all the same. */
const close = byPerson<Resolve, Ended>()({
  operation: 'PurgeForced',
  wrong: unproven,
  also: {
    head: headOfOrder,
    closed: closedOrder,
    pages: ({ flow, request }, { item }) => pagesToChange(flow, item.value as Item, request.now),
    approval: async (world: World<OrderPlace>, read: OfOrder, ask, weakened) => {
      const head = await headOfOrder(world, read);
      return head && proofs.approval({ ...world, place: placeOf(read) }, { head }, ask, weakened);
    },
    secondFactor: async (world: World<OrderPlace>, read: OfOrder) => {
      const head = await headOfOrder(world, read);
      return head && proofs.secondFactor({ ...world, place: placeOf(read) }, { ...read, head });
    },
  },
  decide({ item: { value: item }, head, pages, closed, ...shown }, ask, request) {
    const order = liveOf(item, request.place.order);
    if (!order) {
      if (closed === undefined) return need('closed');
      return closed && isClosedSo(closed, ask) ? unchanged(closed) : ended(item);
    }
    const wrong = unconfirmed(order, ask);
    if (wrong) return wrong;
    if (isLeased(order.order, request.now)) return locked(order, request.now);
    const decision = decide('confirm', order, { now: request.now });
    if (!decision.ok) return decision;
    if (!head) return head === undefined ? need('head') : ended(item);
    const weakened = weakenedBy(request, 'purgeOrder', 'kept', ask.outcome);
    const missing = unproved(weakened, {
      approval: shown.approval ?? undefined,
      secondFactor: shown.secondFactor ?? undefined,
    });
    if (missing) return missing;
    if (!pages && order.pagedPoints > 0) return need('pages');
    const { now, id, caller } = request;
    const state = ask.outcome === 'confirmed' ? 'Completed' : 'Abandoned';
    const proof = state === 'Completed' ? (ask.proof ?? null) : null;
    const how = { state, by: identityOf(caller), proof, now, id } as const;
    const { raised, facts, ...plan } = ending(order, pages ?? [], how);
    const said = { ...facts, reason: ask.reason, ...weakeningFacts(weakened) };
    const forced = changeAlert(
      'PurgeForced',
      request,
      order,
      { from: order.state, to: 'Purged', ...said },
      occurrence(request, 'purgeOrder'),
    );
    return {
      ...plan,
      facts: said,
      alerts: [toldToo(head.vault.alerts, forced), ...(state === 'Completed' ? [raised] : [])],
      answer: endOf(order),
    };
  },
});

const locked = ({ order: { lease, id, executor } }: Ordered, now: Instant): Refused =>
  refuse('ObjectLocked', `Executor ${executor} holds this order until its lease ends. Wait until then.`, {
    facts: { order: id },
    retryAfterSeconds: secondsUntil(lease?.until ?? now, now),
  });

function unconfirmed({ name }: Ordered, { confirmName }: Resolve): Refused | undefined {
  if (confirmName === name) return undefined;
  return refuse(
    'ConfirmationRequired',
    `Closing an order by hand needs "confirmName": the item's name exactly as it is written, "${name}".`,
    { target: '$.confirmName' },
  );
}

export type Resolved = { readonly order: Ordered } | Completed;

export const resolve: Runs<OrderPlace, Resolve, Resolved> = async (
  flow,
  request,
  place,
  ask,
): Promise<Outcome<Resolved>> => {
  if (ask.outcome === 'retry') {
    const { keep } = request;
    const kept: Request<Ordered> = { ...request, keep: keep && ((order, evidence) => keep({ order }, evidence)) };
    const done = await retry(flow, kept, place, ask);
    return done.ok ? ok({ order: done.value }) : done;
  }
  const done = await close(flow, unkept(request), place, ask);
  return done.ok ? withReceipt(flow, request.caller, done.value) : done;
};
