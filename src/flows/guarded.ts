import type { Alert } from '../core/alerts.ts';
import type { Caller } from '../core/caller.ts';
import { covers, type Grant, type GuardedOperation, isLive } from '../core/guards.ts';
import type { Facts } from '../core/history.ts';
import { type Outcome, ok, refuse } from '../core/problems.ts';
import type { Vault } from '../core/vault.ts';
import type { Ports } from '../ports.ts';
import { vaultAlert } from './alerting.ts';
import type { Asking } from './asking.ts';

/**
 * Whether somebody else has approved of what the caller is about to do, where a guard demands it. Answers what the history should
 * know of the approval. A guard that is not there any more guards everything: what it excluded nobody knows.
 */
export async function approval(
  { guards }: Pick<Ports, 'guards'>,
  { caller, now }: Asking<never>,
  vault: Vault,
  operations: readonly GuardedOperation[],
): Promise<Outcome<Facts>> {
  if (vault.guard === null || operations.length === 0) return ok({});
  const guard = await guards.get(vault.guard);
  const found: Grant[] = [];
  for (const operation of operations) {
    if (!covers(vault.kind, operation, guard?.value)) continue;
    const grant = await guards.allowance({
      guard: vault.guard,
      vault: vault.name,
      operation,
      grantee: identityOf(caller),
    });
    if (!grant || !isLive(grant, now)) return unapproved(vault.guard, operation);
    found.push(grant);
  }
  if (found.length === 0) return ok({});
  return ok({
    guard: vault.guard,
    grants: found.map(({ id }) => id),
    grantedBy: found.map(({ grantedBy }) => grantedBy.oid),
  });
}

/** The letter about what was done under a grant; none where no grant was needed. Once for a request, however often it is decided. */
export const grantUsed = (
  asking: Asking<never>,
  vault: string,
  operation: string,
  { guard, grants, grantedBy }: Facts,
  item: string | null = null,
): readonly Alert[] =>
  guard === undefined || grants === undefined || grantedBy === undefined
    ? []
    : [
        vaultAlert(
          'GuardUsed',
          asking,
          { name: vault },
          { operation, item, guard, grants, grantedBy },
          asking.requestId,
        ),
      ];

export const identityOf = ({ tid, oid }: Caller) => ({ tid, oid });

const unapproved = (guard: string, operation: GuardedOperation) =>
  refuse(
    'GuardApprovalRequired',
    `This vault is guarded by ${guard}: ${operation} needs the approval of somebody who keeps the guard. Ask for a grant and repeat the call.`,
    { facts: { operation, guard } },
  );
