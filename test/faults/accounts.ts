/** One Azurite for a file of trials, each with a storage account to itself. */
import { startAccounts as start } from '../support/accounts.ts';
import { atEnd } from '../support/atEnd.ts';
import { azureTables, type Tables } from '../support/tables.ts';

export async function startAccounts(count: number): Promise<() => string> {
  const accounts = await start(count);
  atEnd(accounts.stop);
  return accounts.next;
}

export const tablesOf = (connectionString: string): Tables => azureTables(connectionString);
