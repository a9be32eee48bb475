/** The checker finds each violation that it is made for, and nothing in a store that the flows have written. */
import { beforeEach, describe, expect, test } from 'vitest';
import { putHold } from '../../src/flows/items/holds.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { keys } from '../../src/store/keys.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore, type Placed } from '../../tools/check/store.ts';
import { later } from '../support/builders.ts';
import { at, done, type Furnished, furnish, item, P, place, storeOver } from '../support/furnished.ts';
import { memoryTables } from '../support/tables.ts';
import { aRequest, must } from '../support/world.ts';
import { VIOLATIONS } from './violations.ts';

let store: Furnished;

beforeEach(async () => {
  store = storeOver(memoryTables());
  await furnish(store);
});

describe('a store that the flows have written', () => {
  test('is without store.findings, and counted', async () => {
    const { findings: found, counts } = await checkStore(scanTables(store.tables), later(1));
    expect(found).toEqual([]);
    expect(counts).toMatchObject({ vaults: 1, items: 7, tombstones: 1, claims: 8 });
  });

  test('also when a policy has just been shortened, until its own hint is gone', async () => {
    await done(
      putPolicy(store.ports, aRequest(later(1)), { vault: 'Contoso' }, { name: 'daily', retention: { daily: 7 } }),
    );
    expect(await store.findings()).toEqual([]);
    await store.dropHints('daily', 'policy');
    expect(await store.findings()).toEqual([
      `I2 ${at(item('busy'))}`,
      `I2 ${at(item('many'))}`,
      `I2 ${at(item('protected'))}`,
    ]);
  });

  test('also when a hold keeps an item beyond its time', async () => {
    await done(putHold(store.ports, aRequest(), place('deleted'), { name: 'h', reason: 'r', until: later(40) }));
    expect(await store.findings(later(20))).toEqual([]);
  });
});

describe('the checker finds', () => {
  test.each(VIOLATIONS)('$what', async ({ seed, found }) => {
    await seed(store);
    expect(await store.findings()).toEqual(await found(store));
  });

  test('I5: a vault that the directory does not list, when all rows are read', async () => {
    const listing = must(await store.ports.registry.listing('contoso'));
    const scan = scanTables(store.tables);
    const rows: Placed[] = [];
    for await (const row of scan('vaults')) rows.push(row);
    await store.ports.commit({ line: 'unlistVault', listing });
    const whole: typeof scan = (name) => (name === 'vaults' ? iterate(rows) : scan(name));
    const { findings: found } = await checkStore(whole, later(1));
    expect(found).toMatchObject([{ rule: 'I5', row: at(keys.vault(P)) }]);
  });
});

async function* iterate<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}
