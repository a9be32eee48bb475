import { odata, RestError, TableClient } from '@azure/data-tables';
import { SERVICE } from '../../src/core/hints.ts';
import { isPlain } from '../../src/store/azure.ts';
import { toRow } from '../../src/store/azureTable.ts';
import { SHARD_NAMES, workList } from '../../src/store/keys.ts';
import { LINKS } from '../../src/store/links.ts';
import { pastPrefix, type Row, type Table } from '../../src/store/table.ts';
import type { Placed, Scan, TableName } from './terms.ts';

/** Whole tables of a storage account, read from end to end. A table that is not there has no rows. */
export const scanAccount = (connectionString: string, suffix = ''): Scan =>
  async function* (name, within) {
    const client = TableClient.fromConnectionString(connectionString, `${name}${suffix}`, {
      allowInsecureConnection: isPlain(connectionString),
    });
    const filter =
      within &&
      odata`PartitionKey eq ${within.partition} and RowKey ge ${within.prefix} and RowKey lt ${past(within.prefix)}`;
    const entities = client.listEntities<Record<string, unknown>>(
      filter === undefined ? {} : { queryOptions: { filter } },
    );
    try {
      for await (const entity of entities) yield { partition: entity.partitionKey ?? '', row: toRow(entity) };
    } catch (error) {
      if (!(error instanceof RestError) || error.statusCode !== 404) throw error;
    }
  };

/** The service, the partitions that the directory and the agenda name, and these vaults, for a table that cannot be read from end to end. */
export const scanTables = (tables: Readonly<Record<TableName, Table>>, also: readonly string[] = []): Scan =>
  async function* (name, within) {
    if (within) return yield* rowsOf(tables[name], within.partition, within.prefix, past(within.prefix));
    const listed = async () => {
      const lines = await Promise.all(['vaults', 'deletedVaults'].map((list) => tables.registry.range(list, ALL)));
      return new Set([SERVICE, ...lines.flat().map(({ key }) => key), ...also]);
    };
    const lists = ['vaults', 'deletedVaults', 'sources', ...Object.values(LINKS), 'servers', 'control'];
    const partitions = name === 'vaults' ? await listed() : name === 'agenda' ? SHARD_NAMES : lists;
    for (const partition of partitions) {
      const prefix = partition === SERVICE ? `${SERVICE}!` : '';
      yield* rowsOf(tables[name], partition, prefix, past(prefix));
    }
    if (name !== 'agenda') return;
    for (const { partition, ...row } of await tables.agenda.across(workList(''), workList('~'), {}))
      yield { partition, row };
  };

const ALL = { prefix: '', before: '~' } as const;
/** No key of a vault begins with this; those of the service do. */
const past = (prefix: string): string => (prefix === '' ? '~' : pastPrefix(prefix));

const PAGE = 1000;

/** A page at a time, so that nobody holds them all. */
async function* rowsOf(table: Table, partition: string, prefix: string, before: string): AsyncGenerator<Placed> {
  for (let after: string | undefined, rows: readonly Row[] | undefined; !rows || rows.length === PAGE; ) {
    rows = await table.range(partition, { prefix, before, limit: PAGE, after });
    after = rows.at(-1)?.key;
    for (const row of rows) yield { partition, row };
  }
}
