/** Vaults that are deleted and can still be restored: what they answer, how they are listed, and how they come back. */
import type { HeldHead } from '../../change.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import { type DeletedVault, NO_COUNTS, type Vault } from '../../core/vault.ts';
import type { Reads, VaultReads } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { onDeletedVault } from '../story/nouns.ts';
import type { Listed, Page } from '../story/pages.ts';
import { vaultAlert } from '../story/raise.ts';
import { noVault, type VaultPlace, vaultDeleted } from '../story/request.ts';
import type { Runs } from '../story/run.ts';
import type { VaultResult } from './putVault.ts';

const MISSING: ReadonlySet<string> = new Set(['VaultNotFound', 'ItemPurged']);

/** What is missing because its vault is deleted is refused for that. */
export async function orVaultDeleted<R>(
  { vaults }: VaultReads,
  vault: string,
  outcome: Outcome<R>,
): Promise<Outcome<R>> {
  if (outcome.ok || !MISSING.has(outcome.refusal.code)) return outcome;
  const deleted = await vaults.deleted(vault);
  return deleted ? vaultDeleted(deleted.vault) : outcome;
}

/** What the list of deleted vaults shows of it. */
export const shownOf = ({ name, id, kind, etag, deletion }: Vault): DeletedVault | undefined =>
  deletion ? { name, id, kind, etag, deletion } : undefined;

export async function readDeletedVault({ vaults }: VaultReads, name: string): Promise<Outcome<DeletedVault>> {
  const deleted = await vaults.deleted(name);
  const shown = deleted && shownOf(deleted.vault);
  return shown ? ok(shown) : noVault(name);
}

export async function listDeletedVaults(
  { registry }: Pick<Reads, 'registry'>,
  { after, top }: Page,
): Promise<Outcome<Listed<DeletedVault>>> {
  const { found, ...rest } = await registry.deleted({ after, limit: top });
  return ok({ shown: found, ...rest });
}

/**
 * Brings the directory into line with what the vault is. Its lines are read first: one that is written after that has another tag, and
 * stays. Answers the head of the vault if it is deleted.
 */
export async function straighten(
  { vaults, registry, land }: Pick<FlowPorts, 'vaults' | 'registry' | 'land'>,
  vault: string,
  now: Instant,
): Promise<HeldHead | undefined> {
  const [listing, deletedListing] = await Promise.all([registry.listing(vault), registry.deletedListing(vault)]);
  const open = await vaults.head(vault, 'fresh');
  const deleted = open ? undefined : await vaults.deleted(vault);
  const shown = deleted && shownOf(deleted.vault);
  if (open && listing?.value.id !== open.vault.id)
    await land({ now, write: { line: 'vault', vault, id: open.vault.id } });
  if (shown) await land({ now, write: { line: 'deletedVault', vault: shown } });
  // A line of before says no id.
  const isOfIt = listing?.value.id === undefined || listing.value.id === shown?.id;
  if (shown && listing && isOfIt) await land({ now, write: { line: 'unlistVault', listing } });
  if (!shown && deletedListing) await land({ now, write: { line: 'unlistDeletedVault', listing: deletedListing } });
  return deleted;
}

const restored = onDeletedVault<undefined, VaultResult, { readonly listed: true }>()({
  operation: 'RestoreVault',
  decide({ head: { vault: before }, listed }, _, request) {
    const { name, deletion } = before;
    if (!deletion) return noVault(name);
    if (deletion.removing || request.now >= deletion.removeAt)
      return refuse(
        'UndeleteWindowClosed',
        `The time in which vault ${name} could be restored ended at ${iso(deletion.removeAt)}.`,
        {
          facts: { removeAt: iso(deletion.removeAt) },
        },
      );
    // The directory comes first, as for a new vault.
    if (!listed) return { step: { line: 'vault', vault: name, id: before.id }, leaves: { listed: true } };
    const vault = { ...before, deletion: null, etag: request.id };
    const facts = { deletedAt: iso(deletion.at), deletedBy: deletion.by.oid };
    return {
      vault,
      alerts: [vaultAlert('VaultRestored', request, vault, facts, request.id)],
      facts,
      answer: { vault, counts: NO_COUNTS, created: false, warnings: [] },
    };
  },
});

/** A deleted vault is empty, and comes back as it was. */
export const restoreVault: Runs<VaultPlace, undefined, VaultResult> = async (flow, request, place) => {
  const outcome = await restored(flow, request, place);
  if (outcome.ok) await straighten(flow, place.vault, request.now);
  return outcome;
};
