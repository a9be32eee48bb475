/**
 * How many orders an executor has. The lines of its work list say so, and no order is read: a lease that was renewed counts as open from its old
 * end until somebody claims, and an order may stay among those that it left for as long. Of each state no more than a thousand are counted.
 */
import type { LiveState } from '../../core/order.ts';
import type { Instant } from '../../core/time.ts';
import type { WorkLine } from '../../ports/agenda.ts';
import type { Reads } from '../../ports.ts';

export type OrderCounts = Readonly<Record<'open' | 'leased' | 'waiting' | 'blocked' | 'unconfirmed', number>>;

const MOST_COUNTED = 1000;
/** So many lines are looked at of those that can be claimed later, and of those that wait for a person. */
const PAGES = { ahead: 3, parked: 2 } as const;

const stateOn = ({ due, work }: WorkLine, now: Instant): LiveState =>
  work.isParked ? work.state : due <= now ? 'Open' : work.state === 'Leased' ? 'Leased' : 'Waiting';

/** Of an order with several lines the last one that was written counts: a failure leaves that of its lease, and a claim strikes all others. */
const LAST: readonly LiveState[] = ['Open', 'Leased', 'Waiting', 'Blocked'];

export async function ordersOf(
  { agenda }: Pick<Reads, 'agenda'>,
  executor: string,
  now: Instant,
): Promise<OrderCounts> {
  const first = await agenda.work(executor, { limit: MOST_COUNTED });
  const ahead =
    first.last === undefined
      ? []
      : await pagesOf(PAGES.ahead, (after) => agenda.work(executor, { behind: now, after, limit: MOST_COUNTED }));
  const lines = [
    ...first.found.filter(({ due }) => first.last === undefined || due <= now),
    ...ahead,
    ...(await pagesOf(PAGES.parked, (after) => agenda.work(executor, { parked: true, after, limit: MOST_COUNTED }))),
  ];
  const orders = new Map<string, { readonly state: LiveState; readonly isLate: boolean }>();
  for (const line of lines) {
    const { order, confirmBy } = line.work;
    const state = stateOn(line, now);
    const known = orders.get(order);
    if (!known || LAST.indexOf(known.state) < LAST.indexOf(state))
      orders.set(order, { state, isLate: confirmBy <= now });
  }
  const all = [...orders.values()];
  const count = (is: (one: (typeof all)[number]) => boolean) => Math.min(MOST_COUNTED, all.filter(is).length);
  return {
    open: count(({ state }) => state === 'Open'),
    leased: count(({ state }) => state === 'Leased'),
    waiting: count(({ state }) => state === 'Waiting'),
    blocked: count(({ state }) => state === 'Blocked'),
    unconfirmed: count(({ isLate }) => isLate),
  };
}

async function pagesOf(
  most: number,
  read: (after: string | undefined) => ReturnType<Reads['agenda']['work']>,
): Promise<readonly WorkLine[]> {
  const all: WorkLine[] = [];
  let after: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const { found, last } = await read(after);
    all.push(...found);
    if (last === undefined) break;
    after = last;
  }
  return all;
}
