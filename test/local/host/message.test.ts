import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HostedFunction } from '../../../local/host/app/functions.ts';
import { hold, processMessage } from '../../../local/host/queues/message.ts';

const OPTIONS = {
  ...{ batchSize: 16, newBatchThreshold: 8, maxPollingInterval: 1_000 },
  ...{ visibilityTimeout: 5_000, maxDequeueCount: 3, messageEncoding: 'base64' as const },
};
const called = { name: 'worker', bindings: {}, triggerName: 'message' } as unknown as HostedFunction;

let said: string[];

beforeEach(() => {
  said = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const aMessage = (dequeueCount: number): DequeuedMessageItem => ({
  ...{ messageId: 'm', popReceipt: 'receipt-0', messageText: Buffer.from('{}').toString('base64'), dequeueCount },
  ...{ insertedOn: new Date(0), expiresOn: new Date(0), nextVisibleOn: new Date(0) },
});

/** A queue that writes down what is asked of it; each update of a message changes its receipt, as storage does. */
const aQueue = () => {
  let receipts = 0;
  return {
    name: 'work-poison',
    updateMessage: async (_id: string, receipt: string, _text: undefined, seconds: number) => {
      said.push(`hide ${receipt} for ${seconds}`);
      receipts += 1;
      return { popReceipt: `receipt-${receipts}` };
    },
    deleteMessage: async (_id: string, receipt: string) => void said.push(`delete ${receipt}`),
    createIfNotExists: async () => undefined,
    sendMessage: async () => void said.push('bury'),
  } as unknown as QueueClient;
};

const process = async (dequeueCount: number, ok: boolean, isPoison = false) => {
  const queue = aQueue();
  await processMessage(
    {
      called,
      options: OPTIONS,
      queueName: 'work',
      print: () => undefined,
      poison: isPoison ? undefined : queue,
      invoke: async () => {
        said.push('call');
        return ok ? { ok, response: {} } : { ok };
      },
    },
    hold(queue, aMessage(dequeueCount)),
  );
  return said;
};

test('a message that was handled is deleted', async () => {
  expect(await process(1, true)).toEqual(['call', 'delete receipt-0']);
});

test('one that failed is seen again after the visibility timeout', async () => {
  expect(await process(2, false)).toEqual(['call', 'hide receipt-0 for 5']);
});

test('one whose last try failed is buried at once, not at its next look; one beyond that is not tried', async () => {
  expect(await process(3, false)).toEqual(['call', 'bury', 'delete receipt-0']);
  said = [];
  expect(await process(4, false)).toEqual(['bury', 'delete receipt-0']);
});

test('one of the poison queue itself that failed stays hidden for the rest of its lease', async () => {
  expect(await process(3, false, true)).toEqual(['call']);
});

test('a message in work stays hidden however long that takes: the lease is renewed half-way, each time with its last receipt', async () => {
  const held = hold(aQueue(), aMessage(1), 600);
  await vi.advanceTimersByTimeAsync(299_000);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  await vi.advanceTimersByTimeAsync(300_000);
  await held.release(0);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(said).toEqual(['hide receipt-0 for 600', 'hide receipt-1 for 600', 'hide receipt-2 for 0']);
});
