import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { cutsAfter, isShorter, type Policy, type Retention, takesAway } from '../../core/policy.ts';
import { type Complaint, type Outcome, ok, refuse } from '../../core/problems.ts';
import type { Workload } from '../../core/workloads.ts';
import { approved } from '../authorize/approval.ts';
import { onVault } from '../story/nouns.ts';
import { type Decision, need, type Plan, type Proof, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { stale, type VaultPlace } from '../story/request.ts';
import type { Deciding, Runs, World } from '../story/run.ts';
import { policyFault } from './policyFaults.ts';
import { policyIn, readUsers } from './policyUsers.ts';

export interface PolicyResult {
  readonly policy: Policy;
  readonly created: boolean;
}

/** What is given of a policy; a new one needs all of it. */
export interface PutPolicy {
  readonly name: string;
  readonly workloads?: readonly Workload[] | undefined;
  readonly schedule?: string | undefined;
  readonly retention?: Retention | undefined;
}

interface OfVault {
  readonly head: HeldHead;
}
interface Found extends OfVault {
  readonly users?: readonly Item[];
  readonly approval?: Proof;
}

/** Makes a policy or changes it. A changed retention reaches every point at once, because a point's end is derived from it. */
export const putPolicy: Runs<VaultPlace, PutPolicy, PolicyResult> = onVault({
  operation: 'PutPolicy',
  etagIsOfPart: true,
  also: {
    users: readUsers,
    approval: (world: World<VaultPlace>, { head }: OfVault, { name, retention }: PutPolicy) => {
      const before = policyIn(head, name);
      const shorter = before && retention && takesAway(before.retention, retention);
      return approved(world, head.vault, shorter ? ['reduceRetention'] : []);
    },
  },
  decide({ head, users, approval }: Found, ask: PutPolicy, request): Decision<PolicyResult> {
    const before = policyIn(head, ask.name);
    const precondition = stale(request, before);
    if (precondition) return precondition;
    const policy = filled(ask, before, request.id);
    if (!policy.ok) return policy;
    const fault = policyFault(head, before, policy.value, users);
    if (fault) return fault;
    if (before && isSame(before, policy.value)) return unchanged({ policy: before, created: false });
    return approval ? replacement(head, before, policy.value, approval, request) : need('approval');
  },
});

function replacement(
  { vault: { version, ...vault } }: HeldHead,
  before: Policy | undefined,
  wanted: Policy,
  approval: Proof,
  request: Deciding,
): Plan<PolicyResult> {
  const changed = { ...vault, version: version + 1 };
  const when = { at: request.now, days: vault.softDelete.retentionDays, version: changed.version };
  const cuts = before ? cutsAfter(before.cuts, before.retention, wanted.retention, when) : [];
  const policy = { ...wanted, cuts };
  const facts = {
    policy: policy.name,
    before: before ? JSON.stringify(before.retention) : null,
    after: JSON.stringify(policy.retention),
  };
  const told = { ...facts, ...approval.facts };
  return {
    vault: changed,
    putPolicy: policy,
    facts,
    alerts:
      before && isShorter(before.retention, policy.retention)
        ? [vaultAlert('ModifyPolicyShorterRetention', request, changed, told, `${changed.version}`)]
        : [],
    answer: { policy, created: before === undefined },
  };
}

function filled(ask: PutPolicy, before: Policy | undefined, etag: string): Outcome<Policy> {
  const absent = (['workloads', 'schedule', 'retention'] as const).filter((part) => ask[part] === undefined && !before);
  if (absent.length > 0) {
    const details = absent.map(
      (part): Complaint => ({ code: 'InvalidRequest', message: `A new policy needs "${part}".`, target: `$.${part}` }),
    );
    return refuse('InvalidRequest', `A new policy needs ${absent.join(', ')}.`, { details });
  }
  return ok({
    name: before?.name ?? ask.name,
    workloads: [...new Set(ask.workloads ?? before?.workloads ?? [])],
    schedule: ask.schedule ?? before?.schedule ?? '',
    retention: ask.retention ?? before?.retention ?? {},
    cuts: before?.cuts ?? [],
    retired: false,
    etag,
  });
}

const isSame = (a: Policy, b: Policy): boolean =>
  a.retired === b.retired &&
  a.schedule === b.schedule &&
  JSON.stringify(a.workloads) === JSON.stringify(b.workloads) &&
  JSON.stringify(Object.entries(a.retention).toSorted()) === JSON.stringify(Object.entries(b.retention).toSorted());
