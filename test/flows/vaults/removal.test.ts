/** The removal of a deleted vault is an operation of the service: what a sweep does not finish the next goes on with, and it says how far it is. */
import { describe, expect, test } from 'vitest';
import { removalOf } from '../../../src/core/operations.ts';
import type { Instant } from '../../../src/core/time.ts';
import { readOperation } from '../../../src/flows/items/operations/read.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { keys } from '../../../src/store/keys.ts';
import { type Op, replacing } from '../../../src/store/table.ts';
import { anAlert } from '../../support/alerts.ts';
import { later, NOON } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, headOf, must, newId, portsOver } from '../../support/world.ts';
import { deaths, dying, findingsIn } from '../items/operations/walked.ts';
import { hintsIn, sweeperOver } from '../sweep/sweeper.ts';

const VAULT = { vault: 'Contoso' };
const P = 'contoso';
const END = later(14);

const make = (tables: Tables, now: Instant = later(0)) =>
  putVault(portsOver(tables), aRequest(now), VAULT, { patch: { kind: 'Backup' }, mustExist: false });

/** A deleted vault with so many rows more than its own, some before its history and the others behind it. */
async function deleted(rows: number): Promise<Tables> {
  const tables = memoryTables();
  const world = portsOver(tables);
  await done(make(tables));
  const raised = anAlert('PurgeComplete', { vault: 'Contoso', item: 'vm', generation: 1 });
  for (let at = 0; at < rows; at += 100) {
    const some = Array.from({ length: Math.min(100, rows - at) }, (_, index): Op => {
      const name = String(at + index).padStart(6, '0');
      return { op: 'insert', key: keys.job(P, 'vm', name), cells: { v: 1 } };
    });
    await tables.vaults.commit(P, some);
  }
  const alerts = [{ was: undefined, now: { ...raised, notifications: [] } }];
  await world.commit({ vault: 'Contoso', id: newId(), alerts });
  await done(deleteVault(world, aRequest(), VAULT));
  await sweeperOver(tables).sweep(later(0, 120_000));
  return tables;
}

const rowsIn = async ({ vaults }: Tables) =>
  (await vaults.range(P, { prefix: `${P}!` })).map(({ key }) => key).filter((key) => !key.startsWith(`${P}!audit!`));

/** A sweep that has no time left after so many transactions of the vault. */
function hurried(tables: Tables, transactions: number) {
  let commits = 0;
  const vaults: Tables['vaults'] = {
    ...tables.vaults,
    async commit(partition, ops) {
      commits += partition === P && ops.length > 50 ? 1 : 0;
      return tables.vaults.commit(partition, ops);
    },
  };
  return sweeperOver(
    { ...tables, vaults },
    { realNow: () => (commits < transactions ? NOON : NOON.plus({ days: 1 })) },
  );
}

const idIn = async (tables: Tables): Promise<string> =>
  removalOf(must(await portsOver(tables).vaults.deleted(VAULT.vault)).vault);
const read = (tables: Tables, id: string, now: Instant = END) => readOperation(portsOver(tables), now, id);

describe('the removal of a vault', () => {
  test('is an operation of the service, which says how far it is, and goes on with what is left', async () => {
    const tables = await deleted(500);
    const id = await idIn(tables);
    expect(await read(tables, id)).toMatchObject({ refusal: { code: 'OperationNotFound' } });
    expect(await hurried(tables, 2).sweep(END)).toMatchObject({ complete: false });
    const about = { id, kind: 'RemoveVault', vault: 'Contoso', subject: null, startedBy: null, total: null };
    expect(await read(tables, id)).toMatchObject({
      value: { ...about, status: 'Running', done: 200, endedAt: null },
    });
    expect(await findingsIn(tables, END)).toEqual([]);
    const left = (await rowsIn(tables)).length;
    expect(await hurried(tables, 1).sweep(END)).toMatchObject({ complete: false });
    expect((await rowsIn(tables)).length).toBe(left - 99);
    await sweeperOver(tables).sweep(END);
    expect(await rowsIn(tables)).toEqual([keys.grave(P)]);
    expect(await read(tables, id)).toMatchObject({ value: { ...about, status: 'Succeeded', endedAt: END } });
    expect(await findingsIn(tables, END)).toEqual([]);
    for (const hint of await hintsIn(tables)) expect(hint).toMatch(/^tell /);
  });

  test('is shown for thirty days, then it is gone with its row', async () => {
    const tables = await deleted(5);
    const id = await idIn(tables);
    await sweeperOver(tables).sweep(END);
    expect(await read(tables, id, later(43))).toMatchObject({ value: { status: 'Succeeded' } });
    expect(await read(tables, id, later(45))).toMatchObject({ refusal: { code: 'OperationNotFound' } });
    await sweeperOver(tables).sweep(later(45));
    expect(await tables.vaults.range('~service', { prefix: keys.operation('~service', '') })).toEqual([]);
    expect(await findingsIn(tables, later(45))).toEqual([]);
  });

  test.each([
    [990, 1],
    [9_900, 1],
    [9_900, 10],
  ])(
    'of %i rows in %i turns asks 1.1 requests for 99 rows, three a turn, and as many to begin and end it whatever it holds',
    async (rows, turns) => {
      const tables = await deleted(rows);
      const counted = dying(tables, Number.POSITIVE_INFINITY);
      const idle = dying(await deleted(0), Number.POSITIVE_INFINITY);
      // What a sweep asks with nothing to do.
      await sweeperOver(idle.tables).sweep(later(13));
      for (let turn = 1; turn < turns; turn += 1) await hurried(counted.tables, rows / 99 / turns).sweep(END);
      await sweeperOver(counted.tables).sweep(END);
      expect(await rowsIn(tables)).toEqual([keys.grave(P)]);
      const ofSweeps = turns * idle.requests();
      expect(counted.requests() - ofSweeps).toBeLessThanOrEqual((1.1 * rows) / 99 + 3 * turns + BEGIN_AND_END);
    },
  );

  test('by two sweeps at once is one, and raises one alert', async () => {
    const tables = await deleted(300);
    const id = await idIn(tables);
    await Promise.all([sweeperOver(tables).sweep(END), sweeperOver(tables).sweep(END)]);
    await sweeperOver(tables).sweep(later(14, 60_000));
    expect(await read(tables, id)).toMatchObject({ value: { status: 'Succeeded' } });
    expect((await portsOver(tables).alerts.list(null, { limit: 10 })).found).toHaveLength(1);
    const told = await historyIn(portsOver(tables), VAULT.vault, null);
    expect(told.filter(({ operation }) => operation === 'RemoveVault')).toHaveLength(1);
    expect(await findingsIn(tables, later(14, 60_000))).toEqual([]);
  });

  test('that comes late touches nothing of a vault that was made since', async () => {
    const tables = await deleted(5);
    const stale = must(await portsOver(tables).vaults.deleted(VAULT.vault));
    await sweeperOver(tables).sweep(END);
    await done(make(tables, later(15)));
    const before = await rowsIn(tables);
    const { vaults } = portsOver(tables);
    const deletion = stale.vault.deletion && { ...stale.vault.deletion, removing: true as const };
    const removing = { ...stale, vault: { ...stale.vault, deletion } };
    for (const late of [stale, removing])
      expect(await vaults.emptyVault(late, () => true)).toEqual({ how: 'lost', rows: 0 });
    expect(await rowsIn(tables)).toEqual(before);
    expect((await headOf(vaults, VAULT.vault)).vault.id).not.toBe(stale.vault.id);
  });

  test('that the version before had begun goes on: it wrote no row that says so', async () => {
    const tables = await deleted(120);
    const id = await idIn(tables);
    await hurried(tables, 1).sweep(END);
    const begun = must((await tables.vaults.range(P, { prefix: keys.removing(P, '') }))[0]);
    await tables.vaults.remove(P, begun.key, begun.tag);
    const operation = must((await tables.vaults.range('~service', { prefix: keys.operation('~service', '') }))[0]);
    await tables.vaults.remove('~service', operation.key, operation.tag);
    await sweeperOver(tables).sweep(END);
    await sweeperOver(tables).sweep(END);
    expect(await rowsIn(tables)).toEqual([keys.grave(P)]);
    expect(await read(tables, id)).toMatchObject({ value: { status: 'Succeeded' } });
  });
});

/**
 * The directory is straightened, the alerts are read and the operation is begun; then the mark, the two ends of the rows, the alert with its
 * hint, the head as it is by now, its last change, and the directory once more.
 */
const BEGIN_AND_END = 21;

describe('the sweep that removes it', () => {
  test('and dies at any request is followed by another', async () => {
    const seed = async () => {
      const tables = await deleted(210);
      return { tables, operation: await idIn(tables) };
    };
    const wrong = await deaths(
      seed,
      async (tables, operation) => {
        const { status } = await done(read(tables, operation ?? ''));
        const raised = (await portsOver(tables).alerts.list(null, { limit: 10 })).found;
        const rows = await rowsIn(tables);
        return [
          ...(status === 'Succeeded' ? [] : [status]),
          ...(raised.length === 1 ? [] : [`${raised.length} alerts`]),
          ...(rows.join() === keys.grave(P) ? [] : rows),
        ];
      },
      14,
    );
    expect(wrong).toEqual([]);
  });
});

describe('check:store finds', () => {
  test('a removal that runs, and to whose vault no hint leads', async () => {
    const tables = await deleted(210);
    await hurried(tables, 1).sweep(END);
    const world = portsOver(tables);
    for (const due of [later(0), END]) await world.agenda.strike([{ kind: 'remove', vault: P, item: '~', due }]);
    expect(await findingsIn(tables, END)).toEqual([
      expect.stringMatching(/^I2 vaults\/~service\/~service!op!\S+: no hint leads to this operation, which runs$/),
      expect.stringMatching(/^I2 vaults\/contoso\/contoso!head!settings: no hint leads to the removal/),
    ]);
  });

  test('an open vault that says it is being removed', async () => {
    const tables = memoryTables();
    await done(make(tables));
    const key = keys.removing(P, 'another');
    await tables.vaults.commit(P, [replacing(key, { v: 1 }, undefined)]);
    expect(await findingsIn(tables, later(0))).toEqual([
      `I5 vaults/contoso/${key}: it says that the vault is being removed, which is open`,
    ]);
  });
});
