import type { HeldHead } from '../../change.ts';
import { cooledOff } from '../../core/coolingOff.ts';
import { exclusions, type Grant, type Guard, type GuardedOperation, grantable, samePerson } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { sameName } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { iso } from '../../core/time.ts';
import type { Counts, Vault } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';
import { identityOf } from '../authorize/approval.ts';
import { coolingFacts, requests } from '../authorize/cooling.ts';
import { proofs, unproved, weakenedBy, weakeningAlerts, weakeningFacts } from '../authorize/weakening.ts';
import { type GuardPlace, noGuard, onAnyGuard, onGuard, onVault, standing } from '../story/nouns.ts';
import { type Created, type Decision, need, type Proof, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { type Asked, entry, noVault, unkept, type VaultPlace } from '../story/request.ts';
import type { Deciding, Runs, World } from '../story/run.ts';

export type GuardResult = Created<{ readonly guard: Guard }>;

export interface PutGuard {
  /** Absent: as they are, or none for a new guard. */
  readonly excludedOperations?: readonly GuardedOperation[] | undefined;
}

/** Makes a guard, or changes what it leaves alone. */
export const putGuard = onAnyGuard<PutGuard, GuardResult>()({
  operation: 'PutGuard',
  decide({ guard: held }, ask, request) {
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

/** A guard that still guards something stays: without it nobody could change that vault any more. */
export const deleteGuard = onGuard<undefined, null, { readonly told: true }>()({
  operation: 'DeleteGuard',
  also: { vaults: guardedBy },
  decide({ guard, vaults, told }, _, request) {
    const { name } = guard.value;
    if (!vaults) return need('vaults');
    if (vaults.length > 0)
      return refuse('GuardInUse', `${name} guards ${vaults.join(', ')}. Remove it there first.`, {
        facts: { vaults },
      });
    if (told) return { line: { line: 'removeGuard', guard }, answer: null };
    // The history comes first: who removed the guard must be known, whatever happens in between.
    const entries = [entry(request, { item: null, guard: name }, { operation: 'DeleteGuard', facts: { guard: name } })];
    return { step: { vault: SERVICE, id: request.id, entries }, leaves: { told: true } };
  },
});

/** The list of links is written before a link and never struck off, so each vault on it is looked at. */
async function guardedBy({ flow, place }: World<GuardPlace>): Promise<readonly string[]> {
  const linked = await flow.guards.linked(place.guard);
  const heads = await Promise.all(linked.map((vault) => standing(flow, vault)));
  return heads.flatMap((head) => (head && guards(place.guard, head.vault) ? [head.vault.name] : []));
}

/** It guards the vault, or is going to when an exchange has cooled off. */
const guards = (guard: string, { guard: linked, pendingChanges }: Vault): boolean =>
  sameName(linked, guard) || pendingChanges.some(({ values }) => sameName(values['guard']?.toString(), guard));

export async function readGuard({ guards }: Pick<Reads, 'guards'>, name: string): Promise<Outcome<Guard>> {
  const held = await guards.get(name);
  return held ? ok(held.value) : noGuard(name);
}

export interface Linked {
  readonly vault: Vault;
  readonly counts: Counts;
  /** What was asked for does not hold yet. */
  readonly pending?: boolean;
}

export interface LinkGuard {
  readonly guard: string;
}

const also = {
  ...proofs,
  counts: ({ flow, place }: World<VaultPlace>) => flow.vaults.counts(place.vault),
};

/**
 * Puts a vault under a guard. Taking another guard instead removes the first, so the first has to approve. The guard's list comes
 * first: a guard must never be deleted while it guards something.
 */
export const linkGuard = onVault<LinkGuard, Linked, { readonly listed: true }>()({
  operation: 'LinkGuard',
  also: {
    ...also,
    guard: async ({ flow }, _, { guard }) => (await flow.guards.get(guard)) ?? noGuard(guard),
  },
  decide(read, _, request) {
    const { head, guard: held, counts, listed } = read;
    if (!held) return need('guard');
    const guard = held.value.name;
    if (sameName(head.vault.guard, guard)) return counts ? unchanged({ vault: head.vault, counts }) : need('counts');
    const relinked = relink(read, guard, request);
    if (listed || !('answer' in relinked)) return relinked;
    return { step: { line: 'guardLink', guard, vault: head.vault.name }, leaves: { listed: true } };
  },
});

/** Takes a vault out of its guard's hands; the guard itself has to approve. */
export const unlinkGuard = onVault<undefined, Linked>()({
  operation: 'RemoveGuard',
  also,
  decide: (read, _, request) =>
    read.head.vault.guard === null
      ? refuse('GuardNotFound', `${read.head.vault.name} is not guarded.`)
      : relink(read, null, request),
});

interface Relinking {
  readonly head: HeldHead;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
  readonly counts?: Counts;
}

/** The first link weakens nothing, and takes the second factor all the same: a guard changes who can do what. */
function relink(
  { head: { vault: before }, counts, ...shown }: Relinking,
  guard: string | null,
  request: Deciding,
): Decision<Linked> {
  const wished = { ...before, guard };
  const weakened = weakenedBy(request, 'vault', before, wished);
  const missing = unproved(weakened, shown);
  if (missing) return missing;
  if (weakened.length === 0 && !shown.secondFactor) return need('secondFactor');
  if (!counts) return need('counts');
  const cooled = cooledOff(before, wished, weakened, request);
  const vault: Vault = { ...cooled.vault, version: before.version + 1, etag: request.id };
  const pending = cooled.added.length > 0;
  return {
    vault,
    facts: { before: before.guard, after: guard, ...weakeningFacts(weakened), ...coolingFacts(cooled) },
    alerts: pending
      ? requests(request, before, cooled, shown.approval)
      : weakeningAlerts(request, weakened, { before, approval: shown.approval }),
    answer: { vault, counts, pending },
  };
}

export interface Allow extends Pick<Grant, 'operation' | 'vault' | 'expiresAt'> {
  readonly grantee: string;
}

const grantOnce = onGuard<Allow, Grant>()({
  operation: 'GrantOperation',
  also: {
    head: async ({ flow }, _, { vault }) => (await flow.vaults.head(vault, 'fresh')) ?? noVault(vault),
    before: ({ flow, request }, { guard }, ask) => flow.guards.allowance(wishOf(guard.value, ask, request)),
  },
  decide({ guard, head, before }, ask, request) {
    const { caller, now: grantedAt, id } = request;
    const wish = { ...wishOf(guard.value, ask, request), id, grantedBy: identityOf(caller), grantedAt };
    const outcome = grantable(wish, guard.value, grantedAt);
    if (!outcome.ok) return outcome;
    if (!head) return need('head');
    if (before === undefined) return need('before');
    const grant = outcome.value;
    if (before && isSame(before, grant)) return unchanged(before);
    const { guard: name, operation, grantee, grantedBy } = grant;
    const expiresAt = iso(grant.expiresAt);
    const told = { guard: name, operation, grantee: grantee.oid, grantedBy: grantedBy.oid, expiresAt };
    return {
      grant,
      alerts: [vaultAlert('GuardGranted', request, head.vault, told, id)],
      facts: { guard: name, grant: id, guarded: operation, grantee: grantee.oid, expiresAt },
      answer: grant,
    };
  },
});

/** The keeper of a guard lets somebody else do one thing. The vault's history tells who and for how long. */
export const allow: Runs<GuardPlace, Allow, Grant> = (flow, request, place, ask) =>
  grantOnce(flow, unkept(request), place, ask);

const wishOf = ({ name }: Guard, { grantee, ...ask }: Allow, { caller }: Pick<Asked, 'caller'>) => ({
  ...ask,
  guard: name,
  grantee: { tid: caller.tid, oid: grantee },
});

/** Asked for twice, it is one grant. Its answer is kept apart from it, so the repetition has to find it here. */
const isSame = (a: Grant, b: Grant): boolean => samePerson(a.grantedBy, b.grantedBy) && +a.expiresAt === +b.expiresAt;
