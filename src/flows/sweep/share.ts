/** What the queue `sweep-shards` brings: a unit of a spread sweep, or an operation, for whichever instance takes it. */
import type { Hint } from '../../core/hints.ts';
import { isName, keyOf } from '../../core/names.ts';
import { type Instant, iso, parseInstant } from '../../core/time.ts';
import type { Unread } from '../../ports/alerts.ts';
import { carryOn } from '../items/operations/carryOn.ts';
import { textOf } from '../story/unread.ts';
import { type SweepLimits, within } from './begin.ts';
import { TURN_SECONDS } from './operate.ts';
import type { SweepPorts, SweepReport } from './run.ts';
import { sweep } from './sweep.ts';
import { MOST_HEAVY, type Unit } from './units.ts';

const QUEUE = 'sweep-shards';
const STALE_MINUTES = 30;
/** An instance works on a unit for so long, then on another: so the heavy ones keep nobody waiting, and a death costs little. */
const UNIT_SECONDS = 60;

/**
 * A message that lay too long is dropped: the timer sends another when none are left, and what this one knew of the belt is old. So is one
 * from the future; and whatever it says, nothing is due here before it is due by this machine's own clock. An operation is never too old.
 */
export async function takeShare(flow: SweepPorts, limits: SweepLimits, message: unknown): Promise<Taken> {
  const share = shareOf(message);
  if (!share) return { unread: notUnderstood(message) };
  if ('name' in share) {
    await within(limits, () => operate(flow, limits, share));
    return {};
  }
  const { shard, after, through, without, only } = share;
  const now = flow.clock.now();
  if (Math.abs(now.diff(share.now).as('minutes')) > STALE_MINUTES) return {};
  const swept = await sweep(
    flow,
    { ...limits, budgetSeconds: Math.min(limits.budgetSeconds, UNIT_SECONDS) },
    { now: share.now < now ? share.now : now, shards: [shard], after, through, isMeant: meantBy(share) },
  );
  // What is held would come back at once, again and again.
  const isUnfinished = !swept.complete && !swept.held;
  return isUnfinished
    ? { swept, rest: { v: 2, shard, after, through, without, only, now: iso(share.now) } }
    : { swept };
}

function meantBy({ without, only }: Stretch): ((hint: Hint) => boolean) | undefined {
  if (only) return ({ vault }) => only.includes(keyOf(vault));
  return without && (({ vault }) => !without.includes(keyOf(vault)));
}

interface Taken {
  readonly swept?: SweepReport;
  /** There was no time for all of it. What is done is struck off, so the same message is the rest. */
  readonly rest?: Unit;
  /** It has to be set aside. */
  readonly unread?: Unread;
}

const notUnderstood = (message: unknown): Unread => ({
  queue: QUEUE,
  text: textOf(message),
  why: 'This message could not be understood.',
});

/** A message with which the process died again and again. Nothing is lost: a later sweep does what it says. */
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

interface Stretch extends Omit<Unit, 'v' | 'now'> {
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

/** What a message says, or undefined when it says nothing that can be done. A share of before has no version, and names a shard. */
function shareOf(message: unknown): Stretch | Begun | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { v, shard, after, through, without, only, now, vault, operation } = message as Readonly<
    Record<string, unknown>
  >;
  if (isText(vault) && isName(vault) && isText(operation) && /^[A-Za-z0-9._-]{1,80}$/.test(operation))
    return { vault, name: operation };
  const at = isText(now) ? parseInstant(now) : undefined;
  const isShard = isText(shard) && /^shard\d\d$/.test(shard);
  const isKnown = v === undefined || v === 1 || v === 2;
  return isKnown && isShard && at && isKey(after) && isKey(through) && areVaults(without) && areVaults(only)
    ? { shard, after, through, without, only, now: at }
    : undefined;
}

/** Absent, or some names of vaults. */
const areVaults = (given: unknown): given is readonly string[] | undefined =>
  given === undefined ||
  (Array.isArray(given) && given.length <= MOST_HEAVY && given.every((name) => isText(name) && isName(name)));

const isText = (given: unknown): given is string => typeof given === 'string';

/** Absent, or a key as a row may have it. */
const isKey = (given: unknown): given is string | undefined =>
  given === undefined || (isText(given) && /^[^\p{Cc}/\\#?]{1,1024}$/u.test(given));
