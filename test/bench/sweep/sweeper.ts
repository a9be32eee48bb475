/** A process of its own that sweeps tables which lie in the process that started it, and says how much memory that took. */
import type { SweepLimits } from '../../../src/flows/sweep/begin.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { mapTables, type Tables } from '../tables.ts';
import { NOW } from './estate.ts';
import { lentTables } from './lent.ts';
import { portsOver } from './run.ts';

export interface Order {
  readonly limits: SweepLimits;
  readonly dryRun?: boolean;
  /** As if no read had a limit: this shows what the limits are for. */
  readonly withoutLimits?: true;
}

export interface Swept {
  readonly purged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly held: number | null;
  readonly heapMB: number;
  readonly residentMB: number;
}

const SAMPLED_MS = 20;
const MB = 2 ** 20;

let heap = 0;
const sample = () => {
  heap = Math.max(heap, process.memoryUsage().heapUsed);
};
setInterval(sample, SAMPLED_MS).unref();

const unlimited = (tables: Tables): Tables =>
  mapTables(tables, (table) => ({
    ...table,
    range: (partition, { limit: _, ...range }) => table.range(partition, range),
  }));

const { limits, dryRun = false, withoutLimits }: Order = JSON.parse(process.argv[2] ?? '');
const tables = withoutLimits ? unlimited(lentTables()) : lentTables();
const report = await sweep(
  portsOver(tables, undefined, () => NOW),
  limits,
  { now: NOW, dryRun },
);
sample();
const { purged, skipped, failed, held } = report;
const swept: Swept = {
  ...{ purged, skipped, failed, held: held?.count ?? null },
  heapMB: Math.round(heap / MB),
  // in kilobytes
  residentMB: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.send?.({ swept });
process.disconnect?.();
