import { refuse } from '../../core/problems.ts';
import { cancelled, pendingFacts } from '../authorize/cooling.ts';
import { weakeningFacts } from '../authorize/weakening.ts';
import { onVault } from '../story/nouns.ts';

export interface CancelChange {
  readonly id: string;
}

/** Takes back a weakening that does not hold yet. That protects, so it needs no factor and no approval. */
export const cancelChange = onVault<CancelChange, null>()({
  operation: 'CancelPendingChange',
  decide({ head: { vault } }, { id }, request) {
    const found = vault.pendingChanges.find((one) => one.id === id);
    if (!found)
      return refuse('PendingChangeNotFound', `Vault ${vault.name} has no pending change ${id}. It may hold already.`);
    return {
      vault: { ...vault, pendingChanges: vault.pendingChanges.filter((one) => one !== found), etag: request.id },
      alerts: [cancelled(request, vault, found)],
      facts: { ...weakeningFacts([found]), ...pendingFacts(found) },
      answer: null,
    };
  },
});
