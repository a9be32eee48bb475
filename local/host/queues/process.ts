import type { QueueClient } from '@azure/storage-queue';
import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import type { QueueOptions } from '../hostJson.ts';
import { type Print, stamp } from '../print.ts';
import type { Held } from './hold.ts';
import { decodeMessage, messageData, messageMetadata } from './message.ts';

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
  const content = decodeMessage(message.messageText, options.base64);
  if (!content) {
    print(stamp(`Message decoding has failed in queue '${queueName}': message ${message.messageId} is not base64.`));
    return bury(processing, held);
  }
  if (message.dequeueCount > options.maxDequeueCount) return bury(processing, held);
  const data = messageData(content, called.bindings[called.triggerName]?.['dataType']);
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
