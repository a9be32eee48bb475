import { RestError, TableClient } from '@azure/data-tables';
import { SERVICE } from '../../src/core/hints.ts';
import { isPlain } from '../../src/store/azure.ts';
import { toRow } from '../../src/store/azureTable.ts';
import { SHARD_NAMES } from '../../src/store/keys.ts';
import type { Table } from '../../src/store/table.ts';
import type { Scan, TableName } from './store.ts';

/** Whole tables of a storage account, read from end to end. A table that is not there has no rows. */
export const scanAccount = (connectionString: string, suffix = ''): Scan =>
  async function* (name) {
    const client = TableClient.fromConnectionString(connectionString, `${name}${suffix}`, {
      allowInsecureConnection: isPlain(connectionString),
    });
    const entities = client.listEntities<Record<string, unknown>>();
    try {
      for await (const entity of entities) yield { partition: entity.partitionKey ?? '', row: toRow(entity) };
    } catch (error) {
      if (!(error instanceof RestError) || error.statusCode !== 404) throw error;
    }
  };

/** The service, the partitions that the directory and the agenda name, and these vaults, for a table that cannot be read from end to end. */
export const scanTables = (tables: Readonly<Record<TableName, Table>>, also: readonly string[] = []): Scan =>
  async function* (name) {
    const listed = async () => {
      const lines = await Promise.all(['vaults', 'deletedVaults'].map((list) => tables.registry.range(list, ALL)));
      return new Set([SERVICE, ...lines.flat().map(({ key }) => key), ...also]);
    };
    const lists = ['vaults', 'deletedVaults', 'sources', 'servers', 'control'];
    const partitions = name === 'vaults' ? await listed() : name === 'agenda' ? SHARD_NAMES : lists;
    for (const partition of partitions)
      for (const row of await tables[name].range(partition, partition === SERVICE ? OF_SERVICE : ALL))
        yield { partition, row };
  };

const ALL = { prefix: '', before: '~' } as const;
const OF_SERVICE = { prefix: `${SERVICE}!` } as const;
