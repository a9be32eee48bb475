/** An item whose people were told of its purge: its hint carries a ticket. With a look at what a sweep asks of its vault. */

import type { Instant } from '../../../src/core/time.ts';
import { instantOf } from '../../../src/core/time.ts';
import { keys, SHARD_NAMES } from '../../../src/store/keys.ts';
import type { Row, Table } from '../../../src/store/table.ts';
import { later } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { must } from '../../support/world.ts';
import { deleted, type Wish } from './deleted.ts';

/** Where a hint lies, and how. */
export interface Lying {
  readonly shard: string;
  readonly row: Row;
}

export async function purgeHints({ agenda }: Tables): Promise<readonly Lying[]> {
  const all = await Promise.all(
    SHARD_NAMES.map(async (shard) =>
      (await agenda.range(shard, { prefix: '0' })).map((row): Lying => ({ shard, row })),
    ),
  );
  return all.flat().filter(({ row }) => row.key.includes('!purge!'));
}

export async function told(wish: Wish = {}) {
  const plain = wish.tables ?? memoryTables();
  let reads = 0;
  const read = (partition: string, key: string) => {
    // the answers of before are looked for once a day
    if (partition === 'contoso' && key !== keys.answers('contoso')) reads += 1;
  };
  const vaults: Table = {
    ...plain.vaults,
    get: (partition, key) => {
      read(partition, key);
      return plain.vaults.get(partition, key);
    },
    range: (partition, asked) => {
      read(partition, asked.prefix);
      return plain.vaults.range(partition, asked);
    },
  };
  const tables = { ...plain, vaults };
  const one = await deleted({ ...wish, tables });
  await one.work();
  await one.at(later(12));
  return {
    ...one,
    plain,
    /** What the sweep did then, and how often it read in the vault for it. */
    sweptAt: async (at: Instant) => {
      await one.moveTo(at);
      reads = 0;
      const { purged, failed, waiting } = await one.sweep();
      const swept = { purged, failed, waiting, reads };
      await one.work();
      return swept;
    },
    hint: async () => must((await purgeHints(plain)).find(({ row }) => row.cells['ticket'] !== undefined)),
    /** Puts other cells into the place of a hint; undefined takes one out. */
    rewrite: async ({ shard, row }: Lying, cells: Readonly<Record<string, string | undefined>>, key = row.key) => {
      const { ticket, seal, ...others } = { ...row.cells, ...cells };
      const said = { ...(ticket === undefined ? {} : { ticket }), ...(seal === undefined ? {} : { seal }) };
      const due = instantOf(Number(key.split('!')[0])).toISO();
      const put = { op: 'put', key, cells: { ...others, due, ...said } } as const;
      await plain.agenda.commit(shard, key === row.key ? [put] : [{ op: 'drop', key: row.key }, put]);
    },
    /** As hints of before are. */
    withoutTicket: async () => {
      for (const { shard, row } of await purgeHints(plain)) {
        const { ticket: _, seal: __, ...cells } = row.cells;
        await plain.agenda.commit(shard, [{ op: 'put', key: row.key, cells }]);
      }
    },
  };
}

export type Told = Awaited<ReturnType<typeof told>>;
export const BY_TICKET = { purged: 1, failed: 0, waiting: 0, reads: 0 };
