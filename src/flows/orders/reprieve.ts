/** An ordered item goes back to the trash: its executor refused, or a person took the order back. Nothing was destroyed. */
import type { HeldHead } from '../../change.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { ItemIn } from '../../core/item.ts';
import { purgeAt, reprieved } from '../../core/lifecycle.ts';
import { closedOf, daysAfter, type Ordered } from '../../core/orders.ts';
import { iso } from '../../core/time.ts';
import type { Plan } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import type { Deciding } from '../story/run.ts';

export interface Reprieved {
  readonly item: ItemIn<'SoftDeleted'>;
  readonly head: HeldHead | null;
}

interface Ending {
  readonly state: 'Refused' | 'Recalled';
  readonly type: AlertType;
  readonly reason: string;
}

/** Its window is long enough for its people to hear of it again; its generation stays. */
export function reprieve(
  item: Ordered,
  head: HeldHead | null,
  { state, type, reason }: Ending,
  request: Deciding,
): Plan<Reprieved> {
  const { now, id } = request;
  const ends = state === 'Refused' ? ({ byHolder: true } as const) : {};
  const points = item.points.length + item.pagedPoints;
  const { closed, changes } = closedOf(item, { state, ...ends, now, points });
  const retentionDays = daysAfter(item.deletion, now);
  const next = reprieved(item, retentionDays, changes, id);
  const until = iso(purgeAt(next, head?.vault));
  const facts = { order: item.order.id, executor: item.order.executor, reason, purgeAt: until, retentionDays };
  const change = { from: item.state, to: next.state, ...facts };
  return {
    item: next,
    closedOrder: closed,
    alerts: [changeAlert(type, request, next, change, occurrenceOf(item))],
    facts,
    answer: { item: next, head },
  };
}

/** Of an item there may be many orders. */
const occurrenceOf = ({ generation, order }: Ordered): string => `${generation}-${order.id.split('~').at(-1)}`;
