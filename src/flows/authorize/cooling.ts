import type { Raised } from '../../change.ts';
import type { Facts } from '../../core/caller.ts';
import type { Cooled } from '../../core/coolingOff.ts';
import { iso } from '../../core/time.ts';
import type { PendingChange, Vault } from '../../core/vault.ts';
import type { Proof } from '../story/plan.ts';
import type { Deciding } from '../story/run.ts';
import { weakeningAlert } from './weakening.ts';

/** What the history says of what was held back, and of what waited and will not come about. */
export const coolingFacts = ({ added, dropped }: Pick<Cooled, 'added' | 'dropped'>): Facts => ({
  ...(added.length > 0 ? { requested: added.map(({ id }) => id), effectiveAt: effectiveAt(added) } : {}),
  ...(dropped.length > 0 ? { dropped: dropped.map(({ id }) => id) } : {}),
});

const effectiveAt = ([first]: readonly PendingChange[]): string | null => (first ? iso(first.effectiveAt) : null);

/** What a pending change adds to the words about a weakening. */
export const pendingFacts = ({ id, requestedBy, effectiveAt: at }: PendingChange): Facts => ({
  change: id,
  requestedBy: requestedBy.oid,
  effectiveAt: iso(at),
});

/** Everybody hears of a request at once, while it can still be cancelled. */
export const requests = (
  request: Deciding,
  before: Vault,
  { added }: Pick<Cooled, 'added'>,
  approval: Proof | undefined,
): readonly Raised[] =>
  added.map((one) =>
    weakeningAlert('WeakeningRequested', request, before, { ...approval?.facts, ...pendingFacts(one) }, one),
  );

export const cancelled = (request: Deciding, before: Vault, one: PendingChange): Raised =>
  weakeningAlert('WeakeningCancelled', request, before, pendingFacts(one), one);
