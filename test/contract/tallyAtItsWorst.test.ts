/** A vault has as many policies, workloads and names as long as there can be: its tally is folded, exact, and every row of it fits. */
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { minus, NO_TALLY, plus, type Tally, total, userKey } from '../../src/core/tally.ts';
import { keys } from '../../src/store/keys.ts';
import { MOST_WORKLOADS } from '../../src/store/rows/parts.ts';
import { pack, put, type Table } from '../../src/store/table.ts';
import { fold } from '../../src/store/tallies.ts';
import { aVault } from '../support/builders.ts';
import { bytesOf, LARGEST_ROW, LARGEST_TRANSACTION, MOST_ROWS, sizeOf } from '../support/sizes.ts';
import { plainStores, storesOver } from '../support/stores.ts';
import { memoryTables } from '../support/tables.ts';
import { headOf, newHead } from '../support/world.ts';

const P = 'contoso';
const named = (what: string, at: number) => `${what}${at}`.padEnd(63, 'x');
const POLICIES = Array.from({ length: LIMITS.policies.most }, (_, at) => named('policy', at));
const WORKLOADS = Array.from({ length: MOST_WORKLOADS }, (_, at) => named('workload', at));

/** Of each policy with each workload so many. */
const usersOf = (policy: string, each: number): Tally => {
  const counts = { protected: each, stopped: each + 1, softDeleted: each + 2 };
  const users = WORKLOADS.map((workload) => [userKey(policy, workload), counts] as const);
  return { counts, users: Object.fromEntries(users) };
};
const WORST = POLICIES.map((policy, at) => usersOf(policy, 900_000 + at));

/** Transactions that are too large, and the rows in them. */
function tooLarge(table: Table, found: string[]): Table {
  return {
    ...table,
    commit(partition, ops) {
      if (ops.length > MOST_ROWS || bytesOf(ops) > LARGEST_TRANSACTION) found.push(`${ops.length}: ${bytesOf(ops)}`);
      for (const op of ops)
        if ('cells' in op && op.cells && sizeOf(op.cells) > LARGEST_ROW) found.push(`${op.key}: ${sizeOf(op.cells)}`);
      return table.commit(partition, ops);
    },
  };
}

async function aVaultAtItsWorst() {
  const tables = memoryTables();
  const found: string[] = [];
  const vaults = tooLarge(tables.vaults, found);
  await plainStores(tables).commit(newHead(aVault()));
  const add = async (what: string, differences: readonly Tally[]) => {
    for (const [at, difference] of differences.entries())
      await vaults.commit(P, [{ op: 'insert', key: keys.tally(P, `${what}${at}`), cells: pack(difference) }]);
  };
  const rows = () => vaults.range(P, { prefix: keys.tallies(P) });
  const foldAll = async () => {
    while ((await rows()).some(({ key }) => /![a-z]\d+$/.test(key))) expect(await fold(vaults, P)).toBe(true);
  };
  const tally = async () => (await headOf(plainStores({ ...tables, vaults }).vaults)).tally;
  return { tables, found, add, rows, foldAll, tally };
}

/** A request answers with so many rows and bytes at most. */
const ONE_REQUEST = { rows: 1000, bytes: 4 * 1024 * 1024 } as const;

test('it is folded into rows that fit, the sum is exact, and one request reads all of it', async () => {
  const { found, add, rows, foldAll, tally } = await aVaultAtItsWorst();
  await add('a', WORST);
  await foldAll();
  const sum = total(WORST);
  expect(Object.keys(sum.users)).toHaveLength(LIMITS.policies.most * MOST_WORKLOADS);
  expect(await tally()).toEqual(sum);
  const read = await rows();
  expect(read.length).toBeLessThan(ONE_REQUEST.rows / 100);
  expect(read.reduce((bytes, { cells }) => bytes + sizeOf(cells), 0)).toBeLessThan(ONE_REQUEST.bytes / 2);
  expect(found).toEqual([]);
});

test('what comes later is folded as well, and what nobody uses any more takes its rows along', async () => {
  const { found, add, rows, foldAll, tally } = await aVaultAtItsWorst();
  await add('a', WORST);
  await foldAll();
  await add(
    'b',
    WORST.map((one) => minus(NO_TALLY, one)),
  );
  await add('c', [usersOf(named('policy', 7), 5)]);
  await foldAll();
  expect(await tally()).toEqual(usersOf(named('policy', 7), 5));
  expect((await rows()).map(({ key }) => key)).toEqual([keys.tallyBase(P), keys.tallyEnd(P)]);
  expect(found).toEqual([]);
});

test('a base of before, with the names beside each count, is read and folded into one of ours', async () => {
  const { tables, add, foldAll, tally } = await aVaultAtItsWorst();
  const before = { ...usersOf('daily', 3), folds: 7, isUp: true };
  await tables.vaults.commit(P, [put(keys.tallyBase(P), before), put(keys.tallyEnd(P), { folds: 7 })]);
  expect(await tally()).toEqual(usersOf('daily', 3));
  await add('a', [usersOf('daily', 1), usersOf('weekly', 1)]);
  await foldAll();
  expect(await tally()).toEqual([usersOf('daily', 3), usersOf('daily', 1), usersOf('weekly', 1)].reduce(plus));
});

test('what cannot be folded is told each time that somebody tries, and keeps nobody from anything', async () => {
  const { tables, add } = await aVaultAtItsWorst();
  await add(
    'a',
    Array.from({ length: 60 }, () => usersOf('daily', 1)),
  );
  const told: string[] = [];
  const refused = new Error('400 EntityTooLarge');
  const commit = () => Promise.reject(refused);
  const reader = storesOver({ ...tables, vaults: { ...tables.vaults, commit } }, (vault, error) => {
    expect(error).toBe(refused);
    told.push(vault);
  });
  for (const times of [1, 2]) {
    expect((await headOf(reader.vaults)).tally?.counts.protected).toBe(60);
    await expect.poll(() => told).toEqual(Array.from({ length: times }, () => P));
  }
});
