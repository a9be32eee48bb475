/** The tally of a vault is exact at every instant, whoever writes, folds or dies meanwhile; and a read of several pages is none of two. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Item, ItemState, Remains } from '../../src/core/item.ts';
import { NO_TALLY, plus, tallyOf, usersOf } from '../../src/core/tally.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import { pastPrefix, type Row, type Table } from '../../src/store/table.ts';
import { fold } from '../../src/store/tallies.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { anItem, aVault, later } from '../support/builders.ts';
import { FULL } from '../support/full.ts';
import { type PlainStores, plainStores } from '../support/stores.ts';
import { MAKERS, memoryTables, type Tables } from '../support/tables.ts';
import { headOf, must, newHead, writing } from '../support/world.ts';

const P = 'contoso';
const differences = async ({ vaults }: Tables) =>
  (await vaults.range(P, { prefix: keys.tallies(P) })).filter(({ key }) => !/!(base|end)$/.test(key)).length;

describe.each(MAKERS)('the tally of a vault, $name', ({ open }) => {
  let tables: Tables;
  let stores: PlainStores;

  beforeEach(async () => {
    tables = (await open())();
    stores = plainStores(tables);
    await stores.commit(newHead(aVault()));
  });

  const write = async (now: Remains) => {
    const was = await stores.vaults.item(P, now.name);
    expect(await stores.commit(writing(now, was))).toBe(true);
  };

  test('follows an item through its life, with the users of each policy, and is there in the read of the head', async () => {
    const tally = async () => (await headOf(stores.vaults)).tally;
    expect(await tally()).toEqual(NO_TALLY);
    const of = (counts: object) => ({ protected: 0, stopped: 0, softDeleted: 0, ...counts });
    const blob = { name: 'blob', workload: 'AzureBlob' };
    const life: readonly [Item, object, object][] = [
      [anItem('Protected'), { protected: 1 }, { protected: 1 }],
      [anItem('ProtectionStopped'), { stopped: 1 }, {}],
      [anItem('SoftDeleted'), { softDeleted: 1 }, {}],
      [anItem('Purging'), { softDeleted: 1 }, {}],
      // A Backup vault keeps the tie to the policy when protection ends.
      [anItem('SoftDeleted', blob), { softDeleted: 2 }, { softDeleted: 1 }],
    ];
    for (const [item, counts, users] of life) {
      await write(item);
      const now = must(await tally());
      expect(now.counts, item.state).toEqual(of(counts));
      expect(usersOf(now, 'DAILY'), item.state).toEqual(of(users));
    }
    expect(await stores.vaults.counts(P)).toEqual(of({ softDeleted: 2 }));
  });

  test('a change that alters no count writes no difference', async () => {
    await write(anItem('Protected'));
    expect(await differences(tables)).toBe(1);
    await write(anItem('Protected', { etag: 'i2' }));
    expect(await differences(tables)).toBe(1);
  });

  test('a fold changes nothing but the number of rows; of two at once one may find another base', async () => {
    for (const name of ['a', 'b', 'c']) await write(anItem('Protected', { name }));
    const before = (await headOf(stores.vaults)).tally;
    const folds = await Promise.all([fold(tables.vaults, P), fold(tables.vaults, P)]);
    expect(folds).toContain(true);
    expect(await differences(tables)).toBe(0);
    expect((await headOf(stores.vaults)).tally).toEqual(before);
  });

  test('a remembered head says nothing of it', async () => {
    await headOf(stores.vaults);
    expect(await stores.vaults.head(P, 'remembered')).toMatchObject({ remembered: true, tally: undefined });
  });

  test('the orders of an index, stretch by stretch, each part by itself', async () => {
    const items: readonly [string, ItemState, object?][] = [
      ['b', 'Protected'],
      ['C', 'SoftDeleted'],
      ['a', 'ProtectionStopped'],
      ['m2', 'Protected', { workload: 'MARS', server: 'Srv-2' }],
      ['m1', 'Protected', { workload: 'MARS', server: 'srv-1' }],
    ];
    for (const [name, state, over] of items) await write(anItem(state, { name, ...over }));
    const names = async (index: Parameters<typeof stores.vaults.items>[2], limit = 2) => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const stretch = await stores.vaults.items(P, { after, limit }, index);
        found.push(...stretch.found.map(({ name }) => name));
        after = stretch.last;
      } while (after !== undefined);
      return found;
    };
    expect(await names({ by: 'kind' })).toEqual(['a', 'b', 'C', 'm1', 'm2']);
    expect(await names({ by: 'kind', workload: 'MARS' })).toEqual(['m1', 'm2']);
    expect(await names({ by: 'kind', workload: 'MARS', server: 'SRV-2' })).toEqual(['m2']);
    expect(await names({ by: 'state', state: 'ProtectionStopped' })).toEqual(['a']);
    expect(await names({ by: 'policy', policy: 'Daily' })).toEqual(['b', 'm1', 'm2']);
    expect(await names({ by: 'policy', policy: 'daily', workload: 'AzureVM' })).toEqual(['b']);
    expect(await names({ by: 'trash', state: 'SoftDeleted' })).toEqual(['C']);
    await write(anItem('Purging', { name: 'C' }));
    expect(await names({ by: 'trash', state: 'SoftDeleted' })).toEqual([]);
    expect(await names({ by: 'trash', state: 'Purging' })).toEqual(['C']);
  });
});

/** A read in two pages, with something done in between. */
const inTwoPages = (table: Table, between: () => Promise<unknown>): Table => ({
  ...table,
  async range(partition, range) {
    const { before = pastPrefix(range.prefix) } = range;
    const all = await table.range(partition, range);
    const middle = must(all[Math.floor(all.length / 2)]).key;
    const first = all.filter(({ key }) => key <= middle);
    await between();
    return [...first, ...(await table.range(partition, { ...range, after: middle, before }))];
  },
});

test('a head that was read in two pages with a fold in between is read again', async () => {
  const tables = memoryTables();
  const stores = plainStores(tables);
  await stores.commit(newHead(aVault()));
  for (let at = 0; at < 9; at += 1) await stores.commit(writing(anItem('Protected', { name: `i${at}` })));
  let folds = 0;
  const torn = inTwoPages(tables.vaults, async () => {
    folds += 1;
    if (folds === 1) await fold(tables.vaults, P);
  });
  const { tally } = await headOf(plainStores({ ...tables, vaults: torn }).vaults);
  expect(tally?.counts).toEqual({ protected: 9, stopped: 0, softDeleted: 0 });
  expect(folds).toBe(2);
});

test('whoever has written fifty, or reads more, folds them, and nobody waits for it', async () => {
  const tables = memoryTables();
  const stores = plainStores(tables);
  await stores.commit(newHead(aVault()));
  for (let at = 0; at < 50; at += 1) await stores.commit(writing(anItem('Protected', { name: `i${at}` })));
  await expect.poll(() => differences(tables)).toBe(0);
  // Another instance of each writes less than that, and one reads all.
  for (let at = 50; at < 120; at += 1)
    await plainStores(tables).commit(writing(anItem('Protected', { name: `i${at}` })));
  expect(await differences(tables)).toBe(70);
  expect((await headOf(plainStores(tables).vaults)).tally?.counts.protected).toBe(120);
  await expect.poll(() => differences(tables)).toBe(0);
  expect((await headOf(stores.vaults)).tally?.counts.protected).toBe(120);
});

test.each(['remembered', 'fresh'] as const)(
  'a process that comes to a vault for the first time folds what others left, although its head may be %s',
  async (how) => {
    const tables = memoryTables();
    await plainStores(tables).commit(newHead(aVault()));
    for (let at = 0; at < 70; at += 1)
      await plainStores(tables).commit(writing(anItem('Protected', { name: `i${at}` })));
    await plainStores(tables).vaults.head(P, how);
    await expect.poll(() => differences(tables)).toBe(0);
  },
);

const RUNS = FULL ? 300 : 60;
const CLIENTS = 16;
const TURNS = 2;
const STATES: readonly ItemState[] = ['Protected', 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted'];

/** The same numbers for the same seed. */
const dice = (seed: number) => {
  let state = seed * 2_654_435_761 + 1;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** Requests take turns as the dice say, and one of a client that is dead never answers. */
const shuffled = (table: Table, roll: (below: number) => number, isDead: () => boolean): Table => {
  const turns = async () => {
    for (let left = roll(4); left > 0; left -= 1) await Promise.resolve();
    if (isDead()) throw new Error('it is dead');
  };
  return {
    get: (partition, key) => turns().then(() => table.get(partition, key)),
    range: (partition, range) => turns().then(() => table.range(partition, range)),
    across: (from, to, range) => turns().then(() => table.across(from, to, range)),
    commit: async (partition, ops) => {
      await turns();
      const done = await table.commit(partition, ops);
      await turns();
      return done;
    },
    remove: (partition, key, tag) => turns().then(() => table.remove(partition, key, tag)),
  };
};

/** One client after another moves some of eight items; some fold; some die between two requests, or before an answer. */
async function aRun(seed: number): Promise<void> {
  const roll = dice(seed);
  const tables = memoryTables();
  await plainStores(tables).commit(newHead(aVault()));
  const client = async () => {
    let left = 5 + roll(60);
    const isDead = () => {
      left -= 1;
      return left < 0;
    };
    const vaults = shuffled(tables.vaults, roll, isDead);
    const stores = plainStores({ ...tables, vaults });
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (roll(3) === 0) await fold(vaults, P);
      const name = `i${roll(8)}`;
      const was = await stores.vaults.item(P, name);
      await stores.commit(
        writing(anItem(must(STATES[roll(STATES.length)]), { name, etag: `${seed}-${roll(1e9)}` }), was),
      );
      if (roll(6) > 0) continue;
      const before = await itemRows(tables);
      const { tally } = await headOf(plainStores(tables).vaults);
      // Others may have written between the reads: then nothing can be said.
      const after = await itemRows(tables);
      if (JSON.stringify(before) === JSON.stringify(after)) expect(tally).toEqual(sumOf(after));
    }
  };
  await Promise.allSettled(Array.from({ length: CLIENTS }, client)).then((all) =>
    all.forEach((one) => {
      if (one.status === 'rejected' && !/it is dead/.test(String(one.reason))) throw one.reason;
    }),
  );
  expect((await headOf(plainStores(tables).vaults)).tally).toEqual(sumOf(await itemRows(tables)));
  if (seed % 10 > 0) return;
  const { findings } = await checkStore(scanTables(tables, [P]), later(1));
  expect(findings.filter(({ row }) => /!(tally|by)!/.test(row))).toEqual([]);
}

const itemRows = ({ vaults }: Tables) => vaults.range(P, { prefix: keys.items(P) });
const sumOf = (rows: readonly Row[]) => rows.map(read.remains).map(tallyOf).reduce(plus, NO_TALLY);

test('300 runs of sixteen clients, with folds and deaths in between: the tally is the sum, whenever one looks', async () => {
  for (let seed = 1; seed <= RUNS; seed += 1) await aRun(seed);
});
