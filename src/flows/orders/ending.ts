/** The end of an ordered item: its rows go, and what is said about it is said once. */
import type { PointPage } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { Caller, Facts, Identity } from '../../core/caller.ts';
import { canonical } from '../../core/evidence.ts';
import { closedOf, type Ordered, orderedPurgeAt } from '../../core/orders.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { type Proof, proofDigest, remainingLines } from '../../core/proof.ts';
import { type Receipt, statementOn } from '../../core/receipt.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { lossWith, pointFacts, tombstoneOf } from '../items/destroy.ts';
import { readReceipt } from '../items/receipt.ts';
import type { Plan } from '../story/plan.ts';
import { itemAlert } from '../story/raise.ts';
import type { Place } from '../story/request.ts';

export interface Confirmation {
  readonly state: 'Completed' | 'Abandoned';
  /** Who says so: an app that acts for the executor, or a person. */
  readonly by: Identity;
  readonly proof: Proof | null;
  readonly byHolder?: true;
  readonly now: Instant;
  readonly id: string;
}

/** What an order leaves when its item is gone: a tombstone, what is kept of the order, the last mail, and all that a receipt says. */
export function ending(
  item: Ordered,
  pages: readonly PointPage[],
  { state, by, byHolder, proof, now, id }: Confirmation,
): Omit<Plan<null>, 'answer'> & { readonly raised: Alert } {
  const { order } = item;
  const loss = lossWith(item, pages);
  const confirmed = state === 'Completed';
  const digest = proof && proofDigest(proof);
  const { closed, changes } = closedOf(item, {
    ...{ state, now, proofDigest: digest, points: loss.points },
    ...(byHolder ? { byHolder } : {}),
  });
  const { attempts } = closed;
  const due = iso(orderedPurgeAt(item));
  const said = {
    ...{ executor: order.executor, confirmed, objects: proof?.objects ?? null, bytes: proof?.bytes ?? null },
    ...{ proofDigest: digest, confirmedBy: by.oid, confirmedAt: iso(now) },
    remaining: proof ? remainingLines(proof) : [],
  } satisfies Facts;
  const asked = { executor: order.executor, proof, confirmed };
  const statement = statementOn(item.vault, item.name, loss.points, asked);
  const raised = itemAlert('PurgeComplete', item, now, {
    ...{ ...pointFacts(loss), order: order.id, attempts, statement },
    ...{ from: item.state, to: 'Purged', purgeAt: due, purgedAt: iso(now) },
    ...said,
  });
  return {
    item: {
      ...tombstoneOf(item, now, id),
      softDeleteApplied: order.softDeleteApplied,
      confirmed,
      closedOrders: changes,
    },
    pages: { dropPages: pages },
    closedOrder: closed,
    raised,
    facts: {
      ...{ order: order.id, generation: item.generation, purgeAt: due, orderedAt: iso(order.orderedAt), attempts },
      ...said,
      ...{ confirmedBy: by.oid, confirmedByTenant: by.tid, proof: proof && canonical(proof) },
      ...pointFacts(loss),
      statement,
    },
  };
}

/** The purge that an order ended with. */
export interface Ended extends Place {
  readonly generation: number;
}
export const endOf = ({ vault, name, generation }: Ordered): Ended => ({ vault, item: name, generation });

/** What a purge answers. The receipt is made from the history, as whenever it is asked for. */
export async function withReceipt(
  flow: Pick<Reads, 'vaults'>,
  caller: Caller,
  { generation, ...place }: Ended,
): Promise<Outcome<{ readonly state: 'Purged'; readonly receipt: Receipt }>> {
  const receipt = await readReceipt(flow, caller, place, generation);
  return receipt.ok ? ok({ state: 'Purged', receipt: receipt.value }) : receipt;
}
