import { expect, test } from 'vitest';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { undelete } from '../../src/flows/items/undelete.ts';
import { deleteVault } from '../../src/flows/vaults/deleteVault.ts';
import { readPolicy } from '../../src/flows/vaults/read.ts';
import { tableControl } from '../../src/store/control.ts';
import { VERSION } from '../../src/store/table.ts';
import { checkStore } from '../../tools/check/store.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import { historyIn } from '../support/stores.ts';
import type { Tables } from '../support/tables.ts';
import { aRequest, done, portsOver } from '../support/world.ts';
import { recorded, scanOf, tablesOf, type Written } from './rows.ts';

const V1 = recorded(1);
const ITEM = { vault: 'vault-1', item: '' };
const EVER = instantOf(8_640_000_000_000_000);
const people = (name: string) => ({ limit: 1000, ...(name ? { after: name } : {}) });

const findings = async (tables: Tables, now: Instant) => (await checkStore(scanOf(tables, V1.rows), now)).findings;

/** Reads every row by the port that it belongs to. */
async function readAll(tables: Tables): Promise<Readonly<Record<string, number>>> {
  const ports = portsOver(tables);
  const control = tableControl(tables.vaults, tables.registry);
  const read: Record<string, number> = {};
  const note = (name: string, rows: readonly unknown[]) => {
    read[name] = (read[name] ?? 0) + rows.length;
  };
  for (const vault of await ports.registry.vaults({ limit: 100 })) {
    const { found: items } = await ports.vaults.items(vault, people(''));
    const head = await ports.vaults.head(vault, 'fresh');
    note('heads', [head].filter(Boolean));
    // One that cannot be read takes no other along: it is asked for by its name.
    for (const name of head?.unreadablePolicies ?? []) await done(readPolicy(ports, vault, name));
    note('items', items);
    note('trash', (await ports.vaults.dueTrash(vault, EVER)).items);
    note('servers', (await ports.vaults.servers(vault, people(''))).found);
    note('alerts', (await ports.alerts.list(vault, people(''))).found);
    note('pins', await ports.vaults.pins(vault));
    for (const { name } of items) {
      await ports.vaults.item(vault, name);
      note('pages', await ports.vaults.pages(vault, name));
      note('history', await historyIn(ports, vault, name, 1000));
    }
    note('history', await historyIn(ports, vault, null, 1000));
  }
  const state = await control.read();
  note('control', [state.pause, state.belt, state.heartbeat].filter(Boolean));
  note('sweeps', await control.recent());
  note('dead letters', (await ports.ledger.dead({ limit: 1000 })).found);
  note('guards', [await ports.guards.get('keeper')].filter(Boolean));
  return read;
}

test('every row of the first version is there, and is read', async () => {
  const tables = await tablesOf(V1.rows);
  const held = (part: RegExp) => V1.rows.filter(({ table, key }) => table === 'vaults' && part.test(key)).length;
  expect(await readAll(tables)).toEqual({
    heads: held(/!head!settings$/),
    items: held(/!item!/),
    trash: held(/!head!trash!/),
    servers: held(/!server!/),
    // what is about the service itself lies in no vault
    alerts: held(/^vault-\d!alert!/),
    pins: held(/!pin!/),
    pages: held(/!page!/),
    history: held(/^vault-\d!audit!/),
    control: 3,
    sweeps: 2,
    'dead letters': V1.rows.filter(({ partition }) => partition === 'deadletters').length,
    guards: 1,
  });
  expect(await findings(tables, V1.now)).toEqual([]);
});

test('life goes on over them: what is deleted comes back, what is stopped is resumed, what is due is purged', async () => {
  const tables = await tablesOf(V1.rows);
  const ports = { ...portsOver(tables), ...UNTOLD };
  const over = <R>() => aRequest<R>(V1.now);
  const of = (item: string) => ({ ...ITEM, item });
  expect(await undelete(ports, over(), of('deleted'))).toMatchObject({ ok: true });
  expect(await resume(ports, over(), of('stopped'), { verb: 'resume', policy: 'daily' })).toMatchObject({ ok: true });
  expect(await stop(ports, over(), of('protected'), { mode: 'delete', confirmName: 'protected' })).toMatchObject({
    ok: true,
  });
  const later = V1.now.plus({ days: 100 });
  const swept = await sweeperOver(tables).sweep(later);
  expect(swept.purged).toBeGreaterThan(3);
  expect(swept.failed).toBe(0);
  expect(await findings(tables, later)).toEqual([]);
});

test('the brakes are read where they lie until the first change takes them along, once, whoever makes it', async () => {
  const tables = await tablesOf(V1.rows);
  let looks = 0;
  const range: Tables['registry']['range'] = (partition, asked) => {
    if (partition === 'control' && asked.prefix === 'a!') looks += 1;
    return tables.registry.range(partition, asked);
  };
  const watched = { ...tables, registry: { ...tables.registry, range } };
  const { control } = portsOver(watched);
  const before = await control.read();
  expect(before).toMatchObject({ pause: { value: { reason: 'we look first' } }, heartbeat: { held: 'Belt' } });
  expect(before.before).toEqual(['pause', 'belt', 'heartbeat']);

  await Promise.all([sweeperOver(watched).sweep(V1.now), sweeperOver(watched).sweep(V1.now)]);
  looks = 0;
  const after = await control.read();
  expect(after).toMatchObject({
    before: [],
    pause: { value: { reason: 'we look first', until: before.pause?.value?.until } },
  });
  expect(after.belt?.value.holds).toEqual(before.belt?.value.holds);
  expect(looks).toBe(0);
  expect(await control.recent()).toHaveLength(4);
});

test('what was added since has a default, and is written from then on', async () => {
  const strip = ({ key, cells, ...row }: Written): Written => {
    if (!key.endsWith('!head!settings')) return { ...row, key, cells };
    const { vault, ...more } = JSON.parse(String(cells['doc0']));
    const { silences: _, ...before } = vault;
    return { ...row, key, cells: { ...cells, doc0: JSON.stringify({ ...more, vault: before }) } };
  };
  const { vaults } = portsOver(await tablesOf(V1.rows.map(strip)));
  expect((await vaults.head('vault-1', 'fresh'))?.vault.silences).toEqual([]);
});

/** Mails are no matter here. */
const UNTOLD = { notices: { send: async () => undefined } };

/** Whatever anybody may ask for, at a time when all of it is due. What is refused, or fails, is no matter here. */
async function everything(tables: Tables): Promise<void> {
  const ports = { ...portsOver(tables), ...UNTOLD };
  const now = V1.now.plus({ days: 400 });
  const ask = <R>() => aRequest<R>(now);
  const vaults = ['vault-1', 'vault-2', 'vault-3', 'vault-4', 'vault-5'];
  await sweeperOver(tables)
    .sweep(now)
    .catch(() => undefined);
  for (const vault of vaults)
    for (const { key } of await tables.vaults.range(vault, { prefix: `${vault}!item!` })) {
      const item = key.split('!')[2] ?? '';
      const verbs = [
        () => undelete(ports, ask(), { vault, item }),
        () => resume(ports, ask(), { vault, item }, { verb: 'resume', policy: 'daily' }),
        () => stop(ports, ask(), { vault, item }, { mode: 'delete', confirmName: item }),
        () => ports.vaults.forget(vault, item),
      ];
      for (const verb of verbs) await verb().catch(() => undefined);
    }
  for (const vault of vaults) await deleteVault(ports, ask(), { vault }).catch(() => undefined);
}

/** An item and its place in the trash are written together, always. */
const KINDS: readonly (readonly [kind: string, key: RegExp])[] = [
  ['settings', /!head!settings$/],
  ['policy', /!head!policy!/],
  ['item', /!(item|head!trash)!/],
  ['page', /!page!/],
  ['pin', /!pin!/],
];

test.for(KINDS)('%s rows of newer code are refused by name, and nothing is written over them', async ([, which]) => {
  const isOne = ({ table, key }: Written) => table === 'vaults' && which.test(key);
  const newer = V1.rows.map((row) => (isOne(row) ? { ...row, cells: { ...row.cells, v: VERSION + 1 } } : row));
  const tables = await tablesOf(newer);
  await expect(readAll(tables)).rejects.toThrow(
    /^unreadable (policy \w+|row .+: newer code than this has written it, version 4)$/,
  );
  expect((await findings(tables, V1.now)).filter(({ rule }) => rule === 'unreadable').length).toBeGreaterThan(0);

  const ours = newer.filter(isOne);
  expect(ours.length).toBeGreaterThan(0);
  await everything(tables);
  for (const { table, partition, key, cells } of ours)
    expect((await tables[table].get(partition, key))?.cells, key).toEqual(cells);
});

test('a sweep that finds rows of newer code says which, and deals with all others', async () => {
  const isOne = ({ key }: Written) => /!deleted$/.test(key) && /!(item|trash)!/.test(key);
  const newer = V1.rows.map((row) => (isOne(row) ? { ...row, cells: { ...row.cells, v: VERSION + 1 } } : row));
  const tables = await tablesOf(newer);
  const swept = await sweeperOver(tables).sweep(V1.now.plus({ days: 100 }));
  expect(swept.failed).toBe(1);
  expect(swept.purged).toBeGreaterThan(2);
});

const newItem = (state: string): Written => {
  const key = 'vault-1!item!strange';
  return { table: 'vaults', partition: 'vault-1', key, cells: { v: VERSION + 1, state, doc0: '{}' } };
};

test('a vault in which newer code keeps something is not empty, whatever state that is in', async () => {
  const heads = V1.rows.filter(({ key }) => /^vault-1!head!(settings|fence|policy)/.test(key));
  const tables = await tablesOf([...heads, newItem('Archived')]);
  expect(await deleteVault(portsOver(tables), aRequest(V1.now), { vault: 'vault-1' })).toMatchObject({
    ok: false,
    refusal: { code: 'VaultNotEmpty', facts: { blockers: [{ kind: 'item', name: 'strange', unreadable: true }] } },
  });
  expect(await tables.vaults.get('vault-1', 'vault-1!item!strange')).toBeDefined();
});

test('a tombstone of newer code is not forgotten', async () => {
  const tables = await tablesOf([newItem('Purged')]);
  await expect(portsOver(tables).vaults.forget('vault-1', 'strange')).rejects.toThrow(/^unreadable row/);
  expect(await tables.vaults.get('vault-1', 'vault-1!item!strange')).toBeDefined();
});

test('a claim of newer code is nobody’s', async () => {
  const claim = V1.rows.find(({ partition }) => partition === 'servers');
  if (!claim) throw new Error('no server was claimed');
  const tables = await tablesOf([{ ...claim, cells: { ...claim.cells, v: VERSION + 1 } }]);
  const { registry } = portsOver({
    ...tables,
    registry: { ...tables.registry, get: async () => tables.registry.get('servers', claim.key) },
  });
  await expect(registry.serverOwner('anybody', 'server-1')).rejects.toThrow(/^unreadable row/);
});
