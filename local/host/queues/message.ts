/** One message of a queue: kept hidden while it is worked on, handed to its function, and ended in exactly one way. */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import type { TypedData } from '../app/protocol.ts';
import type { QueueOptions } from '../hostJson.ts';
import { hasStatus, type Print, stamp } from '../output.ts';

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
      const updated = await queue.updateMessage(message.messageId, current, undefined, seconds).catch(ignoreTakenOver);
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
      await queue.deleteMessage(message.messageId, await receipt).catch(ignoreTakenOver);
    },
    async release(afterSeconds) {
      clearInterval(renewal);
      await renew(afterSeconds);
    },
    leave: () => clearInterval(renewal),
  };
}

/** Someone else has the message now, or it is gone: nothing is left for us to do. */
function ignoreTakenOver(error: unknown): undefined {
  if (!hasStatus(error, 400, 404)) throw error;
}

interface Processing {
  readonly called: HostedFunction;
  readonly invoke: Invoke;
  readonly options: QueueOptions;
  readonly poison: QueueClient | undefined;
  readonly queueName: string;
  readonly print: Print;
}

/**
 * One message from first look to last: invoked and removed, given back for another try, or moved to the poison
 * queue after the last. What is not base64 goes to the poison queue at once, since no retry will make it so
 * (Azure/azure-sdk-for-net pull request 18326).
 */
export async function processMessage(processing: Processing, held: Held): Promise<void> {
  const { called, invoke, options, queueName, print } = processing;
  const { message } = held;
  const content =
    options.messageEncoding === 'none' ? Buffer.from(message.messageText) : decodeMessage(message.messageText);
  if (!content) {
    print(stamp(`Message decoding has failed in queue '${queueName}': message ${message.messageId} is not base64.`));
    return bury(processing, held);
  }
  if (message.dequeueCount > options.maxDequeueCount) return bury(processing, held);
  const data = messageData(content);
  const outcome = await invoke(called, {
    reason: `New queue message detected on '${queueName}'.`,
    input: data,
    metadata: messageMetadata(message, data),
  });
  if (outcome.ok) return held.remove();
  if (message.dequeueCount >= options.maxDequeueCount) return bury(processing, held);
  // a poison queue's own failures stay hidden for the rest of their lease: giving them back would spin
  if (!processing.poison) return held.leave();
  return held.release(options.visibilityTimeout / 1_000);
}

/** Copied first, removed after: a crash in between leaves two messages, never none. */
async function bury({ poison, options, print }: Processing, held: Held): Promise<void> {
  if (!poison) return held.leave();
  print(
    stamp(
      `Message has reached MaxDequeueCount of ${options.maxDequeueCount}. Moving message to queue '${poison.name}'.`,
    ),
  );
  await poison.createIfNotExists();
  await poison.sendMessage(held.message.messageText);
  await held.remove();
}

export const poisonName = (queueName: string): string | undefined =>
  queueName.endsWith('-poison') ? undefined : `${queueName}-poison`;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** undefined: the text is not base64. */
export function decodeMessage(text: string): Buffer | undefined {
  const tidy = text.replace(/\s+/g, '');
  return BASE64.test(tidy) ? Buffer.from(tidy, 'base64') : undefined;
}

/** Text travels as a string and the library parses JSON out of it; what is not UTF-8 travels as bytes. */
export function messageData(content: Buffer): TypedData {
  try {
    return { string: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { bytes: content };
  }
}

const messageMetadata = (message: DequeuedMessageItem, data: TypedData): Record<string, TypedData> => ({
  QueueTrigger: data,
  DequeueCount: { json: String(message.dequeueCount) },
  Id: { json: JSON.stringify(message.messageId) },
  PopReceipt: { json: JSON.stringify(message.popReceipt) },
  InsertionTime: time(message.insertedOn),
  ExpirationTime: time(message.expiresOn),
  NextVisibleTime: time(message.nextVisibleOn),
});

/** .NET writes the offset, never a Z. */
const time = (date: Date): TypedData => ({ json: JSON.stringify(date.toISOString().replace(/\.\d+Z$/, '+00:00')) });
