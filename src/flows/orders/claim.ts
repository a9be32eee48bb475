/**
 * An executor claims orders. Its work list says which may be claimed; the orders themselves lie in the rows of their items, and only there a
 * claim is decided: by one conditional transaction a vault. Of two who claim at once only one gets an order.
 */
import type { Held, ItemWrite, Raised } from '../../change.ts';
import { livePause } from '../../core/brakes.ts';
import type { Hint } from '../../core/hints.ts';
import type { Remains } from '../../core/item.ts';
import { workHint } from '../../core/moves.ts';
import { keyOf } from '../../core/names.ts';
import {
  availableAt,
  claimed,
  isLastLoss,
  isLeased,
  isOrdered,
  nextToken,
  type Ordered,
  stateOf,
} from '../../core/orders.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { addMillis, type Instant, iso } from '../../core/time.ts';
import type { WorkLine } from '../../ports/agenda.ts';
import { identityOf } from '../authorize/approval.ts';
import { fitting, type Room } from '../story/fitting.ts';
import type { FlowPorts, Landing } from '../story/land.ts';
import { asUnreadable } from '../story/pages.ts';
import { entry, type Request } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import { skewOf } from './clock.ts';
import { callsFor, notTheirs } from './order.ts';
import { stuck } from './trouble.ts';

export interface Claim {
  readonly executor: string;
  readonly max: number;
  readonly leaseSeconds: number;
}

export interface Claimed {
  readonly value: readonly Ordered[];
  /** When the next one can be claimed, as far as the work list says. */
  readonly nextAt: Instant | null;
  /** Some could be claimed, and none is given out. */
  readonly held?: { readonly reason: 'Paused' | 'ClockSkew'; readonly until?: Instant };
}

/** A line of the work list with what its item says. */
interface Found {
  readonly line: WorkLine;
  readonly held: Held<Ordered> | undefined;
  readonly isUnreadable?: true;
}

export async function claim(flow: FlowPorts, request: Request<Claimed>, ask: Claim): Promise<Outcome<Claimed>> {
  if (!(await callsFor(flow, request, ask.executor))) return notTheirs();
  const { now } = request;
  const { found: lines } = await flow.agenda.work(ask.executor, { limit: ask.max + 1 });
  const due = lines.filter((line) => line.due <= now).slice(0, ask.max);
  const nextAt = lines.find((line) => line.due > now)?.due ?? (lines.length > due.length ? now : null);
  if (due.length === 0) return ok({ value: [], nextAt });
  const brake = await brakeOn(flow, now);
  if (brake) return ok({ value: [], nextAt, held: brake });
  const found = await inParallel(due, async (line): Promise<Found> => foundBy(line, await orderOf(flow, line)));
  return ok({ value: await take(flow, request, ask, found), nextAt });
}

/** What is leased when a pause begins may be completed; nothing new is given out. */
async function brakeOn(flow: FlowPorts, now: Instant): Promise<Claimed['held']> {
  if (skewOf(flow)) return { reason: 'ClockSkew' };
  const { pause } = await flow.control.read();
  const live = livePause(pause?.value, now);
  return live ? { reason: 'Paused', until: live.until } : undefined;
}

const foundBy = (line: WorkLine, held: Held<Ordered> | 'unreadable' | undefined): Found =>
  held === 'unreadable' ? { line, held: undefined, isUnreadable: true } : { line, held };

async function orderOf(
  { vaults }: Pick<FlowPorts, 'vaults'>,
  { vault, item, work }: WorkLine,
): Promise<Held<Ordered> | 'unreadable' | undefined> {
  const held = await vaults.item(vault, item).catch(asUnreadable);
  if (held === 'unreadable') return held;
  return held && isTrue(held.value, work) ? { value: held.value, tag: held.tag } : undefined;
}

/** What cannot be read keeps nobody else from being given out: its line lies this far behind, and is met again then. */
const UNREADABLE_MS = 600_000;

function putBehind({ found: _, tries: __, ...line }: WorkLine, now: Instant): Hint {
  return { ...line, due: addMillis(now, UNREADABLE_MS) };
}

const isTrue = (item: Remains, { order, executor }: WorkLine['work']): item is Ordered =>
  isOrdered(item) && item.order.id === order && keyOf(item.order.executor) === keyOf(executor);

/**
 * Lines first, then the changes, then the lines that are dealt with go. A line that is false goes; where its order can only be claimed later it
 * is filed anew.
 */
async function take(
  flow: FlowPorts,
  request: Request<Claimed>,
  ask: Claim,
  found: readonly Found[],
): Promise<readonly Ordered[]> {
  const { now } = request;
  const isOpen = ({ held }: Found) => held !== undefined && stateOf(held.value, now) === 'Open';
  // An order may have several lines: where its lease would have ended, and where it waited for its next try.
  const open = [...new Map(found.filter(isOpen).map((one) => [one.line.work.order, one])).values()];
  const others = found.filter((one) => !open.includes(one));
  const again = others.flatMap((one) => {
    if (one.isUnreadable) return [putBehind(one.line, now)];
    return one.held ? [workHint(filed(one.held.value, now), now)] : [];
  });
  const ofVaults = [...Map.groupBy(open, ({ line }) => keyOf(line.vault)).values()];
  const parts = ofVaults.flatMap((some) => partsOf(some, now));
  const claims = parts.map((some) => claimsIn(flow, request, ask, some));
  const [, ...ready] = await flow.prepare([{ now, again }, ...claims.map(({ landing }) => landing)]);
  const taken = await inParallel([...ready.entries()], async ([at, land]) => {
    const landed = await land();
    const one = claims[at];
    if (landed.done || !one) return { given: one?.given ?? [], lines: one?.lines ?? [] };
    return retake(flow, request, ask, one.lines);
  });
  const strikes = [...others.map(({ line }) => line), ...taken.flatMap(({ lines }) => lines)];
  if (strikes.length > 0) await flow.agenda.strike(strikes);
  // Longest available first, whatever vaults they lie in.
  const placeOf = ({ order }: Ordered): number => open.findIndex(({ line }) => line.work.order === order.id);
  return taken.flatMap(({ given }) => given).toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** An item's row, its twin and its entry. */
const OF_CLAIMS: Room = { each: 3, all: 10 };
/** Beside them its alert. All rest on the fence, and share what names the end of the alerts. */
const OF_BLOCKED: Room = { each: 4, all: 10 };

/** As many as one transaction takes. What is blocked instead of given out goes apart. */
function partsOf(some: readonly Found[], now: Instant): readonly (readonly Found[])[] {
  const { last = [], given = [] } = Object.groupBy(some, ({ held }) =>
    held && isLastLoss(held.value.order, now) ? 'last' : 'given',
  );
  return [...fitting(given, OF_CLAIMS, sizeOf, MOST_BYTES), ...fitting(last, OF_BLOCKED, sizeOf, MOST_BYTES)];
}

const MOST_BYTES = 3 * 1024 * 1024;

/** What is written of an item: its row, and the twin of that, each a text in JSON within JSON. */
const sizeOf = ({ held }: Found): number => 2 * Buffer.byteLength(JSON.stringify(JSON.stringify(held?.value ?? null)));

/** Somebody was faster in this vault: each order by itself, from what is true now. Whose order it is by now keeps its line. */
async function retake(flow: FlowPorts, request: Request<Claimed>, ask: Claim, lines: readonly WorkLine[]) {
  const given: Ordered[] = [];
  const struck: WorkLine[] = [];
  for (const line of lines) {
    const held = await orderOf(flow, line);
    if (held === 'unreadable') continue;
    if (!held || stateOf(held.value, request.now) !== 'Open') {
      if (!held) struck.push(line);
      continue;
    }
    const one = claimsIn(flow, request, ask, [{ line, held }]);
    if (!(await flow.land(one.landing)).done) continue;
    given.push(...one.given);
    struck.push(line);
  }
  return { given, lines: struck };
}

const filed = (item: Ordered, now: Instant): Ordered => ({
  ...item,
  order: { ...item.order, filedAt: availableAt(item, now) },
});

interface Claims {
  readonly landing: Landing;
  readonly lines: readonly WorkLine[];
  readonly given: readonly Ordered[];
}

const NEVER_SAID = 'its executor claimed it again and again, and never said how it ended';

/** Those of one vault are one transaction. */
function claimsIn(flow: FlowPorts, request: Request<Claimed>, { leaseSeconds }: Claim, some: readonly Found[]): Claims {
  const { now, caller } = request;
  const id = flow.newId();
  const lease = { until: addMillis(now, leaseSeconds * 1000), holder: identityOf(caller), now, etag: id };
  const moves = some.flatMap(({ line, held }) =>
    held
      ? [{ line, was: held, now: claimed(held.value, { ...lease, token: nextToken(held.value, flow.realNow()) }) }]
      : [],
  );
  const items: ItemWrite[] = moves.map((one) => ({ was: one.was, now: one.now }));
  const entries = moves.map((one) => entry(request, one.now.name, happening(one.was.value, one.now)));
  const alerts = moves.flatMap((one): readonly Raised[] =>
    isGiven(one.now, now) ? [] : [stuck(one.now, now, lostFacts(one.now))],
  );
  const vault = some[0]?.line.vault ?? '';
  return {
    landing: { now, write: { vault, id, items, entries, alerts } },
    lines: moves.map(({ line }) => line),
    given: moves.flatMap((one) => (isGiven(one.now, now) ? [one.now] : [])),
  };
}

const isGiven = ({ order }: Ordered, now: Instant): boolean => isLeased(order, now);

/** What the lease before left is told with the claim that found it. */
function happening(was: Ordered, next: Ordered) {
  const { id, executor, attempts, lease } = next.order;
  const facts = { order: id, executor, attempts, lost: attempts > was.order.attempts };
  return lease
    ? { operation: 'PurgeClaimed', from: was, to: next, facts: { ...facts, until: iso(lease.until) } }
    : { operation: 'PurgeBlocked', from: was, to: next, facts };
}

/** Its lease was lost once too often. */
const lostFacts = ({ order: { attempts, confirmBy } }: Ordered) => ({
  ...{ attempts, confirmBy: iso(confirmBy), blocked: true, destroyed: 'unknown', why: NEVER_SAID },
});
