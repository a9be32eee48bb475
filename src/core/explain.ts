import { type Item, type ItemIn, liveHolds } from './item.ts';
import { decide, freeAt, purgeAt } from './lifecycle.ts';
import type { Order } from './order.ts';
import { availableAt, isLost, isOrdered, type Ordered } from './orders.ts';
import { type Instant, iso, later } from './time.ts';
import type { Verb } from './transitions.ts';
import type { Head } from './vault.ts';

/** What stands in the way of a purge. */
export const BLOCKERS = [
  'NotSoftDeleted',
  'SoftDeletePeriod',
  'Hold',
  'NotTold',
  'NoticeRunning',
  'ClockSkew',
  'Paused',
  'Dependency',
  'Belt',
  'Quarantined',
  'AwaitingExecutor',
  'LeasedByExecutor',
  'ExecutorFailed',
  'OrderBlocked',
] as const;

export interface Blocker {
  readonly code: (typeof BLOCKERS)[number];
  readonly message: string;
  /** When it ends; absent: when a caller ends it. */
  readonly until?: Instant | null;
}

export interface Explanation {
  readonly state: Item['state'];
  readonly notBefore: Instant | null;
  readonly expectedBy: Instant | null;
  readonly blockers: readonly Blocker[];
  readonly can: readonly Offered[];
}

/** The verbs that a caller may try, under the names that the API gives them. */
const OFFERED = {
  undelete: 'undelete',
  resume: 'resume',
  changePolicy: 'changePolicy',
  backup: 'backup',
  restore: 'restore',
  stop: 'stopRetain',
  delete: 'softDelete',
  recall: 'reprieve',
} as const satisfies { readonly [name: string]: Verb };
export type Offered = keyof typeof OFFERED;
export const OFFERS = Object.keys(OFFERED) as readonly Offered[];

/** Says why an item is not purged yet, and what can be done. `brakes` hold back all purges, or this one alone. */
export function explain(
  item: Item,
  head: Head,
  now: Instant,
  nextSweep: (after: Instant) => Instant,
  brakes: readonly Blocker[] = [],
  /** What it is called: of a kind of your own, with the title of that. */
  called: string = item.name,
): Explanation {
  const can = OFFERS.filter((name) => {
    const decision = decide(OFFERED[name], item, { now, vault: head.vault });
    return decision.ok && decision.changes;
  });
  const base = { state: item.state, notBefore: null, expectedBy: null, can };
  if (isOrdered(item)) {
    const blockers = [waitsFor(item, now), ...holdsOn(item, now), ...brakes.filter(({ code }) => code === 'Paused')];
    return { ...base, notBefore: availableAt(item, now), expectedBy: item.order.confirmBy, blockers };
  }
  if (item.state === 'Purging') return { ...base, notBefore: now, expectedBy: nextSweep(now), blockers: [] };
  if (item.state !== 'SoftDeleted') {
    const message = `${called} is ${item.state}. Only soft-deleted items are purged.`;
    return { ...base, blockers: [{ code: 'NotSoftDeleted', message }] };
  }
  const notBefore = freeAt(item, head.vault, now);
  // A pause ends at a known time. The other brakes hold until someone releases them, so they have no time.
  const pauses = brakes.flatMap(({ until }) => until ?? []);
  const isUntold = now >= purgeAt(item, head.vault) && brakes.some(({ code }) => code === 'NotTold');
  const expectedBy = isUntold ? null : notBefore && nextSweep(pauses.reduce(later, later(notBefore, now)));
  return { ...base, notBefore, expectedBy, blockers: [...blockersOf(item, head, now), ...brakes] };
}

/** What keeps an item in the trash by itself. */
function blockersOf(item: ItemIn<'SoftDeleted'>, { vault }: Head, now: Instant): readonly Blocker[] {
  const due = purgeAt(item, vault);
  const period = { code: 'SoftDeletePeriod', message: `It can be undeleted until ${iso(due)}.`, until: due } as const;
  const holds = holdsOn(item, now);
  return now < due ? [period, ...holds] : holds;
}

const holdsOn = ({ holds }: Item, now: Instant): readonly Blocker[] =>
  liveHolds(holds, now).map(
    ({ name, reason, until }) => ({ code: 'Hold', message: `Hold ${name}: ${reason}`, until }) as const,
  );

/** What the order waits for: its rows go when that has come. */
function waitsFor({ order }: Ordered, now: Instant): Blocker {
  const { executor, lease, waitsUntil, lastFailure } = order;
  const why = lastFailure ? `: ${lastFailure.message}` : '';
  if (order.isBlocked)
    return { code: 'OrderBlocked', message: `Executor ${executor} gave up${why}. A person has to decide.` };
  if (lease && lease.until > now)
    return { code: 'LeasedByExecutor', message: `Executor ${executor} is at it.`, until: lease.until };
  if (waitsUntil && waitsUntil > now)
    return { code: 'ExecutorFailed', message: `Executor ${executor} failed and tries again${why}`, until: waitsUntil };
  return { code: 'AwaitingExecutor', message: `Executor ${executor} ${howFar(order, now)}` };
}

/** Of an order that can be claimed. */
function howFar(order: Order, now: Instant): string {
  if (isLost(order, now)) return 'let its lease end and said nothing. It can claim the order again.';
  if (order.attempts > 0) return 'has not finished. It can claim the order again.';
  return 'is asked to destroy its data, and has not begun.';
}
