/** The queue of notices, its turns asked for: over a host that takes none by itself, nothing is told before a test says so. */
import { QueueServiceClient } from '@azure/storage-queue';
import { call } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import type { Service } from '../../support/launch.ts';

export const BY_HAND = { 'AzureWebJobs.notify.Disabled': 'true' };

/** What the local host wants of those who call a function by hand. */
export const MASTER_KEY = { 'x-functions-key': 'local' };

interface Notice {
  readonly alerts?: readonly string[];
  readonly together?: string;
}

const LONG_SECONDS = 3600;

export function noticesOf({ api, storage, output }: Service) {
  const queue = QueueServiceClient.fromConnectionString(storage).getQueueClient('notifications');

  const take = async (notice: Notice): Promise<void> => {
    const before = output().length;
    await call(api, 'POST', '/admin/functions/notify', {
      body: { input: JSON.stringify(notice) },
      headers: MASTER_KEY,
    });
    await eventually(
      () => output().includes("Executed 'Functions.notify'", before),
      () => JSON.stringify(notice),
    );
  };

  return {
    /** One after the other, until none can be seen. What is not wanted is lost: the next sweep sends it again. */
    takeAll: async (wanted: (notice: Notice) => boolean = () => true): Promise<void> => {
      for (;;) {
        const { receivedMessageItems: found } = await queue.receiveMessages({
          numberOfMessages: 32,
          visibilityTimeout: LONG_SECONDS,
        });
        if (found.length === 0) return;
        for (const { messageText, messageId, popReceipt } of found) {
          const notice: Notice = JSON.parse(Buffer.from(messageText, 'base64').toString());
          if (wanted(notice)) await take(notice);
          await queue.deleteMessage(messageId, popReceipt);
        }
      }
    },
  };
}
