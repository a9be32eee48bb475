/** What somebody with the keys of the storage account can do to a history, and which check finds it: the table of docs/evidence.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alert } from '../../../src/core/alerts.ts';
import type { Evidence } from '../../../src/core/caller.ts';
import { evidenceOf, isLinked } from '../../../src/core/evidence.ts';
import { historyOfItem } from '../../../src/flows/service/histories.ts';
import type { Row } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { appOver } from '../../support/app.ts';
import { NOON } from '../../support/builders.ts';
import { ROOT } from '../../support/launch.ts';
import { historyIn, SEALS } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { CONTRIBUTOR, must, newId, portsOver } from '../../support/world.ts';

const V = 'contoso';
const PREFIX = `${V}!audit!sql-01!!`;
const DAILY = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };

/** A vault with an item that was stopped, deleted and brought back. */
async function aHistory() {
  const tables = memoryTables();
  const ports = portsOver(tables);
  const call = appOver(ports);
  const done = [
    await call('putVault', V, { body: { kind: 'RecoveryServices' } }),
    await call('putPolicy', `${V}/daily`, { body: DAILY }),
    await call('protectItem', `${V}/sql-01`, {
      body: { workload: 'AzureVM', policy: 'daily', sourceId: '/vms/sql-01' },
    }),
    await call('stopItem', `${V}/sql-01`, { body: { mode: 'delete', confirmName: 'sql-01' } }),
    await call('undeleteItem', `${V}/sql-01`, { body: {} }),
  ];
  for (const { status } of done) expect(status).toBeLessThan(300);
  const heads = (await historyIn(ports, V, 'sql-01')).filter(isLinked).map((entry) => evidenceOf(V, entry));
  return { tables, ports, heads };
}

type History = Awaited<ReturnType<typeof aHistory>>;
const entries = async ({ vaults }: Tables): Promise<readonly Row[]> =>
  (await vaults.range(V, { prefix: PREFIX })).toReversed();
const edit = (tables: Tables, row: Row, change: (text: string) => string) =>
  tables.vaults.commit(V, [
    { op: 'put', key: row.key, cells: { ...row.cells, doc0: change(String(row.cells['doc0'])) } },
  ]);
const drop = (tables: Tables, keys: readonly string[]) =>
  tables.vaults.commit(
    V,
    keys.map((key) => ({ op: 'drop' as const, key })),
  );

/** Writes the same life into another store, with another caller, and puts that chain in place of the first. */
async function rebuilt({ tables }: History, seal: (text: string) => string) {
  const other = await aHistory();
  for (const row of await entries(other.tables))
    await tables.vaults.commit(V, [
      { op: 'put', key: row.key, cells: { ...row.cells, doc0: seal(String(row.cells['doc0'])) } },
    ]);
  const item = must(await other.tables.vaults.get(V, `${V}!item!sql-01`));
  await tables.vaults.commit(V, [{ op: 'put', key: item.key, cells: item.cells }]);
}

type Finds = Readonly<Record<'intact' | 'store' | 'withKey' | 'heads', boolean>>;
interface Attack {
  readonly how: (history: History) => Promise<unknown>;
  readonly finds: Finds;
}
const ALL = { intact: true, store: true, withKey: true, heads: true };

const ATTACKS: Readonly<Record<string, Attack>> = {
  'changed an entry': {
    how: async ({ tables }) =>
      edit(tables, must((await entries(tables))[1]), (text) => text.replace('somebody', 'nobody__')),
    finds: { ...ALL, heads: false },
  },
  'removed an entry': { how: async ({ tables }) => drop(tables, [must((await entries(tables))[1]).key]), finds: ALL },
  'made an entry unreadable': {
    how: async ({ tables }) => edit(tables, must((await entries(tables))[1]), () => '{'),
    finds: ALL,
  },
  'removed the last entry of an item that is still there': {
    how: async ({ tables }) => drop(tables, [must((await entries(tables)).at(-1)).key]),
    finds: ALL,
  },
  "removed the last entry and set the item's own row back": {
    how: async ({ tables }) => {
      const before = must((await entries(tables)).at(-2));
      const { seq, hash } = JSON.parse(String(before.cells['doc0'])).link;
      const item = must(await tables.vaults.get(V, `${V}!item!sql-01`));
      await edit(tables, item, (text) =>
        text.replace(/"evidence":\{[^}]*\}/, `"evidence":${JSON.stringify({ seq, hash })}`),
      );
      return drop(tables, [must((await entries(tables)).at(-1)).key]);
    },
    // the change that the entry told of is still there
    finds: { ...ALL, intact: false },
  },
  'removed an item with its whole chain': {
    how: async ({ tables }) => {
      const rows = await tables.vaults.range(V, { prefix: `${V}!` });
      return drop(
        tables,
        rows.filter(({ key }) => key.includes('sql-01') && !key.includes('!alert!')).map(({ key }) => key),
      );
    },
    finds: { intact: false, store: false, withKey: false, heads: true },
  },
  'computed the chain anew, without the key': {
    how: (history) => rebuilt(history, (text) => text.replace(/"seal":"[^"]*"/, '"seal":"guessed"')),
    finds: { intact: true, store: false, withKey: true, heads: true },
  },
  'computed the chain anew, with the key': {
    how: (history) => rebuilt(history, (text) => text),
    finds: { intact: false, store: false, withKey: false, heads: true },
  },
};

async function finds({ tables, ports, heads }: History): Promise<Finds> {
  const findings = async (known: Parameters<typeof checkStore>[2] = {}) => {
    const { findings } = await checkStore(scanTables(tables), NOON, known);
    return findings.some(({ rule }) => ['I3', 'I6', 'unreadable'].includes(rule));
  };
  const shown = await historyOfItem(
    ports,
    { caller: CONTRIBUTOR, now: NOON },
    { vault: V, item: 'sql-01' },
    { top: 100, after: undefined },
  );
  const named: readonly Evidence[] = heads;
  return {
    intact: shown.ok && !shown.value.intact,
    store: await findings(),
    withKey: await findings({ holds: SEALS.holds }),
    heads: (await checkStore(scanTables(tables), NOON, { heads: named })).findings.some(({ message }) =>
      message.startsWith('no such entry'),
    ),
  };
}

describe('somebody', () => {
  test('did nothing: nothing is found', async () => {
    expect(await finds(await aHistory())).toEqual({ intact: false, store: false, withKey: false, heads: false });
  });

  test.each(Object.entries(ATTACKS))('%s', async (_, attack) => {
    const history = await aHistory();
    await attack.how(history);
    expect(await finds(history)).toEqual(attack.finds);
  });

  test('the page tells of each of them', () => {
    const page = readFileSync(join(ROOT, 'docs', 'evidence.md'), 'utf8');
    const says = (found: boolean): string => (found ? 'yes' : 'no');
    for (const [name, { finds: found }] of Object.entries(ATTACKS))
      expect(page).toContain(`| ${[name, ...Object.values(found).map(says)].join(' | ')} |`);
  });
});

/** How often the history of an item that was tampered with is told of, when two have looked. */
async function toldOf({ ports }: Awaited<ReturnType<typeof aHistory>>): Promise<number> {
  const place = { vault: V, item: 'sql-01' };
  for (let looks = 0; looks < 2; looks += 1)
    expect(
      await historyOfItem(ports, { caller: CONTRIBUTOR, now: NOON }, place, { top: 100, after: undefined }),
    ).toMatchObject({ value: { intact: false, broken: [2] } });
  const { found: raised } = await ports.alerts.about(V, 'sql-01');
  return raised.filter(({ value }) => value.type === 'EvidenceBroken').length;
}

test('a broken history is told once, however often it is looked at', async () => {
  const history = await aHistory();
  await ATTACKS['changed an entry']?.how(history);
  expect(await toldOf(history)).toBe(1);
});

test('a broken history of which the version before has told is not told again', async () => {
  const history = await aHistory();
  await ATTACKS['changed an entry']?.how(history);
  const now = alert('EvidenceBroken', { vault: V, item: 'sql-01' }, NOON, {}, 'chain');
  await history.ports.commit({ vault: V, id: newId(), alerts: [{ was: undefined, now }] });
  expect(await toldOf(history)).toBe(1);
});
