import type { HeldHead, Raised } from '../../change.ts';
import type { Weakening } from '../../core/controls.ts';
import { type Hold, type Item, liveHolds } from '../../core/item.ts';
import { purgeInProgress } from '../../core/lifecycle.ts';
import { oneMore } from '../../core/limits.ts';
import { named } from '../../core/names.ts';
import { isOrdered, isRecallable } from '../../core/orders.ts';
import { invalid, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import { identityOf } from '../authorize/approval.ts';
import { occurrence, proofs, toldToo, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { headOf, onItem } from '../story/nouns.ts';
import { type Created, type Need, need, type Proof } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import { noVault, type Place, stale } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';

export type HoldAsk = Pick<Hold, 'name' | 'reason' | 'until'>;

export type HoldResult = Created<{ readonly hold: Hold }>;

/** Only what weakens a hold looks at the vault: its guard, and who hears of it. */
const also = {
  head: async (world: World<Place>) => (await headOf(world)) ?? noVault(world.place.vault),
  approval: async (
    world: World<Place>,
    { head }: { readonly head?: HeldHead | null | undefined },
    ask: unknown,
    weakened: readonly Weakening[],
  ) => (head ? proofs.approval(world, { head }, ask, weakened) : noVault(world.place.vault)),
  secondFactor: proofs.secondFactor,
};

interface Shown {
  readonly head?: HeldHead;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

/** What has to be read or shown before a hold can be weakened. */
const missing = (weakened: readonly Weakening[], { head, ...shown }: Shown): Need | undefined =>
  weakened.length > 0 && !head ? need('head') : unproved(weakened, shown);

const alertsOf = (
  request: Deciding,
  item: Item,
  hold: string,
  weakened: readonly Weakening[],
  { head, approval }: Shown,
): readonly Raised[] =>
  weakened.flatMap((one) => {
    if (!head) return [];
    const facts = { hold, ...approval?.facts, ...weakeningFacts([one]), from: item.state, to: item.state };
    const now = changeAlert(one.alert, request, item, facts, occurrence(request, one.control));
    return [toldToo(head.vault.alerts, now)];
  });

/** Nobody is at it, and nothing can have been destroyed: with a hold its executor does not get it. */
const waits = (item: Item, now: Instant): boolean => isOrdered(item) && isRecallable(item.order, now);

/** While a hold lives its item is not purged; undelete never asks for it. */
export const putHold = onItem<HoldAsk, HoldResult>()({
  operation: 'PutHold',
  etagIsOfPart: true,
  wrong: ({ until }, { now }) =>
    until && until <= now
      ? invalid('$.until', 'A hold must end in the future, or not at all: leave "until" out.')
      : undefined,
  also,
  decide({ item: { value: item }, ...shown }, { name, reason, until }, request) {
    if (item.state === 'Purging' && !waits(item, request.now)) return purgeInProgress(item, request.now);
    const before = named(item.holds, name);
    const precondition = stale(request, before);
    if (precondition) return precondition;
    const others = item.holds.filter((hold) => hold !== before);
    const full = oneMore(
      'holds',
      liveHolds(others, request.now).map((hold) => hold.until),
    );
    if (full) return full;
    const { id: etag, now: at, caller } = request;
    const living = named(liveHolds(item.holds, at), name);
    const maker = living ? living.madeBy : identityOf(caller);
    const hold: Hold = {
      ...{ name: before?.name ?? name, reason, until, by: caller.oid, at, etag },
      ...(maker ? { madeBy: maker } : {}),
    };
    const weakened = weakenedBy(request, 'hold', living ?? null, hold);
    return (
      missing(weakened, shown) ?? {
        item: { ...item, holds: [...others, hold], etag },
        alerts: alertsOf(request, item, hold.name, weakened, shown),
        facts: { hold: hold.name, reason, until: until && iso(until), ...weakeningFacts(weakened) },
        answer: { hold, created: before === undefined },
      }
    );
  },
});

export const removeHold = onItem<Pick<HoldAsk, 'name'>, null>()({
  operation: 'RemoveHold',
  etagIsOfPart: true,
  also,
  decide({ item: { value: item }, ...shown }, { name }, request) {
    const hold = named(item.holds, name);
    if (!hold) return refuse('HoldNotFound', `${item.name} has no hold ${name}.`);
    const precondition = stale(request, hold);
    if (precondition) return precondition;
    const living = named(liveHolds(item.holds, request.now), name) ?? null;
    const weakened = weakenedBy(request, 'hold', living, null);
    return (
      missing(weakened, shown) ?? {
        item: { ...item, holds: item.holds.filter((one) => one !== hold), etag: request.id },
        alerts: alertsOf(request, item, hold.name, weakened, shown),
        facts: { hold: hold.name, ...weakeningFacts(weakened) },
        answer: null,
      }
    );
  },
});
