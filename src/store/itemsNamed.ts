/** Several items of a vault, by their names. */
import type { Held } from '../change.ts';
import { chainOf, START } from '../core/evidence.ts';
import type { Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { heldRow, readableOf, type Table } from './table.ts';

/** There may be others between them: as many again are read with them, and no more. */
const ROWS_EACH = 2;
const MOST_IN_HAND = 200;

/** One read from the first of them on. Those that it does not reach lie further off, and are read one by one. */
export async function itemsNamed(
  table: Table,
  saw: Chains['saw'],
  vault: string,
  names: readonly string[],
): Promise<readonly Held<Remains>[]> {
  const partition = keyOf(vault);
  const wanted = new Set(names.map((name) => keys.item(vault, name)).toSorted());
  const [first = '', ...more] = wanted;
  const limit = Math.min(ROWS_EACH * wanted.size, MOST_IN_HAND);
  // Itself as well: nothing in a key sorts before a space.
  const before = `${more.at(-1) ?? first} `;
  const page = more.length > 0 ? await table.range(partition, { prefix: first, before, limit }) : [];
  const end = page.length < limit ? before : (page.at(-1)?.key ?? '');
  const far = more.length > 0 ? more.filter((key) => key > end) : [...wanted];
  const others = await Promise.all(far.map((key) => table.get(partition, key)));
  const rows = [...page.filter(({ key }) => wanted.has(key)), ...others.flatMap((row) => row ?? [])];
  const found = readableOf(rows, heldRow(read.remains));
  for (const { value } of found) saw(chainOf(vault, { item: value.name }), value.evidence ?? START);
  return found;
}
