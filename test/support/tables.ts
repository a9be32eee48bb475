/** The two makers of tables, for suites that hold both to the same promises. */
import { TableClient } from '@azure/data-tables';
import { azureTable } from '../../src/store/azureTable.ts';
import type { Table } from '../../src/store/table.ts';
import { anAccount } from './azurite.ts';
import { memoryTable } from './memoryTable.ts';

export interface Tables {
  readonly vaults: Table;
  readonly agenda: Table;
  readonly registry: Table;
}

type Options = NonNullable<Parameters<typeof TableClient.fromConnectionString>[2]>;
export type Policy = NonNullable<Options['additionalPolicies']>[number]['policy'];

export const memoryTables = (): Tables => ({
  vaults: memoryTable(),
  agenda: memoryTable(),
  registry: memoryTable(),
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

export const MAKERS: readonly Maker[] = [
  { name: 'in memory', open: async () => memoryTables },
  {
    name: 'in Azurite',
    open: async () => {
      const connectionString = await anAccount();
      let made = 0;
      return () => {
        made += 1;
        return azureTables(connectionString, String(made));
      };
    },
  },
];
