import { type Instant, iso, parseInstant } from '../../core/time.ts';
import type { Ports } from '../../ports.ts';
import { type SweepLimits, type SweepPorts, sweep } from './sweep.ts';

/** One shard's share of a sweep, for whichever instance takes it. */
export interface Share {
  readonly shard: string;
  /** The sweep's idea of now: nothing is due for it that came later. */
  readonly now: string;
}

const STALE_MINUTES = 30;

/**
 * When more is due than one instance should do, every shard becomes a message. The belt is looked at first, here, where all of
 * it can be seen: undefined means that this sweep is not to be spread.
 */
export async function sharesOf(
  ports: Pick<Ports, 'agenda'>,
  spreadAbove: number,
  now: Instant,
): Promise<readonly Share[] | undefined> {
  const { agenda } = ports;
  const most = spreadAbove + 1;
  const counts = await Promise.all(agenda.shards.map((shard) => agenda.backlog(shard, now, most)));
  const due = counts.reduce((sum, count) => sum + count, 0);
  if (due <= spreadAbove) return undefined;
  return agenda.shards.filter((_, index) => (counts[index] ?? 0) > 0).map((shard) => ({ shard, now: iso(now) }));
}

/** What a queue message says, or undefined when it says nothing that can be done. */
export function shareOf(message: unknown): { readonly shard: string; readonly now: Instant } | undefined {
  if (typeof message !== 'object' || message === null || !('shard' in message) || !('now' in message)) return undefined;
  const { shard, now } = message;
  const at = typeof now === 'string' ? parseInstant(now) : undefined;
  return typeof shard === 'string' && /^shard\d\d$/.test(shard) && at ? { shard, now: at } : undefined;
}

/**
 * A message that lay too long is dropped: the timer has long sent another, and what it knew of the belt is old. So is one from the
 * future; and whatever it says, nothing is due here before it is due by this machine's own clock.
 */
export async function sweepShare(ports: SweepPorts, limits: SweepLimits, message: unknown) {
  const share = shareOf(message);
  const now = ports.clock.now();
  if (!share || Math.abs(now.diff(share.now).as('minutes')) > STALE_MINUTES) return undefined;
  // The belt was looked at by the one who saw all shards.
  const alone = { ...limits, maxPurges: Number.POSITIVE_INFINITY };
  return sweep(ports, alone, { now: share.now < now ? share.now : now, shards: [share.shard] });
}
