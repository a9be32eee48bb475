import type { ItemWrite, PointPage, Replacement } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { Entry, Facts } from '../../core/caller.ts';
import type { Item, ItemIn, Remains, Tombstone } from '../../core/item.ts';
import { purging } from '../../core/lifecycle.ts';
import type { Terms } from '../../core/policy.ts';
import { statementOn } from '../../core/receipt.ts';
import { earliest, type Instant, iso, latest } from '../../core/time.ts';
import type { FlowPorts, Landed } from '../story/land.ts';
import type { Place } from '../story/request.ts';
import { untilDone } from '../story/rounds.ts';
import { MOST_PAGES } from './points.ts';

export interface Destruction {
  readonly item: Tombstone | ItemIn<'Purging'>;
  readonly pages: Pick<ItemWrite, 'dropPages'>;
  /** What is left in the end, whether or not one transaction gets that far. */
  readonly tombstone: Tombstone;
}

/**
 * How an item and its points are removed for good, leaving a tombstone. What fits goes in one transaction. A larger item is marked
 * Purging first, which nothing undoes, and is then taken apart in batches: see `takeApart`.
 */
export function destroyed(
  item: Item,
  terms: Terms,
  pages: readonly PointPage[],
  now: Instant,
  id: string,
): Destruction {
  const marked = purging(item, terms, id);
  const tombstone = tombstoneOf(marked, now, id);
  return pages.length > MOST_PAGES
    ? { item: marked, pages: {}, tombstone }
    : { item: tombstone, pages: { dropPages: pages }, tombstone };
}

export interface TakenApart {
  readonly now: Instant;
  readonly entry: (from: Remains, to: Remains) => Entry;
  /** What is raised when nothing of it is left. */
  readonly alerts: readonly Replacement<Alert>[];
}

type TakesApart = Pick<FlowPorts, 'vaults' | 'newId' | 'land'>;

/**
 * Goes on with an item that is Purging already, batch by batch. Losing a race here means that another purge is at it as well.
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
  if (held?.value.state !== 'Purging') return null;
  const item = held.value;
  const was = { value: item, tag: held.tag };
  const id = flow.newId();
  const pages = await flow.vaults.pages(vault, name);
  const last = pages.length <= MOST_PAGES;
  const rest = { ...item, points: [], pagedPoints: countOf(pages.slice(MOST_PAGES)), etag: id };
  const now = last ? tombstoneOf(item, how.now, id) : rest;
  const landed = await flow.land({
    now: how.now,
    write: {
      vault,
      id,
      items: [{ was, now, dropPages: pages.slice(0, MOST_PAGES) }],
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
  etag,
});

export const countOf = (pages: readonly PointPage[]): number =>
  pages.reduce((sum, { points }) => sum + points.length, 0);

/** What is gone with an item, for its history. The newest points lie in the item itself, older ones in its pages. */
export function lossFacts(item: Item, pages: readonly PointPage[]): Facts {
  const all = [...item.points, ...pages.flatMap(({ points }) => points)];
  const times = all.map(({ createdAt }) => createdAt);
  const [oldest, newest] = [earliest(times), latest(times)];
  return {
    points: all.length,
    oldestPoint: oldest ? iso(oldest) : null,
    newestPoint: newest ? iso(newest) : null,
    statement: statementOn(item.vault, item.name, all.length),
  };
}
