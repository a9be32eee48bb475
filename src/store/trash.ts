/** The trash of a vault, in the order in which it may be purged; the head lies right before it, so one read brings both. */
import { chainOf } from '../core/evidence.ts';
import { isItem, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Instant } from '../core/time.ts';
import type { Mark } from '../core/told.ts';
import type { DueTrash, Sought, Wanted } from '../ports/vaults.ts';
import type { Chains } from './chains.ts';
import { parseDeleted, parseHead } from './head.ts';
import { inTrashKey, keys } from './keys.ts';
import { read } from './rows.ts';
import type { Row, Table } from './table.ts';

/** As many as a request of Table Storage answers. */
const PAGE = 1000;

/** Page by page: the trash may hold more than a process should at once. Rows that nobody wants are not even parsed. */
export async function* trashOf(
  table: Table,
  saw: Chains['saw'],
  vault: string,
  until: Instant,
  wanted: Wanted | undefined,
  limit = PAGE,
): AsyncGenerator<DueTrash> {
  const partition = keyOf(vault);
  const [prefix, inTrash] = [keys.heads(vault), keys.trash(vault)];
  let found: Pick<DueTrash, 'head' | 'deleted'> | undefined;
  let after: string | undefined;
  do {
    const rows = await table.range(partition, { prefix, after, before: keys.dueTrash(vault, until), limit });
    found ??= { head: parseHead(partition, rows), deleted: parseDeleted(partition, rows) };
    const isWanted = ({ key }: Row) => key.startsWith(inTrash) && (wanted?.has(inTrashKey(key).item) ?? true);
    yield { ...found, ...parsed(saw, vault, rows.filter(isWanted)) };
    after = rows.length < limit ? undefined : rows.at(-1)?.key;
  } while (after !== undefined);
}

/** Items and marks among the rows of a trash. */
function parsed(saw: Chains['saw'], vault: string, rows: readonly Row[]): Omit<DueTrash, 'head' | 'deleted'> {
  const { marked = [], others = [] } = Object.groupBy(rows, ({ key }) =>
    inTrashKey(key).isMark ? 'marked' : 'others',
  );
  const due = others.map(parseTrash);
  const marks = marked.flatMap(parseMark);
  const items = due.flatMap((row) => ('remains' in row && isItem(row.remains) ? [row.remains] : []));
  for (const { name, evidence } of items) saw(chainOf(vault, { item: name }), evidence);
  for (const { item, head } of marks) saw(chainOf(vault, { item }), head);
  return {
    marks,
    items,
    unreadable: due.flatMap((row) => ('why' in row ? [row] : [])),
  };
}

/** So many rows of a trash are in hand at a time. */
export const IN_HAND = 200;
/** Each item may have a mark behind it; and this is more than most heads have rows. */
const ROWS_EACH = 2;
const ROWS_OF_HEAD = 100;

/**
 * The first read brings the head and what lies at the front of the trash, which is all of it in most vaults. Where it is not, the reads
 * that follow begin at the places of those that are missing: so what a sweep reads is what it came for, however much else is there.
 */
export async function soughtIn(
  table: Table,
  saw: Chains['saw'],
  vault: string,
  near: Instant,
  sought: readonly Sought[],
): Promise<DueTrash> {
  const partition = keyOf(vault);
  const wanted = new Set(sought.map(({ item }) => keyOf(item)));
  const isWanted = ({ key }: Row) => key >= keys.trash(vault) && wanted.has(inTrashKey(key).item);
  const first = {
    limit: Math.min(IN_HAND, ROWS_EACH * sought.length + ROWS_OF_HEAD),
    before: keys.dueTrash(vault, near),
  };
  let page = await table.range(partition, { prefix: keys.heads(vault), ...first });
  const heads = page.filter(({ key }) => key < keys.trash(vault));
  let end = page.length < first.limit ? undefined : page.at(-1);
  while (end && end.key < keys.trash(vault)) {
    page = await table.range(partition, {
      prefix: keys.heads(vault),
      after: end.key,
      before: first.before,
      limit: IN_HAND,
    });
    heads.push(...page.filter(({ key }) => key < keys.trash(vault)));
    end = page.length < IN_HAND ? undefined : page.at(-1);
  }
  const pages = [parsed(saw, vault, page.filter(isWanted))];
  const places = sought.flatMap(({ item, place }) => (place ? [keys.inTrash(vault, place, item)] : [])).toSorted();
  const before = `${places.at(-1) ?? ''}~`;
  while (end) {
    const last: Row = end;
    // The mark of the last one may be cut off.
    const isCut = isWanted(last) && !inTrashKey(last.key).isMark;
    const next = places.find((place) => place > last.key);
    if (next === undefined && !isCut) break;
    const from = isCut || next === undefined ? { prefix: keys.trash(vault), after: last.key } : { prefix: next };
    const limit = next === undefined ? 1 : IN_HAND;
    const stretch = next === undefined ? `${last.key}~` : before;
    page = await table.range(partition, { ...from, before: stretch, limit });
    pages.push(parsed(saw, vault, page.filter(isWanted)));
    end = page.length < limit || next === undefined ? undefined : page.at(-1);
  }
  return {
    ...{ head: parseHead(partition, heads), deleted: parseDeleted(partition, heads) },
    items: pages.flatMap(({ items }) => items),
    marks: pages.flatMap(({ marks }) => marks),
    unreadable: pages.flatMap(({ unreadable }) => unreadable),
  };
}

/** Who was told is asked of the alerts where a mark cannot be read. */
function parseMark(row: Row): readonly Mark[] {
  try {
    return [read.mark(row)];
  } catch {
    return [];
  }
}

/** One bad row must not hide the others. */
function parseTrash(row: Row): { readonly remains: Remains } | { readonly item: string; readonly why: string } {
  try {
    return { remains: read.remains(row) };
  } catch (error) {
    return {
      item: inTrashKey(row.key).item,
      why: error instanceof Error ? error.message : 'unreadable',
    };
  }
}
