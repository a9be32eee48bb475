/** Tables that watch what goes through them. */
import type { Op, Table } from '../../../src/store/table.ts';
import { mapTables, type Tables } from '../tables.ts';

export interface Seen {
  requests: number;
  rowsRead: number;
  rowsWritten: number;
}

export const nothingSeen = (): Seen => ({ requests: 0, rowsRead: 0, rowsWritten: 0 });

const PAGE = 1000;
/** Table Storage may answer an empty page with a continuation, where a partition was split for instance. Here: one range in so many. */
const EMPTY_PAGE_EVERY = 100;

/** Counts as Table Storage would be asked: a page of a thousand rows is a request, and now and then there is an empty one before it. */
export function counted(tables: Tables, seen: Seen, emptyPageEvery = EMPTY_PAGE_EVERY): Tables {
  let ranges = 0;
  const paged = async <R>(asked: Promise<readonly R[]>): Promise<readonly R[]> => {
    ranges += 1;
    const isEmptyFirst = ranges % emptyPageEvery === 0;
    const rows = await asked;
    seen.requests += Math.max(1, Math.ceil(rows.length / PAGE)) + (isEmptyFirst ? 1 : 0);
    seen.rowsRead += rows.length;
    return rows;
  };
  const watch = (table: Table): Table => ({
    async get(partition, key) {
      seen.requests += 1;
      const row = await table.get(partition, key);
      seen.rowsRead += row ? 1 : 0;
      return row;
    },
    range: (partition, range) => paged(table.range(partition, range)),
    across: (from, to, range) => paged(table.across(from, to, range)),
    async commit(partition, ops) {
      if (ops.length > 0) seen.requests += 1;
      seen.rowsWritten += ops.length;
      return table.commit(partition, ops);
    },
    async remove(partition, key, tag) {
      seen.requests += 1;
      seen.rowsWritten += 1;
      return table.remove(partition, key, tag);
    },
  });
  return mapTables(tables, watch);
}

const wait = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** Every request takes so long, as it would over a network; pages come one after the other. */
export function slowed(tables: Tables, millis: number): Tables {
  const paged = async <R>(asked: Promise<readonly R[]>): Promise<readonly R[]> => {
    const rows = await asked;
    for (let page = 0; page < Math.max(1, Math.ceil(rows.length / PAGE)); page += 1) await wait(millis);
    return rows;
  };
  const slow = (table: Table): Table => ({
    get: (partition, key) => wait(millis).then(() => table.get(partition, key)),
    range: (partition, range) => paged(table.range(partition, range)),
    across: (from, to, range) => paged(table.across(from, to, range)),
    commit: (partition, ops) => wait(millis).then(() => table.commit(partition, ops)),
    remove: (partition, key, tag) => wait(millis).then(() => table.remove(partition, key, tag)),
  });
  return mapTables(tables, slow);
}

export interface Written {
  readonly table: keyof Tables;
  readonly partition: string;
  readonly ops: readonly Op[];
}

/** Notes every transaction, in the order in which it was sent. */
export function noted(tables: Tables, written: Written[]): Tables {
  const note = (name: keyof Tables, table: Table): Table => ({
    ...table,
    commit(partition, ops) {
      written.push({ table: name, partition, ops });
      return table.commit(partition, ops);
    },
  });
  return {
    vaults: note('vaults', tables.vaults),
    agenda: note('agenda', tables.agenda),
    registry: note('registry', tables.registry),
  };
}
