/** How many requests of sweeps are on their way at a time, for the whole process: what storage cannot take makes it fewer. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TableServiceClientOptions } from '@azure/data-tables';
import { isTrouble } from '../core/problems.ts';

export type Policy = NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'];

export interface InFlight {
  /** What is asked of storage within this work waits for its turn; nothing else does. */
  readonly within: <T>(work: () => Promise<T>) => Promise<T>;
  readonly policy: Policy;
}

/** 503 and timeouts halve the number of requests on their way; those that succeed bring it back, one more after each round. */
export function inFlight(most: number): InFlight {
  const sweeping = new AsyncLocalStorage<true>();
  const gate = adaptiveGate(most);
  return {
    within: (work) => sweeping.run(true, work),
    policy: {
      name: 'inFlight',
      sendRequest: (request, next) =>
        sweeping.getStore()
          ? gate(
              () => next(request),
              ({ status }) => BUSY.has(status),
            )
          : next(request),
    },
  };
}

const BUSY: ReadonlySet<number> = new Set([408, 429, 500, 503, 504]);

type Gate = <T>(work: () => Promise<T>, isBusy: (answer: T) => boolean) => Promise<T>;

/** As a count of rooms: of those that were let in before it was halved none halves it again. */
export function adaptiveGate(most: number): Gate {
  let room = most;
  let inside = 0;
  let halvings = 0;
  const waiting: (() => void)[] = [];
  const isFull = () => inside >= Math.floor(room);
  /** The room of one who leaves goes to the next, as far as there still is one. */
  const leave = () => {
    inside -= 1;
    while (waiting.length > 0 && !isFull()) {
      inside += 1;
      waiting.shift()?.();
    }
  };
  return async (work, isBusy) => {
    if (isFull()) await new Promise<void>((letIn) => void waiting.push(letIn));
    else inside += 1;
    const began = halvings;
    const settle = (busy: boolean) => {
      if (!busy) room = Math.min(most, room + 1 / room);
      else if (began === halvings) {
        room = Math.max(1, room / 2);
        halvings += 1;
      }
    };
    try {
      const answer = await work();
      settle(isBusy(answer));
      return answer;
    } catch (error) {
      settle(isTrouble(error));
      throw error;
    } finally {
      leave();
    }
  };
}
