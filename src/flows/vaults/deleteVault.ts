import type { Held, HeldHead } from '../../change.ts';
import { endedWithVault, type Operation, operationName } from '../../core/operations.ts';
import { ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, iso } from '../../core/time.ts';
import { DELETED_VAULT_DAYS, type Vault } from '../../core/vault.ts';
import type { VaultReads } from '../../ports.ts';
import { identityOf } from '../authorize/approval.ts';
import { proofs, unproved, weakenedBy, weakeningAlert, weakeningFacts } from '../authorize/weakening.ts';
import { onVault } from '../story/nouns.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { need } from '../story/plan.ts';
import { noVault, type VaultPlace } from '../story/request.ts';
import type { Runs } from '../story/run.ts';
import { type Blocker, blockersOf, MOST_BLOCKERS } from './blockers.ts';
import { shownOf } from './deleted.ts';

/** They have nothing left that they could go on with. */
async function runningIn(
  { vaults }: VaultReads,
  { vault, running = [] }: HeldHead,
): Promise<readonly Held<Operation>[]> {
  const read = (id: string) => vaults.operation(vault.name, operationName(id)).catch(unlessUnreadable);
  const found = await Promise.all(running.map(({ value }) => read(value.id)));
  return found.filter((one) => one !== undefined);
}

export interface DeleteVault {
  readonly reason?: string | undefined;
}

/** Closes an empty vault: from here on nothing can be made in it. */
const closeVault = onVault<DeleteVault | undefined, Vault>()({
  operation: 'DeleteVault',
  also: {
    blockers: ({ flow, request }, { head }) => blockersOf(flow, head, request.now),
    operations: ({ flow }, { head }) => runningIn(flow, head),
    ...proofs,
  },
  decide({ head: { vault, running = [] }, blockers, operations, ...shown }, ask, request) {
    if (!blockers) return need('blockers');
    if (blockers.length > 0) return notEmpty(vault.name, blockers);
    if (running.length > 0 && !operations) return need('operations');
    const weakened = weakenedBy(request, 'existence', 'open', 'deleted');
    const removeAt = addDays(request.now, DELETED_VAULT_DAYS);
    const reason = ask?.reason ?? null;
    const deletion = { at: request.now, by: identityOf(request.caller), reason, removeAt };
    const facts = { reason, removeAt: iso(removeAt) };
    // What has not cooled off yet never will.
    const closed: Vault = { ...vault, deletion, pendingChanges: [], etag: request.id };
    return (
      unproved(weakened, shown) ?? {
        vault: closed,
        operations: (operations ?? []).map((was) => ({ was, now: endedWithVault(was.value, request.now) })),
        alerts: weakened.map((one) =>
          weakeningAlert(one.alert, request, vault, { ...facts, ...shown.approval?.facts }, one),
        ),
        facts: { ...facts, ...weakeningFacts(weakened) },
        answer: closed,
      }
    );
  },
});

/**
 * Deletes an empty vault. It is kept for a while, and can be restored; then a sweep removes it. To repeat it changes nothing. When it is
 * answered the list of deleted vaults shows it. Its line among the others shows nothing any more, and the next sweep strikes it.
 */
export const deleteVault: Runs<VaultPlace, DeleteVault | undefined, null> = async (flow, request, place, ask) => {
  const { keep, ...asked } = request;
  const closed = await closeVault(
    flow,
    { ...asked, keep: keep && ((_, evidence) => keep(null, evidence)) },
    place,
    ask,
  );
  if (!closed.ok && closed.refusal.code !== 'VaultNotFound') return closed;
  const vault = closed.ok ? closed.value : (await flow.vaults.deleted(place.vault))?.vault;
  const shown = vault && shownOf(vault);
  if (shown) {
    await flow.land({ now: request.now, write: { line: 'deletedVault', vault: shown } });
    return ok(null);
  }
  // A deletion of the version before died half-way: its repetition clears up.
  await flow.vaults.clearVault(place.vault);
  return noVault(place.vault);
};

function notEmpty(vault: string, blockers: readonly Blocker[]): Refused {
  const facts = {
    blockers: blockers.slice(0, MOST_BLOCKERS),
    ...(blockers.length > MOST_BLOCKERS ? { more: true } : {}),
  };
  if (blockers.every(({ purgeAt }) => purgeAt === undefined))
    return refuse(
      'VaultNotEmpty',
      `${vault} is not empty. Stop and delete its items and deregister its servers first.`,
      { facts },
    );
  return refuse(
    'VaultHasSoftDeletedItems',
    `${vault} holds soft-deleted items. It can be deleted once they are purged; to recover them, undelete.`,
    { facts: { ...facts, azureCode: 'ServiceResourceNotEmptyWithBackendMessage' } },
  );
}
