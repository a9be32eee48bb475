/** What is kept and told of a deletion, whatever becomes of the item then. */
import type { HeldHead } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import { channelOf, type Facts } from '../../core/caller.ts';
import type { Item, Remains } from '../../core/item.ts';
import { traitsOf } from '../../core/kinds.ts';
import type { Deletion } from '../../core/order.ts';
import type { Head } from '../../core/vault.ts';
import type { Proof } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import type { Asked } from '../story/request.ts';

/** What the caller says about it. */
interface Words {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

/** Who deleted it and why, and how that was allowed. */
export function whyOf(
  { reason, comment }: Words,
  { caller }: Asked,
  { facts }: Proof,
): Pick<Deletion, 'deletedBy' | 'reason' | 'comment' | 'permission'> {
  const { guard, approvals, provedBy } = facts;
  const permission = {
    tid: caller.tid,
    channel: channelOf(caller),
    guard: typeof guard === 'string' ? guard : null,
    approvals: Array.isArray(approvals) ? approvals : [],
    secondFactor: provedBy === 'token' || provedBy === 'pin' ? provedBy : null,
  } as const;
  return { deletedBy: caller.oid, reason: reason ?? null, comment: comment ?? null, permission };
}

/** What a receipt says of a deletion: the history keeps it, because everything else may be gone by then. */
export const deletionFacts = (item: Item, { vault }: Head, { reason, comment }: Words): Facts => ({
  ...{ generation: item.generation, reason: reason ?? null, comment: comment ?? null },
  ...{ vault: vault.name, vaultId: vault.id, name: item.name, workload: item.workload },
  represents: traitsOf(item).represents,
  ...{ sourceId: item.sourceId, server: item.server },
});

/** A hard delete raises an alert, unless the vault turned that off (`onHardDelete: false`, as Azure does). */
export function destructionAlerts(
  item: Item,
  head: HeldHead,
  ask: Words,
  request: Asked,
  proof: Proof,
  { state: to }: Remains,
  /** What becomes of the data itself. */
  fate: Facts,
): readonly Alert[] {
  if (!head.vault.alerts.onHardDelete) return [];
  const { reason = null, comment = null } = ask;
  const change = { from: item.state, to, reason, comment, ...fate, ...proof.facts };
  const doomed = { ...item, generation: item.generation + 1 };
  return [changeAlert('BackupDataPermanentlyDeleted', request, doomed, change)];
}
