/** One Azurite with as many storage accounts as there are trials: each has a store to itself. */
import { startAzurite } from '../support/azurite.ts';
import { azureTables, type Tables } from '../support/tables.ts';

/** Short, because Azurite hears of all of them in one environment variable. */
const KEY = 'AAAA';

/** Answers connection strings, each to an account that nobody used before. */
export async function startAccounts(count: number): Promise<() => string> {
  const names = Array.from({ length: count }, (_, index) => `t${index}`);
  const before = process.env['AZURITE_ACCOUNTS'];
  process.env['AZURITE_ACCOUNTS'] = names.map((name) => `${name}:${KEY}`).join(';');
  const { connectionString } = await startAzurite().finally(() => {
    if (before === undefined) delete process.env['AZURITE_ACCOUNTS'];
    else process.env['AZURITE_ACCOUNTS'] = before;
  });
  const unused = names.values();
  return () => {
    const { value: name } = unused.next();
    if (name === undefined) throw new Error(`more than ${count} trials: start Azurite with more accounts`);
    return connectionString
      .replace(/AccountName=[^;]+/, `AccountName=${name}`)
      .replace(/AccountKey=[^;]+/, `AccountKey=${KEY}`)
      .replaceAll('/devstoreaccount1', `/${name}`);
  };
}

export const tablesOf = (connectionString: string): Tables => azureTables(connectionString);
