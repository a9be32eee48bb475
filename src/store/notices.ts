import { QueueClient } from '@azure/storage-queue';
import type { Notices } from '../ports.ts';
import type { Account } from './azure.ts';

export const NOTIFICATIONS = 'notifications';

/** As for the tables: what stays unanswered for seconds is left to the agenda, which has it told later. */
const RETRY = { maxTries: 4, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** What a queue takes. Whoever finds the message too early sends it on. */
const LONGEST_DELAY = 7 * 24 * 3600;

/** The queue of alerts to be told. Its messages never expire: a notice that nobody took is late, not lost. */
export function queueNotices(account: Account): Notices {
  const queue = queueClient(account);
  let made: Promise<unknown> | undefined;
  return {
    async send(notice, delaySeconds = 0) {
      made ??= queue.createIfNotExists().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      await made;
      // The host expects base64, which this client does not make by itself.
      const text = Buffer.from(JSON.stringify(notice), 'utf8').toString('base64');
      await queue.sendMessage(text, {
        messageTimeToLive: -1,
        visibilityTimeout: Math.min(delaySeconds, LONGEST_DELAY),
      });
    },
  };
}

/** How many of them wait, as the queue itself reckons. A queue that nobody has written to yet is empty. */
export function waitingNotices(account: Account): () => Promise<number> {
  const queue = queueClient(account);
  return async () => {
    try {
      return (await queue.getProperties()).approximateMessagesCount ?? 0;
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return 0;
      throw error;
    }
  };
}

const queueClient = (account: Account): QueueClient =>
  typeof account === 'string'
    ? new QueueClient(account, NOTIFICATIONS, { retryOptions: RETRY })
    : new QueueClient(`${account.queues}/${NOTIFICATIONS}`, account.credential, { retryOptions: RETRY });
