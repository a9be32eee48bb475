/** A vault with items in its trash, made by the API's own flows over any tables, all at noon. */
import type { Change, Write } from '../../../src/change.ts';
import type { Instant } from '../../../src/core/time.ts';
import { appOver } from '../../support/app.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';

export const VAULT = 'contoso';

export async function furnished(items: readonly string[] = [], tables: Tables = memoryTables()) {
  const call = appOver(portsOver(tables));
  const done = async (name: string, path: string, body: object = {}) => {
    const reply = await call(name, path, { body });
    if (reply.status >= 300) throw new Error(`${name} ${path}: ${reply.status} ${reply.body}`);
  };
  await done('putVault', VAULT, { kind: 'RecoveryServices' });
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await done('putPolicy', `${VAULT}/daily`, policy);
  const estate = {
    tables,
    done,
    call,
    protect: (item: string) =>
      done('protectItem', `${VAULT}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: item }),
    trash: async (item: string) => {
      await estate.protect(item);
      await done('stopItem', `${VAULT}/${item}`, { mode: 'delete', confirmName: item });
    },
    /** Deleted at another time than noon. */
    trashAt: async (item: string, at: Instant) => {
      const call = appOver(portsOver(tables, { clock: { now: () => at } }));
      await call('protectItem', `${VAULT}/${item}`, { body: { workload: 'AzureVM', policy: 'daily', sourceId: item } });
      await call('stopItem', `${VAULT}/${item}`, { body: { mode: 'delete', confirmName: item } });
    },
    stateOf: async (item: string) => (await portsOver(tables).vaults.item(VAULT, item))?.value,
  };
  for (const item of items) await estate.trash(item);
  return estate;
}

export const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `vm-${index}`);

/** Makes rows unreadable. */
export async function spoil(tables: Tables, keyPart: string): Promise<void> {
  const rows = await tables.vaults.range(VAULT, { prefix: `${VAULT}!` });
  const hit = rows.filter(({ key }) => key.includes(keyPart));
  if (hit.length === 0) throw new Error(`no row ${keyPart}`);
  for (const { key } of hit) await tables.vaults.commit(VAULT, [{ op: 'put', key, cells: { v: 1, doc0: '{' } }]);
}

/** The door for changes over these tables, with something done before or instead of a transaction. */
export function watched(tables: Tables, before: (change: Change, number: number) => Promise<void>) {
  const { commit } = portsOver(tables);
  const commits: Change[] = [];
  return {
    commits,
    commit: async (write: Write) => {
      // What a sweep notes of itself is no change of an item.
      if (!('line' in write || write.control?.beat)) {
        commits.push(write);
        await before(write, commits.length);
      }
      return commit(write);
    },
  };
}
