/** The queue in memory, with the host that empties it: delays, five tries, and what is left to the poison queue. */
import { type Instant, instantOf } from '../../../src/core/time.ts';

interface Message {
  readonly body: unknown;
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

export interface MemoryQueue {
  send(body: unknown, now: Instant, delaySeconds?: number): void;
  /** When there is something to take; undefined: never. */
  next(): Instant | undefined;
  /** Up to sixteen visible messages at the same time. false: there was none. `isDead`: nobody ends what was begun. */
  work(now: Instant, take: Taker, isDead?: () => boolean): Promise<boolean>;
  readonly size: () => number;
  readonly taken: () => number;
}

/** `times`: every message for now is delivered so often. */
export function memoryQueue(times = 1): MemoryQueue {
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
    messages.push({ body: message.body, poison: true, visibleAt: now, tries: 0 });
  };
  return {
    send(body, now, delaySeconds = 0) {
      // not those that are to come later: of three, each would send itself on three times
      for (let copy = 0; copy < (delaySeconds > 0 ? 1 : times); copy += 1)
        messages.push({ body, poison: false, visibleAt: now.toMillis() + delaySeconds * 1000, tries: 0 });
    },
    next: () =>
      messages.length === 0 ? undefined : instantOf(Math.min(...messages.map(({ visibleAt }) => visibleAt))),
    async work(at, take, isDead = () => false) {
      const now = at.toMillis();
      const batch = messages.filter(({ visibleAt }) => visibleAt <= now).slice(0, AT_ONCE);
      for (const message of batch) message.visibleAt = now + LEASE_MS;
      await Promise.all(
        batch.map(async (message) => {
          taken += 1;
          const failed = await take(message.body, message.poison).then(
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
