/** What a guard guards: the links of vaults, and of the service itself. */
import type { HeldHead } from '../../change.ts';
import { cooledOff } from '../../core/coolingOff.ts';
import { type Guard, type ServiceGuard, UNGUARDED, uncoveredIn } from '../../core/guards.ts';
import { sameName } from '../../core/names.ts';
import { refuse } from '../../core/problems.ts';
import type { Counts, Vault } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';
import { approvedForService } from '../authorize/approval.ts';
import { coolingFacts, requests } from '../authorize/cooling.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { proofs, unproved, weakenedBy, weakeningAlerts, weakeningFacts } from '../authorize/weakening.ts';
import { noGuard, onServiceGuard, onVault } from '../story/nouns.ts';
import { type Decision, need, type Proof, unchanged } from '../story/plan.ts';
import { serviceAlert } from '../story/raise.ts';
import type { VaultPlace } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';

export interface Linked {
  readonly vault: Vault;
  readonly counts: Counts;
  /** What was asked for does not hold yet. */
  readonly pending?: boolean;
  readonly warnings?: readonly string[];
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
    const { head, guard: held, counts = head.tally?.counts, listed } = read;
    if (!held) return need('guard');
    const guard = held.value.name;
    const warnings = warningsOf(head.vault, held.value);
    if (sameName(head.vault.guard, guard))
      return counts ? unchanged({ vault: head.vault, counts, warnings }) : need('counts');
    const relinked = relink(read, held.value, request);
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
  { head: { vault: before, tally }, counts = tally?.counts, ...shown }: Relinking,
  next: Guard | null,
  request: Deciding,
): Decision<Linked> {
  const guard = next?.name ?? null;
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
    answer: { vault, counts, pending, warnings: next ? warningsOf(before, next) : [] },
  };
}

/** Whoever links a guard should know what it leaves open. */
function warningsOf({ kind, name }: Vault, guard: Guard): readonly string[] {
  const open = uncoveredIn(kind, guard);
  return open.length === 0
    ? []
    : [
        `${name} is a ${kind} vault: ${guard.name} does not cover ${open.join(' and ')} there, because its coverBackupSoftDelete is false.`,
      ];
}

export const readServiceGuard = async ({ guards }: Pick<Reads, 'guards'>): Promise<ServiceGuard> =>
  (await guards.ofService())?.value ?? UNGUARDED;

interface ServiceLink {
  /** null: none from now on. */
  readonly guard: string | null;
}

/** Puts the service itself under a guard, or takes it away. The guard that goes has to approve. */
export const linkService = onServiceGuard<ServiceLink, ServiceGuard>()({
  operation: ({ guard }) => (guard === null ? 'RemoveServiceGuard' : 'LinkServiceGuard'),
  also: {
    guard: async ({ flow }, _, { guard }) =>
      guard === null ? undefined : ((await flow.guards.get(guard)) ?? noGuard(guard)),
    approval: (world, { serviceGuard }) => approvedForService(world, ['removeGuard'], serviceGuard),
  },
  decide({ serviceGuard, guard, approval }, ask, request) {
    const before = serviceGuard?.value.guard ?? null;
    if (ask.guard !== null && !guard) return need('guard');
    if (before === null && ask.guard === null) return refuse('GuardNotFound', 'The service is not guarded.');
    const after = guard?.value.name ?? null;
    if (serviceGuard && sameName(before ?? '', after ?? '')) return unchanged(serviceGuard.value);
    const weakens = before !== null;
    if (weakens && !approval) return need('approval');
    const missing = tokenFactor(request);
    if (missing) return missing;
    const now = { guard: after, etag: request.id };
    const change = { control: 'guardLink', before, after };
    const letter = { ...change, ...approval?.facts };
    const contacts = [...(approval?.contacts ?? []), ...(guard?.value.contacts ?? [])];
    return {
      serviceGuard: now,
      facts: weakens ? change : { before, after },
      alerts: weakens
        ? [{ was: undefined, now: serviceAlert('MuaDisabled', request, letter, request.id), told: [], contacts }]
        : [],
      answer: now,
    };
  },
});
