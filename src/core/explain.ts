import { type Item, liveHolds } from './item.ts';
import { type Circumstances, decide, purgeAt } from './lifecycle.ts';
import { type Instant, iso, later, parseInstant } from './time.ts';
import type { Verb } from './transitions.ts';
import type { Head } from './vault.ts';

/** What stands in the way of a purge. */
export const BLOCKERS = [
  'NotSoftDeleted',
  'SoftDeletePeriod',
  'Hold',
  'Paused',
  'Belt',
  'ClockSkew',
  'Quarantined',
] as const;

export interface Blocker {
  readonly code: (typeof BLOCKERS)[number];
  readonly message: string;
  readonly until?: string;
}

export interface Explanation {
  readonly state: Item['state'];
  readonly notBefore: string | null;
  readonly expectedBy: string | null;
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
): Explanation {
  const around: Circumstances = { now, vault: head.vault };
  const can = OFFERS.filter((name) => {
    const decision = decide(OFFERED[name], item, around);
    return decision.ok && decision.changes;
  });
  const base = { state: item.state, notBefore: null, expectedBy: null, can };
  if (item.state === 'Purging') return { ...base, notBefore: iso(now), expectedBy: iso(nextSweep(now)), blockers: [] };
  if (item.state !== 'SoftDeleted')
    return {
      ...base,
      blockers: [
        { code: 'NotSoftDeleted', message: `${item.name} is ${item.state}. Only soft-deleted items are purged.` },
      ],
    };
  const trash = fromTrash(item, head, now, nextSweep, brakes);
  return { ...base, ...trash, blockers: [...trash.blockers, ...brakes] };
}

function fromTrash(
  item: Extract<Item, { state: 'SoftDeleted' }>,
  { vault }: Head,
  now: Instant,
  nextSweep: (after: Instant) => Instant,
  brakes: readonly Blocker[],
) {
  const due = purgeAt(item, vault);
  const holds = liveHolds(item.holds, now);
  const window: readonly Blocker[] =
    now < due ? [{ code: 'SoftDeletePeriod', message: `It can be undeleted until ${iso(due)}.`, until: iso(due) }] : [];
  const blockers = [
    ...window,
    ...holds.map(
      ({ name, reason, until }): Blocker => ({
        code: 'Hold',
        message: `Hold ${name}: ${reason}`,
        ...(until ? { until: iso(until) } : {}),
      }),
    ),
  ];
  const endless = holds.some(({ until }) => until === null);
  const from = holds.reduce((latest, { until }) => (until && until > latest ? until : latest), due);
  // A pause ends at a known time. The other brakes hold until someone releases them, so they have no time.
  const free = brakes.flatMap(({ until }) => parseInstant(until ?? '') ?? []).reduce(later, later(from, now));
  return {
    notBefore: endless ? null : iso(from),
    expectedBy: endless ? null : iso(nextSweep(free)),
    blockers,
  };
}
