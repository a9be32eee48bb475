/**
 * An executor is deleted while vaults and a kind begin to name it, every request to storage in an order that follows from a seed. One of
 * the two loses: nothing ever names an executor that is not there.
 */
import { expect, test } from 'vitest';
import { isOrdered } from '../../../src/core/orders.ts';
import type { Outcome } from '../../../src/core/problems.ts';
import { deleteExecutor } from '../../../src/flows/executors/executors.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { later } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, portsOver } from '../../support/world.ts';

const SEED = Number(process.env['RACES_SEED'] ?? 1);
const EXECUTOR = { executor: 'blobs' };
const NAMING = { purge: EXECUTOR };
const quiet = { notices: { send: async () => undefined } };
const over = (tables: Tables) => portsOver(tables, quiet);

type Act = (tables: Tables) => Promise<Outcome<unknown>>;
const put =
  (vault: string, patch: object, mustExist = false): Act =>
  (tables) =>
    putVault(over(tables), aRequest(), { vault }, { patch, mustExist });

const NAMERS: Readonly<Record<string, Act>> = {
  'a vault that is there': put('There', NAMING, true),
  'a new vault': put('New', { kind: 'Backup', ...NAMING }),
  'a vault that named it once': put('Once', NAMING, true),
  'a new kind': (tables) => putKind(over(tables), aRequest(), { kind: 'tenant' }, EXECUTOR),
  'a built-in kind': (tables) => putKind(over(tables), aRequest(), { kind: 'AzureVM' }, EXECUTOR),
};

/** Two vaults, one of which has named it and does no more. */
async function ground(): Promise<Tables> {
  const tables = memoryTables();
  const world = over(tables);
  await laidExecutor(world, 'blobs');
  for (const vault of ['There', 'Once']) await done(put(vault, { kind: 'Backup' })(tables));
  await done(put('Once', NAMING, true)(tables));
  await done(put('Once', { purge: null }, true)(tables));
  return tables;
}

/** What names it, whoever asked. */
async function naming(tables: Tables): Promise<readonly string[]> {
  const world = over(tables);
  const heads = await Promise.all(['There', 'New', 'Once'].map((vault) => world.vaults.head(vault, 'fresh')));
  const vaults = heads.flatMap((head) => (head?.vault.purge.executor ? [head.vault.name] : []));
  const kinds = (await world.kinds.fresh()).all.filter(({ executor }) => executor !== null).map(({ name }) => name);
  return [...vaults, ...kinds];
}

const SEEDS = 60;

test('an item is destroyed by the executor of its kind, which lets it go meanwhile', async () => {
  const [place, kind] = [{ vault: 'There', item: 'disk-01' }, { kind: 'AzureDisk' }];
  const disk = { workload: 'AzureDisk', sourceId: '/disk-01', policy: 'daily' } as const;
  const daily = { name: 'daily', workloads: ['AzureDisk'], schedule: '0 0 2 * * *', retention: { daily: 7 } } as const;
  const ends = new Set<string>();
  for (let seed = SEED; seed < SEED + 3 * SEEDS; seed += 1) {
    const tables = await ground();
    await done(putPolicy(over(tables), aRequest(), { vault: 'There' }, daily));
    await done(protect(over(tables), aRequest(), place, disk));
    await done(putKind(over(tables), aRequest(), kind, EXECUTOR));
    const { add, run } = interleaving(tables, randomOf(seed));
    add('s', (own) => stop(over(own), aRequest(), place, { mode: 'delete', confirmName: 'disk-01' }));
    add('k', (own) => putKind(over(own), aRequest(), kind, { executor: null }));
    add('d', async (own) => {
      for (let tries = 0; tries < 3; tries += 1) await deleteExecutor(over(own), aRequest(), EXECUTOR);
    });
    const order = await run();
    const said = `seed ${seed}: ${order}`;
    const item = (await over(tables).vaults.item(place.vault, place.item))?.value;
    const isThere = (await over(tables).executors.get('blobs')) !== undefined;
    if (isOrdered(item)) expect(isThere, said).toBe(true);
    expect((await checkStore(scanTables(tables), later(1))).findings, said).toEqual([]);
    ends.add(isOrdered(item) ? 'ordered' : 'purged');
  }
  expect([...ends].toSorted()).toEqual(['ordered', 'purged']);
});

test.each(Object.keys(NAMERS))('%s', async (name) => {
  const act = NAMERS[name] as Act;
  const ends = new Set<string>();
  for (let seed = SEED; seed < SEED + SEEDS; seed += 1) {
    const tables = await ground();
    const { add, run } = interleaving(tables, randomOf(seed));
    const outcomes = new Map<string, Outcome<unknown>>();
    add('n', async (own) => outcomes.set('n', await act(own)));
    add('d', async (own) => outcomes.set('d', await deleteExecutor(over(own), aRequest(), EXECUTOR)));
    const order = await run();
    const [named, deleted] = [outcomes.get('n'), outcomes.get('d')];
    const said = `seed ${seed}: ${order}`;
    const isThere = (await over(tables).executors.get('blobs')) !== undefined;
    const names = await naming(tables);
    expect([deleted?.ok, isThere], said).toEqual([!isThere, isThere]);
    expect(names.length > 0, said).toBe(named?.ok === true);
    if (names.length > 0) expect(isThere, said).toBe(true);
    if (named && !named.ok) expect(named.refusal.code, said).toBe('ExecutorNotFound');
    if (deleted && !deleted.ok) expect(deleted.refusal.code, said).toBe('ExecutorInUse');
    expect((await checkStore(scanTables(tables), later(1))).findings, said).toEqual([]);
    ends.add(isThere ? 'named' : 'deleted');
  }
  expect([...ends].toSorted()).toEqual(['deleted', 'named']);
});
