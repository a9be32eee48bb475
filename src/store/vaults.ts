import { MOST_ROWS } from '../change.ts';
import { chainOf, START } from '../core/evidence.ts';
import { isItem, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Counts } from '../core/vault.ts';
import type { HistoryRow, Vaults } from '../ports.ts';
import type { Chains } from './chains.ts';
import { answerOp } from './commit.ts';
import { type HeadMemory, parseDeleted, parseHead } from './head.ts';
import { keys, numberIn, subjectIn } from './keys.ts';
import { read } from './rows.ts';
import { drop, held, ofOurTime, pack, type Row, replacing, stretchIn, type Table } from './table.ts';

export const tableVaults = (table: Table, memory: HeadMemory, chains: Pick<Chains, 'saw'>): Vaults => ({
  head: memory.head,
  deleted: memory.deleted,
  ...reading(table, chains),
  ...tidying(table),
});

const COUNTED: Readonly<Record<string, keyof Counts>> = {
  Protected: 'protected',
  ProtectionStopped: 'stopped',
  BackupsSuspended: 'stopped',
  SoftDeleted: 'softDeleted',
  Purging: 'softDeleted',
};

const reading = (
  table: Table,
  { saw }: Pick<Chains, 'saw'>,
): Omit<Vaults, 'head' | 'deleted' | 'keepAnswer' | 'clearVault' | 'emptyVault' | 'forget'> => ({
  async item(vault, item) {
    const found = held(read.remains)(await table.get(keyOf(vault), keys.item(vault, item)));
    if (found) saw(chainOf(vault, { item }), found.value.evidence ?? START);
    return found;
  },

  items: (vault, stretch) => stretchIn(table, keyOf(vault), keys.items(vault), stretch, read.remains),

  async counts(vault) {
    const counts = { protected: 0, stopped: 0, softDeleted: 0 };
    for (const { key, cells } of await table.range(keyOf(vault), { prefix: keys.items(vault), only: ['state', 'v'] })) {
      const counted = COUNTED[String(ofOurTime(key, cells)['state'])];
      if (counted) counts[counted] += 1;
    }
    return counts;
  },

  async dueTrash(vault, until) {
    const partition = keyOf(vault);
    const rows = await table.range(partition, { prefix: keys.heads(vault), before: keys.dueTrash(vault, until) });
    const prefix = keys.trash(vault);
    const due = rows.filter(({ key }) => key.startsWith(prefix)).map(parseTrash);
    return {
      head: parseHead(partition, rows),
      deleted: parseDeleted(partition, rows),
      items: due.flatMap((row) => ('remains' in row && isItem(row.remains) ? [row.remains] : [])),
      unreadable: due.flatMap((row) => ('why' in row ? [row] : [])),
    };
  },

  pages: (vault, item) =>
    table.range(keyOf(vault), { prefix: keys.pages(vault, item) }).then((rows) => rows.map(read.page)),

  job: (vault, item, job) => table.get(keyOf(vault), keys.job(vault, item, job)).then((row) => row && read.job(row)),

  server: (vault, server) => table.get(keyOf(vault), keys.server(vault, server)).then(held(read.server)),

  async servers(vault, stretch) {
    return (await stretchIn(table, keyOf(vault), keys.servers(vault), stretch, read.server)).found;
  },

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

  pin: (vault) => table.get(keyOf(vault), keys.pin(vault)).then(held(read.pin)),

  answer: (vault, key) => table.get(keyOf(vault), keys.answer(vault, key)).then(held(read.answer)),
});

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

/** One bad row must not hide the others. */
function parseTrash(row: Row): { readonly remains: Remains } | { readonly item: string; readonly why: string } {
  try {
    return { remains: read.remains(row) };
  } catch (error) {
    return {
      item: row.key.slice(row.key.lastIndexOf('!') + 1),
      why: error instanceof Error ? error.message : 'unreadable',
    };
  }
}

/** What is kept or cleared away beside the stories' own changes. */
const tidying = (table: Table): Pick<Vaults, 'keepAnswer' | 'clearVault' | 'emptyVault' | 'forget'> => ({
  keepAnswer: (vault, recorded) => table.commit(keyOf(vault), [answerOp(vault, recorded)]),

  async clearVault(name) {
    const vault = keyOf(name);
    const row = await table.get(vault, keys.vault(vault));
    if (!row) return;
    const { fence, vault: settings } = read.vault(row);
    if (settings.deletion || (await table.get(vault, keys.fence(vault, fence)))) return;
    // What happened in it stays readable, and a vault that is made again goes on with the same chains.
    await clear(table, vault, row, (now) => read.vault(now).fence === fence, keys.allButHistory(vault));
  },

  async emptyVault({ vault: { name }, fence }, mayGoOn) {
    const vault = keyOf(name);
    const stays = [keys.vault(vault), keys.grave(vault)];
    while (mayGoOn()) {
      const row = await table.get(vault, keys.vault(vault));
      const now = row && read.vault(row);
      if (!now?.vault.deletion || now.fence !== fence) return 'lost';
      const { removing } = now.vault.deletion;
      const left = await firstOf(table, vault, keys.allButHistory(vault), stays);
      if (removing && left.length === 0) return 'empty';
      // From the first batch on there is no way back. Each rests on the head: nothing of a restored vault is touched.
      const settings = { ...now.vault, deletion: { ...now.vault.deletion, removing: true } };
      const mark = replacing(keys.vault(vault), pack({ vault: settings, fence }), row);
      await table.commit(vault, [mark, ...left.map(drop)]);
    }
    return 'left';
  },

  async forget(vault, item) {
    const row = await table.get(keyOf(vault), keys.item(vault, item));
    const isTombstone = ({ key, cells }: Row) => ofOurTime(key, cells)['state'] === 'Purged';
    const kept = [keys.jobs(vault, item), keys.alertsOf(vault, item)];
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
