/** Who is asked to destroy what an item stands for, as its vault, its kind and the executor itself say now. */

import type { Item } from '../../core/item.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { Unreadable } from '../../core/problems.ts';
import { type Asks, executorFor } from '../../core/purgeSettings.ts';
import type { Head } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';

/** Who is asked, and how long that may take. */
export interface Asking extends Asks {
  readonly confirmWithinHours: number;
}

/** As this process knows them. A kind that it does not know may have been made since. */
export async function kindsKnowing(
  { kinds }: Pick<Reads, 'kinds'>,
  { workload }: Pick<Item, 'workload'>,
): Promise<Kinds> {
  const known = await kinds.known();
  return known.of(workload) ? known : kinds.fresh();
}

/**
 * null: nobody. `gone`: it is named and is not there. What is named is not deleted, so only a race can have taken it away; nothing may be purged
 * then, and nothing is lost. So it is with a kind that is not there, or cannot be read.
 */
export async function askingFor(
  { executors }: Pick<Reads, 'executors'>,
  kinds: Kinds,
  { workload }: Pick<Item, 'workload'>,
  { vault }: Head,
): Promise<Asking | { readonly gone: string } | null> {
  const kind = kinds.of(workload);
  if (!kind) throw new Unreadable(`there is no kind ${workload}, so nobody can say who destroys what is of it`);
  const asks = executorFor(vault.purge, kind);
  if (!asks) return null;
  const executor = (await executors.known(asks.executor)) ?? (await executors.get(asks.executor))?.value;
  return executor ? { ...asks, confirmWithinHours: executor.confirmWithinHours } : { gone: asks.executor };
}
