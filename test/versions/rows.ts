/** Rows as a version wrote them, in tables of memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { SHARD_NAMES } from '../../src/store/keys.ts';
import type { Cells } from '../../src/store/table.ts';
import type { Placed, Scan, TableName } from '../../tools/check/terms.ts';
import { memoryTables, type Tables } from '../support/tables.ts';

export interface Written {
  readonly table: TableName;
  readonly partition: string;
  readonly key: string;
  readonly cells: Cells;
}

export interface Recorded {
  /** What time it was when the last of it was written. */
  readonly now: Instant;
  readonly rows: readonly Written[];
}

export function recorded(version: number): Recorded {
  const file = readFileSync(join(import.meta.dirname, `v${version}.jsonl`), 'utf8');
  const [first = '', ...lines] = file.trimEnd().split('\n');
  const { now }: { readonly now: string } = JSON.parse(first);
  return { now: instantOf(Date.parse(now)), rows: lines.map((line) => JSON.parse(line)) };
}

export async function tablesOf(rows: readonly Written[]): Promise<Tables> {
  const tables = memoryTables();
  for (const { table, partition, key, cells } of rows)
    await tables[table].commit(partition, [{ op: 'put', key, cells }]);
  return tables;
}

/** What is there now of the partitions in which something was written. */
export const scanOf = (tables: Tables, rows: readonly Written[]): Scan =>
  async function* (name): AsyncGenerator<Placed> {
    const written = rows.filter(({ table }) => table === name).map(({ partition }) => partition);
    // Today's hints may go to another shard than those of before.
    const partitions = new Set([...written, ...(name === 'agenda' ? SHARD_NAMES : [])]);
    for (const partition of partitions)
      for (const row of await tables[name].range(partition, { prefix: '', before: '~~' })) yield { partition, row };
  };
