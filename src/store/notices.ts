import { QueueClient } from '@azure/storage-queue';
import type { Notices } from '../ports.ts';

export const NOTIFICATIONS = 'notifications';

/** As for the tables: what stays unanswered for seconds is left to the agenda, which has it told later. */
const RETRY = { maxTries: 4, retryDelayInMs: 100, maxRetryDelayInMs: 1000 };

/** The queue of alerts to be told. Its messages never expire: a notice that nobody took is late, not lost. */
export function queueNotices(connectionString: string): Notices {
  const queue = new QueueClient(connectionString, NOTIFICATIONS, { retryOptions: RETRY });
  let made: Promise<unknown> | undefined;
  return {
    async send(notice) {
      made ??= queue.createIfNotExists().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      await made;
      // The host expects base64, which this client does not make by itself.
      const text = Buffer.from(JSON.stringify(notice), 'utf8').toString('base64');
      await queue.sendMessage(text, { messageTimeToLive: -1 });
    },
  };
}
