/** A guard that guards something is loosened by nobody alone: others approve, or its hours pass, or somebody takes it back. */
import {
  approvalsNeeded,
  type Guard,
  isRipe,
  loosened,
  looserGuard,
  type PendingLoosening,
  samePerson,
} from '../../core/guards.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { identityOf } from '../authorize/approval.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { weakeningFacts } from '../authorize/weakening.ts';
import { type GuardPlace, onGuard } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { guardedBy } from './guarded.ts';
import { approvedAlert, cancelledAlert, pendingFacts } from './told.ts';

export interface OfChange {
  readonly id: string;
}

const noChange = ({ guard }: GuardPlace, id: string): Refused =>
  refuse('PendingChangeNotFound', `Guard ${guard} has no pending change ${id}. It may hold already.`);

const withoutChange = (guard: Guard, one: PendingLoosening): readonly PendingLoosening[] =>
  guard.pendingChanges.filter(({ id }) => id !== one.id);

/** The guard as a pending change leaves it when it holds; undefined: nothing is left for it to loosen. */
export function held(guard: Guard, one: PendingLoosening, etag: string): Guard | undefined {
  const now = { ...loosened(guard, one.loosening), pendingChanges: withoutChange(guard, one), etag };
  return looserGuard(guard, now) ? now : undefined;
}

/** Without the pending change, and as it was. */
export const struck = (guard: Guard, one: PendingLoosening, etag: string): Guard => ({
  ...guard,
  pendingChanges: withoutChange(guard, one),
  etag,
});

export const ripe = ({ pendingChanges }: Guard, now: Parameters<typeof isRipe>[1]): readonly PendingLoosening[] =>
  pendingChanges.filter((one) => isRipe(one, now));

/** When enough others have approved, it holds at once. */
export const approveChange = onGuard<OfChange, Guard>()({
  operation: 'ApprovePendingChange',
  also: { guarded: guardedBy },
  decide({ guard: { value: guard }, guarded }, { id }, request) {
    const { now, caller, place } = request;
    const found = guard.pendingChanges.find((one) => one.id === id);
    if (!found) return noChange(place, id);
    const missing = tokenFactor(request);
    if (missing) return missing;
    if (samePerson(found.requestedBy, caller))
      return refuse(
        'NotIndependent',
        'You asked for this change yourself. Somebody else who keeps the guard has to approve of it.',
      );
    if (found.approvals.some(({ by }) => samePerson(by, caller))) return unchanged(guard);
    if (!guarded) return need('guarded');
    const approved = { ...found, approvals: [...found.approvals, { by: identityOf(caller), at: now }] };
    const holds = approved.approvals.length >= approvalsNeeded(guard);
    const waiting = guard.pendingChanges.map((one) => (one === found ? approved : one));
    const after = holds
      ? (held(guard, approved, request.id) ?? struck(guard, approved, request.id))
      : { ...guard, pendingChanges: waiting, etag: request.id };
    return {
      guard: after,
      facts: { guard: guard.name, ...weakeningFacts([found]), ...pendingFacts(approved), holds },
      alerts: holds ? [approvedAlert(request, approved, { was: guard, now: after, guarded })] : [],
      answer: after,
    };
  },
});

/** Takes it back. That protects, so it needs no factor. */
export const cancelGuardChange = onGuard<OfChange, null>()({
  operation: 'CancelPendingChange',
  also: { guarded: guardedBy },
  decide({ guard: { value: guard }, guarded }, { id }, request) {
    const found = guard.pendingChanges.find((one) => one.id === id);
    if (!found) return noChange(request.place, id);
    if (!guarded) return need('guarded');
    return {
      guard: struck(guard, found, request.id),
      facts: { guard: guard.name, ...weakeningFacts([found]), ...pendingFacts(found) },
      alerts: [cancelledAlert(request, found, { was: guard, now: guard, guarded })],
      answer: null,
    };
  },
});
