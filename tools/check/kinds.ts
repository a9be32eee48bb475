/** What `check:store` asks of kinds of your own, and of the items that are of one. */
import { isDeepStrictEqual } from 'node:util';
import type { HeldHead } from '../../src/change.ts';
import { SERVICE } from '../../src/core/hints.ts';
import type { Item } from '../../src/core/item.ts';
import type { KindTraits, StoredKind } from '../../src/core/kinds.ts';
import { type Kinds, kindsOf } from '../../src/core/knownKinds.ts';
import { keyOf } from '../../src/core/names.ts';
import type { Head } from '../../src/core/vault.ts';
import { keys } from '../../src/store/keys.ts';
import { linkKey } from '../../src/store/links.ts';
import { read } from '../../src/store/rows.ts';
import { attempt, type Scan, type Surroundings } from './terms.ts';

/** Those that can be read; the others are told of with the rows of the service. */
export async function readKinds(scan: Scan): Promise<Kinds> {
  const stored: StoredKind[] = [];
  for await (const { row } of scan('vaults', { partition: SERVICE, prefix: keys.kinds }))
    if (row.key !== keys.kindGate)
      attempt(
        () => stored.push(read.kind(row)),
        () => undefined,
      );
  return kindsOf(stored);
}

/** What never changes, but for the kind of vault: of that an item has the one that it lies in. */
const fixed = ({ class: of, represents, recoveryPoints, tiers }: KindTraits) => ({
  of,
  represents,
  recoveryPoints,
  tiers,
});

/** An item of a kind of your own: the kind is there and says the same, and its vault is known to have one. */
export function checkKind(
  item: Item,
  head: Head & Pick<HeldHead, 'kinds'>,
  { kinds, links }: Surroundings,
  say: (message: string) => void,
): void {
  const { workload, kind: traits, superseded } = item;
  if (!traits) return;
  const kind = kinds.of(workload);
  if (!kind) {
    say(`its kind ${workload} is not there`);
    return;
  }
  if (!isDeepStrictEqual(fixed(traits), fixed(kind))) say(`it says otherwise than its kind ${workload} what it is`);
  if (
    traits.vaultKinds.length !== 1 ||
    traits.vaultKinds[0] !== head.vault.kind ||
    !kind.vaultKinds.includes(head.vault.kind)
  )
    say(`its kind ${workload} is not kept in a ${head.vault.kind} vault`);
  if (!head.kinds?.includes(keyOf(workload)))
    say(`its vault does not remember that it has items of the kind ${workload}`);
  if (!links.kind.has(linkKey(workload, head.vault.name))) say(`its vault is not listed for the kind ${workload}`);
  if (superseded && traits.represents === 'Original') say('another item has taken over its original');
}
