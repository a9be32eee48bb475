/** What the queue `sweep-shards` brings: one shard of a spread sweep, for whichever instance takes it. */
import { type Instant, parseInstant } from '../../core/time.ts';
import type { Unread } from '../../ports.ts';
import { textOf } from '../story/unread.ts';
import type { SweepPorts, SweepReport } from './run.ts';
import { type SweepLimits, sweep } from './sweep.ts';

const QUEUE = 'sweep-shards';
const STALE_MINUTES = 30;

/**
 * A message that lay too long is dropped: the timer has long sent another, and what it knew of the belt is old. So is one from the
 * future; and whatever it says, nothing is due here before it is due by this machine's own clock.
 */
export async function takeShare(flow: SweepPorts, limits: SweepLimits, message: unknown): Promise<Taken> {
  const share = shareOf(message);
  if (!share) return { unread: notUnderstood(message) };
  const now = flow.clock.now();
  if (Math.abs(now.diff(share.now).as('minutes')) > STALE_MINUTES) return {};
  return { swept: await sweep(flow, limits, { now: share.now < now ? share.now : now, shards: [share.shard] }) };
}

interface Taken {
  readonly swept?: SweepReport;
  /** It has to be set aside. */
  readonly unread?: Unread;
}

const notUnderstood = (message: unknown): Unread => ({
  queue: QUEUE,
  text: textOf(message),
  why: 'This message could not be understood.',
});

/** A message with which the process died again and again. Nothing is lost: the next turn of the timer sends its shard anew. */
export function brokenShare(message: unknown): Unread {
  const share = shareOf(message);
  return share
    ? {
        queue: QUEUE,
        text: share.shard,
        why: 'The sweep of this shard broke off again and again. The next sweep looks there.',
      }
    : notUnderstood(message);
}

/** What a message says, or undefined when it says nothing that can be done. */
function shareOf(message: unknown): { readonly shard: string; readonly now: Instant } | undefined {
  if (typeof message !== 'object' || message === null || !('shard' in message) || !('now' in message)) return undefined;
  const { shard, now } = message;
  const at = typeof now === 'string' ? parseInstant(now) : undefined;
  return typeof shard === 'string' && /^shard\d\d$/.test(shard) && at ? { shard, now: at } : undefined;
}
