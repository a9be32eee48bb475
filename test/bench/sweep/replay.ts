/** Section: the sweep beside the mere replay of the transactions it writes, on an equal store. */
import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { startAzurite } from '../../../local/azurite/start.ts';
import { inParallel } from '../../../src/flows/story/rounds.ts';
import type { Notice, Notices } from '../../../src/ports/alerts.ts';
import { queueNotices } from '../../../src/store/azure.ts';
import { azureTable } from '../../../src/store/azureTable.ts';
import { median, spread, table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { build, type Estate } from './estate.ts';
import { runSweep } from './run.ts';
import { noted, slowed, type Written } from './tables.ts';

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

/** Milliseconds that pass, and those of them in which this process has a processor. */
interface Took {
  readonly wall: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Took> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (user + system) / 1000 };
}

interface Raced {
  readonly sweep: Took;
  readonly replay: Took;
}

/** One sweep, and the replay of it on an equal store, each request of both so many milliseconds later. */
async function raced(connectionString: string, estate: Estate, latency: number): Promise<Raced> {
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
  const late = (tables: Tables): Tables => (latency > 0 ? slowed(tables, latency) : tables);
  const sweep = await timed(() => runSweep(noted(late(ours), written), { send, ping: async () => {} }));
  return { sweep, replay: await timed(() => replay({ tables: late(equal), queue }, written, sent)) };
}

const ESTATES: Readonly<Record<string, Estate>> = {
  'one a vault': { vaults: 1000, duePerVault: 1, others: 0 },
  'fifty a vault': { vaults: 20, duePerVault: 50, others: 0 },
};
/** On the emulator as it is, and as far away as another region. */
const RACES = [
  { latency: 0, ceilings: { 'one a vault': 1.3, 'fifty a vault': 1.3 } },
  { latency: 60, ceilings: { 'one a vault': 1.15, 'fifty a vault': 1.3 } },
] as const;

const ratios = (times: readonly Raced[], of: keyof Took): readonly number[] =>
  times.map(({ sweep, replay: bare }) => sweep[of] / bare[of]);
const times = (all: readonly number[], ceiling?: number): string =>
  `${median(all).toFixed(2)} × (${spread(all, 2)})${ceiling && median(all) > ceiling ? ' above' : ''}`;

async function rowOf(
  connectionString: string,
  name: keyof typeof ESTATES,
  { latency, ceilings }: (typeof RACES)[number],
) {
  const all: Raced[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const time = await raced(connectionString, ESTATES[name] as Estate, latency);
    // The first round warms both up.
    if (round > 0) all.push(time);
  }
  const ceiling = ceilings[name as keyof typeof ceilings];
  return [
    `1 000 due, ${name}${latency > 0 ? `, ${latency} ms a request` : ''}`,
    `${median(all.map(({ sweep }) => sweep.wall)).toFixed(0)} ms`,
    `${median(all.map(({ replay: bare }) => bare.wall)).toFixed(0)} ms`,
    times(ratios(all, 'wall'), ceiling),
    `≤ ${ceiling} ×`,
    times(ratios(all, 'cpu')),
  ];
}

export async function sweepReplay(say: (line: string) => void): Promise<string> {
  const azurite = await startAzurite({ port: 0 });
  try {
    const rows: string[][] = [];
    for (const race of RACES)
      for (const name of Object.keys(ESTATES)) {
        say(`${name}, ${race.latency} ms`);
        rows.push(await rowOf(azurite.connectionString, name, race));
      }
    return [
      '## The sweep beside the replay of its own transactions',
      `The replay sends exactly the transactions that the sweep wrote to an equal store on the same Azurite, and its messages to the same queue. It keeps the order in each partition and works on as many partitions at once as the sweep, but it reads and decides nothing. The part of the ratio above 1 is the deciding and the making of rows; where no hint carries a ticket, also the reading. In the last column: the processor time of the process, which has a ceiling of 1.3 × where one is due a vault on Azurite. Where each request takes 60 ms, a sweep with nothing due takes about 200 ms: it asks what holds purges, then reads the agenda, then writes its record. Where something is due it reads the kinds as well, and the first transactions of a sweep show whether tickets are good before the others are sent. ${ROUNDS} rounds after one to warm up.`,
      table(['due set', 'sweep', 'replay', 'ratio', 'ceiling', 'processor time'], rows),
    ].join('\n\n');
  } finally {
    await azurite.stop();
  }
}
