/**
 * Other days to be reminded reach what lies in the trash, a stretch at a time: however much that is, no more than two hundred rows and their hints
 * are in hand, and whoever runs out of time or dies leaves the rest to the next sweep.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hint } from '../../../src/core/hints.ts';
import { addMillis, type Instant, iso } from '../../../src/core/time.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { keys, SHARD_NAMES } from '../../../src/store/keys.ts';
import type { Table } from '../../../src/store/table.ts';
import { type Placed, plant, rowsOf } from '../../faults/seeds.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, must, portsOver } from '../../support/world.ts';
import { dying, findingsIn, furnished, names, VAULT } from '../items/operations/walked.ts';
import { hintsIn, sweeperOver } from './sweeper.ts';

const MANY = names(430);
const ROWS = 200;
/** So long a change may be on its way. */
const SETTLED = 60_000;
const WALKED = later(1, SETTLED);

const wantDays = (tables: Tables, reminderDays: readonly number[], at: Instant = later(1)) =>
  done(putVault(portsOver(tables), aRequest(at), VAULT, { patch: { alerts: { reminderDays } }, mustExist: true }));

async function trashOf(items: readonly string[]): Promise<Tables> {
  const tables = await furnished(items);
  for (const item of items)
    await done(stop(portsOver(tables), aRequest(), { ...VAULT, item }, { mode: 'delete', confirmName: item }));
  // nothing else is left to do
  await sweeperOver(tables).sweep(later(0, 10 * SETTLED));
  return tables;
}

let many: readonly Placed[];
beforeAll(async () => {
  many = await rowsOf(await trashOf(MANY));
});

/** Deleted at noon and reminded of two days before their purge; the day after, nine days are wanted. */
async function wanted(rows = many): Promise<Tables> {
  const tables = memoryTables();
  await plant(tables, rows);
  await wantDays(tables, [9]);
  return tables;
}

/** The items that are looked at then. */
const remindedAt = async (tables: Tables, days: number): Promise<readonly string[]> =>
  (await hintsIn(tables)).filter((hint) => hint.startsWith('warn vm') && hint.endsWith(iso(later(days))));
const theVaults = async (tables: Tables): Promise<readonly string[]> =>
  (await hintsIn(tables)).filter((hint) => hint.startsWith('warn ~'));

/** What a sweep reads of the trash, with what happens before each read of it. */
function watched(tables: Tables, before: (read: number) => void = () => {}) {
  const answers: number[] = [];
  let reads = 0;
  const vaults: Table = {
    ...tables.vaults,
    range: async (partition, asked) => {
      const isWalk = asked.prefix.startsWith(keys.heads('contoso')) && asked.limit === ROWS;
      if (isWalk) {
        reads += 1;
        before(reads);
      }
      const rows = await tables.vaults.range(partition, asked);
      if (partition === 'contoso') answers.push(rows.length);
      return rows;
    },
  };
  return { tables: { ...tables, vaults }, answers, reads: () => reads };
}

describe('other days to be reminded, where much lies in the trash', () => {
  test('have each item looked at then: no more than two hundred rows, and their hints, are in hand', async () => {
    const { tables, answers } = watched(await wanted());
    const { hint } = portsOver(tables);
    const written: (readonly Hint[])[] = [];
    const door: typeof hint = (hints, ...rest) => {
      written.push(hints);
      return hint(hints, ...rest);
    };
    expect(await sweeperOver(tables, { hint: door }).sweep(WALKED)).toMatchObject({ complete: true, failed: 0 });
    expect((await remindedAt(tables, 5)).length).toBe(MANY.length);
    expect(await theVaults(tables)).toEqual([]);
    expect(Math.max(...answers)).toBe(ROWS);
    // and where to go on
    expect(Math.max(...written.map((hints) => hints.length))).toBe(ROWS + 1);
    expect(await findingsIn(tables, WALKED)).toEqual([]);
  });

  test.each([
    ['the time of the sweep', 240, false],
    ['a turn', 60, true],
  ])(
    '%s is over half-way: the next sweep goes on, and what is left to do is no finding',
    async (_, seconds, complete) => {
      const whole = await wanted();
      let at = NOON;
      const first = watched(whole, () => {
        at = addMillis(at, seconds * 1000);
      });
      const slow = sweeperOver(first.tables, { realNow: () => at });
      expect(await slow.sweep(WALKED)).toMatchObject({ complete, failed: 0 });
      expect([first.reads(), (await remindedAt(whole, 5)).length]).toEqual([1, ROWS]);
      expect((await theVaults(whole)).length).toBe(1);
      expect(await findingsIn(whole, WALKED)).toEqual([]);
      const second = watched(whole);
      expect(await sweeperOver(second.tables).sweep(addMillis(WALKED, SETTLED))).toMatchObject({ complete: true });
      expect([second.reads(), (await remindedAt(whole, 5)).length]).toEqual([2, MANY.length]);
      expect(await theVaults(whole)).toEqual([]);
    },
  );

  test('a read that fails half-way is tried again from there', async () => {
    const whole = await wanted();
    const broken = watched(whole, (read) => {
      if (read === 2) throw new Error('503');
    });
    expect(await sweeperOver(broken.tables).sweep(WALKED)).toMatchObject({ failed: 1 });
    expect((await remindedAt(whole, 5)).length).toBe(ROWS);
    expect((await theVaults(whole)).length).toBe(1);
    const second = watched(whole);
    await sweeperOver(second.tables).sweep(addMillis(WALKED, 4 * SETTLED));
    expect([second.reads(), (await remindedAt(whole, 5)).length]).toEqual([2, MANY.length]);
    expect(await theVaults(whole)).toEqual([]);
  });

  test('whoever dies over it leaves the rest to the next, and nothing is lost on the way', async () => {
    const some = names(ROWS + 1);
    const rows = await rowsOf(await trashOf(some));
    const wrong: string[] = [];
    for (let request = 0, more = true; more; request += 1) {
      const tables = await wanted(rows);
      const mortal = dying(tables, request);
      await sweeperOver(mortal.tables)
        .sweep(WALKED)
        .catch(() => undefined);
      more = mortal.requests() > request;
      await sweeperOver(tables).sweep(addMillis(WALKED, 15 * SETTLED));
      const [found, left] = [await remindedAt(tables, 5), await theVaults(tables)];
      if (found.length < some.length || left.length > 0)
        wrong.push(`dead before request ${request}: ${found.length} items, ${left.length} left`);
    }
    expect(wrong).toEqual([]);
  });

  test('that change once more on the way: the later ones hold for all', async () => {
    const tables = await wanted();
    let at = NOON;
    const first = watched(tables, () => {
      at = addMillis(at, 60_000);
    });
    await sweeperOver(first.tables, { realNow: () => at }).sweep(WALKED);
    await wantDays(tables, [7], WALKED);
    await sweeperOver(tables).sweep(addMillis(WALKED, SETTLED));
    expect((await remindedAt(tables, 7)).length).toBe(MANY.length);
    expect(await theVaults(tables)).toEqual([]);
  });
});

describe('the hint that leads there', () => {
  const few = names(2);
  const hintRows = async ({ agenda }: Tables) => {
    const all = SHARD_NAMES.map(async (shard) =>
      (await agenda.range(shard, { prefix: '0' })).map((row) => ({ shard, row })),
    );
    return (await Promise.all(all)).flat().filter(({ row }) => row.key.endsWith('!warn!contoso!~'));
  };

  test('stays while its change may be on its way, and nobody walks', async () => {
    const tables = await trashOf(few);
    await wantDays(tables, [9]);
    const { reads, ...early } = watched(tables);
    await sweeperOver(early.tables).sweep(addMillis(WALKED, -1));
    expect([reads(), (await theVaults(tables)).length]).toEqual([0, 1]);
    await sweeperOver(early.tables).sweep(WALKED);
    expect([(await remindedAt(tables, 5)).length, (await theVaults(tables)).length]).toEqual([2, 0]);
  });

  test('of before, without a place and in another shard: it is written where it belongs, and struck where it lay', async () => {
    const tables = await wanted();
    const { shard, row } = must((await hintRows(tables))[0]);
    const other = must(SHARD_NAMES.find((one) => one !== shard));
    expect(row.cells).not.toHaveProperty('place');
    await tables.agenda.commit(shard, [{ op: 'drop', key: row.key }]);
    await tables.agenda.commit(other, [{ op: 'put', key: row.key, cells: row.cells }]);
    let at = NOON;
    const first = watched(tables, () => {
      at = addMillis(at, 60_000);
    });
    await sweeperOver(first.tables, { realNow: () => at }).sweep(WALKED);
    expect((await hintRows(tables)).map((one) => one.shard)).toEqual([shard]);
    await sweeperOver(tables).sweep(addMillis(WALKED, SETTLED));
    expect((await remindedAt(tables, 5)).length).toBe(MANY.length);
    expect(await hintRows(tables)).toEqual([]);
  });

  test('leads past a row that cannot be read', async () => {
    const tables = await trashOf(few);
    await wantDays(tables, [9]);
    const [first] = await tables.vaults.range('contoso', { prefix: keys.trash('contoso') });
    const cells = { v: 2, doc0: '{' };
    await tables.vaults.commit('contoso', [{ op: 'put', key: must(first).key, cells }]);
    await sweeperOver(tables).sweep(WALKED);
    expect([(await remindedAt(tables, 5)).length, (await theVaults(tables)).length]).toEqual([1, 0]);
  });
});
