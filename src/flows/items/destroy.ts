import { MOST_ROWS, type PagesWrite, type PointPage, type Replacement } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { Entry, Facts } from '../../core/caller.ts';
import type { Item, ItemIn, Remains, Tombstone } from '../../core/item.ts';
import { dayAfter, KEPT_DAYS } from '../../core/kept.ts';
import { purging } from '../../core/lifecycle.ts';
import { isOrdered } from '../../core/orders.ts';
import type { Terms } from '../../core/policy.ts';
import { statementOn } from '../../core/receipt.ts';
import { type Loss, lossOf } from '../../core/ticket.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import type { FlowPorts, Landed } from '../story/land.ts';
import type { Place } from '../story/request.ts';
import { untilDone } from '../story/rounds.ts';
import { countOf, pointsIn } from './pages.ts';

/** Pages of before that one transaction removes beside what else it writes. */
const PAGES_AT_ONCE = MOST_ROWS - 20;

/** The item's own row is left as a tombstone, and its pages go in the same transaction: `pagesToChange` has made them few enough. */
export const destroyed = (
  item: Item,
  terms: Terms,
  pages: readonly PointPage[],
  now: Instant,
  id: string,
): { readonly item: Tombstone; readonly pages: PagesWrite } => ({
  item: tombstoneOf(purging(item, terms, id), now, id),
  pages: { dropPages: pages },
});

export interface TakenApart {
  readonly now: Instant;
  readonly entry: (from: Remains, to: Remains) => Entry;
  /** What is raised when nothing of it is left. */
  readonly alerts: readonly Replacement<Alert>[];
}

type TakesApart = Pick<FlowPorts, 'vaults' | 'newId' | 'land'>;

/**
 * Goes on with an item that is Purging: the version before marked large ones so, and removed their pages batch by batch. Losing a race
 * here means that another purge is at it as well.
 * Answers what its last transaction left to be told; null: another was faster.
 */
export async function takeApart(flow: TakesApart, place: Place, how: TakenApart): Promise<Landed | null> {
  for (;;) {
    const batch = await untilDone(`${place.vault}/${place.item}`, () => takeBatch(flow, place, how));
    if (batch !== 'more') return batch;
  }
}

/** undefined: somebody wrote first. */
async function takeBatch(
  flow: TakesApart,
  { vault, item: name }: Place,
  how: TakenApart,
): Promise<Landed | 'more' | null | undefined> {
  const held = await flow.vaults.item(vault, name);
  if (held?.value.state !== 'Purging' || isOrdered(held.value)) return null;
  const item = held.value;
  const was = { value: item, tag: held.tag };
  const id = flow.newId();
  const pages = await flow.vaults.pages(vault, name);
  const last = pages.length <= PAGES_AT_ONCE;
  const rest = { ...item, points: [], pagedPoints: countOf(pages.slice(PAGES_AT_ONCE)), etag: id };
  const now = last ? tombstoneOf(item, how.now, id) : rest;
  const landed = await flow.land({
    now: how.now,
    write: {
      vault,
      id,
      items: [{ was, now, dropPages: pages.slice(0, PAGES_AT_ONCE) }],
      alerts: last ? how.alerts : [],
      entries: [how.entry(item, now)],
    },
  });
  if (!landed.done) return undefined;
  return last ? landed : 'more';
}

export const tombstoneOf = (item: ItemIn<'Purging'>, now: Instant, etag: string): Tombstone => ({
  state: 'Purged',
  vault: item.vault,
  name: item.name,
  generation: item.generation,
  server: item.server,
  purgedAt: now,
  softDeleteApplied: item.deletion !== null,
  ...keptOf(item),
  ...(item.lastJob ? { lastJob: item.lastJob } : {}),
  endsOn: dayAfter(addDays(now, KEPT_DAYS.tombstone)),
  etag,
});

/** Who looks at an order that has ended still finds it, and no token is given out twice. */
const keptOf = ({ closedOrders, lastToken }: ItemIn<'Purging'>) => ({
  ...(closedOrders ? { closedOrders } : {}),
  ...(lastToken === undefined ? {} : { lastToken }),
});

/** The newest points lie in the item itself, older ones in its pages. */
export const lossWith = (item: Item, pages: readonly PointPage[]): Loss => lossOf([...item.points, ...pointsIn(pages)]);

/** What is gone with an item that no executor destroys, for its history. */
export const lossFacts = (item: Item, loss: Loss): Facts => ({
  ...pointFacts(loss),
  statement: statementOn(item.vault, item.name, loss.points, wasAskedBefore(item) ? 'before' : 'nobody'),
});

/** Its executor refused, or a person took the order back. */
const wasAskedBefore = (item: Item): boolean => 'closedOrders' in item && (item.closedOrders?.length ?? 0) > 0;

export const pointFacts = ({ points, oldest, newest }: Loss): Facts => ({
  points,
  oldestPoint: oldest && iso(oldest),
  newestPoint: newest && iso(newest),
});
