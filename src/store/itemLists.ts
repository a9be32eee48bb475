/** Items in one of their orders, a stretch at a time. One bad row must not hide the others. */
import { keyOf } from '../core/names.ts';
import { instantOf } from '../core/time.ts';
import type { Found, Stretch } from '../ports/stretch.ts';
import type { Index, ItemRow } from '../ports/vaults.ts';
import { stretchOf } from './indexes.ts';
import { inOrderedKey, inTrashKey, keys } from './keys.ts';
import { read } from './rows.ts';
import { pastPrefix, type Range, type Row, type Table } from './table.ts';

export async function itemsBy(
  table: Table,
  vault: string,
  { after, limit }: Stretch,
  index: Index,
): Promise<Found<ItemRow>> {
  if (index.by === 'trash' && index.state === 'Purging') return allPurging(table, vault, { after, limit });
  return itemsIn(table, vault, { after, limit }, orderOf(vault, index));
}

/**
 * What waits for an executor lies by itself, in order of purge. What the version before left half-way lies at the front of the trash, and
 * comes first.
 */
async function allPurging(table: Table, vault: string, { after, limit }: Stretch): Promise<Found<ItemRow>> {
  const start = keys.trash(vault);
  const begun = { start, prefix: start, before: keys.dueTrash(vault, instantOf(0)), toRow: inTrash };
  const isBegun = after === undefined || /^0+!/.test(after);
  const first = isBegun ? await itemsIn(table, vault, { after, limit }, begun) : { found: [], last: undefined };
  if (first.last !== undefined) return first;
  const room = { after: isBegun ? undefined : after, limit: limit - first.found.length };
  const rest = await itemsIn(table, vault, room, orderOf(vault, { by: 'ordered' }));
  return { found: [...first.found, ...rest.found], last: rest.last };
}

async function itemsIn(
  table: Table,
  vault: string,
  { after, limit }: Stretch,
  { start, toRow, ...range }: Order,
): Promise<Found<ItemRow>> {
  const behind = after === undefined ? undefined : start + keyOf(after);
  const from = behind !== undefined && behind > (range.after ?? range.prefix) ? behind : range.after;
  const rows = await table.range(keyOf(vault), { ...range, after: from, limit });
  const placeOf = ({ key }: Row) => key.slice(start.length);
  return {
    found: rows.flatMap((row) => toRow(row, placeOf(row)) ?? []),
    last: rows.length < limit ? undefined : rows.at(-1) && placeOf(rows.at(-1) as Row),
  };
}

interface Order extends Pick<Range, 'prefix' | 'after' | 'before'> {
  /** A place is what follows this in a key. */
  readonly start: string;
  readonly toRow: (row: Row, place: string) => ItemRow | undefined;
}

function orderOf(vault: string, index: Index): Order {
  switch (index.by) {
    case 'name': {
      const start = keys.items(vault);
      return { start, prefix: start, toRow: (row, place) => whole(row, place, place) };
    }
    case 'ordered': {
      const start = keys.allOrdered(vault);
      return { start, prefix: start, toRow: (row, place) => whole(row, place, inOrderedKey(row.key)) };
    }
    case 'trash': {
      const start = keys.trash(vault);
      // What the version before left half-way lies before everything that waits for an instant.
      const border = keys.dueTrash(vault, instantOf(0));
      const part = index.state ? { after: border, before: pastPrefix(start) } : {};
      return { start, prefix: start, ...part, toRow: inTrash };
    }
    default:
      return { ...stretchOf(vault, index), toRow: named };
  }
}

const named = ({ key, cells }: Row, place: string): ItemRow => {
  const folded = key.split('!').at(-1) ?? '';
  const { name, state } = cells;
  return {
    place,
    name: typeof name === 'string' && keyOf(name) === folded ? name : folded,
    ...(state === undefined ? {} : { state: String(state) }),
  };
};

function inTrash(row: Row, place: string): ItemRow | undefined {
  const { item, isMark } = inTrashKey(row.key);
  return isMark ? undefined : whole(row, place, item);
}

function whole(row: Row, place: string, name: string): ItemRow {
  const { state } = row.cells;
  const told = { place, ...(state === undefined ? {} : { state: String(state) }) };
  try {
    const remains = read.remains(row);
    return { ...told, name: remains.name, remains };
  } catch {
    return { ...told, name, isUnreadable: true };
  }
}
