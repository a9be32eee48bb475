import { type Call, callTo, retryAfterMs } from './door.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { ExecutorOptions, Order, Running } from './types.ts';
import { giveBack, work } from './work.ts';

export type * from './types.ts';
export { Refuse } from './types.ts';

/** The most orders that the service gives out at once. */
const MOST_AT_ONCE = 32;
/** Between two questions for orders. What chance adds, a quarter at most, keeps many executors from asking at once. */
const [SHORTEST_MS, LONGEST_MS, CHANCE] = [2_000, 30_000, 0.25];

/** How long one question is repeated: later too much of the shortest lease would be over, and nobody would have been told. */
const PATIENCE_MS = 10_000;

/**
 * Takes the orders of one executor, as many as it can work on at once, until `signal` is aborted. It resolves when nothing runs any more,
 * or when the leases of what still runs have ended.
 */
export function runExecutor(options: ExecutorOptions): Running {
  const bell = doorbell();
  return Object.assign(run(options, bell), { wake: bell.ring });
}

async function run(options: ExecutorOptions, bell: Bell): Promise<void> {
  const settings = settingsOf(options);
  const { signal, concurrency, clock, sleep, leaseSeconds, report } = settings;
  const call = callTo(settings);
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const works = new Set<Promise<void>>();
  while (!signal.aborted) {
    bell.still();
    const since = clock.monotonic();
    const max = Math.min(concurrency - works.size, MOST_AT_ONCE);
    const { orders, least, most } = await claim(call, settings, max);
    if (orders.length === max) bell.ring(); // there may be more
    for (const order of orders) {
      const begun = signal.aborted ? giveBack(call, settings, order, since) : work(call, settings, order, since);
      const one = begun.catch((error) => report({ what: 'lost', error })).finally(() => works.delete(one));
      works.add(one);
    }
    await sleep(least, signal).catch(() => {});
    await sleep(most - least, AbortSignal.any([signal, bell.rung()])).catch(() => {});
    while (works.size >= concurrency && !signal.aborted) await Promise.race([...works, stopped]);
  }
  const ended = new AbortController();
  // nobody renews after the stop, so by then every lease has ended, and what still runs was told
  const leases = sleep(leaseSeconds * 1000, ended.signal).catch(() => {});
  await Promise.race([Promise.all(works), leases]);
  ended.abort();
}

interface Claimed {
  readonly value: readonly Order[];
  readonly nextAt: string | null;
  /** None are given out, though there are some. */
  readonly held?: { readonly until?: string };
}

/** Orders, and for how long to ask no more: `least` even when the bell rings. */
async function claim(call: Call, settings: Settings, max: number) {
  const { executor, leaseSeconds, clock, signal, random, report } = settings;
  const wait = (until: string | null | undefined, asked = 0) => {
    const least = Math.max(SHORTEST_MS, asked);
    const soon = until ? Date.parse(until) - clock.now() : LONGEST_MS;
    const longer = 1 + random() * CHANCE;
    const most = Math.min(Math.max(soon, SHORTEST_MS), LONGEST_MS / (1 + CHANCE));
    return { least: least * longer, most: Math.max(most, least) * longer };
  };
  const until = clock.monotonic() + PATIENCE_MS;
  try {
    const { value, nextAt, held } = await call<Claimed>('claim', { executor, max, leaseSeconds }, { until, signal });
    return { orders: [...value], ...wait(held ? held.until : nextAt) };
  } catch (error) {
    if (!signal.aborted) report({ what: 'unheard', error });
    return { orders: [], ...wait(null, retryAfterMs(error)) };
  }
}

interface Bell {
  readonly ring: () => void;
  readonly still: () => void;
  readonly rung: () => AbortSignal;
}

/** It goes on ringing until somebody has come. */
function doorbell(): Bell {
  let bell = new AbortController();
  return {
    ring: () => bell.abort(),
    still() {
      bell = new AbortController();
    },
    rung: () => bell.signal,
  };
}
