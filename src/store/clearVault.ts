import { keys } from './keys.ts';
import { read } from './rows.ts';
import { MAX_OPS, type Op, type Row, type Table } from './table.ts';

/**
 * Removes what is left of a closed vault, its own row last. Every batch rests on that row being the same as before, so two
 * that clear at once, or one that comes late, cannot touch a new vault of the same name.
 */
export async function clearVault(table: Table, vault: string): Promise<void> {
  const vaultKey = keys.vault(vault);
  let row = await table.get(vault, vaultKey);
  if (!row) return;
  const { fence } = read.vault(row);
  if (await table.get(vault, keys.fence(vault, fence))) return;
  while (row && read.vault(row).fence === fence) {
    const left: readonly Row[] = await table.range(vault, {
      prefix: keys.everything(vault),
      limit: MAX_OPS,
      only: ['state'],
    });
    const drops = left.filter(({ key }) => key !== vaultKey).map(({ key }): Op => ({ op: 'drop', key }));
    if (drops.length === 0) {
      await table.remove(vault, vaultKey, row.tag).catch(async (error: unknown) => {
        // Nobody has answered: it may be done all the same.
        if (await table.get(vault, vaultKey)) throw error;
      });
      return;
    }
    const guard: Op = { op: 'replace', key: vaultKey, tag: row.tag, cells: row.cells };
    await table.commit(vault, [guard, ...drops.slice(0, MAX_OPS - 1)]);
    row = await table.get(vault, vaultKey);
  }
}
