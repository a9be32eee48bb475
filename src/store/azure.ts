import { RestError, TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { QueueClient } from '@azure/storage-queue';
import { DateTime } from 'luxon';
import { comesFirst } from '../core/alerts.ts';
import type { Instant } from '../core/time.ts';
import type { Notices } from '../ports/alerts.ts';
import type { Reach, Storage } from '../ports.ts';
import { azureTable, madeOnce } from './azureTable.ts';
import type { Policy } from './inFlight.ts';
import { noticeText } from './messages.ts';

/** Short and few: what stays unanswered for seconds is better answered to the caller as "try again". */
const RETRY = { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** An account by its connection string, or by where its services are and who asks them. */
export type Account =
  | string
  | { readonly tables: string; readonly queues: string; readonly credential: TokenCredential };

export const TABLES = ['vaults', 'agenda', 'registry'] as const;

/** The tables of a storage account, each made when it is first used. `policy` sees every request to them, repeated ones too. */
export function connect(account: Account, policy?: Policy) {
  const heard = clockHeard();
  const policies = policy ? [policy, heard.policy] : [heard.policy];
  const client = (name: (typeof TABLES)[number]) => tableClient(account, name, policies);
  const vaults = client('vaults');
  return {
    vaults: azureTable(vaults),
    agenda: azureTable(client('agenda')),
    registry: azureTable(client('registry')),
    storage: { ...azureStorage(vaults), seen: heard.seen },
  };
}

/** What time the storage service says it is, with each of its answers. */
function clockHeard() {
  let date: string | undefined;
  const policy: Policy = {
    name: 'clockHeard',
    async sendRequest(request, next) {
      const answer = await next(request);
      date = answer.headers.get('date') ?? date;
      return answer;
    },
  };
  const seen = (): Instant | undefined => {
    const at = DateTime.fromHTTP(date ?? '', { zone: 'utc' });
    return at.isValid ? at : undefined;
  };
  return { policy, seen };
}

function tableClient(account: Account, name: string, policies: readonly Policy[]): TableClient {
  const options = {
    retryOptions: RETRY,
    additionalPolicies: policies.map((policy) => ({ policy, position: 'perRetry' as const })),
  };
  return typeof account === 'string'
    ? TableClient.fromConnectionString(account, name, { allowInsecureConnection: isPlain(account), ...options })
    : new TableClient(account.tables, name, account.credential, options);
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

/** What has to be told first goes by a queue of its own, so that nothing stands before it. */
export const NOTIFICATIONS = 'notifications';
export const URGENT = 'notifications-urgent';
const SHARES = 'sweep-shards';
/** Where the host puts a message that broke off five times. */
const poisonOf = (queue: string): string => `${queue}-poison`;

/** As for the tables: what stays unanswered for seconds is left to the agenda, which has it told later. */
const QUEUE_RETRY = { maxTries: 4, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** What a queue takes. Whoever finds the message too early sends it on. */
const LONGEST_DELAY = 7 * 24 * 3600;

/** What we ask of the SDK's client. Tests put a queue in memory behind it. */
export interface QueueWire {
  createIfNotExists(): Promise<unknown>;
  sendMessage(text: string, options: { messageTimeToLive?: number; visibilityTimeout?: number }): Promise<unknown>;
}

export const queueNotices = (account: Account): Notices => noticesOver((name) => queueClient(account, name));

/** The queues of alerts to be told, and of operations to be carried on. Their messages never expire: what nobody took is late, not lost. */
export function noticesOver(clientOf: (queue: string) => QueueWire): Notices {
  const queueOf = (name: string) => {
    const client = clientOf(name);
    return madeOnce(client, () => client.createIfNotExists());
  };
  const [urgent, others, shares] = [queueOf(URGENT), queueOf(NOTIFICATIONS), queueOf(SHARES)];
  return {
    async send(notice, delaySeconds = 0) {
      const queue = notice.operation !== undefined ? shares : comesFirst(notice) ? urgent : others;
      await (await queue()).sendMessage(noticeText(notice), {
        messageTimeToLive: -1,
        visibilityTimeout: Math.min(delaySeconds, LONGEST_DELAY),
      });
    },
  };
}

/** How many messages lie in each of our queues. */
export function queueCounts(account: Account): Reach['queue'] {
  const queues = [URGENT, NOTIFICATIONS, SHARES];
  const counts = [...queues, ...queues.map(poisonOf)].map((name) => countOf(queueClient(account, name)));
  return async () => {
    const [urgent = 0, others = 0, shares = 0, ...poison] = await Promise.all(counts.map((count) => count()));
    return { notices: urgent + others, shares, poison: poison.reduce((sum, one) => sum + one, 0) };
  };
}

/** Who asks how the queues are has other things to do, too. */
const PATIENCE_MS = 3000;

/** As the queue itself reckons, those that are hidden among them. A queue that nobody has written to yet is empty. */
const countOf = (queue: QueueClient) => async (): Promise<number> => {
  try {
    const abortSignal = AbortSignal.timeout(PATIENCE_MS);
    return (await queue.getProperties({ abortSignal })).approximateMessagesCount ?? 0;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return 0;
    throw error;
  }
};

const queueClient = (account: Account, name: string): QueueClient =>
  typeof account === 'string'
    ? new QueueClient(account, name, { retryOptions: QUEUE_RETRY })
    : new QueueClient(`${account.queues}/${name}`, account.credential, { retryOptions: QUEUE_RETRY });
