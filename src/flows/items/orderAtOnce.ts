/** Where soft delete does not apply and an executor is named, the stop itself asks it to destroy the data: nothing is removed before it has. */
import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { deletionVerb, ordered, termsOf } from '../../core/lifecycle.ts';
import type { Deletion } from '../../core/order.ts';
import { newOrder, type Ordered, orderId } from '../../core/orders.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import type { Deciding } from '../story/run.ts';
import { type Asking, askingFor, kindsKnowing } from './asking.ts';

/** null: nobody, and the item goes at once. What kinds and executors say may be a minute old. */
export async function askedAtOnce(
  { kinds, executors }: Pick<Reads, 'kinds' | 'executors'>,
  item: Item,
  head: HeldHead,
): Promise<Asking | Refused | null> {
  if (deletionVerb(item, head.vault) !== 'hardDelete') return null;
  const asking = await askingFor({ executors }, await kindsKnowing({ kinds }, item), item, head);
  if (!asking || !('gone' in asking)) return asking;
  const message = `Executor ${asking.gone} is to destroy the data of ${item.name}, and is not there. Nothing was deleted.`;
  return refuse('ExecutorNotFound', message);
}

/** It never waited in the trash: its period was over when it was deleted. */
export function orderedAtOnce(
  item: Item,
  head: HeldHead,
  asks: Asking,
  why: Pick<Deletion, 'deletedBy' | 'reason' | 'comment' | 'permission'>,
  { id, now }: Pick<Deciding, 'id' | 'now'>,
): {
  readonly item: Ordered;
  readonly facts: { readonly [F in 'order' | 'executor' | 'confirmBy' | 'purgeAt']: string };
} {
  const deletion = { ...why, deletedAt: now, retentionDays: 0, version: head.vault.version };
  const order = newOrder({ id: orderId(item, id), ...asks, softDeleteApplied: false }, now);
  const { id: name, executor, confirmBy } = order;
  return {
    item: ordered(item, termsOf(item, head), deletion, order, id),
    facts: { order: name, executor, confirmBy: iso(confirmBy), purgeAt: iso(now) },
  };
}
