/** What follows from the items of a vault is written by an operation: in a vault of before, and wherever a person asks for it again. */
import { describe, expect, test } from 'vitest';
import { operationName } from '../../../../src/core/operations.ts';
import { carryOn } from '../../../../src/flows/items/operations/carryOn.ts';
import { askToReindex } from '../../../../src/flows/items/operations/reindex.ts';
import { stop } from '../../../../src/flows/items/stop.ts';
import { restoreVault } from '../../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../../src/flows/vaults/deleteVault.ts';
import { keys } from '../../../../src/store/keys.ts';
import { read } from '../../../../src/store/rows.ts';
import { later } from '../../../support/builders.ts';
import { endingOfBefore, toBefore } from '../../../support/ofBefore.ts';
import { allDue } from '../../../support/stores.ts';
import { memoryTables, type Tables } from '../../../support/tables.ts';
import { aRequest, done, headOf, must, portsOver, type World } from '../../../support/world.ts';
import { sweeperOver } from '../../sweep/sweeper.ts';
import { ground, layBefore, namesIn } from '../paged.ts';
import { deaths, dying, findingsIn, furnished, names, readBack, VAULT } from './walked.ts';

const P = 'contoso';
const walk = (world: World, id: string, mayGoOn = () => true) =>
  carryOn(world, { vault: VAULT.vault, name: operationName(id) }, later(1), mayGoOn);
const ask = (tables: Tables, vault = VAULT.vault) => done(askToReindex(portsOver(tables), vault, later(1)));

async function ofBefore(items: readonly string[], tables: Tables = memoryTables()): Promise<Tables> {
  await furnished(items, tables);
  const [first] = items;
  if (first)
    await done(stop(portsOver(tables), aRequest(), { ...VAULT, item: first }, { mode: 'delete', confirmName: first }));
  await toBefore(tables.vaults, P);
  return tables;
}

/** The operations that the agenda leads to. */
const runningIn = async (tables: Tables): Promise<readonly string[]> =>
  (await headOf(portsOver(tables).vaults)).running?.map(({ value }) => value.id) ?? [];

/** What ends, and was written by the version before. */
const ENDING = endingOfBefore(P, 'vm-001').filter(({ key }) => !key.includes('!gone'));

const COUNTED = { protected: 2, stopped: 0, softDeleted: 1 };

describe('a vault of before', () => {
  test('is found by a sweep, and the operation that brings it up is the service’s own', async () => {
    const tables = await ofBefore(names(3));
    const { sweep } = sweeperOver(tables);
    // one finds it, one begins the operation, one carries it on
    await sweep(later(1));
    await sweep(later(1));
    const [id] = await runningIn(tables);
    const about = { kind: 'Reindex', subject: null, vault: 'Contoso', startedBy: null, total: null };
    expect(await readBack(portsOver(tables), id)).toMatchObject({ ...about, status: 'Running', done: 0 });
    expect((await headOf(portsOver(tables).vaults)).tally).toBeUndefined();
    expect(await findingsIn(tables, later(1))).toEqual([]);
    await sweep(later(1));
    expect(await readBack(portsOver(tables), id)).toMatchObject({ ...about, status: 'Succeeded', done: 3, failed: 0 });
    expect((await headOf(portsOver(tables).vaults)).tally?.counts).toEqual(COUNTED);
    expect(await findingsIn(tables, later(1))).toEqual([]);
    // what ends is named, and the next one looks what is over
    await sweep(later(1));
    expect((await allDue(portsOver(tables), later(1))).filter(({ kind }) => kind !== 'warn')).toEqual([]);
  });

  test('shuts out code of before by the very change that begins it', async () => {
    const tables = await ofBefore(names(1));
    const { fence } = await headOf(portsOver(tables).vaults);
    await ask(tables);
    expect((await tables.vaults.get(P, keys.vault(P)))?.cells['v']).toBe(2);
    expect(await tables.vaults.get(P, keys.fence(P, fence))).toBeUndefined();
  });

  test('is known to be counted by a process that has read its head before, although no fence changed', async () => {
    const tables = await ofBefore(names(3));
    const id = await ask(tables);
    const early = portsOver(tables);
    expect((await early.vaults.head(P, 'fresh'))?.isCounted).toBeUndefined();
    expect(await walk(portsOver(tables), id)).toBe('ended');
    expect((await early.vaults.head(P, 'fresh'))?.isCounted).toBe(true);
  });

  test('that is deleted is brought up when it was restored: what ran has failed, and another begins', async () => {
    const tables = await ofBefore([]);
    const world = portsOver(tables);
    const id = await ask(tables);
    await done(deleteVault(world, aRequest(later(1)), VAULT));
    expect(await readBack(world, id)).toMatchObject({ status: 'Failed', error: { code: 'VaultDeleted' } });
    const { sweep } = sweeperOver(tables);
    await sweep(later(2));
    await done(restoreVault(world, aRequest(later(3)), VAULT));
    expect((await headOf(world.vaults)).tally).toBeUndefined();
    expect(await findingsIn(tables, later(3))).toEqual([]);
    await sweep(later(3));
    const [another] = await runningIn(tables);
    expect(another).not.toBe(id);
    await sweep(later(3));
    expect(await readBack(world, another, later(3))).toMatchObject({ status: 'Succeeded' });
    expect((await headOf(world.vaults)).tally).toBeDefined();
  });

  test('is brought up once: who asks meanwhile is told of the same operation', async () => {
    const tables = await ofBefore(names(2));
    const [one, other] = await Promise.all([ask(tables), ask(tables)]);
    expect(other).toBe(one);
    expect(await ask(tables)).toBe(one);
    await Promise.all([walk(portsOver(tables), one), walk(portsOver(tables), one)]);
    expect(await readBack(portsOver(tables), one)).toMatchObject({ status: 'Succeeded', done: 2 });
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('is up without what cannot be read: that counts as failed, and stands in quarantine', async () => {
    const tables = await ofBefore(names(3));
    await tables.vaults.commit(P, [{ op: 'put', key: keys.item(P, 'vm-001'), cells: { v: 1, doc0: '{' } }]);
    const id = await ask(tables);
    expect(await walk(portsOver(tables), id)).toBe('ended');
    expect(await readBack(portsOver(tables), id)).toMatchObject({ status: 'Succeeded', done: 2, failed: 1 });
    expect(await portsOver(tables).control.quarantined()).toMatchObject([{ vault: 'Contoso', item: 'vm-001' }]);
    expect((await headOf(portsOver(tables).vaults)).tally?.counts).toEqual({ ...COUNTED, protected: 1 });
  });

  test('has its pages of before merged', async () => {
    const tables = await ground();
    await layBefore(tables, 98);
    await toBefore(tables.vaults, P);
    const before = await namesIn(tables);
    await walk(portsOver(tables), await ask(tables, P));
    expect((await portsOver(tables).vaults.pages(P, 'vm')).some(({ ofBefore }) => ofBefore)).toBe(false);
    expect(await namesIn(tables)).toEqual(before);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });
});

describe('asked for again', () => {
  test('it writes the rows of every item, whatever became of them, and counts nothing twice', async () => {
    const tables = await furnished(names(3));
    const { tally } = await headOf(portsOver(tables).vaults);
    const derived = await tables.vaults.range(P, { prefix: keys.by(P, '') });
    for (const { key, tag } of derived) await tables.vaults.remove(P, key, tag);
    expect(await findingsIn(tables, later(1))).toHaveLength(derived.length);
    const id = await ask(tables);
    expect(await readBack(portsOver(tables), id)).toMatchObject({ status: 'Running', total: 3 });
    // The vault is counted all the time.
    expect((await headOf(portsOver(tables).vaults)).tally).toEqual(tally);
    await sweeperOver(tables).sweep(later(1));
    expect(await readBack(portsOver(tables), id)).toMatchObject({ status: 'Succeeded', done: 3 });
    expect((await headOf(portsOver(tables).vaults)).tally).toEqual(tally);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('of a vault that is not there or deleted is refused', async () => {
    const tables = await furnished([]);
    await done(deleteVault(portsOver(tables), aRequest(), VAULT));
    for (const vault of [VAULT.vault, 'nowhere'])
      expect(await askToReindex(portsOver(tables), vault, later(1))).toMatchObject({
        refusal: { code: 'VaultNotFound' },
      });
  });
});

describe('whoever walks', () => {
  test('and dies at any request is followed by another, which counts nobody twice', async () => {
    const seed = async () => {
      const tables = await ofBefore(names(3));
      await tables.vaults.commit(P, ENDING);
      return { tables, operation: await ask(tables) };
    };
    const wrong = await deaths(seed, async (tables, operation) => {
      const { status } = await readBack(portsOver(tables), operation);
      const { tally } = await headOf(portsOver(tables).vaults);
      // those that were over are gone by now
      const ends = await tables.vaults.range(P, { prefix: keys.ends(P) });
      const named = ends.flatMap((row) => (/!(idem|server)!/.test(row.key) ? [row.key] : read.end(row).rows));
      const twice = ENDING.filter(({ key }) => named.filter((one) => one === key).length > 1);
      return [
        ...twice.map(({ key }) => `${key} is named twice`),
        ...(status === 'Succeeded' ? [] : [status]),
        ...(JSON.stringify(tally?.counts) === JSON.stringify(COUNTED) ? [] : [JSON.stringify(tally)]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('and the sweep that begins it, which dies at any request', async () => {
    const seed = async () => {
      const tables = await ofBefore(names(3));
      await sweeperOver(tables).sweep(later(1));
      return { tables };
    };
    const wrong = await deaths(seed, async (tables) => {
      await sweeperOver(tables).sweep(later(1, 1_800_000));
      const { tally } = await headOf(portsOver(tables).vaults);
      return tally ? [] : ['it is not up'];
    });
    expect(wrong).toEqual([]);
  });

  test('goes on where the last one stopped', async () => {
    const tables = await ofBefore(names(230));
    const id = await ask(tables);
    let steps = 0;
    expect(await walk(portsOver(tables), id, () => ++steps <= 1)).toBe('left');
    expect(await readBack(portsOver(tables), id)).toMatchObject({ status: 'Running', done: 200 });
    expect((await headOf(portsOver(tables).vaults)).tally).toBeUndefined();
    expect(await walk(portsOver(tables), id)).toBe('ended');
    expect(await readBack(portsOver(tables), id)).toMatchObject({ status: 'Succeeded', done: 230 });
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('asks two requests a step, a range of items and one of their jobs, one for each nineteen items, and one for each kind that ends', async () => {
    const tables = await ofBefore(names(38));
    const id = await ask(tables);
    const counted = dying(tables, Number.POSITIVE_INFINITY);
    expect(await walk(portsOver(counted.tables), id)).toBe('ended');
    // the operation, the head, two ranges, two transactions, the base of the tally read and written, how far it is
    const items = 1 + 1 + 2 + 2 + 2 + 1;
    // the operation, four kinds, an alert is named, the hint, the end, a last look
    expect(counted.requests()).toBe(items + 1 + 4 + 1 + 2 + 1);
  });

  test('meets somebody who changes an item again and again, and leaves it to the next', async () => {
    const tables = await ofBefore(names(2));
    const id = await ask(tables);
    const key = keys.item(P, 'vm-001');
    const busy: Tables['vaults'] = {
      ...tables.vaults,
      async commit(partition, ops) {
        const row = must(await tables.vaults.get(P, key));
        if (ops.some((op) => op.key === key)) await tables.vaults.commit(P, [{ op: 'put', key, cells: row.cells }]);
        return tables.vaults.commit(partition, ops);
      },
    };
    expect(await walk(portsOver({ ...tables, vaults: busy }), id)).toBe('lost');
    expect((await headOf(portsOver(tables).vaults)).tally).toBeUndefined();
    expect(await walk(portsOver(tables), id)).toBe('ended');
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });
});
