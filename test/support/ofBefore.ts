/** A vault as the version before tallies wrote it. */
import type { Op, Table } from '../../src/store/table.ts';

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
