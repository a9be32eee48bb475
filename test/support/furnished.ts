/** A store with one of everything in it, as the flows write it; and the means to spoil it behind their backs. */
import type { Remains } from '../../src/core/item.ts';
import type { Instant } from '../../src/core/time.ts';
import { startJob } from '../../src/flows/items/jobs.ts';
import { recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { type Stop, stop } from '../../src/flows/items/stop.ts';
import { undelete } from '../../src/flows/items/undelete.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { keys, SHARD_NAMES } from '../../src/store/keys.ts';
import { itemCells } from '../../src/store/ops.ts';
import { read } from '../../src/store/rows.ts';
import { scanTables } from '../../tools/check/scan.ts';
import type { Hold } from '../../tools/check/slices.ts';
import { checkStore } from '../../tools/check/store.ts';
import { later } from './builders.ts';
import type { Tables } from './tables.ts';
import { aRequest, done, must, portsOver } from './world.ts';

export const P = 'contoso';
export const place = (item: string) => ({ vault: 'Contoso', item });
export const at = (key: string) => `vaults/${P}/${key}`;
export const item = (name: string) => keys.item(P, name);

export type Furnished = ReturnType<typeof storeOver>;

export function storeOver(tables: Tables) {
  const ports = portsOver(tables);
  const documentAt = async (key: string): Promise<Remains> => read.remains(must(await tables.vaults.get(P, key)));
  return {
    tables,
    ports,
    documentAt,
    findings: async (now: Instant = later(1), hold?: Hold) =>
      (await checkStore(scanTables(tables), now, hold && { hold })).findings.map(({ row, rule }) => `${rule} ${row}`),
    drop: (key: string) => tables.vaults.commit(P, [{ op: 'drop', key }]),
    /** Writes an item's row and nothing beside it. */
    rewrite: async (name: string, change: object) => {
      const remains = { ...(await documentAt(item(name))), ...change } as Remains;
      await tables.vaults.commit(P, [{ op: 'put', key: item(name), cells: itemCells(remains) }]);
      return remains;
    },
    dropHints: async (name: string, kind: string) => {
      for (const shard of SHARD_NAMES)
        for (const { key } of await tables.agenda.range(shard, { prefix: '0' }))
          if (key.includes(`!${kind}!`) && `${key}!`.includes(`!${name}!`))
            await tables.agenda.commit(shard, [{ op: 'drop', key }]);
    },
  };
}

export async function furnish({ ports }: Furnished): Promise<void> {
  await done(
    putVault(
      ports,
      aRequest(),
      { vault: 'Contoso' },
      { patch: { kind: 'RecoveryServices', immutability: 'Unlocked' }, mustExist: false },
    ),
  );
  const workloads = ['AzureVM'] as const;
  for (const name of ['daily', 'weekly'])
    await done(
      putPolicy(
        ports,
        aRequest(),
        { vault: 'Contoso' },
        { name, workloads, schedule: '0 0 2 * * *', retention: { daily: 30 } },
      ),
    );
  const make = async (name: string, points = 2) => {
    await done(protect(ports, aRequest(), place(name), { workload: 'AzureVM', policy: 'daily', sourceId: `/${name}` }));
    for (let age = points; age > 0; age -= 1)
      await done(
        recordPoint(ports, aRequest(), place(name), {
          name: `p${age}`,
          createdAt: later(0, -age),
          rung: 'daily',
          expiresAt: null,
        }),
      );
  };
  const ending = (name: string, mode: Stop['mode']) =>
    done(stop(ports, aRequest(), place(name), { mode, confirmName: name }));
  await make('protected');
  await make('many', 151);
  await make('stopped');
  await ending('stopped', 'retain');
  await make('suspended');
  await ending('suspended', 'retainPerPolicy');
  await make('busy');
  await done(startJob(ports, aRequest(), place('busy'), { operation: 'Backup', expiresAt: null }));
  await done(
    putVault(ports, aRequest(), { vault: 'Contoso' }, { patch: { immutability: 'Disabled' }, mustExist: true }),
  );
  await make('deleted');
  await ending('deleted', 'delete');
  await make('recovered');
  await ending('recovered', 'delete');
  await done(undelete(ports, aRequest(), place('recovered')));
  await done(
    putVault(
      ports,
      aRequest(),
      { vault: 'Contoso' },
      { patch: { softDelete: { state: 'Disabled' } }, mustExist: true },
    ),
  );
  await make('gone');
  await ending('gone', 'delete');
}
