import { MOST_SKEW_MS } from '../../core/sweep.ts';
import { addMillis, type Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import type { Brake } from './run.ts';

/** What time it is for a sweep, and whether that can be believed. */
export interface Clocks {
  readonly now: Instant;
  readonly skew: Brake | undefined;
}

/** A `Date` header names a second. The storage service's clock stands somewhere in it. */
const SECOND_MS = 999;

/**
 * The earlier of the service's clock and the storage service's, to which goes what a local run has added to its own: so nothing is purged
 * early while the two differ by less than the guard allows. What is compared by the guard are the real clocks. Where it holds, nothing is
 * done by any time.
 */
export async function clocksOf(
  { storage, clock, realNow }: Pick<Reads, 'storage' | 'clock' | 'realNow'>,
  asked: Instant,
): Promise<Clocks> {
  const { date } = await storage.ping();
  const real = realNow();
  const offset = clock.now().toMillis() - real.toMillis();
  const theirs = addMillis(date, offset + SECOND_MS);
  const skew = skewBetween(real, date);
  return { now: !skew && theirs < asked ? theirs : asked, skew };
}

export const clockBrake = async ({
  storage,
  realNow,
}: Pick<Reads, 'storage' | 'realNow'>): Promise<Brake | undefined> => {
  const { date } = await storage.ping();
  return skewBetween(realNow(), date);
};

function skewBetween(ours: Instant, theirs: Instant): Brake | undefined {
  const skew = Math.abs(ours.toMillis() - theirs.toMillis());
  if (skew <= MOST_SKEW_MS) return undefined;
  return { reason: 'ClockSkew', detail: `this machine and the storage service are ${Math.round(skew / 1000)} s apart` };
}
