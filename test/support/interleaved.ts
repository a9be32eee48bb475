/**
 * Callers whose requests to storage are done one at a time, in an order that follows from a seed. One may be held up before one of its
 * requests until the others have ended, and a caller may die before one of its requests.
 */
import type { Random } from '../faults/random.ts';
import type { Tables } from './tables.ts';
import { tablesThrough } from './through.ts';

interface Caller {
  readonly name: string;
  readonly work: () => Promise<unknown>;
  /** Each lets a request go that waits for its turn: a caller may have asked several things at once. */
  readonly waiting: (() => void)[];
  requests: number;
  /** It waits for the others before its request of this number. */
  heldUpAt: number;
  readonly diesAt: number;
}

export interface Interleaving {
  /** What a caller does over its own view of the tables. */
  add(name: string, work: (tables: Tables) => Promise<unknown>, dies?: boolean): void;
  /** Until every caller has ended or died. Answers whose requests were done, in their order. */
  run(): Promise<string>;
}

/** Whatever can go on without storage has gone on. */
const settled = () => new Promise<void>((done) => void setImmediate(done));

const NEVER = Number.POSITIVE_INFINITY;
/** A verb has about so many requests. */
const SOME_REQUESTS = 12;
const HELD_UP = 0.5;

export function interleaving(tables: Tables, random: Random): Interleaving {
  const callers: Caller[] = [];

  const inTurn = (caller: () => Caller) =>
    tablesThrough(tables, async (request) => {
      await new Promise<void>((go) => {
        caller().waiting.push(go);
      });
      return request();
    });
  const isReady = ({ waiting, requests, diesAt }: Caller) => waiting.length > 0 && requests < diesAt;
  const nextOf = (ready: readonly Caller[]): Caller | undefined => {
    const [first, ...others] = ready.filter(({ requests, heldUpAt }) => requests < heldUpAt);
    if (first) return random.pick([first, ...others]);
    // The others have ended.
    const [late] = ready;
    if (late) late.heldUpAt = NEVER;
    return late;
  };

  return {
    add(name, work, dies = false) {
      const diesAt = dies ? random.int(0, SOME_REQUESTS) : NEVER;
      const own = () => caller;
      const view = inTurn(own);
      const caller: Caller = {
        name,
        work: () => work(view),
        waiting: [],
        requests: 0,
        heldUpAt: NEVER,
        diesAt,
      };
      callers.push(caller);
    },
    async run() {
      const order: string[] = [];
      const failures: unknown[] = [];
      const [first, ...others] = callers;
      if (first && random.chance(HELD_UP)) random.pick([first, ...others]).heldUpAt = random.int(0, SOME_REQUESTS);
      for (const { work } of callers) work().catch((error: unknown) => failures.push(error));
      for (;;) {
        await settled();
        const next = nextOf(callers.filter(isReady));
        if (!next) break;
        order.push(next.name);
        next.requests += 1;
        next.waiting.shift()?.();
      }
      const [failure] = failures;
      if (failure) throw failure;
      return order.join('');
    },
  };
}
