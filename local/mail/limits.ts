import { z } from 'zod';

const MINUTE_MS = 60_000;

export const Limit = z.strictObject({
  perMinute: z.int().min(1).nullable(),
  /** Another idea of now, for tests that move the clock; holds until the next PUT. */
  now: z.iso.datetime({ offset: true }).nullable().default(null),
});

export type Limit = z.output<typeof Limit>;

export interface Limits {
  show(): Limit;
  set(limit: Limit): void;
  now(): number;
  /** Counts one send, or says how many seconds to wait until there is room for it. */
  take(): 'counted' | { readonly waitSeconds: number };
}

/** At most so many sends in any 60 seconds. What was refused does not count. */
export function memoryLimits(realNow: () => number): Limits {
  let limit: Limit = { perMinute: null, now: null };
  let sends: number[] = [];
  const now = () => (limit.now === null ? realNow() : Date.parse(limit.now));
  return {
    show: () => limit,
    set(next) {
      limit = next;
    },
    now,
    take() {
      const at = now();
      // a clock that was turned back also forgets what is now in the future
      sends = sends.filter((send) => send <= at && at - send < MINUTE_MS);
      const blocker = limit.perMinute === null ? undefined : sends.at(-limit.perMinute);
      if (blocker !== undefined) return { waitSeconds: Math.ceil((blocker + MINUTE_MS - at) / 1000) };
      sends.push(at);
      return 'counted';
    },
  };
}
