/** What a sweep orders an executor to destroy: who is asked, what is written, what holds it back. */
import { describe, expect, test } from 'vitest';
import { MOST_ROWS } from '../../../src/change.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import type { KindSettings } from '../../../src/core/kinds.ts';
import { isOrdered, type Ordered } from '../../../src/core/orders.ts';
import { iso } from '../../../src/core/time.ts';
import { readiness } from '../../../src/flows/service/readiness.ts';
import { keys } from '../../../src/store/keys.ts';
import { opsOf } from '../../../src/store/ops.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { anExecutorOf, laidExecutor } from '../../support/executors.ts';
import { memoryTables } from '../../support/tables.ts';
import { headOf, must, NO_NOTICE, newHead, newId, portsOver, setPause, type World } from '../../support/world.ts';
import { DAY, type Deleted, DUE, deleted, ITEM, PLACE } from './deleted.ts';
import { furnished, names, VAULT, watched } from './furnish.ts';
import { hintsIn, sweeperOver } from './sweeper.ts';
import { told } from './ticketed.ts';

const BLOBS = { executor: 'blobs', parameters: null };

/** In a vault whose purges ask an executor. */
async function asked(
  purge: { executor: string | null; parameters: Record<string, unknown> | null } = BLOBS,
  terms = DAY,
) {
  const tables = memoryTables();
  await laidExecutor(portsOver(tables), 'blobs');
  return deleted({ tables, terms, vault: { purge } });
}

const orderedIn = async ({ vaults }: Pick<World, 'vaults'>, vault = 'Contoso', name = ITEM): Promise<Ordered> => {
  const item = (await vaults.item(vault, name))?.value;
  if (!isOrdered(item)) throw new Error(`${name} is ${item?.state}, and nobody is asked`);
  return item;
};
const linesIn = async ({ agenda }: Pick<World, 'agenda'>, executor = 'blobs') =>
  (await agenda.work(executor, { limit: 1000, all: true })).found;

/** What a kind says from now on, as its own verb would leave it. */
const kindSays = ({ commit }: Pick<World, 'commit'>, name: string, over: Partial<KindSettings>) => {
  const now = { ...BUILT, name, ...over };
  return commit({ vault: SERVICE, id: newId(), kind: { was: undefined, now } });
};
const BUILT = { minimumRetentionDays: 14, executor: null, parameters: null, etag: 'k' };

describe('an order', () => {
  test('is made instead of the purge, once people were told; nobody is told of it, and all rows stay', async () => {
    const one = await asked();
    await one.work();
    await one.at(later(12));
    const before = await one.all();
    await one.moveTo(DUE);
    expect(await one.sweep()).toMatchObject({ due: 1, purged: 0, ordered: 1, failed: 0, waiting: 0 });
    await one.work();

    const item = await orderedIn(one.ports);
    expect(item).toMatchObject({
      ...{ state: 'Purging', generation: 1 },
      deletion: { retentionDays: 14 },
      order: { executor: 'blobs', parameters: {}, orderedAt: DUE, confirmBy: later(15), softDeleteApplied: true },
    });
    expect((await one.all()).length).toBe(before.length);
    expect(await one.marks()).toBe(0);
    const { order } = item;
    expect(await one.entry('PurgeOrdered')).toMatchObject({
      ...{ from: 'SoftDeleted', to: 'Purging' },
      facts: { order: order.id, executor: 'blobs', confirmBy: iso(later(15)), purgeAt: iso(DUE), generation: 1 },
    });
    // its hint to purge is struck; its deadline stands ahead, and its line can be claimed at once
    expect(await hintsIn(one.tables)).toEqual([`order ${ITEM} ${iso(later(15))}`]);
    expect(await linesIn(one.ports)).toMatchObject([{ due: DUE, work: { order: order.id, state: 'Open' } }]);
    expect(await one.sweep()).toMatchObject({ due: 0, ordered: 0 });
    expect((await portsOver(one.tables).vaults.dueTrash('Contoso', later(1000))).items).toEqual([]);
  });

  test('rests on the alerts where there is no mark, and its entry says who was told', async () => {
    const one = await asked();
    await one.work();
    await one.at(later(12));
    const [mark] = await one.marked();
    await one.ports.vaults.dropMark(must(mark));
    await one.moveTo(later(13, 1000));
    await one.moveTo(DUE);
    expect(await one.sweep()).toMatchObject({ ordered: 1 });
    const { facts } = await one.entry('PurgeOrdered');
    expect(facts['told']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^DeleteBackupData (Sent|Delivered) /)]),
    );
  });

  test('waits as a purge does; after the longest time it is made although nobody could be told, and that is told', async () => {
    const one = await asked();
    await one.moveTo(later(30));
    expect(await one.sweep()).toMatchObject({ ordered: 0, waiting: 1 });
    await one.moveTo(later(45));
    expect(await one.sweep()).toMatchObject({ ordered: 1 });
    expect((await one.all('PurgedUntold')).length).toBe(1);
    await one.work();
    const [alert] = await one.all('PurgedUntold');
    expect(alert?.notifications?.every(({ status }) => status !== 'Queued')).toBe(true);
  });

  test('says for how long the item really lay in the trash', async () => {
    const one = await asked(BLOBS, NO_NOTICE);
    await one.work();
    const head = await headOf(one.ports.vaults);
    const extensions = [{ at: later(1), days: 30, version: 2 }];
    await one.ports.commit(newHead({ ...head.vault, extensions, version: 2, etag: 'v2' }, head));
    // nobody came by when it became longer
    await one.moveTo(later(30));
    expect(await one.sweep()).toMatchObject({ ordered: 1 });
    expect((await orderedIn(one.ports)).deletion).toMatchObject({ deletedAt: NOON, retentionDays: 30 });
  });

  test.each([['Paused', async (one: Deleted) => setPause(one.ports, later(20))]])(
    'is made under the brakes of a purge: %s',
    async (reason, brake) => {
      const one = await asked();
      await one.work();
      await one.at(later(12));
      await brake(one);
      await one.moveTo(DUE);
      expect(await one.sweep()).toMatchObject({ ordered: 0, held: { reason } });
      expect(await one.state()).toBe('SoftDeleted');
    },
  );
});

describe('many orders', () => {
  async function furnishedFor(executor: string | null, items: number) {
    const estate = await furnished(names(items));
    const ports = portsOver(estate.tables);
    await laidExecutor(ports, 'blobs');
    if (executor !== null) await estate.done('patchVault', VAULT, { purge: { executor } });
    return estate;
  }

  test('share transactions, none too large for Table Storage', async () => {
    const { tables } = await furnishedFor('blobs', 60);
    const { commits, commit } = watched(tables, async () => {});
    const { sweep, notices } = sweeperOver(tables, { commit });
    expect(await sweep(DUE)).toMatchObject({ ordered: 60, purged: 0, failed: 0, complete: true });
    expect(commits.map(({ items }) => items?.length)).toEqual([13, 13, 13, 13, 8]);
    expect(Math.max(...commits.map((change) => opsOf(change).length))).toBeLessThanOrEqual(MOST_ROWS);
    expect(notices).toEqual([]);
    const orders = await linesIn(portsOver(tables));
    expect(new Set(orders.map(({ work }) => work.order)).size).toBe(60);
  });

  test('count as purges: those of today, and those at once', async () => {
    const estate = await furnishedFor('blobs', 6);
    const held = sweeperOver(estate.tables, {}, { maxPurges: 5 });
    expect(await held.sweep(DUE)).toMatchObject({ ordered: 0, held: { reason: 'Belt', limit: 'count', count: 6 } });
    const { sweep } = sweeperOver(estate.tables, {}, { maxPerDay: 6 });
    expect(await sweep(DUE)).toMatchObject({ ordered: 6 });
    await estate.trashAt('another', later(0, 60_000));
    expect(await sweep(later(14, 60_000))).toMatchObject({ ordered: 0, held: { limit: 'perDay' } });
  });

  test('are what a dry run says, and it makes none', async () => {
    const { tables } = await furnishedFor('blobs', 2);
    const report = await sweeperOver(tables).sweep(DUE, { dryRun: true });
    expect(report).toMatchObject({ ordered: 0, items: [{ action: 'order' }, { action: 'order' }] });
    expect(await linesIn(portsOver(tables))).toEqual([]);
  });

  test('one of them that is undeleted in between keeps none of the others', async () => {
    const estate = await furnishedFor('blobs', 10);
    const { commit } = watched(estate.tables, async (_, number) => {
      if (number === 1) await estate.done('undeleteItem', `${VAULT}/vm-3`);
    });
    expect(await sweeperOver(estate.tables, { commit }).sweep(DUE)).toMatchObject({ ordered: 9, failed: 0 });
    expect(await estate.stateOf('vm-3')).toMatchObject({ state: 'ProtectionStopped' });
    expect(await estate.stateOf('vm-4')).toMatchObject({ state: 'Purging' });
  });

  test('an executor that is not there: nothing is purged, it is seen, and tried again', async () => {
    const estate = await furnishedFor(null, 2);
    const ports = portsOver(estate.tables);
    const head = await headOf(ports.vaults, VAULT);
    await ports.commit(newHead({ ...head.vault, purge: { executor: 'gone', parameters: null }, etag: 'x' }, head));
    expect(await sweeperOver(estate.tables).sweep(DUE)).toMatchObject({ ordered: 0, purged: 0, failed: 2 });
    expect(await estate.stateOf('vm-0')).toMatchObject({ state: 'SoftDeleted' });
    await ports.commit({ vault: SERVICE, id: 'made', executor: { was: undefined, now: anExecutorOf('gone') } });
    expect(await sweeperOver(estate.tables).sweep(later(14, 60_000))).toMatchObject({ ordered: 2, failed: 0 });
  });
});

describe('who is asked', () => {
  const due = async (one: Deleted) => {
    await one.work();
    await one.at(later(12));
    await one.moveTo(DUE);
    return one.sweep();
  };

  test('the executor of the kind, where the vault names none; what the vault says of the parameters counts more', async () => {
    const one = await asked({ executor: null, parameters: { region: 'west', depth: 2 } });
    await kindSays(one.ports, 'AzureVM', { executor: 'blobs', parameters: { region: 'north', tier: 'hot' } });
    expect(await due(one)).toMatchObject({ ordered: 1, purged: 0 });
    const { order } = await orderedIn(one.ports);
    expect(order).toMatchObject({ executor: 'blobs', parameters: { region: 'west', tier: 'hot', depth: 2 } });
  });

  test('the executor of the vault before that of the kind', async () => {
    const one = await asked();
    await laidExecutor(one.ports, 'others');
    await kindSays(one.ports, 'AzureVM', { executor: 'others' });
    expect(await due(one)).toMatchObject({ ordered: 1 });
    expect((await orderedIn(one.ports)).order.executor).toBe('blobs');
  });

  test('nobody: it is purged, by its ticket', async () => {
    const one = await told();
    expect(await one.sweptAt(DUE)).toEqual({ purged: 1, failed: 0, waiting: 0, reads: 0 });
  });

  test('no ticket counts where the kind names an executor since', async () => {
    const one = await told();
    await laidExecutor(one.ports, 'blobs');
    await kindSays(one.ports, 'AzureVM', { executor: 'blobs' });
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 0, failed: 0 });
    expect((await orderedIn(one.ports)).order.executor).toBe('blobs');
  });

  test('a kind that cannot be read: nothing of it goes, and what cannot go is seen', async () => {
    const one = await told();
    await one.plain.vaults.commit(SERVICE, [{ op: 'put', key: keys.kind('AzureVM'), cells: { v: 1, doc0: '{' } }]);
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 0, failed: 1 });
    expect(await one.state()).toBe('SoftDeleted');
  });
});

describe('an order that nobody confirms', () => {
  const raised = async (one: Deleted) =>
    (await one.all())
      .filter(({ type }) => type.startsWith('PurgeUnconfirmed'))
      .map(({ type, facts }) => [type, facts['lateHours']]);
  const ordered = async (contacts: readonly string[] = []) => {
    const tables = memoryTables();
    const executor = { was: undefined, now: anExecutorOf('blobs', { contacts, confirmWithinHours: 48 }) };
    await portsOver(tables).commit({ vault: SERVICE, id: 'laid', executor });
    const one = await deleted({ tables, vault: { purge: BLOBS } });
    await one.work();
    await one.at(later(12));
    await one.at(DUE);
    return one;
  };

  test('is told of at its deadline, a day later, and then weekly, each time once; and to the contacts of its executor', async () => {
    const one = await ordered(['oncall@example.com']);
    await one.at(later(16, -1));
    expect(await raised(one)).toEqual([]);
    const steps = [
      [later(16), 'PurgeUnconfirmed', 0],
      [later(17), 'PurgeUnconfirmedEscalated', 24],
      [later(24), 'PurgeUnconfirmedEscalated', 24 + 7 * 24],
      [later(31), 'PurgeUnconfirmedEscalated', 24 + 14 * 24],
    ] as const;
    for (const [index, [at]] of steps.entries()) {
      await one.at(at);
      await one.at(later(0, +at - +NOON + 60_000));
      expect((await raised(one)).toSorted()).toEqual(
        steps
          .slice(0, index + 1)
          .map(([, type, hours]) => [type, hours])
          .toSorted(),
      );
    }
    const [first] = await one.all('PurgeUnconfirmed');
    expect(await one.ledger(must(first).id)).toContain('Sent oncall@example.com');
    expect(await one.state()).toBe('Purging');
    expect((await one.all('PurgeComplete')).length).toBe(0);
  });

  test('after five days without a sweep only the newest step is told, and for how long that is', async () => {
    const one = await ordered();
    await one.at(later(21));
    expect(await raised(one)).toEqual([['PurgeUnconfirmedEscalated', 120]]);
    await one.at(later(23));
    expect(await raised(one)).toHaveLength(1);
    await one.at(later(24));
    expect(await raised(one)).toHaveLength(2);
  });

  test('warns whoever asks whether the service is ready', async () => {
    const one = await ordered();
    const check = async () => {
      const all = await readiness(one.ports, { bornAt: NOON, unknownSettings: [] });
      return must(all.find(({ name }) => name === 'purgeOrders'));
    };
    expect(await check()).toMatchObject({ status: 'ok' });
    await one.moveTo(later(16));
    expect(await check()).toMatchObject({ status: 'warn', detail: expect.stringContaining('1 purge orders are past') });
  });
});

describe('what happens at the same moment', () => {
  const ready = async () => {
    const one = await asked(BLOBS, NO_NOTICE);
    await one.work();
    await one.moveTo(DUE);
    return one;
  };
  const orders = async (one: Deleted) =>
    (await one.history()).filter((operation) => operation === 'PurgeOrdered').length;

  test('case 74: three sweeps at once, and more after them: one order, in one work list, and nobody is told of it twice', async () => {
    const one = await ready();
    const sweepers = [1, 2, 3].map(() => sweeperOver(one.tables));
    const reports = await Promise.all(sweepers.map(({ sweep }) => sweep(DUE)));
    expect(reports.reduce((sum, { ordered, failed }) => sum + ordered + failed, 0)).toBe(1);
    for (const { sweep } of sweepers) expect(await sweep(later(14, 120_000))).toMatchObject({ ordered: 0, failed: 0 });
    expect(await orders(one)).toBe(1);
    const { order } = await orderedIn(one.ports);
    const lines = await linesIn(one.ports);
    expect(lines.filter(({ work }) => work.order === order.id)).toHaveLength(1);
  });

  test('case 74: what told of an earlier deletion orders nothing of a later one', async () => {
    const one = await asked(BLOBS, NO_NOTICE);
    await one.work();
    await one.moveTo(later(5));
    await one.ask('undeleteItem');
    await one.work();
    await one.ask('resumeItem', { policy: 'daily' });
    await one.ask('stopItem', { mode: 'delete', confirmName: ITEM });
    await one.work();
    await one.moveTo(DUE);
    expect(await one.sweep()).toMatchObject({ ordered: 0, purged: 0, failed: 0 });
    await one.moveTo(later(19));
    expect(await one.sweep()).toMatchObject({ ordered: 1 });
    expect(await orderedIn(one.ports)).toMatchObject({ generation: 2 });
  });

  test.each(['the undelete first', 'the order first'])(
    'case 73: an undelete and an order at the end of the period, %s: one of them wins',
    async (order) => {
      const one = await ready();
      const before = { ...one.ports, clock: { now: () => later(14, -1) } };
      const undelete = () => appOver(before)('undeleteItem', `${PLACE.vault}/${ITEM}`, { body: {} });
      const sweep = () => sweeperOver(one.tables).sweep(DUE);
      const isFirst = order === 'the undelete first';
      if (!isFirst) await sweep();
      const { status } = await undelete();
      if (isFirst) await sweep();
      expect([status, await one.state()]).toEqual(isFirst ? [200, 'ProtectionStopped'] : [409, 'Purging']);
      expect(await orders(one)).toBe(isFirst ? 0 : 1);
      expect((await one.all('PurgeComplete')).length).toBe(0);
    },
  );

  test('case 77: whoever dies before the order is made leaves false lines; the next sweep makes it', async () => {
    const one = await ready();
    const commit: World['commit'] = async (write) => {
      if (!('line' in write) && write.items) throw new Error('killed');
      return one.ports.commit(write);
    };
    await sweeperOver(one.tables, { commit })
      .sweep(DUE)
      .catch(() => undefined);
    expect(await one.state()).toBe('SoftDeleted');
    // together, and by itself
    expect(await linesIn(one.ports)).toHaveLength(2);
    expect(await sweeperOver(one.tables).sweep(later(14, 120_000))).toMatchObject({ ordered: 1, failed: 0 });
    const { order } = await orderedIn(one.ports);
    const lines = await linesIn(one.ports);
    expect(lines.filter(({ work }) => work.order === order.id)).toHaveLength(1);
    expect(await one.ask('undeleteItem')).toBe(409);
  });
});
