import type { Item, Remains } from '../../core/item.ts';
import type { Reads } from '../../ports.ts';

const PAGE = 1000;

/** All that a vault holds, tombstones too, a page at a time. */
export async function* itemPages(
  { vaults }: Pick<Reads, 'vaults'>,
  vault: string,
): AsyncGenerator<readonly Remains[], void> {
  let after: string | undefined;
  do {
    const page = await vaults.items(vault, { after, limit: PAGE });
    yield page.items;
    after = page.last;
  } while (after !== undefined);
}

/** Every item of a vault, whatever state it is in. */
export async function everyItem(ports: Pick<Reads, 'vaults'>, vault: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const items of itemPages(ports, vault))
    found.push(...items.flatMap((item) => (item.state === 'Purged' ? [] : [item])));
  return found;
}
