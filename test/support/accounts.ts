/** One Azurite with many storage accounts: each is a store to itself, and costs no start. */
import { type Azurite, startAzurite } from '../../local/azurite/start.ts';

/** Short, because Azurite hears of all accounts in one environment variable. */
const KEY = 'AAAA';

export interface Accounts {
  /** The connection string of an account that nobody used before. */
  next(): string;
  stop: Azurite['stop'];
}

export async function startAccounts(count: number): Promise<Accounts> {
  const names = Array.from({ length: count }, (_, index) => `t${index}`);
  const before = process.env['AZURITE_ACCOUNTS'];
  process.env['AZURITE_ACCOUNTS'] = names.map((name) => `${name}:${KEY}`).join(';');
  const { connectionString, stop } = await startAzurite({ port: 0 }).finally(() => {
    if (before === undefined) delete process.env['AZURITE_ACCOUNTS'];
    else process.env['AZURITE_ACCOUNTS'] = before;
  });
  const unused = names.values();
  return {
    stop,
    next: () => {
      const { value: name } = unused.next();
      if (name === undefined) throw new Error(`more than ${count} accounts are asked for: start Azurite with more`);
      return connectionString
        .replace(/AccountName=[^;]+/, `AccountName=${name}`)
        .replace(/AccountKey=[^;]+/, `AccountKey=${KEY}`)
        .replaceAll('/devstoreaccount1', `/${name}`);
    },
  };
}
