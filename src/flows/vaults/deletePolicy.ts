import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import type { Policy } from '../../core/policy.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { onVault } from '../story/nouns.ts';
import { type Decision, need, type Step } from '../story/plan.ts';
import { entry, stale, type VaultPlace } from '../story/request.ts';
import type { Deciding, Runs } from '../story/run.ts';
import { inUse, policyIn, readUsers } from './policyUsers.ts';

export const noPolicy = (vault: string, policy: string): Refused =>
  refuse('PolicyNotFound', `There is no policy ${policy} in vault ${vault}.`);

export interface PolicyName {
  readonly name: string;
}

interface Found {
  readonly head: HeldHead;
  readonly users?: readonly Item[];
}

/**
 * Deletes a policy that nothing uses. It is retired first, and its users are listed again after that: nobody can choose a retired
 * policy, and a decision that chose it just before rests on a fence that is gone.
 */
export const deletePolicy: Runs<VaultPlace, PolicyName, null> = onVault({
  operation: 'DeletePolicy',
  etagIsOfPart: true,
  also: { users: readUsers },
  decide({ head, users }: Found, { name }: PolicyName, request): Decision<null> {
    const policy = policyIn(head, name);
    if (!policy) return noPolicy(request.place.vault, name);
    const precondition = stale(request, policy);
    if (precondition) return precondition;
    if (!users) return need('users');
    if (users.length > 0) return policy.retired ? retire(head, policy, false, request) : inUse(policy, users);
    if (!policy.retired) return retire(head, policy, true, request);
    return { vault: head.vault, dropPolicy: policy, facts: { policy: policy.name }, answer: null };
  },
});

/** Takes a policy out of use, or brings it back if somebody chose it in time. */
const retire = (head: HeldHead, policy: Policy, retired: boolean, request: Deciding): Step => ({
  step: {
    vault: head.vault.name,
    id: request.id,
    head: { was: head, now: head.vault, putPolicy: { ...policy, retired } },
    entries: [
      entry(request, null, { operation: retired ? 'RetirePolicy' : 'KeepPolicy', facts: { policy: policy.name } }),
    ],
  },
});
