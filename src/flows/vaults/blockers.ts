/** What keeps a vault from being deleted. */
import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { keyOf } from '../../core/names.ts';
import { isOrdered, orderedPurgeAt } from '../../core/orders.ts';
import { sumOf } from '../../core/tally.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Index, ItemRow } from '../../ports/vaults.ts';
import type { VaultReads } from '../../ports.ts';
import { looks, stretches } from '../story/pages.ts';

export interface Blocker {
  readonly kind: 'item' | 'server';
  readonly name: string;
  readonly purgeAt?: string;
  /** The order that its executor has not closed. */
  readonly order?: string;
  readonly unreadable?: true;
}

/** So many are named. */
export const MOST_BLOCKERS = 100;
/** One more tells that there are more. Among as many rows again, half may be marks, or may have been named already. */
const WANTED = MOST_BLOCKERS + 1;
const LIMIT = 2 * WANTED;

/** All of them where there are few, and otherwise some more than are named: the soonest to be purged first, then the others by name. */
export async function blockersOf(ports: VaultReads, head: HeldHead, now: Instant): Promise<readonly Blocker[]> {
  const [items, servers] = await Promise.all([itemsIn(ports, head, now), registeredIn(ports, head)]);
  return [...items, ...servers].toSorted(
    (a, b) => comparing(a.purgeAt ?? LAST, b.purgeAt ?? LAST) || comparing(keyOf(a.name), keyOf(b.name)),
  );
}

/** Behind every instant. */
const LAST = '~';
const comparing = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * The first rows of all tell what they hold, and whether they can be read. A vault of more rows is asked for what lies in its trash, for the
 * first names, and by kind where those are not enough: tombstones and the trash must not hide the one item that lives.
 */
async function itemsIn(ports: VaultReads, head: HeldHead, now: Instant): Promise<readonly Blocker[]> {
  const { name } = head.vault;
  const read = (index: Index, after?: string) => ports.vaults.items(name, { after, limit: LIMIT }, index);
  const found = new Map<string, Blocker>();
  const note = (rows: readonly ItemRow[]) => {
    for (const row of rows) {
      const blocker = blockerOf(row, head, now);
      if (blocker && !found.has(keyOf(row.name))) found.set(keyOf(row.name), blocker);
    }
  };
  if (!head.tally) {
    for await (const rows of stretches((after) => read({ by: 'name' }, after))) note(rows);
    return [...found.values()];
  }
  const { counts } = head.tally;
  // Where more live than one look shows, nobody has to look to know it.
  const first = sumOf(counts) > LIMIT ? undefined : await read({ by: 'name' });
  note(first?.found ?? []);
  if (first && first.last === undefined) return [...found.values()];
  const others: Index[] = [];
  // What waits for an executor lies beside the trash.
  if (counts.softDeleted > 0) others.push({ by: 'ordered' }, { by: 'trash' });
  const living = sumOf(counts) - counts.softDeleted;
  if (living > 0) others.push({ by: first ? 'kind' : 'name' });
  for (const { found: rows } of await Promise.all(others.map((index) => read(index)))) note(rows);
  const named = [...found.values()].filter(({ purgeAt: until }) => until === undefined).length;
  // The first names were those of others.
  if (!first && named < Math.min(living, WANTED)) note((await read({ by: 'kind' })).found);
  return [...found.values()];
}

/** A row that only names an item in the trash is left out: the trash itself says until when. */
function blockerOf({ name, state, remains, isUnreadable }: ItemRow, head: HeldHead, now: Instant): Blocker | undefined {
  if (isUnreadable) return { kind: 'item', name, unreadable: true };
  if (remains) return remains.state === 'Purged' ? undefined : { kind: 'item', name, ...endOf(remains, head, now) };
  return state === 'SoftDeleted' || state === 'Purging' ? undefined : { kind: 'item', name };
}

function endOf(item: Item, { vault }: HeldHead, now: Instant): Pick<Blocker, 'purgeAt' | 'order'> {
  if (isOrdered(item)) return { purgeAt: iso(orderedPurgeAt(item)), order: item.order.id };
  if (item.state === 'Purging') return { purgeAt: iso(now) };
  return item.state === 'SoftDeleted' ? { purgeAt: iso(purgeAt(item, vault)) } : {};
}

const PAGE = 1000;

/** A server that was let go blocks nothing; its items in the trash do. Of one that cannot be read nobody knows whether it was. */
async function registeredIn({ vaults }: VaultReads, { vault: { name } }: HeldHead): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = [];
  for await (const { found, unreadable = [] } of looks((after) => vaults.servers(name, { after, limit: PAGE }))) {
    for (const server of found)
      if (server.registration === 'Registered') blockers.push({ kind: 'server', name: server.name });
    blockers.push(...unreadable.map((server): Blocker => ({ kind: 'server', name: server, unreadable: true })));
    if (blockers.length >= WANTED) break;
  }
  return blockers;
}
