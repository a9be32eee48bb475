/** Purge orders as people and executors look at them. */
import { type Caller, hasRole } from '../../core/caller.ts';
import { type Item, isItem } from '../../core/item.ts';
import { keyOf } from '../../core/names.ts';
import type { ClosedOrder, LiveState } from '../../core/order.ts';
import { isOrdered, type Ordered, stateOf } from '../../core/orders.ts';
import type { Point } from '../../core/policy.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { WorkLine } from '../../ports/agenda.ts';
import type { Reads } from '../../ports.ts';
import { pagesOf, pointsIn } from '../items/pages.ts';
import { allPoints } from '../items/points.ts';
import { asUnreadable, cut, type Listed, type Page } from '../story/pages.ts';
import { type Asked, noVault } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import { actsFor, closedOf, liveOf, noOrder, notTheirs, type OrderPlace, readOf } from './order.ts';

type Reading = Pick<Reads, 'vaults' | 'executors' | 'agenda'>;

/** An order that lives, as the item that it is about; or what is kept of one that has ended. */
export type AnyOrder = { readonly live: Ordered } | { readonly closed: ClosedOrder };

/** An executor sees his own orders, and whoever may read sees all. */
export async function readOrder(flow: Reading, caller: Caller, place: OrderPlace): Promise<Outcome<AnyOrder>> {
  const found = await readOf(flow, place);
  if ('ok' in found) return found;
  const item = found.item.value;
  const live = liveOf(item, place.order);
  const id = closedOf(item, place.order);
  const closed = id === undefined ? undefined : await flow.vaults.closedOrder(item.vault, item.name, id);
  const executor = live?.order.executor ?? closed?.executor;
  if (executor === undefined) return noOrder(place.order);
  if (!hasRole(caller, 'Reader') && !(await actsFor(flow, caller, executor))) return noOrder(place.order);
  return live ? ok({ live }) : closed ? ok({ closed }) : noOrder(place.order);
}

export interface OrderFilter {
  readonly executor?: string | undefined;
  readonly vault?: string | undefined;
  readonly state?: LiveState | undefined;
}

const isWanted = (item: Ordered, { executor, vault, state }: OrderFilter, now: Instant): boolean =>
  (executor === undefined || keyOf(item.order.executor) === keyOf(executor)) &&
  (vault === undefined || keyOf(item.vault) === keyOf(vault)) &&
  (state === undefined || stateOf(item, now) === state);

/**
 * Of a vault in order of purge; of an executor as they can be claimed. A page may be short. An executor lists what it may claim, and does not
 * hear which vaults there are.
 */
export async function listOrders(
  flow: Reading,
  { caller, now }: Pick<Asked, 'caller' | 'now'>,
  filter: OrderFilter,
  page: Page,
): Promise<Outcome<Listed<Ordered>>> {
  const { executor = '', vault } = filter;
  const seesAll = hasRole(caller, 'Reader');
  if (!seesAll && !(await actsFor(flow, caller, executor))) return notTheirs();
  const { found, ...rest } = await (seesAll && vault !== undefined
    ? ofVault(flow, vault, page)
    : ofExecutor(flow, executor, page));
  if (!found) return noVault(vault ?? '');
  return ok({ shown: found.filter((item) => isWanted(item, filter, now)), ...rest });
}

async function ofVault({ vaults }: Reading, vault: string, { after, top }: Page) {
  const [head, rows] = await Promise.all([
    vaults.head(vault, 'fresh'),
    vaults.items(vault, { after, limit: top }, { by: 'trash', state: 'Purging' }),
  ]);
  if (!head) return { found: undefined, unreadable: [], last: undefined };
  return {
    found: rows.found.flatMap(({ remains }) => (isOrdered(remains) ? [remains] : [])),
    unreadable: rows.found.flatMap(({ name, isUnreadable }) => (isUnreadable ? [name] : [])),
    last: rows.last,
  };
}

/** A line may be false, or there may be two of one order. */
async function ofExecutor(flow: Reading, executor: string, { after, top }: Page) {
  const lines = await flow.agenda.work(executor, { after, limit: top, all: true });
  const items = await inParallel(lines.found, (line) => orderOn(flow, line));
  const each = new Map(
    items.flatMap((item) => (item && item !== 'unreadable' ? [[item.order.id, item] as const] : [])),
  );
  const unreadable = lines.found.filter((_, at) => items[at] === 'unreadable').map(({ work }) => work.order);
  return { found: [...each.values()], unreadable: [...new Set(unreadable)], last: lines.last };
}

async function orderOn(
  { vaults }: Reading,
  { vault, item, work }: WorkLine,
): Promise<Ordered | 'unreadable' | undefined> {
  const held = await vaults.item(vault, item).catch(asUnreadable);
  if (held === 'unreadable') return held;
  return held && isOrdered(held.value) && held.value.order.id === work.order ? held.value : undefined;
}

/** The points of an ordered item, for the executor and for whoever looks; or only the older ones, that the order does not show itself. */
export async function listOrderPoints(
  flow: Reading,
  caller: Caller,
  { older, ...place }: OrderPlace & { readonly older: boolean },
  page: Page,
): Promise<Outcome<Listed<Point>>> {
  const order = await readOrder(flow, caller, place);
  if (!order.ok) return order;
  if ('closed' in order.value) return ok({ shown: [], last: undefined });
  const item: Item = order.value.live;
  if (!isItem(item)) return noOrder(place.order);
  const points = older ? pointsIn(await pagesOf(flow, item)) : await allPoints(flow, item);
  return ok(cut(points, ({ name }) => keyOf(name), page));
}
