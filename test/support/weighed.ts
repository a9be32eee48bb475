/** Tables that note every request: how many rows and bytes it moved. */
import type { Table } from '../../src/store/table.ts';
import type { Tables } from './tables.ts';

export interface Request {
  readonly table: keyof Tables;
  readonly does: 'read' | 'write';
  readonly rows: number;
  readonly bytes: number;
}

const bytesOf = (what: unknown): number => Buffer.byteLength(JSON.stringify(what ?? null));

export function weighed(tables: Tables, seen: Request[]): Tables {
  const watch = (name: keyof Tables, table: Table): Table => {
    const note = (does: Request['does'], rows: number, what: unknown) =>
      void seen.push({ table: name, does, rows, bytes: bytesOf(what) });
    return {
      async get(partition, key) {
        const row = await table.get(partition, key);
        note('read', row ? 1 : 0, row);
        return row;
      },
      async range(partition, range) {
        const rows = await table.range(partition, range);
        note('read', rows.length, rows);
        return rows;
      },
      async across(from, to, range) {
        const rows = await table.across(from, to, range);
        note('read', rows.length, rows);
        return rows;
      },
      async commit(partition, ops) {
        note('write', ops.length, ops);
        return table.commit(partition, ops);
      },
      async remove(partition, key, tag) {
        note('write', 1, key);
        return table.remove(partition, key, tag);
      },
    };
  };
  return {
    vaults: watch('vaults', tables.vaults),
    agenda: watch('agenda', tables.agenda),
    registry: watch('registry', tables.registry),
  };
}

export const heaviest = (seen: readonly Request[], of: 'rows' | 'bytes', does: Request['does']): number =>
  Math.max(0, ...seen.filter((one) => one.does === does).map((one) => one[of]));

export const read = (seen: readonly Request[]): number =>
  seen.filter(({ does }) => does === 'read').reduce((sum, { bytes }) => sum + bytes, 0);
