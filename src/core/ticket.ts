/** PURE. All that the purge of a plain item writes. The hint to purge carries it, so that a sweep has nothing to read. */
import type { AlertType } from './alertTypes.ts';
import type { ChainHead } from './caller.ts';
import type { ItemIn } from './item.ts';
import { sameName } from './names.ts';
import type { Point } from './policy.ts';
import { purgeAtOf } from './retention.ts';
import { earliest, type Instant, latest } from './time.ts';
import type { Mark } from './told.ts';
import { fenceOf, type Head, type Vault } from './vault.ts';

type Deleted = ItemIn<'SoftDeleted'>;

/** The item, as far as its tombstone, its places, and what is told of its end hang on it. */
type Needed =
  | ('vault' | 'name' | 'workload' | 'kind' | 'tier' | 'sourceId' | 'server' | 'generation')
  | ('lastJob' | 'previousPolicy' | 'deletion' | 'hintedAt');

/** What is gone with an item. */
export interface Loss {
  readonly points: number;
  readonly oldest: Instant | null;
  readonly newest: Instant | null;
}

/** Who is told of the purge. */
export type People = Pick<Vault, 'id' | 'alerts' | 'silences'>;

export interface Ticket {
  readonly item: Pick<Deleted, Needed>;
  readonly loss: Loss;
  /** When people were reminded last. */
  readonly toldAt: Instant;
  /** The entry that says so. With any later one in its history the item is no longer what the ticket says. */
  readonly head: ChainHead;
  /** What goes with the tombstone, where the mark says it. */
  readonly alerts?: readonly string[];
  readonly people: People;
  /** Of the head that it was made from. It goes with every change of the vault: of its period, of who is told, of its silences. */
  readonly fence: string;
}

export function lossOf(points: readonly Point[]): Loss {
  const times = points.map(({ createdAt }) => createdAt);
  return { points: points.length, oldest: earliest(times) ?? null, newest: latest(times) ?? null };
}

/** All hints of a page are in hand at once, so a ticket must be small: two kilobytes are many. An item with long reasons goes without. */
const MOST_CHARACTERS = 4000;

/**
 * For an item that was told of: without pages, without holds, counted, and with its place in the trash at the very instant of its purge.
 * All others are read when their time has come.
 */
export function ticketOf(item: Deleted, { toldAt, head, purgeAt, alerts: named }: Mark, of: Head): Ticket | undefined {
  const fence = fenceOf(of);
  const isPlain = item.holds.length === 0 && item.pagedPoints === 0 && !item.uncounted && !remembersOrders(item);
  const { id, alerts, silences, purge } = of.vault;
  // An executor is asked, and what it is told is read then.
  if (purge.executor !== null) return undefined;
  if (!isPlain || +dueOf({ item }) !== +purgeAt || fence === undefined || !head) return undefined;
  const ticket: Ticket = {
    item: neededOf(item),
    loss: lossOf(item.points),
    ...{ toldAt, head, fence },
    people: { id, alerts, silences: silences.filter((one) => mayCover(one, item)) },
  };
  const whole = named ? { ...ticket, alerts: named } : ticket;
  return [whole, ticket].find((one) => JSON.stringify(one).length <= MOST_CHARACTERS);
}

/** Its tombstone goes on remembering them. */
const remembersOrders = ({ closedOrders, lastToken }: Deleted): boolean =>
  closedOrders !== undefined || lastToken !== undefined;

const TELLS_OF_IT: AlertType = 'PurgeComplete';

/** It may keep somebody from being told of the purge. Whether it does so, its times say. */
const mayCover = ({ types, items }: Vault['silences'][number], { name }: Deleted): boolean =>
  (types?.includes(TELLS_OF_IT) ?? true) && (items?.some((one) => sameName(one, name)) ?? true);

function neededOf(item: Deleted): Ticket['item'] {
  const { vault, name, workload, kind, tier, sourceId, server, generation } = item;
  const { lastJob, previousPolicy, deletion, hintedAt } = item;
  const needed = { vault, name, workload, tier, sourceId, server, generation, previousPolicy, deletion, hintedAt };
  return { ...needed, ...(kind ? { kind } : {}), ...(lastJob ? { lastJob } : {}) };
}

/** The instant of the purge. It names the place in the trash as well, so that no ticket can say an earlier one. */
export const dueOf = ({ item }: Pick<Ticket, 'item'>): Instant => purgeAtOf(item.deletion, []);

/** The item that a ticket is about, with nothing in it that its purge does not need. */
export const itemIn = ({ item, head }: Ticket): Deleted => ({
  ...item,
  state: 'SoftDeleted',
  ...{ points: [], pagedPoints: 0, holds: [], terms: { retention: {}, cuts: [] } },
  ...{ lastBackup: { status: 'Pending', at: null }, activeJob: null, superseded: false },
  etag: '',
  evidence: head,
});
