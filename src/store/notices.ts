import { QueueClient } from '@azure/storage-queue';
import type { Notices } from '../ports.ts';

export const NOTIFICATIONS = 'notifications';

/** The queue of alerts to be told. Its messages never expire: a notice that nobody took is late, not lost. */
export function queueNotices(connectionString: string): Notices {
  const queue = new QueueClient(connectionString, NOTIFICATIONS);
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
