/** A verb about one order: where it lies, who may speak of it, and what is refused before anything else is looked at. */
import type { Held } from '../../change.ts';
import { type Caller, hasRole } from '../../core/caller.ts';
import { samePerson } from '../../core/guards.ts';
import type { Remains } from '../../core/item.ts';
import type { Order } from '../../core/order.ts';
import { closedIds, isOrdered, type Ordered, placeOfOrder } from '../../core/orders.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import type { Asked } from '../story/request.ts';
import { runner, type World } from '../story/run.ts';

export interface OrderPlace {
  readonly order: string;
}

export const noOrder = (order: string): Refused =>
  refuse('PurgeOrderNotFound', `There is no purge order ${order.slice(0, 200)}.`);

type Reading = Pick<Reads, 'vaults' | 'executors'>;

/** Whether the caller is one of the apps that act for an executor. Who was taken off its list is none within a minute. */
export const actsFor = async ({ executors }: Pick<Reads, 'executors'>, caller: Caller, executor: string) =>
  caller.appOnly &&
  hasRole(caller, 'Executor') &&
  ((await executors.known(executor))?.callers.some((one) => samePerson(one, caller)) ?? false);

/** The same where it calls: that is noted, and whether that succeeds is no matter. */
export async function callsFor(flow: FlowPorts, { caller, now }: Asked, executor: string): Promise<boolean> {
  if (!(await actsFor(flow, caller, executor))) return false;
  await flow.land({ now, write: { line: 'executorSeen', executor, at: now } }).catch(() => undefined);
  return true;
}

/** One answer for the executor of others and for one that nobody has made. */
export const notTheirs = (): Refused =>
  refuse('Forbidden', 'This caller does not act for this executor, or there is none of that name.');

export interface OfOrder {
  readonly item: Held<Remains>;
}

/** The item that an order is about, as long as it knows of that order. */
export async function readOf({ vaults }: Reading, { order }: OrderPlace): Promise<OfOrder | Refused> {
  const place = placeOfOrder(order);
  const item = place && (await vaults.item(place.vault, place.item));
  return item && (liveOf(item.value, order) || closedOf(item.value, order)) ? { item } : noOrder(order);
}

const isNamed = (id: string, order: string): boolean => id === order.toLowerCase();

export const liveOf = (item: Remains, order: string): Ordered | undefined =>
  isOrdered(item) && isNamed(item.order.id, order) ? item : undefined;

/** The id as it is kept, of an order that has ended. */
export const closedOf = (item: Remains, order: string): string | undefined =>
  closedIds(item).find((id) => isNamed(id, order));

/** Whether no order of the item ended after that one. */
export const isLast = (item: Remains, order: string): boolean => {
  const [last] = closedIds(item);
  return last !== undefined && isNamed(last, order);
};

const about = {
  etagOf: ({ item }: OfOrder) => item.value,
  hasEnded: ({ item }: OfOrder, { order }: OrderPlace) => liveOf(item.value, order) === undefined,
  historyOf: ({ order }: OrderPlace) => {
    const { vault, item } = placeOfOrder(order) ?? { vault: null, item: null };
    return { vault, item };
  },
};

/** A verb of the executor that the order is addressed to. Of another's order he hears that there is none. */
export const byExecutor = runner<OrderPlace, OfOrder>({
  ...about,
  async read({ flow, place, request }) {
    const found = await readOf(flow, place);
    if ('ok' in found) return found;
    const executor = await executorOf(flow, found.item.value, place.order);
    return executor !== undefined && (await callsFor(flow, request, executor)) ? found : noOrder(place.order);
  },
});

/** A verb of a person. */
export const byPerson = runner<OrderPlace, OfOrder>({ ...about, read: ({ flow, place }) => readOf(flow, place) });

async function executorOf({ vaults }: Reading, item: Remains, order: string): Promise<string | undefined> {
  const live = liveOf(item, order);
  if (live) return live.order.executor;
  const id = closedOf(item, order);
  return id === undefined ? undefined : (await vaults.closedOrder(item.vault, item.name, id))?.executor;
}

export const ended = (item: Remains): Refused =>
  refuse('OrderClosed', `The purge order of ${item.name} has ended.`, {
    facts: { state: item.state, ...(item.state === 'Purged' ? { purgedAt: iso(item.purgedAt) } : {}) },
  });

/** Whoever holds the newest token may speak, late or not. The token itself is in no answer but that of the claim. */
export const staleToken = (order: Pick<Order, 'token'>, token: number): Refused | undefined =>
  order.token === token
    ? undefined
    : refuse(
        'StaleToken',
        'Somebody else has claimed this order since, or nobody has. Stop at once, and say nothing more.',
      );

/** What a verb may read besides. */
export const headOfOrder = async ({ flow, fresh }: World<OrderPlace>, { item }: OfOrder) =>
  flow.vaults.head(item.value.vault, fresh ? 'fresh' : 'remembered');

export const closedOrder = async ({ flow, place }: World<OrderPlace>, { item: { value: item } }: OfOrder) => {
  const id = closedOf(item, place.order);
  return id === undefined ? undefined : flow.vaults.closedOrder(item.vault, item.name, id);
};
