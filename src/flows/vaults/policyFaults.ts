import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { isShorter, type Policy, type RetentionFault, retentionFaults } from '../../core/policy.ts';
import { type Complaint, type Refused, refuse } from '../../core/problems.ts';
import { hybridSecurityOn } from '../../core/vault.ts';
import { workloadRow } from '../../core/workloads.ts';
import { type Need, need } from '../story/plan.ts';

const MOST_POLICIES = 200;

/** Why a vault may not have this policy. `users` are the items that have it now, if they were read. */
export function policyFault(
  { vault, policies }: HeldHead,
  before: Policy | undefined,
  policy: Policy,
  users: readonly Item[] | undefined,
): Refused | Need | undefined {
  const foreign = policy.workloads.find((workload) => workloadRow(workload).vault !== vault.kind);
  if (foreign)
    return refuse(
      'WrongVaultKind',
      `${foreign} is kept in a ${workloadRow(foreign).vault} vault; ${vault.name} is a ${vault.kind} vault.`,
      { target: '$.workloads', facts: { requiredKind: workloadRow(foreign).vault } },
    );
  const faults = retentionFaults(policy.retention, policy.workloads, hybridSecurityOn(vault));
  const changed = !before || JSON.stringify(before.retention) !== JSON.stringify(policy.retention);
  if (changed && faults.length > 0) return badRetention(faults);
  if (!before)
    return policies.length < MOST_POLICIES
      ? undefined
      : refuse('LimitReached', `A vault can have ${MOST_POLICIES} policies at most.`);
  if (vault.immutability !== 'Disabled' && isShorter(before.retention, policy.retention))
    return refuse('ImmutabilityBlocked', 'The vault is immutable: the retention of a policy cannot be shortened.', {
      target: '$.retention',
    });
  const dropped = before.workloads.filter((workload) => !policy.workloads.includes(workload));
  if (dropped.length === 0) return undefined;
  if (!users) return need('users');
  const user = users.find((item) => dropped.includes(item.workload));
  return (
    user &&
    refuse('PolicyInUse', `${user.name} (${user.workload}) uses this policy. Move it to another policy first.`, {
      target: '$.workloads',
    })
  );
}

function badRetention(faults: readonly RetentionFault[]): Refused {
  const code = faults.some(({ kind }) => kind === 'belowMinimum') ? 'MinimumRetention' : 'InvalidRequest';
  const details = faults.map(
    (fault): Complaint => ({
      code,
      target: `$.retention.${fault.rung}`,
      message:
        fault.kind === 'belowMinimum'
          ? `${fault.rung} is ${fault.given}; hybrid workloads are kept at least ${fault.minimum}.`
          : `${fault.rung} is 0. Leave the rung out to keep no such points.`,
    }),
  );
  const [first] = faults;
  const facts = first?.kind === 'belowMinimum' ? { rung: first.rung, given: first.given, minimum: first.minimum } : {};
  return refuse(code, details.map(({ message }) => message).join(' '), {
    details,
    facts,
    target: `$.retention.${first?.rung}`,
  });
}
