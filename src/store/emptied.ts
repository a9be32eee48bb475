/** Removes all rows of a deleted vault but its history, as many in a transaction as there can be. */
import { type HeldHead, inParts, MOST_ROWS } from '../change.ts';
import { keyOf } from '../core/names.ts';
import type { Emptied } from '../ports/vaults.ts';
import { keys } from './keys.ts';
import { LINKS, linkKey } from './links.ts';
import { vaultCells } from './ops.ts';
import { drop, replacing, type Table, touch } from './table.ts';

/** Beside the row on which a transaction rests. */
const TOGETHER = MOST_ROWS - 1;
/** Whole transactions out of one request. */
const PAGE = 10 * TOGETHER;

export async function emptyVault(
  table: Table,
  registry: Table,
  deleted: HeldHead,
  mayGoOn: () => boolean,
): Promise<Emptied> {
  const { name, id, deletion } = deleted.vault;
  const vault = keyOf(name);
  // Its name has the id of the vault: so nothing of a later vault of this name is touched.
  const begun = keys.removing(vault, id);
  if (!deletion?.removing && !(await beginRemoval(table, deleted))) return { how: 'lost', rows: 0 };
  await strikeKinds(table, registry, deleted, begun);
  const stays = [keys.vault(vault), keys.grave(vault), begun];
  const limit = PAGE + stays.length;
  let rows = 0;
  for (const side of keys.besideHistories(vault))
    for (let isLast = false; !isLast; ) {
      if (!mayGoOn()) return { how: 'left', rows };
      const found = (await table.range(vault, { ...side, limit, only: ['v'] })).map(({ key }) => key);
      isLast = found.length < limit;
      for (const some of inParts(found.filter((key) => !stays.includes(key)).slice(0, PAGE), TOGETHER)) {
        if (!mayGoOn()) return { how: 'left', rows };
        if (!(await table.commit(vault, [touch(begun), ...some.map(drop)])))
          return { how: await whyNot(table, deleted, begun), rows };
        rows += some.length;
      }
    }
  return { how: 'empty', rows };
}

/** As long as it is being removed, no later vault of this name has written a link anew. */
async function strikeKinds(
  table: Table,
  registry: Table,
  { vault: { name }, kinds = [] }: HeldHead,
  begun: string,
): Promise<void> {
  const rows = await Promise.all(kinds.map((kind) => registry.get(LINKS.kind, linkKey(kind, name))));
  if (!rows.some(Boolean) || !(await table.get(keyOf(name), begun))) return;
  await Promise.all(rows.map((row) => row && registry.remove(LINKS.kind, row.key, row.tag)));
}

/** From here on there is no way back: a vault that is being removed is not restored. false: it is another vault by now, or an open one. */
const beginRemoval = async (table: Table, { vault, fence, vaultTag }: HeldHead): Promise<boolean> =>
  vault.deletion !== null &&
  table.commit(keyOf(vault.name), [
    replacing(
      keys.vault(vault.name),
      vaultCells({ vault: { ...vault, deletion: { ...vault.deletion, removing: true } }, fence }),
      { tag: vaultTag },
    ),
    { op: 'insert', key: keys.removing(vault.name, vault.id), cells: { v: 1 } },
  ]);

/** Somebody else removes it as well; or code of before has begun it, which wrote no row that says so; or it is gone. */
async function whyNot(table: Table, deleted: HeldHead, begun: string): Promise<'left' | 'lost'> {
  const isThere = await table.get(keyOf(deleted.vault.name), begun);
  return isThere || (await beginRemoval(table, deleted)) ? 'left' : 'lost';
}
