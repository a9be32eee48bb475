import type { Held, HeldHead } from '../../change.ts';
import type { Guard } from '../../core/guards.ts';
import { sameName } from '../../core/names.ts';
import { refuse } from '../../core/problems.ts';
import type { Counts, Vault } from '../../core/vault.ts';
import { approved } from '../authorize/approval.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { noGuard, onVault } from '../story/nouns.ts';
import { type Decision, need, type Proof, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import type { VaultPlace } from '../story/request.ts';
import type { Deciding, Runs, World } from '../story/run.ts';

export interface Linked {
  readonly vault: Vault;
  readonly counts: Counts;
}

export interface LinkGuard {
  readonly guard: string;
}

interface OfVault {
  readonly head: HeldHead;
}
interface Found extends OfVault {
  readonly guard?: Held<Guard>;
  readonly approval?: Proof;
  readonly counts?: Counts;
  /** Set once the guard's list has the vault. */
  readonly listed?: true;
}

const also = {
  approval: (world: World<VaultPlace>, { head }: OfVault) => approved(world, head.vault, ['removeGuard']),
  counts: ({ ports, place }: World<VaultPlace>) => ports.vaults.counts(place.vault),
};

/** Puts a vault under a guard. Taking another guard instead removes the first, so the first has to approve. */
export const linkGuard: Runs<VaultPlace, LinkGuard, Linked> = onVault({
  operation: 'LinkGuard',
  also: {
    ...also,
    guard: async ({ ports }: World<VaultPlace>, _: OfVault, { guard }: LinkGuard) =>
      (await ports.guards.get(guard)) ?? noGuard(guard),
  },
  decide(found: Found, _: LinkGuard, request): Decision<Linked> {
    const { head, guard: held, counts, listed } = found;
    if (!held) return need('guard');
    const guard = held.value.name;
    if (sameName(head.vault.guard, guard)) return counts ? unchanged({ vault: head.vault, counts }) : need('counts');
    const relinked = relink(found, guard, request);
    if (listed || !('answer' in relinked)) return relinked;
    // The list comes first: a guard must never be deleted while it guards something.
    return { step: { line: 'guardLink', guard, vault: head.vault.name }, leaves: { listed: true } };
  },
});

/** Takes a vault out of its guard's hands; the guard itself has to approve. */
export const unlinkGuard: Runs<VaultPlace, undefined, Linked> = onVault({
  operation: 'RemoveGuard',
  also,
  decide: (found: Found, _: undefined, request): Decision<Linked> =>
    found.head.vault.guard === null
      ? refuse('GuardNotFound', `${found.head.vault.name} is not guarded.`)
      : relink(found, null, request),
});

function relink(
  { head: { vault: before }, approval, counts }: Found,
  guard: string | null,
  request: Deciding,
): Decision<Linked> {
  if (!approval) return need('approval');
  const missing = tokenFactor(request);
  if (missing) return missing;
  if (!counts) return need('counts');
  const vault: Vault = { ...before, guard, version: before.version + 1, etag: request.id };
  const facts = { before: before.guard, after: guard };
  const told = { ...approval.facts, ...facts };
  return {
    vault,
    facts,
    alerts: before.guard === null ? [] : [vaultAlert('MuaDisabled', request, before, told, vault.version)],
    answer: { vault, counts },
  };
}
