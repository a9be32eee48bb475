/** The sweep itself, in process, over whatever tables. */
import { randomUUID } from 'node:crypto';
import { DAY_MS, type Instant, instantOf } from '../../../src/core/time.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import type { SweepPorts, SweepReport } from '../../../src/flows/sweep/run.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import type { Notices } from '../../../src/ports/alerts.ts';
import { portsOver as worldOver } from '../../support/world.ts';
import type { Tables } from '../tables.ts';
import { NOW } from './estate.ts';

export interface Outside {
  /** Counts or slows what is not a table: the queue, and the look at the storage service's clock. Or it is a real queue. */
  readonly send: Notices['send'];
  readonly ping: () => Promise<void>;
}

const quiet: Outside = { send: async () => {}, ping: async () => {} };

const aClock = (): Instant => instantOf(Date.now());

/** `realNow`: where requests are counted the clock stands still, because the pause is looked at again every few seconds. */
export function portsOver(tables: Tables, outside: Outside = quiet, realNow = aClock): SweepPorts {
  return flowPorts({
    ...worldOver(tables),
    notices: { send: outside.send },
    // As in Azure, by default: everybody was told in time.
    purgeTerms: { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS },
    storage: { ping: async () => outside.ping().then(() => ({ date: realNow() })) },
    newId: randomUUID,
    realNow,
    clock: { now: () => NOW },
  });
}

export async function runSweep(
  tables: Tables,
  outside: Outside = quiet,
  realNow = aClock,
): Promise<Pick<SweepReport, 'purged' | 'ordered'>> {
  const limits = { maxPurges: 1_000_000, budgetSeconds: 3600 };
  const report = await sweep(portsOver(tables, outside, realNow), limits, { now: NOW });
  if (report.failed > 0) throw new Error(`the sweep failed: ${JSON.stringify(report)}`);
  return { purged: report.purged, ordered: report.ordered };
}
