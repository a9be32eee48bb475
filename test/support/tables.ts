/** The makers of tables, for suites that hold all to the same promises. */
import { TableClient } from '@azure/data-tables';
import { azureTable } from '../../src/store/azureTable.ts';
import type { Table } from '../../src/store/table.ts';
import { memoryTable } from './memoryTable.ts';
import { SERVICES, type Service } from './services.ts';
import type { Whims } from './tableService.ts';

export interface Tables {
  readonly vaults: Table;
  readonly agenda: Table;
  readonly registry: Table;
}

type Options = NonNullable<Parameters<typeof TableClient.fromConnectionString>[2]>;
export type Policy = NonNullable<Options['additionalPolicies']>[number]['policy'];

export const memoryTables = (whims?: Whims): Tables => ({
  vaults: memoryTable(whims),
  agenda: memoryTable(whims),
  registry: memoryTable(whims),
});

/** `policy` sees every request that goes out, repeated ones too. */
export function azureTables(connectionString: string, suffix = '', policy?: Policy): Tables {
  const additionalPolicies: Options['additionalPolicies'] = policy ? [{ policy, position: 'perRetry' }] : [];
  const table = (name: string) =>
    azureTable(
      TableClient.fromConnectionString(connectionString, `${name}${suffix}`, {
        allowInsecureConnection: true,
        additionalPolicies,
      }),
    );
  return { vaults: table('vaults'), agenda: table('agenda'), registry: table('registry') };
}

export interface Maker {
  readonly name: string;
  /** Once for a file; then new tables as often as wanted. */
  readonly open: () => Promise<() => Tables>;
}

const over = ({ name, open }: Service): Maker => ({
  name,
  open: async () => {
    const service = await open();
    return () => {
      const [vaults, agenda, registry] = [service.table(), service.table(), service.table()];
      return { vaults: azureTable(vaults), agenda: azureTable(agenda), registry: azureTable(registry) };
    };
  },
});

export const MAKERS: readonly Maker[] = [
  ...SERVICES.map(over),
  {
    name: 'in memory, where an empty page comes before every page',
    open: async () => () => memoryTables({ emptyPages: true }),
  },
];
