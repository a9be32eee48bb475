/** The three tables through the SDK's own client, with the options that the service uses. */
import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { azureTable } from '../../src/store/azureTable.ts';
import type { Table } from '../../src/store/table.ts';

const NAMES = ['vaults', 'agenda', 'registry'] as const;
type Of<T> = Readonly<Record<(typeof NAMES)[number], T>>;
export type Clients = Of<TableClient>;
export type Tables = Of<Table>;

const OPTIONS = {
  allowInsecureConnection: true,
  retryOptions: { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 },
};

const each = <T>(make: (name: keyof Of<T>) => T): Of<T> => ({
  vaults: make('vaults'),
  agenda: make('agenda'),
  registry: make('registry'),
});

/** Made already, so that nobody pays for it while being watched. */
export async function clientsOf(storage: string, more: TableServiceClientOptions = {}): Promise<Clients> {
  const clients = each((name) => TableClient.fromConnectionString(storage, name, { ...OPTIONS, ...more }));
  await Promise.all(NAMES.map((name) => clients[name].createTable()));
  return clients;
}

export const tablesOver = (clients: Clients): Tables => each((name) => azureTable(clients[name]));

export const mapTables = <T, U>(tables: Of<T>, map: (one: T) => U): Of<U> => each((name) => map(tables[name]));
