/**
 * The forty-line timer function that most people would write, and that works on a quiet day: look for what is due with a
 * filter, and for each delete its points, delete it, and send a message. One request after the other.
 */
import type { Table } from '../../../src/store/table.ts';

export interface NaiveStore {
  readonly items: Table;
  readonly points: Table;
}

export interface NaiveItem {
  readonly vault: string;
  readonly item: string;
}

export interface Naive {
  readonly store: NaiveStore;
  readonly vaults: readonly string[];
  readonly now: number;
  readonly send: (message: string) => Promise<void>;
}

export async function naiveSweep({ store, vaults, now, send }: Naive): Promise<number> {
  let purged = 0;
  for (const vault of vaults) {
    for (const row of await store.items.range(vault, { prefix: 'i', only: ['state', 'purgeAt'] })) {
      if (row.cells['state'] !== 'SoftDeleted' || Number(row.cells['purgeAt']) > now) continue;
      const points = await store.points.range(vault, { prefix: `${row.key}!` });
      for (const point of points) await store.points.commit(vault, [{ op: 'drop', key: point.key }]);
      await store.items.commit(vault, [{ op: 'drop', key: row.key }]);
      await send(`purged ${vault}/${row.key}`);
      purged += 1;
    }
  }
  return purged;
}

/** The same estate as the sweep's, in the layout that goes with it: an item row with a state, a row a point. */
export async function buildNaive(
  store: NaiveStore,
  vaults: readonly string[],
  duePerVault: number,
  othersPerVault: number,
  purgeAt: number,
): Promise<void> {
  for (const vault of vaults) {
    const items = [
      ...Array.from({ length: duePerVault }, (_, index) => ({ key: `i-due-${index}`, state: 'SoftDeleted', purgeAt })),
      ...Array.from({ length: othersPerVault }, (_, index) => ({
        key: `i-live-${index}`,
        state: 'Protected',
        purgeAt: 0,
      })),
    ];
    await fill(
      store.items,
      vault,
      items.map(({ key, ...cells }) => ({ key, cells })),
    );
    await fill(
      store.points,
      vault,
      items.flatMap(({ key }) => [0, 1, 2].map((point) => ({ key: `${key}!${point}`, cells: { v: 1 } }))),
    );
  }
}

async function fill(
  table: Table,
  partition: string,
  rows: readonly { key: string; cells: Record<string, string | number> }[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += 100)
    await table.commit(
      partition,
      rows.slice(at, at + 100).map((row) => ({ op: 'put', ...row }) as const),
    );
}
