import type { Item } from '../core/item.ts';
import { sameName } from '../core/names.ts';
import type { Policy } from '../core/policy.ts';
import { type Refused, refuse } from '../core/problems.ts';
import type { HeldHead, Ports } from '../ports.ts';

export interface Users {
  readonly items: readonly Item[];
  readonly onlySoftDeleted: boolean;
}

export function inUse(policy: Policy, { items, onlySoftDeleted }: Users): Refused {
  const names = items.slice(0, 20).map(({ name }) => name);
  const azure = onlySoftDeleted ? { azureCode: 'UserErrorPolicyAssociatedWithSoftDeletedItems' } : {};
  return refuse(
    'PolicyInUse',
    `${policy.name} is used by ${items.length} item(s): ${names.join(', ')}. Move them to another policy first.`,
    {
      facts: { ...azure, items: names },
    },
  );
}

/** A Backup vault keeps the tie between an item and its policy when protection ends; a Recovery Services vault cuts it. */
export async function usersOf({ vaults }: Pick<Ports, 'vaults'>, { vault }: HeldHead, policy: Policy): Promise<Users> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const stretch = await vaults.items(vault.name, { after, limit: 1000 });
    for (const item of stretch.items) {
      if (item.state === 'Purged') continue;
      const tied = item.state === 'Protected' ? item.policy : vault.kind === 'Backup' ? item.previousPolicy : null;
      if (sameName(tied, policy.name)) items.push(item);
    }
    after = stretch.last;
  } while (after !== undefined);
  return { items, onlySoftDeleted: items.every(({ state }) => state === 'SoftDeleted' || state === 'Purging') };
}
