import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import type { QueueOptions } from '../hostJson.ts';
import { messageOf, type Print, stamp } from '../output.ts';
import type { Connection } from '../settings.ts';
import type { Pause, Work } from '../work.ts';
import { type Held, hold, LEASE_SECONDS, poisonName, processMessage } from './message.ts';
import { queueOf, unlessMissing } from './queue.ts';

interface Listening {
  readonly called: HostedFunction;
  readonly queueName: string;
  readonly connection: Connection;
  readonly options: QueueOptions;
  readonly invoke: Invoke;
  readonly work: Work;
  readonly print: Print;
  /** Wakes when somebody in this process writes to the queue, and when the host stops. */
  readonly pause: Pause;
}

export interface QueueListener {
  stop(): void;
  /** Gives every message still in work back at once; for a shutdown that cannot wait any longer. */
  abandon(): Promise<void>;
}

export function listenToQueue(listening: Listening): QueueListener {
  const { called, queueName, work, print, pause, options } = listening;
  const queue = queueOf(listening.connection, queueName);
  const poisonQueue = poisonName(queueName);
  const poison = poisonQueue === undefined ? undefined : queueOf(listening.connection, poisonQueue);
  const inWork = new Set<Held>();
  let stopping = false;

  const take = async (message: DequeuedMessageItem): Promise<void> => {
    const held = hold(queue, message);
    inWork.add(held);
    try {
      await processMessage({ ...listening, poison }, held);
    } catch (error) {
      held.leave(); // its lease brings it back
      print(stamp(`Queue '${queueName}': message ${message.messageId} stays hidden: ${messageOf(error)}`));
    }
    inWork.delete(held);
    pause.wake();
  };

  const loop = async (): Promise<void> => {
    let waiting = START;
    let found = false;
    let failing = false;
    while (!stopping) {
      if (inWork.size > options.newBatchThreshold) {
        await pause.until(1_000);
        continue;
      }
      const batch = await receive(queue, options.batchSize).catch((error: unknown) => {
        if (!failing) print(stamp(`Queue '${queueName}' (${called.name}) cannot be read: ${messageOf(error)}`));
        failing = true;
        return undefined;
      });
      if (batch) failing = false;
      // received in the very moment of stopping: nobody has begun, so somebody else may
      if (stopping) return giveBack(queue, batch ?? []);
      for (const message of batch ?? []) void work.track(`${called.name} (queue message)`, take(message));
      if (batch && batch.length > 0) {
        found = true;
        continue;
      }
      waiting = backOff(waiting, found, options.maxPollingInterval, Math.random());
      found = false;
      await pause.until(waiting.wait);
    }
  };

  void work.track(`${called.name} (queue listener)`, loop());
  return {
    stop() {
      stopping = true;
      pause.wake();
    },
    abandon: async () => {
      await Promise.allSettled([...inWork].map((held) => held.release(0)));
    },
  };
}

/** A queue that is not there is an empty one: who sends to it creates it. */
const receive = (queue: QueueClient, numberOfMessages: number): Promise<readonly DequeuedMessageItem[]> =>
  queue.receiveMessages({ numberOfMessages, visibilityTimeout: LEASE_SECONDS }).then(
    ({ receivedMessageItems }) => receivedMessageItems,
    (error: unknown) => {
      unlessMissing(error);
      return [];
    },
  );

const giveBack = async (queue: QueueClient, batch: readonly DequeuedMessageItem[]): Promise<void> => {
  await Promise.allSettled(
    batch.map(({ messageId, popReceipt }) => queue.updateMessage(messageId, popReceipt, undefined, 0)),
  );
};

/** The wait between two looks at an empty queue, as WebJobs computes it: doubling from 100 ms, ±20 %, up to a ceiling. */
export interface BackOff {
  readonly wait: number;
  readonly exponent: number;
}

const MINIMUM = 100;
const SPREAD = 0.2;

export const START: BackOff = { wait: 0, exponent: 0 };

/** `found`: a message came since the last wait. `random` is in [0, 1). */
export function backOff(last: BackOff, found: boolean, ceiling: number, random: number): BackOff {
  if (found) return { wait: Math.min(MINIMUM, ceiling), exponent: 1 };
  const spread = 1 - SPREAD + 2 * SPREAD * random;
  const step = last.exponent > 0 ? spread * 2 ** (last.exponent - 1) * MINIMUM : 0;
  const wait = MINIMUM + step;
  return wait < ceiling ? { wait, exponent: last.exponent + 1 } : { wait: ceiling, exponent: last.exponent };
}
