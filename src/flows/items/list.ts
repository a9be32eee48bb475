/** The items of a vault, page by page. Each order has rows of its own, so a page costs the same whatever else the vault holds. */
import type { HeldHead } from '../../change.ts';
import { type Item, type ItemState, isItem } from '../../core/item.ts';
import { mayRunOnServers } from '../../core/knownKinds.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Index, IndexedState, ItemRow } from '../../ports/vaults.ts';
import type { Reads, VaultReads } from '../../ports.ts';
import { type Listed, type Page, unlessUnreadable } from '../story/pages.ts';
import { noVault } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';

export interface ItemFilter {
  readonly state?: ItemState | undefined;
  readonly workload?: string | undefined;
  readonly server?: string | undefined;
  readonly includeSoftDeleted: boolean;
}

/** How far one answer looks. */
interface Order {
  /** One after the other. */
  readonly parts: readonly Index[];
  /** Rows that are read at once, and how often. */
  readonly limit: number;
  readonly ranges: number;
}

type Reading = VaultReads & Pick<Reads, 'kinds'>;

export type ItemPage = Listed<Item> & { readonly head: HeldHead };

export async function listItems(
  ports: Reading,
  vault: string,
  filter: ItemFilter,
  page: Page,
): Promise<Outcome<ItemPage>> {
  const head = await ports.vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const order = head.isCounted && !isOfBefore(filter, page) ? await orderOf(ports, head, filter, page.top) : WALK;
  if (!order) return ok({ shown: [], last: undefined, head });
  const { rows, last } = await gather(ports, vault, filter, page, order);
  const found = await inParallel(rows, (row) => resolve(ports, vault, row));
  const shown = found.flatMap(({ item }) => (item && isWanted(item, filter) ? [item] : []));
  const unreadable = found.flatMap((one) => (one.item === undefined && one.name !== undefined ? [one.name] : []));
  const sorted = order.parts[0]?.by === 'trash' ? shown.toSorted(bySoonest(head)) : shown;
  return ok({ shown: sorted, last, head, ...(unreadable.length > 0 ? { unreadable } : {}) });
}

const isFiltered = ({ state, workload, server }: ItemFilter): boolean =>
  state !== undefined || workload !== undefined || server !== undefined;

/** It was begun by name, before the vault had its indexes, and is ended so. Only places in other orders hold a `!`. */
const isOfBefore = (filter: ItemFilter, { after }: Page): boolean =>
  isFiltered(filter) && after !== undefined && !after.includes('!');

const MOST_RANGES = 2;
/** Rows with an item in each: the longest page and one more. And rows that only name one. */
const STRETCH = 201;
const NAMES = 1000;

/** In a vault that has no indexes yet one looks at every item, as the version before did. */
const WALK: Order = { parts: [{ by: 'name' }], limit: STRETCH, ranges: Number.POSITIVE_INFINITY };

/** undefined: there can be none. */
async function orderOf(ports: Reading, head: HeldHead, filter: ItemFilter, top: number): Promise<Order | undefined> {
  const { state, server, includeSoftDeleted } = filter;
  if (!isFiltered(filter)) return { parts: [{ by: 'name' }], limit: STRETCH, ranges: MOST_RANGES };
  if (state === 'SoftDeleted' || state === 'Purging')
    return { parts: [{ by: 'trash', state }], limit: STRETCH, ranges: MOST_RANGES };
  const workloads = server === undefined ? [filter.workload] : await workloadsOn(ports, head, server, filter);
  if (workloads.length === 0) return undefined;
  const isFew = state === 'ProtectionStopped' || state === 'BackupsSuspended';
  return {
    parts: workloads.map((workload) =>
      isFew ? { by: 'state', state: state satisfies IndexedState, workload, server } : { by: 'kind', workload, server },
    ),
    limit: isFew || (state === undefined && includeSoftDeleted) ? top + 1 : NAMES,
    ranges: server === undefined ? MOST_RANGES : 1,
  };
}

/** In the order of the index. */
async function workloadsOn(
  ports: Reading,
  head: HeldHead,
  server: string,
  { workload }: ItemFilter,
): Promise<readonly string[]> {
  const kind = (await ports.vaults.server(head.vault.name, server))?.value.kind;
  const { kinds: noted = [] } = head;
  const own = noted.length === 0 ? [] : mayRunOnServers(await ports.kinds.known(), noted);
  const all = kind ? [kind, ...own] : [];
  return all.filter((one) => workload === undefined || sameName(one, workload)).toSorted(byKey);
}

const byKey = (a: string, b: string): number => (keyOf(a) < keyOf(b) ? -1 : 1);

/** Reads on until the page is full, or one answer has looked at enough. */
async function gather(
  { vaults }: VaultReads,
  vault: string,
  filter: ItemFilter,
  { after, top }: Page,
  { parts, limit, ranges }: Order,
): Promise<Pick<Listed<ItemRow>, 'last'> & { readonly rows: readonly ItemRow[] }> {
  const rows: ItemRow[] = [];
  let last = after;
  for (const part of parts) {
    if (isBefore(part, after)) continue;
    for (let range = 0; range < ranges && rows.length <= top; range += 1) {
      const read = await vaults.items(vault, { after: last, limit }, part);
      rows.push(...read.found.filter((row) => mayBeWanted(row, filter)));
      last = read.last;
      if (last === undefined) break;
    }
    if (last !== undefined || rows.length > top) break;
  }
  return rows.length > top ? { rows: rows.slice(0, top), last: rows[top - 1]?.place } : { rows, last };
}

/** The place lies behind all of it. */
function isBefore(part: Index, place: string | undefined): boolean {
  const workload = 'workload' in part ? part.workload : undefined;
  return workload !== undefined && place !== undefined && keyOf(workload) < (place.split('!')[0] ?? '');
}

/** As far as the row itself can say. Nobody knows what an unreadable one holds, so it is named in every page that it may belong to. */
function mayBeWanted({ remains, state, isUnreadable }: ItemRow, filter: ItemFilter): boolean {
  if (remains) return isItem(remains) && isWanted(remains, filter);
  if (isUnreadable || state === undefined) return true;
  return isStateWanted(state, filter);
}

const isStateWanted = (found: string, { state, includeSoftDeleted }: ItemFilter): boolean =>
  (state === undefined || found === state) && (includeSoftDeleted || found !== 'SoftDeleted');

const isWanted = (item: Item, filter: ItemFilter): boolean =>
  isStateWanted(item.state, filter) &&
  (filter.workload === undefined || sameName(item.workload, filter.workload)) &&
  (filter.server === undefined || sameName(item.server, filter.server));

interface Resolved {
  readonly item?: Item;
  /** Of what cannot be read. */
  readonly name?: string;
}

async function resolve({ vaults }: VaultReads, vault: string, row: ItemRow): Promise<Resolved> {
  const { name, remains, isUnreadable } = row;
  if (isUnreadable) return { name };
  const found = remains ? { remains } : await readRow(vaults, vault, name);
  if (!found) return { name };
  // It may have gone since its name was read.
  return found.remains && isItem(found.remains) ? { item: found.remains } : {};
}

const readRow = (vaults: VaultReads['vaults'], vault: string, name: string) =>
  vaults.item(vault, name).then((held) => ({ remains: held?.value }), unlessUnreadable);

/** The trash is in the order of the earliest instants; a hold or a longer period may have moved some of them since. */
const bySoonest =
  ({ vault }: HeldHead) =>
  (a: Item, b: Item): number =>
    endOf(a, vault) - endOf(b, vault) || (keyOf(a.name) < keyOf(b.name) ? -1 : 1);

const endOf = (item: Item, vault: HeldHead['vault']): number =>
  item.state === 'SoftDeleted' ? purgeAt(item, vault).toMillis() : 0;
