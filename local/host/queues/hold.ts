import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';

export const LEASE_SECONDS = 600;

/** One message in work: hidden from others, and ours to end in exactly one way. */
export interface Held {
  readonly message: DequeuedMessageItem;
  remove(): Promise<void>;
  /** Visible again after so many seconds. */
  release(afterSeconds: number): Promise<void>;
  /** Stays hidden until its lease runs out. */
  leave(): void;
}

/**
 * Keeps a received message hidden while it is worked on: the lease is renewed half-way, every time. Each renewal
 * changes the pop receipt, so renewals and the end of the message must not overlap: `receipt` is a chain.
 */
export function hold(queue: QueueClient, message: DequeuedMessageItem, lease = LEASE_SECONDS): Held {
  let receipt: Promise<string> = Promise.resolve(message.popReceipt);
  const renew = async (seconds: number): Promise<void> => {
    const before = receipt;
    const after = before.then(async (current) => {
      const updated = await queue
        .updateMessage(message.messageId, current, undefined, seconds)
        .catch(unlessTakenOver(undefined));
      return updated?.popReceipt ?? current;
    });
    receipt = after.catch(() => before); // a renewal that failed leaves the old receipt good
    await after;
  };
  const renewal = setInterval(() => void renew(lease).catch(() => undefined), (lease * 1_000) / 2);
  return {
    message,
    async remove() {
      clearInterval(renewal);
      await queue.deleteMessage(message.messageId, await receipt).catch(unlessTakenOver(undefined));
    },
    async release(afterSeconds) {
      clearInterval(renewal);
      await renew(afterSeconds);
    },
    leave: () => clearInterval(renewal),
  };
}

/** Someone else has the message now, or it is gone: nothing is left for us to do. */
const unlessTakenOver =
  <T>(value: T) =>
  (error: unknown): T => {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (status === 400 || status === 404) return value;
    throw error;
  };
