import type { Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Counts } from '../core/vault.ts';
import type { Stretch, Vaults } from '../ports.ts';
import { clearVault } from './clearVault.ts';
import { answerOp } from './commit.ts';
import { type HeadMemory, headMemory, parseHead } from './head.ts';
import { isItem, keys } from './keys.ts';
import { pinReading } from './pins.ts';
import { ofOurTime, read } from './rows.ts';
import { MAX_OPS, type Op, type Row, type Table } from './table.ts';

export const tableVaults = (table: Table, memory: HeadMemory = headMemory(table)): Vaults => ({
  head: memory.head,
  ...reading(table),
  ...pinReading(table),
  ...tidying(table),
});

const held =
  <T>(parse: (row: Row) => T) =>
  (row: Row | undefined) =>
    row && { value: parse(row), tag: row.tag };

const stretchOf = (prefix: string, { after, limit }: Stretch) => ({
  prefix,
  limit,
  after: after === undefined ? undefined : prefix + keyOf(after),
});

const COUNTED: Readonly<Record<string, keyof Counts>> = {
  Protected: 'protected',
  ProtectionStopped: 'stopped',
  BackupsSuspended: 'stopped',
  SoftDeleted: 'softDeleted',
  Purging: 'softDeleted',
};

const lastPart = (rows: readonly Row[], limit: number, prefix: string): string | undefined =>
  rows.length < limit ? undefined : rows.at(-1)?.key.slice(prefix.length);

const reading = (
  table: Table,
): Pick<
  Vaults,
  'item' | 'items' | 'counts' | 'trash' | 'dueTrash' | 'pages' | 'job' | 'server' | 'servers' | 'history' | 'answer'
> => ({
  item: (vault, item) => table.get(keyOf(vault), keys.item(vault, item)).then(held(read.remains)),

  async items(vault, stretch) {
    const prefix = keys.items(vault);
    const rows = await table.range(keyOf(vault), stretchOf(prefix, stretch));
    return { items: rows.map(read.remains), last: lastPart(rows, stretch.limit, prefix) };
  },

  async counts(vault) {
    const counts = { protected: 0, stopped: 0, softDeleted: 0 };
    for (const { key, cells } of await table.range(keyOf(vault), { prefix: keys.items(vault), only: ['state', 'v'] })) {
      const counted = COUNTED[String(ofOurTime(key, cells)['state'])];
      if (counted) counts[counted] += 1;
    }
    return counts;
  },

  async trash(vault) {
    const rows = await table.range(keyOf(vault), { prefix: keys.trash(vault) });
    return rows.map(read.remains).filter(isItem);
  },

  async dueTrash(vault, until) {
    const partition = keyOf(vault);
    const rows = await table.range(partition, { prefix: keys.heads(vault), before: keys.dueTrash(vault, until) });
    const prefix = keys.trash(vault);
    const due = rows.filter(({ key }) => key.startsWith(prefix)).map(parseTrash);
    return {
      head: parseHead(partition, rows),
      items: due.flatMap((row) => ('remains' in row && isItem(row.remains) ? [row.remains] : [])),
      unreadable: due.flatMap((row) => ('why' in row ? [row] : [])),
    };
  },

  pages: (vault, item) =>
    table.range(keyOf(vault), { prefix: keys.pages(vault, item) }).then((rows) => rows.map(read.page)),

  job: (vault, item, job) => table.get(keyOf(vault), keys.job(vault, item, job)).then((row) => row && read.job(row)),

  server: (vault, server) => table.get(keyOf(vault), keys.server(vault, server)).then(held(read.server)),

  servers: (vault, stretch) =>
    table.range(keyOf(vault), stretchOf(keys.servers(vault), stretch)).then((rows) => rows.map(read.server)),

  async history(vault, item, stretch) {
    const prefix = keys.history(vault, item);
    const rows = await table.range(keyOf(vault), stretchOf(prefix, stretch));
    return { entries: rows.map(read.entry), last: lastPart(rows, stretch.limit, prefix) };
  },

  answer: (vault, key) => table.get(keyOf(vault), keys.answer(vault, key)).then(held(read.answer)),
});

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
const tidying = (table: Table): Pick<Vaults, 'keepAnswer' | 'clearVault' | 'forget'> => ({
  keepAnswer: (vault, recorded) => table.commit(keyOf(vault), [answerOp(vault, recorded)]),

  clearVault: (vault) => clearVault(table, keyOf(vault)),

  async forget(vault, item) {
    const partition = keyOf(vault);
    const kept = [keys.jobs(vault, item), keys.alertsOf(vault, item)];
    for (;;) {
      const row = await table.get(partition, keys.item(vault, item));
      if (!row || ofOurTime(row.key, row.cells)['state'] !== 'Purged') return;
      const lists = kept.map((prefix) => table.range(partition, { prefix, limit: MAX_OPS - 1, only: ['v'] }));
      const drops = (await Promise.all(lists)).flat().map(({ key }): Op => ({ op: 'drop', key }));
      // The tombstone goes last, so that whoever died half-way is followed by another who finds what is left.
      if (drops.length === 0) {
        await table.remove(partition, row.key, row.tag);
        return;
      }
      // Every batch rests on it: what a new item of that name has since is not touched.
      const guard: Op = { op: 'replace', key: row.key, tag: row.tag, cells: row.cells };
      await table.commit(partition, [guard, ...drops.slice(0, MAX_OPS - 1)]);
    }
  },
});
