import { covers, type Grant, type GuardedOperation, isLive } from '../../core/guards.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Vault } from '../../core/vault.ts';
import { NO_PROOF, type Proof } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import type { World } from '../story/run.ts';

export const identityOf = ({ tid, oid }: { readonly tid: string; readonly oid: string }) => ({ tid, oid });

/**
 * Whether somebody else has approved of what the caller is about to do, where a guard demands it. If the guard itself is gone, every
 * operation needs an approval: nobody knows what it excluded.
 */
export async function approved(
  { flow, request, operation, place }: World<{ readonly vault: string; readonly item?: string }>,
  vault: Vault,
  operations: readonly GuardedOperation[],
): Promise<Proof | Refused> {
  if (vault.guard === null || operations.length === 0) return NO_PROOF;
  const guard = await flow.guards.get(vault.guard);
  const found: Grant[] = [];
  for (const guarded of operations) {
    if (!covers(vault.kind, guarded, guard?.value)) continue;
    const grant = await flow.guards.allowance({
      guard: vault.guard,
      vault: vault.name,
      operation: guarded,
      grantee: identityOf(request.caller),
    });
    if (!grant || !isLive(grant, request.now)) return unapproved(vault.guard, guarded);
    found.push(grant);
  }
  if (found.length === 0) return NO_PROOF;
  const facts = {
    guard: vault.guard,
    grants: found.map(({ id }) => id),
    grantedBy: found.map(({ grantedBy }) => grantedBy.oid),
  };
  // One letter a request, however often it is decided again.
  const letter = { operation, item: place.item ?? null, ...facts };
  return { proves: true, facts, alerts: [vaultAlert('GuardUsed', request, vault, letter, request.requestId)] };
}

const unapproved = (guard: string, operation: GuardedOperation) =>
  refuse(
    'GuardApprovalRequired',
    `This vault is guarded by ${guard}: ${operation} needs the approval of somebody who keeps the guard. Ask for a grant and repeat the call.`,
    { facts: { operation, guard } },
  );
