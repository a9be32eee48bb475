/** A kind knows by links which vaults have or had an item of it. One that is not true is paid for once. */
import { beforeEach, expect, test } from 'vitest';
import { protect } from '../../../src/flows/items/protect.ts';
import { deleteKind } from '../../../src/flows/kinds/deleteKind.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';

const KIND = { kind: 'Tenant' };
const seen = nothingSeen();
let tables: Tables;
let ports: World;

const links = async () => (await tables.registry.range('kindUses', { prefix: '', before: '~' })).map(({ key }) => key);
const named = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);
const make = (vault: string) =>
  done(putVault(ports, aRequest(), { vault }, { patch: { kind: 'Generic' }, mustExist: false }));
const use = (vault: string) =>
  done(protect(ports, aRequest(), { vault, item: 'acme' }, { workload: 'Tenant', sourceId: vault }));
/** As one whose vault was removed, or that never got its item. */
const stale = (vault: string) => ports.commit({ line: 'kindUse', kind: 'Tenant', vault });
const remove = () => deleteKind(ports, aRequest(), KIND);

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  Object.assign(seen, nothingSeen());
  await work();
  return seen.requests;
}

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(counted(tables, seen, Number.POSITIVE_INFINITY), { notices: { send: async () => undefined } });
  await done(putKind(ports, aRequest(), KIND, {}));
});

test('links of before keep no kind, are struck on the way, and each is paid for once', async () => {
  await make('Open');
  const none = await requestsOf(() => done(remove()));
  await done(putKind(ports, aRequest(), KIND, {}));
  for (const vault of [...named(49, 'gone'), 'Open']) await stale(vault);
  expect(await links()).toHaveLength(50);
  // Each is looked at and struck, twenty with a range; one that could be on its way to be true has to be written anew.
  expect(await requestsOf(() => done(remove()))).toBe(none + 2 + 50 * 2 + 1);
  expect(await links()).toEqual([]);
  expect((await checkStore(scanTables(tables), later(1))).findings).toEqual([]);
});

test('a kind that is in use names twenty vaults, looks at no more, and says that there may be others', async () => {
  for (const vault of named(25, 'v')) {
    await make(vault);
    await use(vault);
  }
  for (const vault of named(5, 'a')) await stale(vault);
  const facts = { vaults: named(20, 'v'), more: true };
  expect(await remove()).toMatchObject({ refusal: { code: 'KindInUse', facts } });
  expect(await links()).toEqual(named(25, 'v').map((vault) => `tenant!${vault}`));
  // The kind, its links, and the refusal in the history.
  expect(await requestsOf(async () => expect(await remove()).toMatchObject({ refusal: { facts } }))).toBe(3 + 20);
});
