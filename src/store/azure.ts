import { RestError, TableClient } from '@azure/data-tables';
import { DateTime } from 'luxon';
import type { Storage } from '../ports.ts';
import { azureTable } from './azureTable.ts';

/** Short and few: what stays unanswered for seconds is better answered to the caller as "try again". */
const RETRY = { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** The tables of a storage account, each made when it is first used. */
export function connect(connectionString: string) {
  const client = (name: string) =>
    TableClient.fromConnectionString(connectionString, name, {
      allowInsecureConnection: isPlain(connectionString),
      retryOptions: RETRY,
    });
  const vaults = client('vaults');
  return {
    vaults: azureTable(vaults),
    agenda: azureTable(client('agenda')),
    registry: azureTable(client('registry')),
    storage: azureStorage(vaults),
  };
}

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
