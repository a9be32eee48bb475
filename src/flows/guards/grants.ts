/** Approvals of single operations: who asks, who says yes or no, and who takes it back. */
import type { Raised, Replacement } from '../../change.ts';
import { type Caller, type Facts, hasRole } from '../../core/caller.ts';
import { type Grant, type GrantState, grantable, type Spent, stateOf, unspent } from '../../core/grants.ts';
import { type GrantTerms, type Guard, type GuardedOperation, samePerson } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import { identityOf } from '../authorize/approval.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { onGrant, onGuard } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { serviceAlert } from '../story/raise.ts';
import { noVault } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';

/** A grant, with what became of it. */
export interface Shown {
  readonly grant: Grant;
  readonly quorum: number;
  readonly used: number;
  readonly state: GrantState;
}

export const shownOf = (grant: Grant, spent: Spent | undefined, guard: GrantTerms, now: Instant): Shown => ({
  grant,
  quorum: guard.quorum,
  used: Math.max(grant.used, spent?.uses.length ?? 0),
  state: stateOf(grant, spent, guard, now),
});

export interface Wish {
  readonly operation: GuardedOperation;
  /** null: the service. */
  readonly vault: string | null;
  /** Absent: the caller asks for themselves. */
  readonly grantee?: string | undefined;
  readonly expiresAt: Instant;
  readonly items?: readonly string[] | undefined;
  readonly uses?: number | undefined;
  readonly reason?: string | undefined;
}

/** Whoever keeps the guard grants; whoever works in vaults asks for themselves. */
const isKeeper = ({ grantee }: Wish, caller: Caller): boolean => hasRole(caller, 'GuardAdmin') && grantee !== undefined;

/** Nobody asks for somebody else. A keeper who is nothing else has to say for whom. */
function notAllowed(ask: Wish, caller: Caller): Refused | undefined {
  if (isKeeper(ask, caller)) return undefined;
  if (!hasRole(caller, 'Operator'))
    return refuse('InvalidRequest', 'Say in "grantee" who may do it.', { target: '$.grantee' });
  const isOwn = ask.grantee === undefined || samePerson({ tid: caller.tid, oid: ask.grantee }, caller);
  return isOwn
    ? undefined
    : refuse('Forbidden', 'Only somebody who keeps the guard can grant something to somebody else.');
}

export const requestGrant = onGuard<Wish, Shown>()({
  operation: (ask) => (ask.grantee === undefined ? 'RequestGrant' : 'GrantOperation'),
  also: {
    vault: async ({ flow }, _, { vault }) =>
      vault === null ? undefined : ((await flow.vaults.head(vault, 'fresh'))?.vault ?? noVault(vault)),
    id: async ({ flow, request }, _, { operation, vault, grantee }) =>
      flow.guards.grantId({ operation, vault, grantee: granteeOf(request.caller, grantee) }, flow.newId()),
  },
  decide({ guard: { value: guard }, vault, id }, ask, request) {
    const { caller, now } = request;
    const refused = notAllowed(ask, caller);
    if (refused) return refused;
    const wish = wishOf(guard, ask, request);
    const outcome = grantable(wish, guard, now);
    if (!outcome.ok) return outcome;
    if (vault === undefined) return need('vault');
    const missing = isKeeper(ask, caller) ? tokenFactor(request) : undefined;
    if (missing) return missing;
    if (!id) return need('id');
    const grant = { ...wish, id, vault: vault?.name ?? null };
    const shown = shownOf(grant, undefined, guard, now);
    return {
      operation: isKeeper(ask, caller) ? 'GrantOperation' : 'RequestGrant',
      grant,
      alerts: [told(request, guard, shown, vault)],
      facts: factsOf(grant),
      answer: shown,
    };
  },
});

const granteeOf = (caller: Caller, grantee = caller.oid) => ({ tid: caller.tid, oid: grantee });

function wishOf(guard: Guard, ask: Wish, { caller, now, id }: Deciding): Grant {
  const items = ask.items && ask.items.length > 0 ? [...new Set(ask.items)] : null;
  return {
    ...{ id, guard: guard.name, vault: ask.vault, operation: ask.operation, reason: ask.reason ?? null, items },
    grantee: granteeOf(caller, ask.grantee),
    requestedBy: identityOf(caller),
    uses: ask.uses ?? items?.length ?? 1,
    approvals: isKeeper(ask, caller) ? [{ by: identityOf(caller), at: now }] : [],
    ...{ denied: null, used: 0, revoked: null, createdAt: now, expiresAt: ask.expiresAt },
  };
}

/** What the history says of a grant. Its operation has a name of its own there: `operation` is what the caller did. */
const factsOf = ({ id, vault, operation, grantee, items, uses, approvals, expiresAt, reason }: Grant): Facts => ({
  ...{ grant: id, vault, guarded: operation, grantee: grantee.oid, uses, expiresAt: iso(expiresAt) },
  approvals: approvals.map(({ by }) => by.oid),
  ...(items ? { items } : {}),
  ...(reason === null ? {} : { reason }),
});

/** A grant that is live is told to everybody of the vault; one that waits for keepers, to the contacts of the guard. */
function told(request: Deciding, guard: Guard, { grant, state, quorum }: Shown, vault: Vault | null): Raised {
  const { id, operation, grantee, requestedBy, approvals, expiresAt, reason, items } = grant;
  const facts = {
    ...{ guard: guard.name, operation, grantee: grantee.oid, requestedBy: requestedBy.oid, grant: id, quorum },
    ...{ vault: grant.vault, grantedBy: approvals.map(({ by }) => by.oid), expiresAt: iso(expiresAt) },
    ...(reason === null ? {} : { reason }),
    ...(items ? { items } : {}),
  };
  const isLive = state === 'Live';
  return {
    was: undefined,
    now: serviceAlert(isLive ? 'GuardGranted' : 'GuardRequested', request, facts, id),
    ...(isLive && vault ? { told: [vault.alerts] } : {}),
    contacts: guard.contacts,
  };
}

const cannot = (verb: string, { grant, state }: Shown): Refused =>
  refuse('InvalidTransition', `Grant ${grant.id} is ${state}: it cannot be ${verb}.`, { facts: { state } });

const also = {
  vault: async ({ flow }: { readonly flow: Flow }, { grant }: { readonly grant: { readonly value: Grant } }) =>
    grant.value.vault === null ? null : ((await flow.vaults.head(grant.value.vault, 'fresh'))?.vault ?? null),
};
type Flow = Parameters<typeof requestGrant>[0];

export const approveGrant = onGrant<undefined, Shown>()({
  operation: 'ApproveGrant',
  also,
  decide({ guard: { value: guard }, grant: held, spent, vault }, _, request) {
    const { caller, now } = request;
    const shown = shownOf(held.value, spent?.value, guard, now);
    const { grant } = shown;
    const has = grant.approvals.some(({ by }) => samePerson(by, caller));
    if (shown.state !== 'Requested' && !(shown.state === 'Live' && has)) return cannot('approved', shown);
    const missing = tokenFactor(request);
    if (missing) return missing;
    if (has) return unchanged(shown);
    if (samePerson(grant.grantee, caller) || samePerson(grant.requestedBy, caller))
      return refuse('NotIndependent', 'Somebody else has to approve of this: it is for you, or you asked for it.');
    if (vault === undefined) return need('vault');
    const approved = { ...grant, approvals: [...grant.approvals, { by: identityOf(caller), at: now }] };
    const after = shownOf(approved, spent?.value, guard, now);
    return {
      grant: approved,
      facts: factsOf(approved),
      alerts: after.state === 'Live' ? [told(request, guard, after, vault)] : [],
      answer: after,
    };
  },
});

export const denyGrant = onGrant<{ readonly reason?: string | undefined }, Shown>()({
  operation: 'DenyGrant',
  decide({ guard: { value: guard }, grant: held, spent }, { reason = null }, request) {
    const { caller, now } = request;
    const shown = shownOf(held.value, spent?.value, guard, now);
    if (shown.state !== 'Requested') return cannot('denied', shown);
    const missing = tokenFactor(request);
    if (missing) return missing;
    const grant = { ...shown.grant, denied: { by: identityOf(caller), at: now, reason } };
    return {
      grant,
      facts: { ...factsOf(grant), ...(reason === null ? {} : { denied: reason }) },
      answer: shownOf(grant, spent?.value, guard, now),
    };
  },
});

/**
 * A revocation and a use race for one row, in the partition where the grant is used. Once it is written there the grant is revoked,
 * whoever dies: the sweep then tells the guard.
 */
export const revokeGrant = onGrant<undefined, null, { readonly revoked: Spent }>()({
  operation: 'RevokeGrant',
  decide({ guard: { value: guard }, grant: held, spent, revoked }, _, request) {
    const { caller, now, id, requestId } = request;
    const shown = shownOf(held.value, spent?.value, guard, now);
    const { grant } = shown;
    if (!hasRole(caller, 'GuardAdmin') && !samePerson(grant.grantee, caller))
      return refuse('Forbidden', 'A grant is revoked by those who keep the guard, or given back by the one it is for.');
    // Ours, when the answer was lost or the call is repeated: then the guard is all that is left to be told.
    const begun = spent?.value.revoked;
    const isOurs = begun?.requestId === requestId || (begun && !held.value.revoked && samePerson(begun.by, caller));
    const mine = revoked ?? (isOurs ? spent?.value : undefined);
    if (!mine && shown.state !== 'Requested' && shown.state !== 'Live') return cannot('revoked', shown);
    const by = identityOf(caller);
    if (!mine) {
      const next: Spent = { ...(spent?.value ?? unspent(grant)), revoked: { by, at: now, requestId } };
      const write: Replacement<Spent> = { was: spent ?? undefined, now: next };
      return { step: { vault: grant.vault ?? SERVICE, id, spent: [write] }, leaves: { revoked: next } };
    }
    if (held.value.revoked) return unchanged(null);
    const after = { ...grant, revoked: { by, at: now } };
    return { grant: after, facts: factsOf(after), answer: null };
  },
});
