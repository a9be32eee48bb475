import type { Held } from '../../change.ts';
import { SERVICE } from '../../core/agenda.ts';
import { exclusions, type Guard, type GuardedOperation } from '../../core/guards.ts';
import { sameName } from '../../core/names.ts';
import { refuse } from '../../core/problems.ts';
import { identityOf } from '../authorize/approval.ts';
import { type GuardPlace, onAnyGuard, onGuard } from '../story/nouns.ts';
import { type Decision, need, unchanged } from '../story/plan.ts';
import { entry } from '../story/request.ts';
import type { Runs, World } from '../story/run.ts';

export interface GuardResult {
  readonly guard: Guard;
  readonly created: boolean;
}

export interface PutGuard {
  /** Absent: as they are, or none for a new guard. */
  readonly excludedOperations?: readonly GuardedOperation[] | undefined;
}

/** Makes a guard, or changes what it leaves alone. */
export const putGuard: Runs<GuardPlace, PutGuard, GuardResult> = onAnyGuard({
  operation: 'PutGuard',
  decide({ guard: held }, ask: PutGuard, request): Decision<GuardResult> {
    const before = held?.value;
    const excluded = exclusions(ask.excludedOperations ?? before?.excludedOperations ?? []);
    if (!excluded.ok) return excluded;
    if (before && String(before.excludedOperations) === String(excluded.value))
      return unchanged({ guard: before, created: false });
    const { id: etag, now, caller, place } = request;
    const made = before ?? { name: place.guard, createdBy: identityOf(caller), createdAt: now };
    const guard: Guard = { ...made, excludedOperations: excluded.value, etag };
    return {
      guard,
      facts: { guard: guard.name, before: before?.excludedOperations ?? null, after: guard.excludedOperations },
      answer: { guard, created: !before },
    };
  },
});

interface Found {
  readonly guard: Held<Guard>;
  /** The vaults that it guards. */
  readonly vaults?: readonly string[];
  /** Set once the history tells of the deletion. */
  readonly told?: true;
}

/** A guard that still guards something stays: without it nobody could change that vault any more. */
export const deleteGuard: Runs<GuardPlace, undefined, null> = onGuard({
  operation: 'DeleteGuard',
  also: { vaults: guardedBy },
  decide({ guard, vaults, told }: Found, _: undefined, request): Decision<null> {
    const { name } = guard.value;
    if (!vaults) return need('vaults');
    if (vaults.length > 0)
      return refuse('GuardInUse', `${name} guards ${vaults.join(', ')}. Remove it there first.`, {
        facts: { vaults },
      });
    if (told) return { line: { line: 'removeGuard', guard }, answer: null };
    // The history comes first: who removed the guard must be known, whatever happens in between.
    const entries = [entry(request, null, { operation: 'DeleteGuard', facts: { guard: name } })];
    return { step: { vault: SERVICE, id: request.id, entries }, leaves: { told: true } };
  },
});

/** The list of links is written before a link and never struck off, so each vault on it is looked at. */
async function guardedBy({ ports, place }: World<GuardPlace>): Promise<readonly string[]> {
  const linked = await ports.guards.linked(place.guard);
  const heads = await Promise.all(linked.map((vault) => ports.vaults.head(vault, 'fresh')));
  return heads.flatMap((head) => (head && sameName(head.vault.guard, place.guard) ? [head.vault.name] : []));
}
