import { type Instant, iso, parseInstant } from '../../core/time.ts';
import { dueIn, isBraked, type SweepLimits, type SweepPorts, type SweepReport, sweep } from './sweep.ts';

/** One shard's share of a sweep, for whichever instance takes it. */
export interface Share {
  readonly shard: string;
  /** The sweep's idea of now: nothing is due for it that came later. */
  readonly now: string;
}

const STALE_MINUTES = 30;

export interface Turn {
  readonly report?: SweepReport;
  readonly shares: readonly Share[];
}

/**
 * The timer's turn: all of it here; or, when more is due than one instance should do, a message a shard for whoever takes it.
 * The belt is looked at first, here, where all of it can be seen: what is held is not fanned out.
 */
export async function turn(flow: SweepPorts, limits: SweepLimits & { readonly spreadAbove: number }): Promise<Turn> {
  const now = flow.clock.now();
  const { shards } = flow.agenda;
  const byShard = await dueIn(flow, shards, now);
  if (byShard.flat().length > limits.spreadAbove && !(await isBraked(flow, limits, now, byShard)))
    return { shares: shards.filter((_, index) => byShard[index]?.length).map((shard) => ({ shard, now: iso(now) })) };
  const outcome = await sweep(flow, limits, { now, due: byShard });
  return { shares: [], ...(outcome.ok ? { report: outcome.value } : {}) };
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
export async function sweepShare(flow: SweepPorts, limits: SweepLimits, message: unknown) {
  const share = shareOf(message);
  const now = flow.clock.now();
  if (!share || Math.abs(now.diff(share.now).as('minutes')) > STALE_MINUTES) return undefined;
  // The belt was looked at by the one who saw all shards.
  const alone = { ...limits, maxPurges: Number.POSITIVE_INFINITY };
  return sweep(flow, alone, { now: share.now < now ? share.now : now, shards: [share.shard] });
}
