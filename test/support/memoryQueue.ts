/**
 * The queue in memory, with the host that empties it: delays, five tries, and what is left to the poison queue. As the real one it
 * refuses what is too large or too late, forgets what has expired, and may deliver twice and in any order.
 */
import { type Instant, instantOf } from '../../src/core/time.ts';
import type { QueueWire } from '../../src/store/azure.ts';
import { fromText } from '../../src/store/messages.ts';
import { refusal } from './tableLimits.ts';

interface Message {
  readonly text: string;
  readonly expiresAt: number;
  readonly poison: boolean;
  visibleAt: number;
  tries: number;
}

export type Taker = (message: unknown, poison: boolean) => Promise<void>;

const MOST_TRIES = 5;
const AGAIN_MS = 5000;
/** What a message in work is hidden for; so long it takes until somebody else finds what a dead one left. */
const LEASE_MS = 600_000;
const AT_ONCE = 16;

const LARGEST = 64 * 1024;
const WEEK = 7 * 24 * 3600;
type Options = Parameters<QueueWire['sendMessage']>[1];

/** A time to live is any number of seconds, or -1: for ever. Who names none has a week. */
function judgeMessage(text: string, { messageTimeToLive = WEEK, visibilityTimeout = 0 }: Options): void {
  if (Buffer.byteLength(text) > LARGEST) throw refusal(413, 'RequestBodyTooLarge');
  if (visibilityTimeout < 0 || visibilityTimeout > WEEK) throw refusal(400, 'OutOfRangeQueryParameterValue');
  const lives = messageTimeToLive === -1 ? Number.POSITIVE_INFINITY : messageTimeToLive;
  if (lives <= 0 || visibilityTimeout >= lives) throw refusal(400, 'InvalidQueryParameterValue');
}

export interface MemoryQueue {
  /** Where the SDK's client would be. */
  wire(now: () => Instant): QueueWire;
  /** When there is something to take; undefined: never. */
  next(): Instant | undefined;
  /** Up to sixteen visible messages at the same time. false: there was none. `isDead`: nobody ends what was begun. */
  work(now: Instant, take: Taker, isDead?: () => boolean): Promise<boolean>;
  readonly size: () => number;
  readonly taken: () => number;
}

export interface QueueWhims {
  /** Every message for now is delivered so often. */
  readonly times?: number | undefined;
  /** In which order those that can be seen are handed out. */
  readonly order?: <T>(all: readonly T[]) => readonly T[];
}

export function memoryQueue({ times = 1, order = (all) => all }: QueueWhims = {}): MemoryQueue {
  let messages: Message[] = [];
  let taken = 0;
  const drop = (message: Message) => {
    messages = messages.filter((one) => one !== message);
  };
  const end = (message: Message, now: number) => {
    message.tries += 1;
    message.visibleAt = now + AGAIN_MS;
    if (message.tries < MOST_TRIES || message.poison) return;
    drop(message);
    messages.push({ ...message, poison: true, visibleAt: now, tries: 0 });
  };
  return {
    wire: (now) => ({
      createIfNotExists: async () => {},
      async sendMessage(text, options) {
        judgeMessage(text, options);
        const { messageTimeToLive = WEEK, visibilityTimeout: delay = 0 } = options;
        const at = now().toMillis();
        const expiresAt = messageTimeToLive === -1 ? Number.POSITIVE_INFINITY : at + messageTimeToLive * 1000;
        // not those that are to come later: of three, each would send itself on three times
        for (let copy = 0; copy < (delay > 0 ? 1 : times); copy += 1)
          messages.push({ text, expiresAt, poison: false, visibleAt: at + delay * 1000, tries: 0 });
      },
    }),
    next: () =>
      messages.length === 0 ? undefined : instantOf(Math.min(...messages.map(({ visibleAt }) => visibleAt))),
    async work(at, take, isDead = () => false) {
      const now = at.toMillis();
      messages = messages.filter(({ expiresAt }) => expiresAt > now);
      const batch = order(messages.filter(({ visibleAt }) => visibleAt <= now)).slice(0, AT_ONCE);
      for (const message of batch) message.visibleAt = now + LEASE_MS;
      await Promise.all(
        batch.map(async (message) => {
          taken += 1;
          const failed = await take(fromText(message.text), message.poison).then(
            () => false,
            () => true,
          );
          if (isDead()) return;
          if (failed) end(message, now);
          else drop(message);
        }),
      );
      return batch.length > 0;
    },
    size: () => messages.length,
    taken: () => taken,
  };
}
