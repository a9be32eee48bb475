/** What the queue `sweep-shards` brings: one shard of a spread sweep, or an operation, for whichever instance takes it. */
import { isName } from '../../core/names.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import type { Unread } from '../../ports.ts';
import { carryOn } from '../items/operations/carryOn.ts';
import { textOf } from '../story/unread.ts';
import { TURN_SECONDS } from './operate.ts';
import type { SweepPorts, SweepReport } from './run.ts';
import { type SweepLimits, sweep, within } from './sweep.ts';

const QUEUE = 'sweep-shards';
const STALE_MINUTES = 30;

/**
 * A message that lay too long is dropped: the timer has long sent another, and what it knew of the belt is old. So is one from the
 * future; and whatever it says, nothing is due here before it is due by this machine's own clock. An operation is never too old.
 */
export async function takeShare(flow: SweepPorts, limits: SweepLimits, message: unknown): Promise<Taken> {
  const share = shareOf(message);
  if (!share) return { unread: notUnderstood(message) };
  if ('name' in share) {
    await within(limits, () => operate(flow, limits, share));
    return {};
  }
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

/** A message with which the process died again and again. Nothing is lost: the next sweep does what it says. */
export function brokenShare(message: unknown): Unread {
  const share = shareOf(message);
  if (!share) return notUnderstood(message);
  return 'name' in share
    ? {
        queue: QUEUE,
        text: `${share.vault}/${share.name}`,
        why: 'This operation broke off again and again. The next sweep goes on with it.',
      }
    : {
        queue: QUEUE,
        text: share.shard,
        why: 'The sweep of this shard broke off again and again. The next sweep looks there.',
      };
}

interface Shard {
  readonly shard: string;
  readonly now: Instant;
}
interface Begun {
  readonly vault: string;
  /** Its name in its vault. */
  readonly name: string;
}

/** What is left goes on behind all that waits. Its hint stays in the agenda until a sweep finds that it has ended. */
async function operate(flow: SweepPorts, { budgetSeconds }: SweepLimits, of: Begun): Promise<void> {
  const now = flow.clock.now();
  const end = flow.realNow().plus({ seconds: Math.min(TURN_SECONDS, budgetSeconds) });
  const how = await carryOn(flow, of, now, () => flow.realNow() < end);
  if (how === 'left') await flow.land({ now, notices: [{ notice: { vault: of.vault, operation: of.name } }] });
}

/** What a message says, or undefined when it says nothing that can be done. */
function shareOf(message: unknown): Shard | Begun | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { shard, now, vault, operation } = message as Readonly<Record<string, unknown>>;
  if (isText(vault) && isName(vault) && isText(operation) && /^[A-Za-z0-9._-]{1,80}$/.test(operation))
    return { vault, name: operation };
  const at = isText(now) ? parseInstant(now) : undefined;
  return isText(shard) && /^shard\d\d$/.test(shard) && at ? { shard, now: at } : undefined;
}

const isText = (given: unknown): given is string => typeof given === 'string';
