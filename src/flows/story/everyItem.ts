import type { Remains } from '../../core/item.ts';
import type { Reads } from '../../ports.ts';

const PAGE = 1000;

/** Everything that a vault holds, tombstones too, in the order of names. */
export async function* everyItem({ vaults }: Pick<Reads, 'vaults'>, vault: string): AsyncGenerator<Remains> {
  let after: string | undefined;
  do {
    const { items, last } = await vaults.items(vault, { after, limit: PAGE });
    yield* items;
    after = last;
  } while (after !== undefined);
}
