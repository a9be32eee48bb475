/** No load of one vault is felt in another, and no number of due items in the memory of a sweep: proved by requests. */
import { setImmediate as turn } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { inParts } from '../../../src/change.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import { addDays } from '../../../src/core/time.ts';
import type { SweepLimits } from '../../../src/flows/sweep/begin.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import type { Op } from '../../../src/store/table.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build, NOW, vaultName } from '../../bench/sweep/estate.ts';
import { portsOver } from '../../bench/sweep/run.ts';
import type { Tables } from '../../bench/tables.ts';
import { FULL } from '../../support/full.ts';
import { tablesThrough } from '../../support/through.ts';

/** So many that a sweep which took them first would not come to the others in a thousand requests. */
const LARGE = FULL ? 20_000 : 7000;
const OTHERS = { vaults: 200, duePerVault: 5, others: 0 } as const;
const LIMITS: SweepLimits = { maxPurges: 1_000_000, budgetSeconds: 3600 };

const unavailable = () => Object.assign(new Error('the server is busy'), { statusCode: 503 });

/** Counts requests, each of which takes a turn of the loop; from one on nothing is answered any more, and one partition never answers. */
function watched(tables: Tables, { dieAt = Number.POSITIVE_INFINITY, silent = '' } = {}) {
  const seen = { requests: 0, mostRows: 0, rows: 0 };
  const through = tablesThrough(tables, async (request, { partition, isEmpty }) => {
    if (isEmpty) return request();
    if (seen.requests >= dieAt) throw new Error('killed');
    seen.requests += 1;
    if (partition === silent) throw unavailable();
    await turn();
    const found = await request();
    const rows = Array.isArray(found) ? found.length : 0;
    seen.mostRows = Math.max(seen.mostRows, rows);
    seen.rows += rows;
    return found;
  });
  const ports = portsOver(through);
  // While it takes long, it looks at the pause once a second: here no second passes.
  const began = ports.realNow();
  return { seen, ports: { ...ports, realNow: () => began } };
}

/** How many of these vaults' items are purged. */
async function purgedIn(tables: Tables, vaults: readonly string[]): Promise<number> {
  const counts = vaults.map(async (vault) => {
    const rows = await tables.vaults.range(vault, { prefix: `${vault}!item!`, only: ['state'] });
    return rows.filter(({ cells }) => cells['state'] === 'Purged').length;
  });
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

const OTHER_VAULTS = Array.from({ length: OTHERS.vaults }, (_, index) => vaultName(index));

/** A store of its own for each test: to make it anew would take longer. */
async function copied(from: Tables): Promise<Tables> {
  const into = inMemory();
  const copy = async (name: keyof Tables, partition: string) => {
    const rows = await from[name].range(partition, { prefix: '', before: '~~' });
    const ops = rows.map(({ key, cells }): Op => ({ op: 'put', key, cells }));
    for (const part of inParts(ops)) await into[name].commit(partition, part);
  };
  for (const partition of [SERVICE, 'large', ...OTHER_VAULTS]) await copy('vaults', partition);
  for (const shard of SHARD_NAMES) await copy('agenda', shard);
  return into;
}

describe(`${LARGE} due in one vault`, () => {
  let large: Tables;
  let both: Tables;
  beforeAll(async () => {
    large = inMemory();
    await build(large, { vaults: 1, duePerVault: LARGE, others: 0, name: () => 'large', daysBefore: 1 });
    both = await copied(large);
    await build(both, OTHERS);
  });

  test('before a thousand in two hundred others: a sweep that dies at its thousandth request has purged all of the others', async () => {
    const tables = await copied(both);
    const { ports } = watched(tables, { dieAt: 1000 });
    await expect(sweep(ports, LIMITS, { now: NOW })).rejects.toThrow('killed');
    expect(await purgedIn(tables, OTHER_VAULTS)).toBe(1000);
  });

  test('while the belt holds cost the pages of the agenda and little more, and are not looked at again', async () => {
    const tables = await copied(large);
    const held = async () => {
      const { ports, seen } = watched(tables);
      const report = await sweep(ports, { ...LIMITS, maxPurges: 1000, maxPercent: 30 }, { now: NOW });
      expect(report).toMatchObject({ due: LARGE, purged: 0, skipped: LARGE, held: { limit: 'count', count: LARGE } });
      expect(report.oldestOverdue).toMatchObject({ vault: 'large', item: 'due-00000' });
      return seen.requests - Math.ceil(LARGE / 250);
    };
    expect(await held()).toBeLessThanOrEqual(40);
    for (const _ of [1, 2, 3]) expect(await held()).toBeLessThanOrEqual(25);
    expect(await purgedIn(tables, ['large'])).toBe(0);
  });

  test('a dry run lists the thousand that are due longest, and says that there are more', async () => {
    const { ports, seen } = watched(await copied(large));
    const report = await sweep(ports, LIMITS, { now: NOW, dryRun: true });
    expect(report).toMatchObject({ due: LARGE, more: true });
    expect(report.items).toHaveLength(1000);
    expect(seen.mostRows).toBeLessThanOrEqual(250);
  });
});

test.each([
  ['good', 0.15],
  ['stale', 0.2],
] as const)(
  'three thousand due in one vault, tickets %s, are purged with %d requests each, no read larger than a page of the agenda',
  async (tickets, most) => {
    const tables = inMemory();
    await build(tables, { vaults: 1, duePerVault: 3000, others: 0, name: () => 'large', tickets });
    const { ports, seen } = watched(tables);
    expect(await sweep(ports, LIMITS, { now: NOW })).toMatchObject({ due: 3000, purged: 3000, failed: 0, skipped: 0 });
    expect(seen.requests / 3000).toBeLessThanOrEqual(most);
    expect(seen.mostRows).toBeLessThanOrEqual(250);
  },
);

test('a vault whose partition never answers costs the others nothing but its own retries', async () => {
  const rows = inMemory();
  await build(rows, OTHERS);
  const requests = async (silent?: string) => {
    const tables = await copied(rows);
    await build(tables, { vaults: 1, duePerVault: silent ? 2000 : 0, others: 0, name: () => 'silent' });
    const { ports, seen } = watched(tables, silent ? { silent } : {});
    const report = await sweep(ports, LIMITS, { now: NOW });
    expect(report.purged).toBe(1000);
    expect(await purgedIn(tables, OTHER_VAULTS)).toBe(1000);
    return { requests: seen.requests, failed: report.failed };
  };
  const [alone, beside] = [await requests(), await requests('silent')];
  // its hints lie among all others, and are read as those are
  expect(beside.requests - 2000 / 250).toBeLessThanOrEqual(alone.requests * 1.05);
  expect(beside.failed).toBeGreaterThan(0);
});

test('what a sweep put off is not met again in the same sweep', async () => {
  const tables = inMemory();
  await build(tables, { vaults: 1, duePerVault: 700, others: 0, name: () => 'large', tickets: 'none' });
  const { ports } = watched(tables);
  const looked: string[] = [];
  const vaults: typeof ports.vaults = {
    ...ports.vaults,
    trashOf: async (vault, near, sought) => {
      looked.push(...sought.map(({ item }) => item));
      const found = await ports.vaults.trashOf(vault, near, sought);
      return { ...found, items: [], unreadable: found.items.map(({ name }) => ({ item: name, why: 'of no use' })) };
    },
  };
  expect(await sweep({ ...ports, vaults }, LIMITS, { now: NOW })).toMatchObject({ purged: 0, failed: 700 });
  expect(looked.toSorted()).toEqual([...new Set(looked)].toSorted());
  const next = { ...ports, clock: { now: () => addDays(NOW, 1) } };
  expect(await sweep(next, LIMITS, { now: addDays(NOW, 1) })).toMatchObject({ purged: 700 });
});

test('what falls due beside what the belt holds is dealt with as always', async () => {
  const tables = inMemory();
  await build(tables, { vaults: 1, duePerVault: 600, others: 0, name: () => 'large' });
  const { ports } = watched(tables);
  const tell = { kind: 'tell', vault: SERVICE, item: '~', due: addDays(NOW, -1) } as const;
  const limits = { ...LIMITS, maxPurges: 10 };
  await sweep(ports, limits, { now: NOW });
  await ports.land({ now: NOW, again: [tell] });
  expect(await sweep(ports, limits, { now: NOW })).toMatchObject({ purged: 0, held: { count: 600 } });
  const { found } = await ports.agenda.due('shard06', NOW, { limit: 1000 });
  expect(found.filter(({ kind, due }) => kind === 'tell' && +due === +tell.due)).toEqual([]);
});
