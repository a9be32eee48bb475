/** Section: the sweep beside the naive one, with every request as slow as a network makes it, and on the emulator. */
import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { startAzurite } from '../../../local/azurite/start.ts';
import { queueNotices } from '../../../src/store/azure.ts';
import { azureTable } from '../../../src/store/azureTable.ts';
import type { Table } from '../../../src/store/table.ts';
import { memoryTable } from '../../support/memoryTable.ts';
import { median, spread, table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { build, type Estate, NOW } from './estate.ts';
import { buildNaive, type Naive, type NaiveStore, naiveSweep } from './naive.ts';
import { type Outside, runSweep } from './run.ts';
import { slowed } from './tables.ts';

const SLOW_MS = 8;

interface Side {
  readonly tables: Tables;
  readonly naive: NaiveStore;
  /** Where each of them puts its messages: on the emulator a queue of its own. */
  readonly send: { readonly ours: Outside['send']; readonly naive: Naive['send'] };
  /** How long every request takes at least. */
  readonly slowness: number;
}

const timed = async (work: () => Promise<number>, expected: number): Promise<number> => {
  const started = performance.now();
  const purged = await work();
  if (purged !== expected) throw new Error(`purged ${purged} of ${expected}`);
  return performance.now() - started;
};

const wait = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
const vaultNames = (count: number) => Array.from({ length: count }, (_, index) => `vault-${index}`);

/** Both sides on equal estates, one after the other in the same round. */
async function round(side: Side, estate: Estate): Promise<{ ours: number; naive: number }> {
  const { vaults, duePerVault, others } = estate;
  const { slowness: millis } = side;
  await build(side.tables, estate);
  await buildNaive(side.naive, vaultNames(vaults), duePerVault, Math.ceil(others / vaults), NOW.toMillis() - 1);
  const tables = millis > 0 ? slowed(side.tables, millis) : side.tables;
  const naiveTables =
    millis > 0
      ? slowed({ vaults: side.naive.items, agenda: side.naive.points, registry: memoryTable() }, millis)
      : undefined;
  const store = naiveTables ? { items: naiveTables.vaults, points: naiveTables.agenda } : side.naive;
  const ping = () => wait(millis);
  const due = vaults * duePerVault;
  const ours = await timed(async () => (await runSweep(tables, { send: side.send.ours, ping })).purged, due);
  const naive = await timed(
    () => naiveSweep({ store, vaults: vaultNames(vaults), now: NOW.toMillis(), send: side.send.naive }),
    due,
  );
  return { ours, naive };
}

const inMemory = (): Side => ({
  tables: { vaults: memoryTable(), agenda: memoryTable(), registry: memoryTable() },
  naive: { items: memoryTable(), points: memoryTable() },
  send: { ours: () => wait(SLOW_MS), naive: () => wait(SLOW_MS) },
  slowness: SLOW_MS,
});

async function inAzurite(connectionString: string): Promise<Side> {
  const suffix = randomUUID().replaceAll('-', '').slice(0, 12);
  const queue = new QueueClient(connectionString, `naive-${suffix}`);
  await queue.create();
  const open = (name: string): Table =>
    azureTable(
      TableClient.fromConnectionString(connectionString, `${name}${suffix}`, { allowInsecureConnection: true }),
    );
  return {
    tables: { vaults: open('vaults'), agenda: open('agenda'), registry: open('registry') },
    naive: { items: open('items'), points: open('points') },
    send: {
      ours: queueNotices(connectionString).send,
      naive: async (message) => void (await queue.sendMessage(Buffer.from(message).toString('base64'))),
    },
    slowness: 0,
  };
}

const SLOW_ROUNDS = 3;
const AZURITE_ROUNDS = 3;

export async function sweepRace(say: (line: string) => void): Promise<string> {
  const dispersed: Estate = { vaults: 1000, duePerVault: 1, others: 10_000 };
  const packed: Estate = { vaults: 20, duePerVault: 50, others: 10_000 };
  const rows: string[][] = [];
  const add = (name: string, times: readonly { ours: number; naive: number }[], ceiling: string) => {
    const ratios = times.map(({ ours, naive }) => naive / ours);
    const millis = (pick: 'ours' | 'naive') => `${median(times.map((time) => time[pick])).toFixed(0)} ms`;
    rows.push([
      name,
      millis('ours'),
      millis('naive'),
      `${median(ratios).toFixed(1)} × (${spread(ratios, 1)})`,
      ceiling,
    ]);
  };
  const repeat = async (count: number, work: () => Promise<{ ours: number; naive: number }>) => {
    const times = [];
    for (let index = 0; index < count; index += 1) times.push(await work());
    return times;
  };
  say('every request takes 8 ms');
  add(
    `1 000 due, one a vault, ${SLOW_MS} ms a request`,
    await repeat(SLOW_ROUNDS, () => round(inMemory(), dispersed)),
    '≥ 50 ×',
  );
  add(
    `1 000 due, fifty a vault, ${SLOW_MS} ms a request`,
    await repeat(SLOW_ROUNDS, () => round(inMemory(), packed)),
    '≥ 50 ×',
  );
  say('on the emulator');
  const azurite = await startAzurite({ port: 0 });
  try {
    const onAzurite = (estate: Estate) =>
      repeat(AZURITE_ROUNDS, async () => round(await inAzurite(azurite.connectionString), estate));
    add('1 000 due, one a vault, on Azurite, of 10,000', await onAzurite(dispersed), '≥ 4 ×');
    add('1 000 due, fifty a vault, on Azurite, of 10,000', await onAzurite(packed), '≥ 4 ×');
  } finally {
    await azurite.stop();
  }
  return [
    '## The sweep beside the naive one',
    'The naive sweep (test/bench/sweep/naive.ts) filters the table and then sends one request after the other. Both put their messages into a queue: on the emulator into a real one, else it takes as long as any other request. The figures are medians of three rounds with both sides in each round.',
    table(['due set', 'sweep', 'naive', 'ratio', 'ceiling'], rows),
    'Azurite distorts both sides. It looks at every row of a table for every query. So each read of a vault costs the sweep as much as the one scan costs the naive sweep; with one due item a vault this is most of its time. Deletes cost more when the table has more rows.',
  ].join('\n\n');
}
