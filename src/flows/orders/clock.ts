import { MOST_SKEW_MS } from '../../core/sweep.ts';
import type { Reads } from '../../ports.ts';

/** Whether this machine's clock and that of the storage service are apart, by what its last answer said: nothing is asked for that. */
export function skewOf({ storage, realNow }: Pick<Reads, 'storage' | 'realNow'>): boolean {
  const seen = storage.seen?.();
  return seen !== undefined && Math.abs(+realNow() - +seen) > MOST_SKEW_MS;
}
