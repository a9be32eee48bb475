/** Tables whose every request goes through something first: it may count, wait, fail, or never come back. */
import type { Table } from '../../src/store/table.ts';
import type { Tables } from './tables.ts';

export interface Asked {
  readonly partition: string;
  readonly writes: boolean;
  /** A transaction of nothing, which is not sent. */
  readonly isEmpty: boolean;
}

export type Around = <T>(request: () => Promise<T>, asked: Asked) => Promise<T>;

const reading = (partition: string): Asked => ({ partition, writes: false, isEmpty: false });

const through = (table: Table, around: Around): Table => ({
  get: (partition, key) => around(() => table.get(partition, key), reading(partition)),
  range: (partition, range) => around(() => table.range(partition, range), reading(partition)),
  across: (from, to, range) => around(() => table.across(from, to, range), reading(from)),
  commit: (partition, ops) =>
    around(() => table.commit(partition, ops), { partition, writes: ops.length > 0, isEmpty: ops.length === 0 }),
  remove: (partition, key, tag) =>
    around(() => table.remove(partition, key, tag), { partition, writes: true, isEmpty: false }),
});

export const tablesThrough = ({ vaults, agenda, registry }: Tables, around: Around): Tables => ({
  vaults: through(vaults, around),
  agenda: through(agenda, around),
  registry: through(registry, around),
});
