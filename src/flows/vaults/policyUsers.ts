import type { HeldHead } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { sameName } from '../../core/names.ts';
import { isPolicy, type Policy } from '../../core/policy.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { everyItem } from '../story/everyItem.ts';
import type { VaultPlace } from '../story/request.ts';
import type { World } from '../story/run.ts';

export const policyIn = ({ policies }: HeldHead, name: string): Policy | undefined =>
  policies.find((policy) => isPolicy(policy, name));

export function inUse(policy: Policy, users: readonly Item[]): Refused {
  const names = users.slice(0, 20).map(({ name }) => name);
  const onlySoftDeleted = users.every(({ state }) => state === 'SoftDeleted' || state === 'Purging');
  const azure = onlySoftDeleted ? { azureCode: 'UserErrorPolicyAssociatedWithSoftDeletedItems' } : {};
  return refuse(
    'PolicyInUse',
    `${policy.name} is used by ${users.length} item(s): ${names.join(', ')}. Move them to another policy first.`,
    { facts: { ...azure, items: names } },
  );
}

/**
 * The items that are tied to a policy. When protection ends, a Backup vault keeps that tie and a Recovery Services vault cuts it.
 */
export async function readUsers(
  { ports, place }: World<VaultPlace>,
  { head: { vault } }: { readonly head: HeldHead },
  { name }: { readonly name: string },
): Promise<readonly Item[]> {
  const tieOf = (item: Item): string | null =>
    item.state === 'Protected' ? item.policy : vault.kind === 'Backup' ? item.previousPolicy : null;
  return (await everyItem(ports, place.vault)).filter((item) => sameName(tieOf(item), name));
}
