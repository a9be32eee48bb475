/** A sweep that is too much for one instance goes in units by queue: fair, each hint once, whoever takes them and however many they are. */
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { addDays, iso } from '../../../src/core/time.ts';
import { inParallel } from '../../../src/flows/story/rounds.ts';
import type { SweepPorts } from '../../../src/flows/sweep/run.ts';
import { takeShare } from '../../../src/flows/sweep/share.ts';
import { LONG_READ, PAGE } from '../../../src/flows/sweep/survey.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import type { Unit } from '../../../src/flows/sweep/units.ts';
import { shardOf } from '../../../src/store/keys.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build, NOW, vaultName } from '../../bench/sweep/estate.ts';
import { portsOver as benchPorts } from '../../bench/sweep/run.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import type { Tables } from '../../bench/tables.ts';
import { type Random, randomOf } from '../../faults/random.ts';
import { tablesThrough } from '../../support/through.ts';

const SEED = Number(process.env['SWEEP_SEED'] ?? Date.now() % 1_000_000);

const LIMITS = { maxPurges: 1_000_000, budgetSeconds: 3600, spreadAbove: 1000 };
const OTHERS = { vaults: 200, duePerVault: 5, others: 0 } as const;
const DUE_OF_OTHERS = OTHERS.vaults * OTHERS.duePerVault;
const HEAVY = { large: 3000, larger: 2000 } as const;
const DUE = DUE_OF_OTHERS + HEAVY.large + HEAVY.larger;

/** The heavy ones fell due before all others. */
async function aStore(): Promise<Tables> {
  const tables = inMemory();
  await build(tables, OTHERS);
  for (const [name, duePerVault] of Object.entries(HEAVY))
    await build(tables, { vaults: 1, duePerVault, others: 0, name: () => name, daysBefore: 1 });
  return tables;
}

/** While it takes long, a sweep looks at the pause once a second: here no second passes. */
const portsOver = (tables: Tables): SweepPorts =>
  benchPorts(tables, { send: async () => undefined, ping: async () => undefined }, () => NOW);

async function unitsIn(tables: Tables): Promise<readonly Unit[]> {
  const { units, report } = await turn(portsOver(tables), LIMITS);
  expect(report).toBeUndefined();
  return units;
}

const hintsOf = async (tables: Tables, { shard, after, through, without = [], only }: Unit) =>
  (await portsOver(tables).agenda.due(shard, NOW, { after, through, limit: 10_000 })).found.filter(
    ({ vault }) => !without.includes(vault) && (!only || only.includes(vault)),
  );

/** Takes units until none comes back, so many at a time; how much each said that it purged. */
async function takeAll(tables: Tables, units: readonly Unit[], atOnce: number): Promise<number> {
  const purged = await inParallel(
    units,
    async (unit) => {
      const { swept, rest } = await takeShare(portsOver(tables), LIMITS, { ...unit });
      expect(rest).toBeUndefined();
      return swept?.purged ?? 0;
    },
    atOnce,
  );
  return purged.reduce((sum, one) => sum + one, 0);
}

const purgedIn = async (tables: Tables, vault: string): Promise<number> =>
  (await tables.vaults.range(vault, { prefix: `${vault}!item!`, only: ['state'] })).filter(
    ({ cells }) => cells['state'] === 'Purged',
  ).length;

describe('a turn of the timer with more due than one instance should do', () => {
  let tables: Tables;
  let units: readonly Unit[];
  beforeAll(async () => {
    tables = await aStore();
    units = await unitsIn(tables);
  });

  test('sends units of 250 hints at most, that name each hint once', async () => {
    const found = await Promise.all(units.map((unit) => hintsOf(tables, unit)));
    expect(Math.max(...found.map((hints) => hints.length))).toBe(250);
    const names = found.flat().map(({ vault, item }) => `${vault}/${item}`);
    expect(names).toHaveLength(DUE);
    expect(new Set(names).size).toBe(DUE);
    for (const unit of units) expect(unit).toMatchObject({ v: 2, now: iso(NOW) });
  });

  test('sends what is of heavy vaults alone after all others, one of each in turn', async () => {
    const found = await Promise.all(units.map((unit) => hintsOf(tables, unit)));
    const owners = found.map((hints) => [...new Set(hints.map(({ vault }) => vault))]);
    const isOfHeavy = (names: readonly string[]) => names.every((name) => name in HEAVY);
    const first = owners.findIndex(isOfHeavy);
    expect(owners.slice(first).every(isOfHeavy)).toBe(true);
    expect(owners.slice(first, first + 6).flat()).toEqual(
      [0, 1, 2].flatMap(() => [owners[first]?.[0], owners[first + 1]?.[0]]),
    );
    expect(owners[first]).not.toEqual(owners[first + 1]);
  });

  test('reads a thousand keys a request, and no item', async () => {
    const asked: string[] = [];
    const watched = tablesThrough(tables, async (request, { partition, writes }) => {
      if (partition.startsWith('shard')) asked.push(partition);
      else expect(partition).toBe('~service');
      expect(writes && partition !== '~service').toBe(false);
      return request();
    });
    await turn(portsOver(watched), LIMITS);
    const each = Map.groupBy(asked, (shard) => shard);
    for (const [shard, reads] of each) {
      const { found } = await portsOver(tables).agenda.due(shard, NOW, { limit: 100_000 });
      // A page first, and longer reads where there is more.
      expect(reads).toHaveLength(found.length < PAGE ? 1 : 2 + Math.floor((found.length - PAGE) / LONG_READ));
    }
  });

  test.each([
    ['units of an earlier turn wait', async () => ({ notices: 0, shares: 1, poison: 0 })],
    ['the queue does not say how many wait', () => Promise.reject(new Error('no answer'))],
  ])('sends none while %s', async (_, queue) => {
    const ports = portsOver(tables);
    // Asked before by the brakes, which are told that it is there.
    let asked = 0;
    const reach = { ...ports.reach, queue: () => (asked++ === 0 ? ports.reach.queue() : queue()) };
    expect(await turn({ ...ports, reach }, LIMITS)).toEqual({ units: [] });
    expect((await ports.control.read()).heartbeat).toMatchObject({ at: NOW, held: null });
  });
  test('sends units while the messages that wait are those of operations', async () => {
    const [operation, ports] = [
      { kind: 'operate', vault: 'large', item: 'undelete', due: addDays(NOW, -1) } as const,
      portsOver(tables),
    ];
    const reach = { ...ports.reach, queue: async () => ({ notices: 0, shares: 1, poison: 0 }) };
    expect((await turn({ ...ports, reach }, LIMITS)).units).toEqual([]);
    await ports.land({ now: NOW, again: [operation] });
    expect((await turn({ ...ports, reach }, LIMITS)).units).not.toEqual([]);
    await ports.agenda.strike([operation]);
  });
});

describe('units taken by many instances', () => {
  const SPREAD = { vaults: 1000, duePerVault: 4, others: 0 } as const;
  const DUE_THERE = SPREAD.vaults * SPREAD.duePerVault;

  /** Each answer comes after a while of its own, so that instances do not go in step. */
  const slowly = (tables: Tables, random: Random): Tables =>
    tablesThrough(tables, async (request) => {
      for (let turns = random.int(1, 6); turns > 0; turns -= 1) await setImmediate();
      return request();
    });

  async function purgedBy(instances: number) {
    const tables = inMemory();
    await build(tables, SPREAD);
    const units = await unitsIn(tables);
    let requests = 0;
    const watched = tablesThrough(tables, async (request, { isEmpty }) => {
      if (!isEmpty) requests += 1;
      return request();
    });
    const purged = await takeAll(slowly(watched, randomOf(SEED)), units, instances);
    const entries = await Promise.all(
      Array.from({ length: SPREAD.vaults }, (_, index) => purgedIn(tables, vaultName(index))),
    );
    return { purged, there: entries.reduce((sum, one) => sum + one, 0), requests };
  }

  test('are purged exactly once, and sixteen instances ask for a tenth more than one at most', async () => {
    const alone = await purgedBy(1);
    const many = await purgedBy(16);
    expect(alone).toMatchObject({ purged: DUE_THERE, there: DUE_THERE });
    expect(many, `SWEEP_SEED=${SEED}`).toMatchObject({ purged: DUE_THERE, there: DUE_THERE });
    expect(many.requests, `SWEEP_SEED=${SEED}`).toBeLessThanOrEqual(1.1 * alone.requests);
  });

  test('the same unit by two at once is one purge of each', async () => {
    const tables = inMemory();
    await build(tables, { vaults: 20, duePerVault: 60, others: 0 });
    const units = await unitsIn(tables);
    const twice = units.flatMap((unit) => [unit, unit]);
    expect(await takeAll(slowly(tables, randomOf(SEED)), twice, 2)).toBe(1200);
  });
});

test('whoever takes them one after the other has purged all of the others within a thousand requests, and nothing of the heavy ones', async () => {
  const tables = await aStore();
  const units = await unitsIn(tables);
  const found = await Promise.all(units.map((unit) => hintsOf(tables, unit)));
  const first = found.findIndex((hints) => hints.every(({ vault }) => vault in HEAVY));
  const seen = nothingSeen();
  await takeAll(counted(tables, seen), units.slice(0, first), 1);
  const others = Array.from({ length: OTHERS.vaults }, (_, index) => vaultName(index));
  const purged = await Promise.all(others.map((vault) => purgedIn(tables, vault)));
  expect(purged.reduce((sum, one) => sum + one, 0)).toBe(DUE_OF_OTHERS);
  expect(seen.requests).toBeLessThanOrEqual(1000);
  for (const vault of Object.keys(HEAVY)) expect(await purgedIn(tables, vault)).toBe(0);
});

describe('a heavy vault whose hints lie among those of others', () => {
  const DAYS = 40;
  let tables: Tables;
  let [light, heavy]: readonly (readonly Unit[])[] = [];
  beforeAll(async () => {
    tables = inMemory();
    for (let day = 0; day < DAYS; day += 1)
      await build(tables, {
        ...{ vaults: 5, duePerVault: 5, others: 0, daysBefore: day },
        name: (index) => vaultName(day * 5 + index),
      });
    for (const [name, duePerVault] of Object.entries(HEAVY))
      await build(tables, { vaults: 1, duePerVault, others: 0, name: () => name, daysBefore: (item) => item % DAYS });
    const units = await unitsIn(tables);
    const found = await Promise.all(units.map((unit) => hintsOf(tables, unit)));
    const first = found.findIndex((hints) => hints.every(({ vault }) => vault in HEAVY));
    [light, heavy] = [units.slice(0, first), units.slice(first)];
  });

  test('is left out of their units, and comes after them', async () => {
    expect(heavy?.some(({ only }) => only !== undefined)).toBe(true);
    const seen = nothingSeen();
    await takeAll(counted(tables, seen), light ?? [], 1);
    const others = Array.from({ length: OTHERS.vaults }, (_, index) => vaultName(index));
    const purged = await Promise.all(others.map((vault) => purgedIn(tables, vault)));
    expect(purged.reduce((sum, one) => sum + one, 0)).toBe(DUE_OF_OTHERS);
    expect(seen.requests).toBeLessThanOrEqual(1000);
    for (const vault of Object.keys(HEAVY)) expect(await purgedIn(tables, vault)).toBe(0);
  });

  test('is purged by its own, each item once', async () => {
    await takeAll(tables, heavy ?? [], 4);
    for (const [vault, due] of Object.entries(HEAVY)) expect(await purgedIn(tables, vault)).toBe(due);
  });
});

describe('a unit', () => {
  const one = async (due: number) => {
    const tables = inMemory();
    await build(tables, { vaults: 1, duePerVault: due, others: 0, name: () => 'contoso' });
    return { tables, ports: portsOver(tables), shard: shardOf({ vault: 'contoso' }) };
  };

  test('is worked on for a minute, and its rest goes back into the queue', async () => {
    const { tables, ports, shard } = await one(250);
    const unit = { v: 2, shard, now: iso(NOW) };
    let looks = 0;
    // A minute is over while the second chunk is in hand.
    const slow = { ...ports, realNow: () => NOW.plus({ seconds: looks++ < 6 ? 0 : 61 }) };
    const { swept, rest } = await takeShare(slow, LIMITS, unit);
    expect(swept).toMatchObject({ complete: false, due: 250 });
    expect(rest).toEqual(unit);
    const before = await purgedIn(tables, 'contoso');
    expect(before).toBe(swept?.purged);
    expect(before).toBeLessThan(250);
    const again = await takeShare(ports, LIMITS, rest);
    expect(again).toMatchObject({ swept: { complete: true, purged: 250 - before } });
    expect(again.rest).toBeUndefined();
  });

  test('that is held is not put back: it would come again at once', async () => {
    const { ports, shard } = await one(5);
    const storage = { ping: async () => ({ date: addDays(NOW, 1) }) };
    const { swept, rest } = await takeShare({ ...ports, storage }, LIMITS, { v: 2, shard, now: iso(NOW) });
    expect(swept).toMatchObject({ complete: false, held: { reason: 'ClockSkew' } });
    expect(rest).toBeUndefined();
  });

  test('reaches no further than what is due, whatever it says', async () => {
    const { ports, shard } = await one(5);
    const early = addDays(NOW, -2);
    const at = { ...ports, clock: { now: () => early }, storage: { ping: async () => ({ date: early }) } };
    const unit = { v: 2, shard, through: '9999', now: iso(early) };
    expect(await takeShare({ ...at, realNow: () => early }, LIMITS, unit)).toMatchObject({
      swept: { due: 0, skipped: 0 },
    });
  });

  test('of the version before is a whole shard', async () => {
    const { ports, shard } = await one(300);
    expect(await takeShare(ports, LIMITS, { shard, now: iso(NOW) })).toMatchObject({ swept: { purged: 300 } });
  });

  test.each([
    ['of a later version', { v: 3 }],
    ['with a key that no row can have', { v: 2, after: 'a/b' }],
    ['with a key that is none', { v: 2, through: 7 }],
    ['with an endless key', { v: 2, through: 'x'.repeat(1025) }],
  ])('%s is not understood', async (_, wrong) => {
    const { ports, shard } = await one(1);
    const { unread, swept } = await takeShare(ports, LIMITS, { shard, now: iso(NOW), ...wrong });
    expect(unread?.why).toContain('could not be understood');
    expect(swept).toBeUndefined();
  });
});
