/** Tables and a queue that write down each request as storage would get it. */
import { SERVICE } from '../../../src/core/hints.ts';
import { QUEUE } from '../../../tools/scale/counted.ts';
import type { Tables } from '../../support/tables.ts';

export interface Request {
  readonly partition: string;
  readonly place: string;
  readonly read: number;
  readonly written: number;
}

/** Rows that one answer holds at most. */
const PAGE = 1000;

/** `vault`, `agenda` and `scattered` are many partitions each; any other place is one partition that all vaults share. */
function placeOf(table: keyof Tables, partition: string): string {
  if (table === 'agenda') return 'agenda';
  if (table === 'vaults') return partition === SERVICE ? SERVICE : 'vault';
  return partition.includes('!') ? 'scattered' : partition;
}

export function taped(tables: Tables, tape: Request[]): Tables {
  const watch = (name: keyof Tables): Tables[keyof Tables] => {
    const table = tables[name];
    const note = (partition: string, read: number, written: number) =>
      tape.push({ partition: `${name}/${partition}`, place: placeOf(name, partition), read, written });
    // A look that finds nothing is work for the partition too, so it counts as one row.
    const noteRows = (partition: string, rows: number) => {
      for (let at = 0; at === 0 || at < rows; at += PAGE) note(partition, Math.max(1, Math.min(PAGE, rows - at)), 0);
    };
    return {
      async get(partition, key) {
        note(partition, 1, 0);
        return table.get(partition, key);
      },
      async range(partition, range) {
        const rows = await table.range(partition, range);
        noteRows(partition, rows.length);
        return rows;
      },
      async across(from, to, range) {
        const rows = await table.across(from, to, range);
        noteRows(from, rows.length);
        return rows;
      },
      async commit(partition, ops) {
        if (ops.length > 0) note(partition, 0, ops.length);
        return table.commit(partition, ops);
      },
      async remove(partition, key, tag) {
        note(partition, 0, 1);
        return table.remove(partition, key, tag);
      },
    };
  };
  return { vaults: watch('vaults'), agenda: watch('agenda'), registry: watch('registry') };
}

/** A message on its way into the queue. */
export const message: Request = { partition: QUEUE, place: QUEUE, read: 0, written: 1 };
