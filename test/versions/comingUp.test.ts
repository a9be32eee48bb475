/** A vault of before tallies answers as it did, gets its tally and indexes from a sweep, and each item is counted once, whoever writes meanwhile. */
import { describe, expect, test } from 'vitest';
import type { Item, ItemState } from '../../src/core/item.ts';
import { NO_TALLY, plus, tallyOf } from '../../src/core/tally.ts';
import { type ItemFilter, listItems } from '../../src/flows/items/list.ts';
import { deleteVault } from '../../src/flows/vaults/deleteVault.ts';
import { deletePolicy } from '../../src/flows/vaults/policies.ts';
import { listVaults } from '../../src/flows/vaults/read.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import { pack, type Table, WITH_TALLIES } from '../../src/store/table.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import { anItem, aVault, later } from '../support/builders.ts';
import { bringUp, toBefore } from '../support/ofBefore.ts';
import { plainStores } from '../support/stores.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, headOf, must, newHead, portsOver, writing } from '../support/world.ts';
import { recorded, scanOf, tablesOf } from './rows.ts';

const V1 = recorded(1);
const P = 'contoso';
const STATES: readonly ItemState[] = ['Protected', 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted', 'Purging'];

/** A vault of before with so many items, in all states. */
async function ofBefore(items: number): Promise<Tables> {
  const tables = memoryTables();
  const { commit } = plainStores(tables);
  await commit({ line: 'vault', vault: 'Contoso', id: 'v' });
  await commit(newHead(aVault()));
  for (let at = 0; at < items; at += 1) {
    const state = must(STATES[at % STATES.length]);
    await commit(
      writing(anItem(state, { name: `i${String(at).padStart(4, '0')}`, workload: at % 2 ? 'AzureVM' : 'AzureFiles' })),
    );
  }
  await toBefore(tables.vaults, P);
  return tables;
}

/** What is derived, and differs from the items. */
const derived = async (tables: Tables) =>
  (await checkStore(scanTables(tables, [P]), later(1))).findings.filter(
    ({ row }) => /!(tally|by)!|!item!/.test(row) && /tally|index|count/.test(row),
  );

const ALL: readonly Partial<ItemFilter>[] = [
  {},
  { includeSoftDeleted: false },
  ...STATES.map((state) => ({ state })),
  { workload: 'AzureVM' },
  { state: 'Protected', workload: 'AzureFiles' },
  { server: 'nowhere' },
];

/** What anybody can see of it. Lists are in the order of names here: the orders of an index come with it. */
async function seen(tables: Tables, vault: string) {
  const ports = portsOver(tables);
  const lists = ALL.map(async (filter) => {
    const found = await listItems(
      ports,
      vault,
      { includeSoftDeleted: true, ...filter },
      { top: 200, after: undefined },
    );
    return found.ok ? found.value.shown.map(({ name }) => name).toSorted() : found.refusal.code;
  });
  const vaults = await listVaults(ports, { top: 100, after: undefined });
  const blocked = await deleteVault(ports, aRequest(V1.now), { vault });
  const used = await deletePolicy(ports, aRequest(V1.now), { vault }, { name: 'daily' });
  return {
    lists: await Promise.all(lists),
    counts: vaults.ok && vaults.value.shown.map(({ counts }) => counts),
    refused: [blocked, used].map((one) => (one.ok ? null : [one.refusal.code, one.refusal.facts])),
  };
}

test('every vault of the version before is up after three sweeps, and shows the same as it did', async () => {
  const tables = await tablesOf(V1.rows);
  const vaults = await portsOver(tables).registry.vaults({ limit: 100 });
  // What is asked changes what can be changed, so it is asked of a copy.
  const before = await Promise.all(vaults.map(async (vault) => seen(await tablesOf(V1.rows), vault)));
  const { sweep } = sweeperOver(tables);
  // At an instant at which nothing falls due: what changes are the vaults alone.
  for (let turn = 0; turn < 3; turn += 1) await sweep(V1.now);
  expect((await checkStore(scanOf(tables, V1.rows), V1.now)).findings).toEqual([]);
  expect((await portsOver(tables).control.read()).heartbeat?.hintedVault).toBe('~');
  for (const [at, vault] of vaults.entries()) {
    expect((await headOf(portsOver(tables).vaults, vault)).tally, vault).toBeDefined();
    expect(await seen(tables, vault), vault).toEqual(before[at]);
  }
});

describe('a vault of before', () => {
  test('is counted a stretch at a time: another goes on where the first ended, and it can be used half-way', async () => {
    const tables = await ofBefore(450);
    const before = await seen(tables, P);
    const { vaults } = portsOver(tables);
    let steps = 0;
    expect(await bringUp(tables, P, () => ++steps <= 1)).toBe('left');
    expect(await seen(tables, P)).toEqual(before);
    expect((await headOf(vaults)).tally).toBeUndefined();
    const rows = await tables.vaults.range(P, { prefix: keys.items(P), only: ['v'] });
    expect(rows.filter(({ cells }) => cells['v'] === WITH_TALLIES)).toHaveLength(200);
    expect(await bringUp(tables, P)).toBe('ended');
    expect(await seen(tables, P)).toEqual(before);
    expect(await derived(tables)).toEqual([]);
  });

  test('shuts out code of before as soon as it is begun: that can read neither head nor items, and its fence is gone', async () => {
    const tables = await ofBefore(3);
    const { fence } = await headOf(portsOver(tables).vaults);
    await bringUp(tables, P);
    expect((await tables.vaults.get(P, keys.vault(P)))?.cells['v']).toBe(2);
    expect(await tables.vaults.get(P, keys.fence(P, fence))).toBeUndefined();
    const rows = await tables.vaults.range(P, { prefix: keys.items(P) });
    const trash = await tables.vaults.range(P, { prefix: keys.trash(P) });
    expect(new Set([...rows, ...trash].map(({ cells }) => cells['v']))).toEqual(new Set([2]));
  });

  test('that died at any request is up when the next one is through', async () => {
    for (let most = 0; ; most += 1) {
      const tables = await ofBefore(45);
      let asked = 0;
      const mortal = dying(tables.vaults, () => ++asked > most);
      const first = bringUp({ ...tables, vaults: mortal }, P);
      const isThrough = await first.then(
        () => true,
        () => false,
      );
      expect(await bringUp(tables, P)).toBe('ended');
      expect((await headOf(portsOver(tables).vaults)).tally).toEqual(await sumOf(tables));
      expect(await derived(tables), `after ${most} requests`).toEqual([]);
      if (isThrough) break;
    }
  });

  test('of which a row cannot be read is up without it', async () => {
    const tables = await ofBefore(5);
    await tables.vaults.commit(P, [{ op: 'put', key: keys.item(P, 'i0001'), cells: { v: 1, doc0: '{' } }]);
    expect(await bringUp(tables, P)).toBe('ended');
    expect((await headOf(portsOver(tables).vaults)).tally?.counts).toEqual({
      protected: 1,
      stopped: 1,
      softDeleted: 2,
    });
  });

  test('100 times, while eight others write, some of them with code of before: nobody is counted twice, or not at all', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const tables = await ofBefore(20);
      const bring = () => bringUp(tables, P);
      const writers = Array.from({ length: 8 }, (_, client) =>
        (client % 4 === 0 ? writeBefore : writeNow)(tables, seed * 8 + client),
      );
      await Promise.all([bring(), ...writers, bring()]);
      expect(await bring()).toBe('ended');
      expect((await headOf(portsOver(tables).vaults)).tally).toEqual(await sumOf(tables));
      expect(await derived(tables), `run ${seed}`).toEqual([]);
    }
  });
});

const sumOf = async ({ vaults }: Tables) =>
  (await vaults.range(P, { prefix: keys.items(P) })).map(read.remains).map(tallyOf).reduce(plus, NO_TALLY);

/** Before some requests, and after others, it is not there any more. */
function dying(table: Table, isDead: () => boolean): Table {
  const alive = () => {
    if (isDead()) throw new Error('it is dead');
  };
  const first =
    <A extends readonly unknown[], R>(work: (...asked: A) => Promise<R>) =>
    async (...asked: A): Promise<R> => {
      alive();
      return work(...asked);
    };
  return {
    get: first(table.get),
    range: first(table.range),
    across: first(table.across),
    remove: first(table.remove),
    commit: async (...asked) => {
      alive();
      const done = await table.commit(...asked);
      alive();
      return done;
    },
  };
}

const pick = <T>(all: readonly T[], by: number): T => must(all[by % all.length]);
const moves = (seed: number) =>
  Array.from({ length: 4 }, (_, turn) => ({
    name: `i${String((seed * 7 + turn * 3) % 20).padStart(4, '0')}`,
    state: pick(STATES, seed + turn * 2),
  }));

async function writeNow(tables: Tables, seed: number): Promise<void> {
  const { vaults, commit } = plainStores(tables);
  for (const { name, state } of moves(seed)) {
    const was = await vaults.item(P, name);
    const { workload } = must(was).value as Item;
    await commit(writing(anItem(state, { name, workload, etag: `${seed}-${name}` }), was));
  }
}

/** As the version before wrote an item without looking at its vault: over what it has read, if it can read it. */
async function writeBefore({ vaults }: Tables, seed: number): Promise<void> {
  for (const { name } of moves(seed)) {
    const row = must(await vaults.get(P, keys.item(P, name)));
    await Promise.resolve();
    if (row.cells['v'] !== 1) continue;
    const { uncounted: _, ...was } = read.remains(row) as Item;
    if (was.state !== 'Protected' && was.state !== 'ProtectionStopped') continue;
    const now = anItem(was.state === 'Protected' ? 'ProtectionStopped' : 'Protected', { name, workload: was.workload });
    await vaults.commit(P, [{ op: 'replace', key: row.key, tag: row.tag, cells: pack(now, { state: now.state }) }]);
  }
}
