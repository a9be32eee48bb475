/** One Azurite for a file of trials, each with a storage account to itself. */
import { startAzurite } from '../../local/azurite/start.ts';
import { startAccounts as start } from '../support/accounts.ts';
import { atEnd } from '../support/atEnd.ts';
import { azureTables, type Tables } from '../support/tables.ts';

export async function startAccounts(count: number): Promise<() => string> {
  const accounts = await start(count);
  atEnd(accounts.stop);
  return accounts.next;
}

/** A store for a process that runs in local mode, which has one account of a fixed name: an Azurite to itself. */
export async function startStore(): Promise<string> {
  const { connectionString, stop } = await startAzurite({ port: 0 });
  atEnd(stop);
  return connectionString;
}

export const tablesOf = (connectionString: string): Tables => azureTables(connectionString);
