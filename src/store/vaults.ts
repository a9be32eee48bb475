import { inParts, MOST_ROWS } from '../change.ts';
import { chainOf, START } from '../core/evidence.ts';
import { keyOf } from '../core/names.ts';
import { countedAs } from '../core/tally.ts';
import { type Counts, NO_COUNTS } from '../core/vault.ts';
import type { DueTrash, HistoryRow, Vaults } from '../ports/vaults.ts';
import type { Chains } from './chains.ts';
import { emptyVault } from './emptied.ts';
import { graveIn, type HeadMemory, type HeadReads } from './head.ts';
import { itemsBy } from './itemLists.ts';
import { itemsNamed } from './itemsNamed.ts';
import { keys, numberIn, subjectIn } from './keys.ts';
import { resultIn } from './operations.ts';
import { cellsFor, readLine, readPage } from './pages.ts';
import { plantEnds } from './plantedEnds.ts';
import { bringUp } from './reindex.ts';
import { read } from './rows.ts';
import { type Cells, drop, held, heldRow, ofOurTime, type Row, stretchIn, type Table } from './table.ts';
import { tallyIn } from './tallies.ts';
import { tidyVault } from './tidy.ts';
import { IN_HAND, soughtIn, trashOf } from './trash.ts';

export const tableVaults = (
  table: Table,
  registry: Table,
  memory: HeadMemory,
  chains: Pick<Chains, 'saw'>,
): Vaults => ({
  head: memory.head,
  deleted: memory.deleted,
  standing: memory.standing,
  ...reading(table, chains),
  ...tidying(table, registry),
});

const reading = (table: Table, { saw }: Pick<Chains, 'saw'>): Omit<Vaults, keyof HeadReads | keyof Tidying> => ({
  async item(vault, item) {
    const found = held(read.remains)(await table.get(keyOf(vault), keys.item(vault, item)));
    if (found) saw(chainOf(vault, { item }), found.value.evidence ?? START);
    return found;
  },

  itemsNamed: (vault, names) => itemsNamed(table, saw, vault, names),

  items: (vault, stretch, index = { by: 'name' }) => itemsBy(table, vault, stretch, index),

  async counts(vault) {
    const tally = tallyIn(keyOf(vault), await table.range(keyOf(vault), { prefix: keys.tallies(vault) }));
    return tally === undefined || tally === 'torn' ? countItems(table, vault) : tally.counts;
  },

  async dueTrash(vault, until, wanted) {
    let found: Pick<DueTrash, 'head' | 'deleted'> = { head: undefined, deleted: undefined };
    const pages: DueTrash[] = [];
    for await (const page of trashOf(table, saw, vault, until, wanted)) {
      found = { head: page.head, deleted: page.deleted };
      pages.push(page);
    }
    return {
      ...found,
      items: pages.flatMap(({ items }) => items),
      marks: pages.flatMap(({ marks }) => marks),
      unreadable: pages.flatMap(({ unreadable }) => unreadable),
    };
  },

  trash: (vault, until, rows = IN_HAND) => trashOf(table, saw, vault, until, undefined, rows),

  trashOf: (vault, near, sought) => soughtIn(table, saw, vault, near, sought),

  async mark(vault, of) {
    const row = await table.get(keyOf(vault), keys.mark(vault, of));
    const mark = row && read.mark(row);
    if (mark) saw(chainOf(vault, mark), mark.head);
    return mark;
  },

  pages: (vault, item) =>
    table.range(keyOf(vault), { prefix: keys.pages(vault, item) }).then((rows) => rows.map(readPage)),

  page: (vault, item, page) =>
    table.get(keyOf(vault), keys.page(vault, item, page)).then((row) => row && readPage(row)),

  async pageLines(vault, item, name, withOpen) {
    const prefix = keys.pages(vault, item);
    const rows = await table.range(keyOf(vault), { prefix, only: cellsFor(name, withOpen) });
    return rows.map((row) => readLine(row, row.key.slice(prefix.length), name));
  },

  job: (vault, item, job) => table.get(keyOf(vault), keys.job(vault, item, job)).then((row) => row && read.job(row)),

  async closedOrder(vault, item, order) {
    const row = await table.get(keyOf(vault), keys.closedOrder(vault, item, order));
    return row && read.closedOrder(row);
  },

  operation: (vault, name) => table.get(keyOf(vault), keys.operation(vault, name)).then(held(read.operation)),

  results: (vault, operation, stretch) => {
    const prefix = keys.results(vault, operation);
    return stretchIn(table, keyOf(vault), prefix, stretch, resultIn(prefix));
  },

  server: (vault, server) => table.get(keyOf(vault), keys.server(vault, server)).then(held(read.server)),

  servers: (vault, stretch) => stretchIn(table, keyOf(vault), keys.servers(vault), stretch, read.server),

  history: (vault, of, stretch) =>
    stretchIn(table, keyOf(vault), keys.history(vault, of), stretch, historyRow(keys.history(vault, of))),

  async chain(vault, of, from, limit) {
    const prefix = keys.chain(vault, of);
    // Numbers count down in the keys: the newest comes first there.
    const [after, before] = [keys.entry(vault, of, from + limit), `${keys.entry(vault, of, from)}~`];
    return (await table.range(keyOf(vault), { prefix, after, before })).map(historyRow(prefix)).toReversed();
  },

  async nextSubject(vault, last) {
    const prefix = keys.histories(vault);
    const after = last && `${keys.history(vault, last)}~`;
    const [row] = await table.range(keyOf(vault), { prefix, after, limit: 1, only: ['v'] });
    return row && subjectIn(row.key);
  },

  async pins(vault) {
    const rows = await table.range(keyOf(vault), { prefix: keys.pins(vault) });
    // One that cannot be read may count wrong tries: it is not overlooked.
    return rows.map(heldRow(read.pin));
  },

  answer: (vault, key) => table.get(keyOf(vault), keys.answer(vault, key)).then(held(read.answer)),
});

/** What each item's row says beside the item; so what cannot be read is counted as well. */
async function countItems(table: Table, vault: string): Promise<Counts> {
  const counts: Record<keyof Counts, number> = { ...NO_COUNTS };
  for (const { cells } of await table.range(keyOf(vault), { prefix: keys.items(vault), only: ['state', 'v'] })) {
    const counted = countedAs(String(cells['state']));
    if (counted) counts[counted] += 1;
  }
  return counts;
}

/** One bad row must not hide the others. */
const historyRow =
  (prefix: string) =>
  (row: Row): HistoryRow => {
    const told = { seq: numberIn(row.key) ?? null, place: row.key.slice(prefix.length) };
    try {
      return { ...told, entry: read.entry(row) };
    } catch {
      return { ...told, entry: undefined };
    }
  };

const REMOVED_AT_ONCE = 16;

/** An answer of the version before has its time inside only. */
async function recordedAt(table: Table, vault: string, key: string, { at }: Cells): Promise<number> {
  if (at !== undefined) return Number(at);
  const row = await table.get(vault, key);
  return row ? read.answer(row).at.toMillis() : 0;
}

/** What is kept or cleared away beside the stories' own changes. */
type Tidying = Pick<
  Vaults,
  'bringUp' | 'plantEnds' | 'dropMark' | 'dropAnswers' | 'clearVault' | 'emptyVault' | 'forget' | 'tidy'
>;

const tidying = (table: Table, registry: Table): Tidying => ({
  bringUp: (vault, stretch, now) => bringUp(table, keyOf(vault), stretch, now),

  plantEnds: (vault, stretch, now) => plantEnds(table, keyOf(vault), stretch, now),

  dropMark: async (mark) => void (await table.commit(keyOf(mark.vault), [drop(keys.mark(mark.vault, mark))])),

  tidy: (vault, now, mayGoOn) => tidyVault(table, vault, now, mayGoOn),

  async dropAnswers(name, before) {
    const vault = keyOf(name);
    const rows = await table.range(vault, { prefix: keys.answers(vault), only: ['at', 'v', 'ends'] });
    // one by one, because only so does one stay that was recorded anew meanwhile
    const ofBefore = rows.filter(({ cells }) => cells['ends'] === undefined);
    for (const part of inParts(ofBefore, REMOVED_AT_ONCE))
      await Promise.all(
        part.map(async ({ key, tag, cells }) => {
          if ((await recordedAt(table, vault, key, cells)) < before.toMillis()) await table.remove(vault, key, tag);
        }),
      );
  },

  async clearVault(name) {
    const vault = keyOf(name);
    const rows = await table.range(vault, { prefix: keys.heads(vault), before: keys.trash(vault) });
    const row = rows.find(({ key }) => key === keys.vault(vault));
    if (!row) return { deleted: undefined, behind: graveIn(vault, rows)?.evidence ?? START };
    const { fence, vault: settings } = read.vault(row);
    const behind = settings.evidence ?? START;
    if (settings.deletion) return { deleted: settings, behind };
    if (rows.some(({ key }) => key === keys.fence(vault, fence))) return { deleted: undefined, behind };
    // What happened in it stays readable, and a vault that is made again goes on with the same chains.
    await clear(table, vault, row, (now) => read.vault(now).fence === fence, keys.allButHistory(vault));
    return { deleted: undefined, behind };
  },

  emptyVault: (deleted, mayGoOn) => emptyVault(table, registry, deleted, mayGoOn),

  async forget(vault, item) {
    const row = await table.get(keyOf(vault), keys.item(vault, item));
    const isTombstone = ({ key, cells }: Row) => ofOurTime(key, cells)['state'] === 'Purged';
    const kept = [keys.jobs(vault, item), keys.alertsOf(vault, item), keys.closedOrders(vault, item)];
    if (row) await clear(table, keyOf(vault), row, isTombstone, kept);
  },
});

/**
 * Removes everything under some prefixes, and then the row on which it rests, so that who died half-way is followed by another who finds
 * what is left. Every batch rests on that row being the same as before: two that clear at once, or one that comes late, touch nothing
 * that has that name since.
 */
async function clear(
  table: Table,
  partition: string,
  first: Row,
  stands: (row: Row) => boolean,
  prefixes: readonly string[],
): Promise<void> {
  const { key } = first;
  let row: Row | undefined = first;
  while (row && stands(row)) {
    const left = await firstOf(table, partition, prefixes, [key]);
    if (left.length === 0) {
      await table.remove(partition, key, row.tag).catch(async (error: unknown) => {
        // Nobody has answered: it may be done all the same.
        if (await table.get(partition, key)) throw error;
      });
      return;
    }
    await table.commit(partition, [{ op: 'replace', key, tag: row.tag, cells: row.cells }, ...left.map(drop)]);
    row = await table.get(partition, key);
  }
}

/** The keys of what there is under these prefixes and does not stay, as many as one transaction takes beside the row on which it rests. */
async function firstOf(
  table: Table,
  partition: string,
  prefixes: readonly string[],
  stays: readonly string[],
): Promise<readonly string[]> {
  const limit = MOST_ROWS + stays.length;
  const lists = prefixes.map((prefix) => table.range(partition, { prefix, limit, only: ['v'] }));
  const found = (await Promise.all(lists)).flat().map(({ key }) => key);
  return found.filter((key) => !stays.includes(key)).slice(0, MOST_ROWS - 1);
}
