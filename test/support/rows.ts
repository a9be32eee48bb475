/** Rows of a store that nobody had to write step by step. */
import { inParts } from '../../src/change.ts';
import type { Remains } from '../../src/core/item.ts';
import type { Policy } from '../../src/core/policy.ts';
import { tallyOf, total } from '../../src/core/tally.ts';
import type { Vault } from '../../src/core/vault.ts';
import { indexRows } from '../../src/store/indexes.ts';
import { keys, trashKey } from '../../src/store/keys.ts';
import { itemCells, vaultCells } from '../../src/store/ops.ts';
import { type Op, put, type Table } from '../../src/store/table.ts';
import { newTallyOps } from '../../src/store/tallies.ts';

/** An item with all that follows from it. */
export function itemRows(item: Remains): readonly Op[] {
  const place = trashKey(item);
  return [
    { op: 'put', key: keys.item(item.vault, item.name), cells: itemCells(item) },
    ...(place === undefined ? [] : [{ op: 'put', key: place, cells: itemCells(item, {}) } as const]),
    ...[...indexRows(item.vault, item)].map(([key, cells]): Op => ({ op: 'put', key, cells })),
  ];
}

/** The fence of every head that is made here. */
export const FENCE = 'f';

/** The head of a vault that counts these items. */
export const headRows = (vault: Vault, policies: readonly Policy[], items: readonly Remains[]): readonly Op[] => [
  { op: 'put', key: keys.vault(vault.name), cells: vaultCells({ vault, fence: FENCE }) },
  { op: 'put', key: keys.fence(vault.name, FENCE), cells: { v: 1 } },
  ...policies.map((policy) => put(keys.policy(vault.name, policy.name), policy)),
  ...newTallyOps(vault.name, total(items.map(tallyOf))),
];

export async function write(table: Table, vault: string, rows: readonly Op[]): Promise<void> {
  for (const part of inParts(rows)) await table.commit(vault, part);
}
