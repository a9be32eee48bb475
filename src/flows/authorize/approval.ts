import type { Held, Raised, Replacement } from '../../change.ts';
import type { Identity } from '../../core/caller.ts';
import { type Grant, isFor, isOver, type OldGrant, type Spent, stateOf, type Use, unspent } from '../../core/grants.ts';
import { covers, coversInService, type Guard, type GuardedOperation, type ServiceGuard } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import { asUnreadable } from '../story/pages.ts';
import { NO_PROOF, type Proof } from '../story/plan.ts';
import { serviceAlert, vaultAlert } from '../story/raise.ts';
import type { World } from '../story/run.ts';

export const identityOf = ({ tid, oid }: { readonly tid: string; readonly oid: string }) => ({ tid, oid });

type Asking = Pick<World<unknown>, 'flow' | 'request' | 'operation'> & {
  /** Absent for what is about no item. */
  readonly item?: string | undefined;
};

/**
 * Whether others have approved of what the caller is about to do, where a guard demands it. If the guard itself is gone, every
 * operation needs an approval: nobody knows what it excluded.
 */
export async function approved(
  { place, ...world }: World<{ readonly vault: string; readonly item?: string }>,
  vault: Vault,
  operations: readonly GuardedOperation[],
): Promise<Proof | Refused> {
  if (vault.guard === null || operations.length === 0) return NO_PROOF;
  const guard = (await world.flow.guards.get(vault.guard))?.value;
  const asked = operations.filter((operation) => covers(vault.kind, operation, guard));
  return approvedBy({ ...world, item: place.item }, { name: vault.guard, guard, vault, asked });
}

/** The same for what is about the service as a whole. `link`: its own guard, where it was read. */
export async function approvedForService(
  world: Pick<World<unknown>, 'flow' | 'request' | 'operation'>,
  operations: readonly GuardedOperation[],
  link?: Held<ServiceGuard> | null,
): Promise<Proof | Refused> {
  const found = link === undefined ? await world.flow.guards.ofService() : link;
  const name = found?.value.guard ?? null;
  if (name === null) return NO_PROOF;
  const guard = (await world.flow.guards.get(name))?.value;
  const asked = operations.filter((operation) => coversInService(operation, guard));
  return approvedBy(world, { name, guard, vault: null, asked });
}

interface Guarding {
  readonly name: string;
  readonly guard: Guard | undefined;
  /** null: the service. */
  readonly vault: Vault | null;
  readonly asked: readonly GuardedOperation[];
}

async function approvedBy(world: Asking, guarding: Guarding): Promise<Proof | Refused> {
  const found: (Found & { readonly operation: GuardedOperation })[] = [];
  for (const operation of guarding.asked) {
    if (world.request.caller.roles.includes('GuardAdmin')) return unapproved(guarding, operation, 'RoleConflict');
    const grant = await grantFor(world, guarding, operation);
    if (!grant) return unapproved(guarding, operation, 'NoGrant');
    found.push({ ...grant, operation });
  }
  const contacts = guarding.guard?.contacts ?? [];
  if (found.length === 0) return { ...NO_PROOF, contacts };
  const facts = {
    guard: guarding.name,
    grants: found.map(({ grant }) => grant.id),
    grantedBy: [...new Set(found.flatMap(({ approvals }) => approvals.map(({ by }) => by.oid)))],
    approvals: found.flatMap(({ operation, approvals }) =>
      approvals.map(({ by, at }) => [operation, iso(at), by.oid].join(' ')),
    ),
  };
  return {
    proves: true,
    facts,
    contacts,
    spent: found.flatMap(({ spent }) => (spent ? [spent] : [])),
    alerts: [usedAlert(world, guarding, facts)],
  };
}

/** One letter a request, however often it is decided again. */
function usedAlert(
  { request, operation, item }: Asking,
  { guard, vault }: Guarding,
  facts: { readonly guard: string; readonly grants: readonly string[]; readonly grantedBy: readonly string[] },
): Raised {
  const letter = { operation, item: item ?? null, ...facts };
  const now = vault
    ? vaultAlert('GuardUsed', request, vault, letter, request.requestId)
    : serviceAlert('GuardUsed', request, letter, request.requestId);
  return { was: undefined, now, contacts: guard?.contacts };
}

/** A grant that lets the caller do it, with what its use leaves behind. */
interface Found {
  readonly grant: Pick<Grant, 'id'>;
  readonly approvals: readonly { readonly by: Identity; readonly at: Instant }[];
  readonly spent?: Replacement<Spent>;
}

async function grantFor(world: Asking, guarding: Guarding, operation: GuardedOperation): Promise<Found | undefined> {
  const { flow, request, item = null } = world;
  const { name, guard, vault } = guarding;
  const place = { vault: vault?.name ?? null, operation, grantee: identityOf(request.caller) };
  const all = guard ? await flow.guards.grantsFor({ guard: name, ...place }) : [];
  for (const grant of all) {
    if (!guard || stateOf(grant, undefined, guard, request.now) !== 'Live' || !isFor(grant, undefined, item)) continue;
    const was = await flow.guards.spent(vault?.name ?? SERVICE, grant.id).catch(asUnreadable);
    // How often it was used nobody knows: it allows nothing.
    if (was === 'unreadable') continue;
    if (stateOf(grant, was?.value, guard, request.now) !== 'Live' || !isFor(grant, was?.value, item)) continue;
    const { approvals } = grant;
    return { grant, approvals, spent: { was, now: withUse(was?.value ?? unspent(grant), useOf(world)) } };
  }
  const { grantee } = place;
  const old = vault ? await flow.guards.allowance({ guard: name, vault: vault.name, operation, grantee }) : undefined;
  return old && !isOver(old, request.now) ? ofBefore(old) : undefined;
}

const ofBefore = (grant: OldGrant): Found => ({
  grant,
  approvals: [{ by: grant.grantedBy, at: grant.grantedAt }],
});

const withUse = (spent: Spent, use: Use): Spent => ({ ...spent, uses: [...spent.uses, use] });

const useOf = ({ request, operation, item }: Asking): Use => ({
  ...{ by: identityOf(request.caller), at: request.now },
  ...{ operation, item: item ?? null, requestId: request.requestId },
});

const WHY = {
  NoGrant: 'Ask for a grant and repeat the call.',
  RoleConflict: 'Your token also holds GuardAdmin, so no grant is of use to you: whoever approves does not act.',
} as const;

const unapproved = ({ name, vault }: Guarding, operation: GuardedOperation, reason: keyof typeof WHY) =>
  refuse(
    'GuardApprovalRequired',
    `${vault ? 'This vault' : 'The service'} is guarded by ${name}: ${operation} needs the approval of somebody who keeps the guard. ${WHY[reason]}`,
    { facts: { operation, guard: name, reason } },
  );
