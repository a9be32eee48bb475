/** Section: the sweep beside the mere replay of the transactions it writes, on an equal store. */
import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { startAzurite } from '../../../local/azurite/start.ts';
import { inParallel } from '../../../src/flows/story/rounds.ts';
import type { Notice, Notices } from '../../../src/ports.ts';
import { queueNotices } from '../../../src/store/azure.ts';
import { azureTable } from '../../../src/store/azureTable.ts';
import { median, spread, table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { build, type Estate } from './estate.ts';
import { runSweep } from './run.ts';
import { noted, type Written } from './tables.ts';

const ROUNDS = 5;
/** As many at once as the sweep has. */
const SIDE_BY_SIDE = 32;

function open(connectionString: string): Tables {
  const suffix = randomUUID().replaceAll('-', '').slice(0, 12);
  const one = (name: string) =>
    azureTable(
      TableClient.fromConnectionString(connectionString, `${name}${suffix}`, { allowInsecureConnection: true }),
    );
  return { vaults: one('vaults'), agenda: one('agenda'), registry: one('registry') };
}

interface Store {
  readonly tables: Tables;
  readonly queue: Notices;
}

/**
 * Each partition in the sweep's own order, partitions and messages side by side, with nothing read and nothing decided in between.
 */
async function replay({ tables, queue }: Store, written: readonly Written[], sent: readonly Notice[]): Promise<void> {
  const commit = async (ofPartition: readonly Written[]) => {
    for (const { table, partition, ops } of ofPartition)
      if (!(await tables[table].commit(partition, ops)))
        throw new Error('the replay met another store than the sweep did');
  };
  const partitions = [...Map.groupBy(written, ({ table, partition }) => `${table} ${partition}`).values()];
  const works = [...partitions.map((one) => () => commit(one)), ...sent.map((notice) => () => queue.send(notice))];
  await inParallel(works, (work) => work(), SIDE_BY_SIDE);
}

/** One sweep, and the replay of it on an equal store: milliseconds. */
async function raced(connectionString: string, estate: Estate): Promise<{ sweep: number; replay: number }> {
  const queue = queueNotices(connectionString);
  const [ours, equal] = [open(connectionString), open(connectionString)];
  await build(ours, estate);
  await build(equal, estate);
  const written: Written[] = [];
  const sent: Notice[] = [];
  const send: Notices['send'] = async (notice) => {
    sent.push(notice);
    await queue.send(notice);
  };
  const started = performance.now();
  await runSweep(noted(ours, written), { send, ping: async () => {} });
  const swept = performance.now();
  await replay({ tables: equal, queue }, written, sent);
  return { sweep: swept - started, replay: performance.now() - swept };
}

export async function sweepReplay(say: (line: string) => void): Promise<string> {
  const estates: Readonly<Record<string, Estate>> = {
    'one a vault': { vaults: 400, duePerVault: 1, others: 0 },
    'fifty a vault': { vaults: 8, duePerVault: 50, others: 0 },
  };
  const azurite = await startAzurite({ port: 0 });
  try {
    const rows: string[][] = [];
    for (const [name, estate] of Object.entries(estates)) {
      say(`400 due, ${name}`);
      const times: { sweep: number; replay: number }[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const time = await raced(azurite.connectionString, estate);
        // The first round warms both up.
        if (round > 0) times.push(time);
      }
      const ratios = times.map(({ sweep, replay: bare }) => sweep / bare);
      rows.push([
        `400 due, ${name}`,
        `${median(times.map((time) => time.sweep)).toFixed(0)} ms`,
        `${median(times.map((time) => time.replay)).toFixed(0)} ms`,
        `${median(ratios).toFixed(2)} × (${spread(ratios, 2)})`,
        '≤ 1.3 ×',
      ]);
    }
    return [
      '## The sweep beside the replay of its own transactions',
      `The replay sends exactly the transactions that the sweep wrote to an equal store on the same Azurite, and its messages to the same queue. It keeps the order in each partition and works on as many partitions at once as the sweep, but it reads and decides nothing. The part of the ratio above 1 is the deciding and the making of rows; where no hint carries a ticket, also the reading. ${ROUNDS} rounds after one to warm up.`,
      table(['due set', 'sweep', 'replay', 'ratio', 'ceiling'], rows),
    ].join('\n\n');
  } finally {
    await azurite.stop();
  }
}
