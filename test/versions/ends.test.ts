/** What ends and was written by the version before is named when its vault comes up, and goes on its day like all else. */
import { describe, expect, test } from 'vitest';
import { SERVICE } from '../../src/core/hints.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import { type Cells, put } from '../../src/store/table.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { furnished, names } from '../flows/items/operations/walked.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import { aMail } from '../support/alerts.ts';
import { later } from '../support/builders.ts';
import { bringUp, endingOfBefore, oldJob, toBefore } from '../support/ofBefore.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';
import { recorded, scanOf, tablesOf } from './rows.ts';

const P = 'contoso';
const V1 = recorded(1);
const VAULTS = ['vault-1', 'vault-2', 'vault-3', 'vault-4', 'vault-5', SERVICE];

/** A vault of before with one of each that ends, beside what lives. */
async function ofBefore(): Promise<Tables> {
  const tables = memoryTables();
  await furnished(names(3), tables);
  await tables.vaults.commit(P, endingOfBefore(P, 'vm-001'));
  await toBefore(tables.vaults, P);
  return tables;
}

const kept = async ({ vaults }: Tables, vault: string, kind: string): Promise<readonly string[]> =>
  (await vaults.range(vault, { prefix: `${vault}!${kind}!` })).map(({ key }) =>
    key.slice(vault.length + kind.length + 2),
  );
/** What is named, each as often as it is, but for the operation that does it. */
const named = async ({ vaults }: Tables): Promise<readonly string[]> =>
  (await vaults.range(P, { prefix: keys.ends(P) }))
    .flatMap((row) => (/!(item|idem|server)!/.test(row.key) ? [row.key] : read.end(row).rows))
    .filter((key) => !key.includes('!op!'))
    .toSorted();
const NAMED = [
  'contoso!alert!contoso~vm-001~backupfailure~0',
  'contoso!alert!contoso~vm-001~purgecomplete~0',
  `contoso!end!2026-03-03!idem!old`,
  'contoso!end!2026-05-30!item!gone',
  'contoso!end!2026-06-01!server!old',
  'contoso!job!gone!last',
  'contoso!job!vm-001!one',
  'contoso!job!vm-001!two',
];
const unended = async (tables: Tables, now: Instant) =>
  (await checkStore(scanTables(tables, [P]), now)).findings.filter(({ message }) =>
    /never ends|nothing says/.test(message),
  );

describe('a vault of before that comes up', () => {
  test('has all that ends named, but for the last job of an item; what was only counted goes', async () => {
    const tables = await ofBefore();
    expect(await unended(tables, later(1))).toEqual([]);
    expect(await bringUp(tables, P)).toBe('ended');
    expect(await named(tables)).toEqual(NAMED);
    expect(await kept(tables, P, 'wait')).toEqual([]);
    expect(await unended(tables, later(1))).toEqual([]);
  });

  test('is the same when it was done twice', async () => {
    const tables = await ofBefore();
    for (const _ of [1, 2]) expect(await bringUp(tables, P)).toBe('ended');
    expect(await named(tables)).toEqual(NAMED);
  });

  test('is the same when it was done by two at once', async () => {
    const tables = await ofBefore();
    await Promise.all([bringUp(tables, P), bringUp(tables, P)]);
    expect(await named(tables)).toEqual(NAMED);
  });

  test('one that an earlier build brought up is told of, until it is asked for again', async () => {
    const tables = await furnished(names(3));
    await tables.vaults.commit(P, endingOfBefore(P, 'vm-001'));
    const rows = (await unended(tables, later(1))).map(({ row }) => row.split('!').at(1));
    expect(rows.toSorted()).toEqual(['alert', 'alert', 'idem', ...['job', 'job', 'job', 'job'], 'server', 'wait']);
    expect(await bringUp(tables, P)).toBe('ended');
    expect(await named(tables)).toEqual(NAMED);
  });

  test('lets all of it go on its day, by the sweeps alone', async () => {
    const tables = await ofBefore();
    await bringUp(tables, P);
    const { sweep } = sweeperOver(tables);
    const left = async () =>
      Promise.all(['alert', 'job', 'idem', 'server', 'item'].map((kind) => kept(tables, P, kind)));
    // every job but the last was over long ago
    await sweep(later(1));
    const OWN = ['vm-000', 'vm-001', 'vm-002'];
    const ALERTS = ['contoso~vm-001~backupfailure~0', 'contoso~vm-001~purgecomplete~0'];
    expect(await left()).toEqual([ALERTS, ['vm-001!three'], ['old'], ['old'], ['gone', ...OWN]]);
    await sweep(later(2));
    expect(await left()).toEqual([ALERTS, ['vm-001!three'], [], ['old'], ['gone', ...OWN]]);
    await sweep(later(92));
    expect(await left()).toEqual([ALERTS, ['vm-001!three'], [], [], OWN]);
    await sweep(later(366));
    expect(await left()).toEqual([[], ['vm-001!three'], [], [], OWN]);
    expect(await kept(tables, P, 'end')).toEqual([]);
  });
});

/** The store of before, in which nobody waits for a mail and nothing is held back. */
async function opened(): Promise<Tables> {
  const rows = V1.rows.filter(({ key }) => !/^a!(pause|belt)/.test(key));
  const tables = await tablesOf(rows);
  for (const vault of VAULTS)
    for (const { key, cells } of await tables.vaults.range(vault, { prefix: keys.alerts(vault) }))
      await tables.vaults.commit(vault, [{ op: 'put', key, cells: told(cells) }]);
  for (const day of [-50, -40, -31])
    await tables.vaults.commit('vault-1', [
      put(keys.job('vault-1', 'protected', `j${day}`), {
        ...oldJob('protected', `j${day}`, 0),
        startedAt: addDays(V1.now, day),
        endedAt: addDays(V1.now, day),
      }),
    ]);
  return tables;
}
function told(cells: Cells): Cells {
  const alert = JSON.parse(String(cells['doc0']));
  return { ...cells, doc0: JSON.stringify({ ...alert, notifications: [aMail()] }) };
}

const STAYS: { readonly [kind: string]: readonly string[] } = {
  // its item is held in the trash, without end
  alert: ['vault-1!alert!vault-1~held~deletebackupdata~1'],
  // it waits to be told, and nobody sends mails here
  wait: ['vault-2!wait!digest~1796490000000!0001796486763628!vault-2~vm~itemundeleted~1'],
};

test('the store of the first version: after a year nothing is left of it that ends', async () => {
  const tables = await opened();
  const before = await Promise.all(VAULTS.map((vault) => kept(tables, vault, 'alert')));
  expect(before.flat().length).toBeGreaterThan(15);
  const { sweep } = sweeperOver(tables);
  for (let turn = 0; turn < 3; turn += 1) await sweep(V1.now);
  expect((await checkStore(scanOf(tables, V1.rows), V1.now)).findings).toEqual([]);
  for (const day of [1, 2, 20, 61, 62, 100, 101, 200, 366, 367, 400, 401]) await sweep(addDays(V1.now, day));
  const ofBefore = async (vault: string, kind: string) => {
    const now = await kept(tables, vault, kind);
    return V1.rows.flatMap(({ partition, key }) =>
      partition === vault && now.some((one) => key === `${vault}!${kind}!${one}`) ? [key] : [],
    );
  };
  for (const kind of ['alert', 'idem', 'wait']) {
    const left = await Promise.all(VAULTS.map((vault) => ofBefore(vault, kind)));
    expect(left.flat(), kind).toEqual(STAYS[kind] ?? []);
  }
  expect(await kept(tables, 'vault-1', 'job')).toEqual([expect.stringMatching(/^busy!/), 'protected!j-31']);
  expect(await kept(tables, 'vault-1', 'item')).not.toContain('purged');
});

test('half-way: the items are counted, and what else ends is not named yet; another process goes on there', async () => {
  const tables = await ofBefore();
  let steps = 0;
  expect(await bringUp(tables, P, () => ++steps <= 1)).toBe('left');
  expect((await portsOver(tables).vaults.head(P, 'fresh'))?.isCounted).toBe(true);
  expect((await named(tables)).filter((key) => /alert|idem|server/.test(key))).toEqual([]);
  expect(await unended(tables, later(1))).toEqual([]);
  expect(await bringUp(tables, P)).toBe('ended');
  expect(await named(tables)).toEqual(NAMED);
});
