/** A vault as the version before tallies wrote it, and how it comes up. */
import { operationName } from '../../src/core/operations.ts';
import { carryOn } from '../../src/flows/items/operations/carryOn.ts';
import { askToReindex } from '../../src/flows/items/operations/reindex.ts';
import type { Op, Table } from '../../src/store/table.ts';
import { later } from './builders.ts';
import type { Tables } from './tables.ts';
import { done, portsOver } from './world.ts';

const HAS_VERSION = /!(item|head!trash|head!settings)(!|$)/;
const IS_DERIVED = /!(by|head!tally)!/;

/** Takes away what that version did not write, in rows of one vault. */
export async function toBefore(table: Table, vault: string): Promise<void> {
  for (const { key, cells } of await table.range(vault, { prefix: `${vault}!` })) {
    const before: readonly Op[] = IS_DERIVED.test(key)
      ? [{ op: 'drop', key }]
      : HAS_VERSION.test(key) && cells['v'] === 2
        ? [{ op: 'put', key, cells: { ...cells, v: 1 } }]
        : [];
    await table.commit(vault, before);
  }
}

/** Another process brings it up, as long as it may. */
export async function bringUp(tables: Tables, vault: string, mayGoOn = () => true) {
  const world = portsOver(tables);
  const id = await done(askToReindex(world, vault, later(1)));
  return carryOn(world, { vault, name: operationName(id) }, later(1), mayGoOn);
}
