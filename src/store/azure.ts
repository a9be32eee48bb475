import { RestError, TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { DateTime } from 'luxon';
import type { Storage } from '../ports.ts';
import { azureTable } from './azureTable.ts';

/** Short and few: what stays unanswered for seconds is better answered to the caller as "try again". */
const RETRY = { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** An account by its connection string, or by where its services are and who asks them. */
export type Account =
  | string
  | { readonly tables: string; readonly queues: string; readonly credential: TokenCredential };

export const TABLES = ['vaults', 'agenda', 'registry'] as const;

/** The tables of a storage account, each made when it is first used. */
export function connect(account: Account) {
  const client = (name: (typeof TABLES)[number]) => tableClient(account, name);
  const vaults = client('vaults');
  return {
    vaults: azureTable(vaults),
    agenda: azureTable(client('agenda')),
    registry: azureTable(client('registry')),
    storage: azureStorage(vaults),
  };
}

const tableClient = (account: Account, name: string): TableClient =>
  typeof account === 'string'
    ? TableClient.fromConnectionString(account, name, {
        allowInsecureConnection: isPlain(account),
        retryOptions: RETRY,
      })
    : new TableClient(account.tables, name, account.credential, { retryOptions: RETRY });

/** Azurite on this machine speaks http; nothing else may. */
export const isPlain = (connectionString: string): boolean =>
  connectionString === 'UseDevelopmentStorage=true' ||
  /=http:\/\/(127\.0\.0\.1|localhost|\[::1\])/.test(connectionString);

const azureStorage = (client: TableClient): Storage => ({
  async ping() {
    let date = '';
    const onResponse = ({ headers }: { headers: { get(name: string): string | undefined } }) => {
      date = headers.get('date') ?? '';
    };
    await client.getEntity('~', '~', { onResponse }).catch((error: unknown) => {
      if (!(error instanceof RestError) || error.statusCode !== 404) throw error;
    });
    const at = DateTime.fromHTTP(date, { zone: 'utc' });
    if (!at.isValid) throw new Error('the storage service did not say what time it is');
    return { date: at };
  },
});
