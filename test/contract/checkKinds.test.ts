/** What `npm run check:store` finds of kinds of your own, each on a planted row. */
import { beforeEach, describe, expect, test } from 'vitest';
import { SERVICE } from '../../src/core/hints.ts';
import type { Item } from '../../src/core/item.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { putKind } from '../../src/flows/kinds/kinds.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { keys } from '../../src/store/keys.ts';
import { LINKS, linkKey } from '../../src/store/links.ts';
import { itemCells } from '../../src/store/ops.ts';
import { pack, put } from '../../src/store/table.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { later } from '../support/builders.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, done, must, portsOver } from '../support/world.ts';

const V = 'contoso';
let tables: Tables;
let item: Item;

beforeEach(async () => {
  tables = memoryTables();
  const world = portsOver(tables);
  await done(putVault(world, aRequest(), { vault: V }, { patch: { kind: 'Generic' }, mustExist: false }));
  await done(putKind(world, aRequest(), { kind: 'Tenant' }, {}));
  await done(protect(world, aRequest(), { vault: V, item: 'acme' }, { workload: 'Tenant', sourceId: 'acme' }));
  item = must(await world.vaults.item(V, 'acme')).value as Item;
});

const findings = async () =>
  (await checkStore(scanTables(tables), later(1))).findings.map(
    ({ rule, row, message }) => `${rule} ${row}: ${message}`,
  );
const ITEM = `I5 vaults/${V}/${keys.item(V, 'acme')}`;
const KIND = keys.kind('Tenant');
const rewrite = (over: object) =>
  tables.vaults.commit(V, [{ op: 'put', key: keys.item(V, 'acme'), cells: itemCells({ ...item, ...over } as Item) }]);
const drop = async (table: 'vaults' | 'registry', partition: string, key: string) => {
  const row = must(await tables[table].get(partition, key));
  await tables[table].remove(partition, key, row.tag);
};

describe('kinds in the store', () => {
  test('are all well as the service writes them', async () => expect(await findings()).toEqual([]));

  test.each<readonly [what: string, plant: () => Promise<unknown>, found: string]>([
    [
      'an item of a kind that is not there',
      () => drop('vaults', SERVICE, KIND),
      `${ITEM}: its kind Tenant is not there`,
    ],
    [
      'an item that says otherwise than its kind',
      () => rewrite({ kind: { ...item.kind, recoveryPoints: true } }),
      `${ITEM}: it says otherwise than its kind Tenant what it is`,
    ],
    [
      'an item in a vault that its kind does not know',
      () => rewrite({ kind: { ...item.kind, vaultKinds: ['Backup'] } }),
      `${ITEM}: its kind Tenant is not kept in a Generic vault`,
    ],
    [
      'a vault that does not remember its kinds',
      () => drop('vaults', V, keys.noted(V, 'Tenant')),
      `${ITEM}: its vault does not remember that it has items of the kind Tenant`,
    ],
    [
      'a vault that is not listed',
      () => drop('registry', LINKS.kind, linkKey('Tenant', V)),
      `${ITEM}: its vault is not listed for the kind Tenant`,
    ],
    [
      'an original of which another item stands',
      () => rewrite({ superseded: true }),
      `${ITEM}: another item has taken over its original`,
    ],
    [
      'a kind that cannot be read',
      () => tables.vaults.commit(SERVICE, [put(KIND, pack({ name: 'Tenant', class: 'Other' }))]),
      `unreadable vaults/${SERVICE}/${KIND}: unreadable row ${KIND}`,
    ],
  ])('%s', async (_, plant, found) => {
    await plant();
    expect(await findings()).toContain(found);
  });
});
