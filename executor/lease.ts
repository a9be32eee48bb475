import { ReprieveError } from '../client/problem.ts';
import { type Call, type Limits, retryAfterMs } from './door.ts';
import type { Settings } from './settings.ts';
import type { Hands, Json, Order } from './types.ts';

/** Why work is broken off when the process ends. A handler may throw it on: the order then goes to the next executor at once. */
export class ExecutorStopped extends Error {
  override readonly name = 'ExecutorStopped';
  readonly code = 'ExecutorStopped';
  readonly retryAfterSeconds = 0;

  constructor() {
    super('The executor was stopped.');
  }
}

export interface Lease {
  readonly hands: Hands;
  /** The order is no longer ours to speak of. */
  readonly isLost: () => boolean;
  /** Ends the renewals, one that is on its way too: none may come after the last word. Answers how long that may take. */
  readonly release: () => Promise<Limits>;
}

const GONE = new Set<string>(['StaleToken', 'OrderClosed']);

/** The service says that the order is not ours any more. */
const isGone = (error: unknown): boolean => error instanceof ReprieveError && GONE.has(error.code);

/**
 * Keeps the lease of an order that was asked for at `since`: renews it a third after the last renewal. When a tenth is left, because no
 * renewal came through, the order is given up. After the stop nothing makes the lease longer: when a tenth is left the handler is told to
 * break off, and has that tenth to say how far it came.
 */
export function holdLease(
  call: Call,
  { clock, sleep, leaseSeconds, signal: stop }: Settings,
  { order, token }: Order,
  since: number,
  lost: (why: unknown) => void,
): Lease {
  const [whole, tenth] = [leaseSeconds * 1000, leaseSeconds * 100];
  const [working, renewing] = [new AbortController(), new AbortController()];
  const orStop = AbortSignal.any([renewing.signal, stop]);
  let end = since + whole;
  let isLost = false;
  let trouble: unknown;
  let last: Promise<unknown> = Promise.resolve();

  const wait = (until: number, signal: AbortSignal) => sleep(until - clock.monotonic(), signal).catch(() => {});
  const lastMoment = () => (stop.aborted ? end : end - tenth);

  /** One at a time: they must not overtake each other. */
  function renew(stored: { readonly checkpoint?: Json } = {}): Promise<void> {
    const renewed = last.then(async () => {
      const sent = clock.monotonic();
      const limits = { until: lastMoment(), signal: renewing.signal };
      await call(`${order}/renew`, { token, leaseSeconds, ...stored }, limits);
      trouble = undefined;
      if (!stop.aborted) end = sent + whole;
    });
    // listened to here, too: a handler that does not wait for its checkpoint must not end the process
    last = renewed.catch((error) => {
      trouble = error;
      if (isGone(error)) lose();
    });
    return renewed;
  }

  function lose(): void {
    if (renewing.signal.aborted) return;
    isLost = true;
    const why = trouble ?? new Error('The lease has ended.');
    renewing.abort(why);
    working.abort(why);
    lost(why);
  }

  /** When less than a tenth is left, because the process stood still, another may have the order: `watch` gives it up without asking. */
  async function keep(): Promise<void> {
    while (!orStop.aborted && clock.monotonic() < end - tenth) {
      const next = end - (2 * whole) / 3;
      if (clock.monotonic() < next) await wait(next, orStop);
      else await renew().catch((error) => wait(clock.monotonic() + Math.max(tenth, retryAfterMs(error) ?? 0), orStop));
    }
  }

  async function watch(): Promise<void> {
    while (clock.monotonic() < end - tenth && !renewing.signal.aborted) await wait(end - tenth, renewing.signal);
    if (!stop.aborted) return lose();
    if (!renewing.signal.aborted) working.abort(new ExecutorStopped());
    await wait(end, renewing.signal);
    lose();
  }

  void keep();
  void watch();
  return {
    hands: {
      signal: working.signal,
      checkpoint: (value) => renew({ checkpoint: value }),
    },
    isLost: () => isLost,
    async release() {
      renewing.abort(new Error('The order is done with.'));
      await last;
      return { until: lastMoment() };
    },
  };
}
