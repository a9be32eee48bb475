/** Every storage service that a contract suite asks: ours in memory, Azurite, and a real account where `TEST_TABLES_CONNECTION` names one. */
import { randomUUID } from 'node:crypto';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { isPlain, type QueueWire } from '../../src/store/azure.ts';
import type { TableWire } from '../../src/store/azureTable.ts';
import { atEnd } from './atEnd.ts';
import { anAccount } from './azurite.ts';
import { NOON } from './builders.ts';
import { memoryQueue } from './memoryQueue.ts';
import { tableService } from './tableService.ts';

export interface Opened {
  /** A new table each time. */
  readonly table: () => TableWire;
  readonly queue: () => QueueWire;
}

export interface Service {
  readonly name: string;
  /** It is a stand-in of somebody else, with differences of its own. */
  readonly isAzurite?: true;
  readonly open: () => Promise<Opened>;
}

/** `run` keeps what one run makes apart from everything else in the account. */
function account(connectionString: string, run: string): Opened {
  let made = 0;
  const name = () => {
    made += 1;
    return `${run}${made}`;
  };
  return {
    table: () =>
      TableClient.fromConnectionString(connectionString, name(), {
        allowInsecureConnection: isPlain(connectionString),
      }),
    queue: () => new QueueClient(connectionString, name()),
  };
}

/** What a run made in an account that stays is taken away again. */
async function clear(connectionString: string, run: string): Promise<void> {
  const tables = TableServiceClient.fromConnectionString(connectionString);
  for await (const { name } of tables.listTables()) if (name?.startsWith(run)) await tables.deleteTable(name);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  for await (const { name } of queues.listQueues({ prefix: run })) await queues.deleteQueue(name);
}

const real = process.env['TEST_TABLES_CONNECTION'];

const REAL: readonly Service[] =
  real === undefined
    ? []
    : [
        {
          name: 'in a real account',
          open: async () => {
            const run = `run${randomUUID().replaceAll('-', '').slice(0, 12)}x`;
            atEnd(() => clear(real, run));
            return account(real, run);
          },
        },
      ];

export const SERVICES: readonly Service[] = [
  {
    name: 'in memory',
    open: async () => ({ table: () => tableService(), queue: () => memoryQueue().wire(() => NOON) }),
  },
  { name: 'in Azurite', isAzurite: true, open: async () => account(await anAccount(), 'run') },
  ...REAL,
];
