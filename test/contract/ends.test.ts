/** What ends is named by a row, and is gone on its day; what was written anew, or must stay longer, is not. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Held } from '../../src/change.ts';
import type { Alert } from '../../src/core/alerts.ts';
import type { Remains, Tombstone } from '../../src/core/item.ts';
import { dayAfter, dayOf } from '../../src/core/kept.ts';
import type { Operation } from '../../src/core/operations.ts';
import type { Server } from '../../src/core/server.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import type { Table } from '../../src/store/table.ts';
import { tidyVault } from '../../src/store/tidy.ts';
import { aMail, anAlert } from '../support/alerts.ts';
import { anItem, later, NOON } from '../support/builders.ts';
import { type PlainStores, plainStores } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { anEntry, must, newId, writing } from '../support/world.ts';

const V = 'contoso';
const always = () => true;

const answer = (at: Instant, over: Partial<Answer> = {}): Answer => ({
  ...{ key: 'abc', bodyHash: 'b', status: 200, headers: {}, body: '', at },
  endsOn: dayAfter(addDays(at, 1)),
  ...over,
});
const told = (item: string, over: Partial<Alert> = {}): Alert =>
  anAlert('PurgeComplete', { item, generation: 1 }, { notifications: [], ...over });
const aTombstone = (over: Partial<Tombstone> = {}): Tombstone => ({
  ...{ state: 'Purged', vault: 'Contoso', name: 'sql-01', generation: 1, server: null, purgedAt: NOON },
  ...{ softDeleteApplied: true, etag: 'gone', endsOn: dayAfter(later(90)) },
  ...over,
});

describe.each(MAKERS)('what ends, $name', ({ open }) => {
  let fresh: () => Tables;
  let stores: PlainStores;
  let table: Table;
  let seen: { ranges: number; gets: number; commits: number };
  /** Once, before the next transaction. */
  let meanwhile: (() => Promise<unknown>) | undefined;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    const tables = fresh();
    stores = plainStores(tables);
    table = tables.vaults;
  });

  const change = async (over: object): Promise<void> => {
    expect(await stores.commit({ vault: V, id: newId(), ...over })).toBe(true);
  };
  const raise = (...alerts: readonly Alert[]) => change({ alerts: alerts.map((now) => ({ was: undefined, now })) });
  const write = (now: Remains, was?: Held<Remains>) => change(writing(now, was, { id: newId() }));
  const keysOf = async (kind: string): Promise<readonly string[]> =>
    (await table.range(V, { prefix: `${V}!${kind}!` })).map(({ key }) => key.slice(V.length + kind.length + 2));
  async function tidy(now: Instant) {
    seen = { ranges: 0, gets: 0, commits: 0 };
    const counting: Table = {
      ...table,
      range: (...given) => {
        seen.ranges += 1;
        return table.range(...given);
      },
      get: (...given) => {
        seen.gets += 1;
        return table.get(...given);
      },
      commit: async (...given) => {
        const first = meanwhile;
        meanwhile = undefined;
        await first?.();
        seen.commits += 1;
        return table.commit(...given);
      },
    };
    return tidyVault(counting, V, now, always);
  }

  test('an answer is kept for a day, and gone within a day more', async () => {
    await change({ answer: () => ({ answer: answer(NOON) }) });
    expect(await tidy(later(1))).toEqual({ next: dayOf(later(2)), isLeft: false });
    expect(await keysOf('idem')).toEqual(['abc']);
    expect(await tidy(later(1.5))).toEqual({ next: undefined, isLeft: false });
    expect([await keysOf('idem'), await keysOf('end')]).toEqual([[], []]);
  });

  test('an answer that is recorded anew on its last day stays: the row that ends it is another one', async () => {
    await change({ answer: () => ({ answer: answer(NOON) }) });
    const was = must(await stores.vaults.answer(V, 'abc'));
    await change({ answer: () => ({ answer: answer(later(1.1)), was }) });
    expect(await keysOf('end')).toEqual([`${dayOf(later(3))}!idem!abc`]);
    await tidy(later(1.5));
    expect((await stores.vaults.answer(V, 'abc'))?.value.at).toEqual(later(1.1));
  });

  test('also when that happens in the middle: whoever removes it finds the row that ends it gone', async () => {
    await change({ answer: () => ({ answer: answer(NOON) }) });
    const was = must(await stores.vaults.answer(V, 'abc'));
    meanwhile = () => change({ answer: () => ({ answer: answer(later(1.5)), was }) });
    expect(await tidy(later(1.5))).toEqual({ next: undefined, isLeft: false });
    expect((await stores.vaults.answer(V, 'abc'))?.value.at).toEqual(later(1.5));
    expect(await tidy(later(3))).toEqual({ next: undefined, isLeft: false });
    expect([await keysOf('idem'), await keysOf('end')]).toEqual([[], []]);
  });

  test('a hundred that are over are one range and a transaction for each fifty', async () => {
    for (let one = 0; one < 100; one += 1)
      await change({ answer: () => ({ answer: answer(NOON, { key: `k${one}` }) }) });
    expect(await tidy(later(2))).toEqual({ next: undefined, isLeft: false });
    expect(seen).toEqual({ ranges: 1, gets: 0, commits: 2 });
    expect(await keysOf('idem')).toEqual([]);
  });

  test('two that tidy at once do each other no harm', async () => {
    for (let one = 0; one < 60; one += 1)
      await change({ answer: () => ({ answer: answer(NOON, { key: `k${one}` }) }) });
    const turns = await Promise.all([1, 2].map(() => tidyVault(table, V, later(2), always)));
    expect(turns.map(({ isLeft }) => isLeft)).toEqual([false, false]);
    expect([await keysOf('idem'), await keysOf('end')]).toEqual([[], []]);
  });

  test('alerts go after a year, those of a transaction together; each is looked at', async () => {
    await raise(told('a'), told('b'));
    expect(await keysOf('end')).toHaveLength(1);
    await tidy(later(365));
    expect(await keysOf('alert')).toHaveLength(2);
    expect(await tidy(later(365.5))).toEqual({ next: undefined, isLeft: false });
    expect([await keysOf('alert'), await keysOf('end')]).toEqual([[], []]);
  });

  test('an alert stays while a mail about it waits, and while its item lies in the trash', async () => {
    await raise(told('sql-01'), told('b', { notifications: [aMail({ status: 'Queued', sentAt: null })] }), told('c'));
    await write(anItem('SoftDeleted'));
    const { next } = await tidy(later(366));
    expect(await keysOf('alert')).toEqual(['contoso~b~purgecomplete~1', 'contoso~sql-01~purgecomplete~1']);
    expect(next).toBe(dayAfter(later(396)));
    await write(anItem('ProtectionStopped'), must(await stores.vaults.item(V, 'sql-01')));
    await tidy(later(397));
    expect(await keysOf('alert')).toEqual(['contoso~b~purgecomplete~1']);
  });

  test('an alert that went with its tombstone, and was raised again, is over a year after that', async () => {
    await raise(told('a'));
    for (const key of await keysOf('alert')) await table.commit(V, [{ op: 'drop', key: `${V}!alert!${key}` }]);
    await raise(told('a', { firedAt: later(100) }));
    expect((await tidy(later(366))).next).toBe(dayAfter(later(465)));
    expect(await keysOf('alert')).toHaveLength(1);
    await tidy(later(466));
    expect(await keysOf('alert')).toEqual([]);
  });

  test('that a deletion was counted goes with its alert, and no place of those who wait to be told', async () => {
    const one = { together: 'mass~x', alert: told('a').id, at: NOON };
    await change({ alerts: [{ was: undefined, now: told('a') }], counted: [one], waiting: [one] });
    expect(await keysOf('end')).toHaveLength(1);
    await tidy(later(364));
    expect(await keysOf('counted')).toHaveLength(1);
    await tidy(later(366));
    expect([await keysOf('counted'), await keysOf('alert'), await keysOf('end')]).toEqual([[], [], []]);
    expect(await stores.alerts.waiting(V, 'mass~x')).toEqual([one]);
  });

  test('a job goes thirty days after its end, but only when it is no longer the last of its item', async () => {
    const job = (id: string, startedAt: Instant, endedAt: Instant | null) => ({
      ...{ id, vault: 'Contoso', item: 'sql-01', operation: 'Backup', expiresAt: null, startedAt, endedAt },
      status: endedAt ? 'Completed' : 'InProgress',
    });
    const run = async (id: string, at: Instant, was?: Held<Remains>) => {
      const now = anItem('Protected', { lastJob: { id, startedAt: at, endedAt: at } });
      const entries = [{ ...anEntry('sql-01'), at }];
      await change({ items: [{ was, now }], jobs: [job(id, at, at)], entries });
      return must(await stores.vaults.item(V, 'sql-01'));
    };
    const first = await run('one', NOON);
    expect(await keysOf('end')).toEqual([]);
    await run('two', later(10), first);
    await tidy(later(30));
    expect(await keysOf('job')).toEqual(['sql-01!one', 'sql-01!two']);
    await tidy(later(31));
    expect(await keysOf('job')).toEqual(['sql-01!two']);
    await tidy(later(400));
    expect(await keysOf('job')).toEqual(['sql-01!two']);
  });

  test('a tombstone goes after ninety days with its jobs and its alerts, however many they are', async () => {
    await write(aTombstone());
    for (const part of [0, 1, 2])
      await raise(...Array.from({ length: 60 }, (_, at) => told('sql-01', { id: `contoso~sql-01~X~${part}-${at}` })));
    await tidy(later(90));
    expect(await keysOf('item')).toEqual(['sql-01']);
    expect(await tidy(later(90.5))).toMatchObject({ next: dayAfter(later(365)) });
    expect([await keysOf('item'), await keysOf('alert')]).toEqual([[], []]);
    // the rows that named the alerts name nothing any more
    expect(await tidy(later(366))).toEqual({ next: undefined, isLeft: false });
    expect(await keysOf('end')).toEqual([]);
  });

  describe('a tombstone whose purge knew what was raised', () => {
    const ID = told('sql-01').id;
    const mark = {
      vault: V,
      item: 'sql-01',
      generation: 1,
      purgeAt: NOON,
      toldAt: NOON,
      alerts: ['contoso~sql-01~X~1'],
    };
    /** Purged with its alert, after another one; its last job is known. */
    const purged = async (item = 'sql-01') => {
      const named = `contoso~${item}~X~1`;
      await raise(told(item, { id: named }));
      await change({ putMarks: [{ ...mark, item, alerts: [named] }] });
      const job = {
        id: 'j',
        vault: 'Contoso',
        item,
        operation: 'Backup',
        expiresAt: null,
        startedAt: NOON,
        endedAt: NOON,
      };
      await change({ jobs: [{ ...job, status: 'Completed' }] });
      const grave = aTombstone({ name: item, lastJob: { id: 'j', startedAt: NOON, endedAt: NOON } });
      const alerts = [{ was: undefined, now: told(item) }];
      await change({ ...writing(grave), id: newId(), alerts, dropMarks: [{ ...mark, item, alerts: [named] }] });
    };
    const left = async () => [await keysOf('item'), await keysOf('alert'), await keysOf('job')];

    test('goes with its alerts and its job, and nothing is read for it', async () => {
      for (const item of ['a', 'b', 'c']) await purged(item);
      await tidy(later(90));
      expect((await left()).map(({ length }) => length)).toEqual([3, 6, 3]);
      await tidy(later(90.5));
      expect(seen).toEqual({ ranges: 1, gets: 0, commits: 1 });
      expect(await left()).toEqual([[], [], []]);
    });

    test('goes as well where an alert is gone already', async () => {
      await purged();
      await table.commit(V, [{ op: 'drop', key: `${V}!alert!${ID.toLowerCase()}` }]);
      expect((await tidy(later(90.5))).isLeft).toBe(false);
      expect(await left()).toEqual([[], [], []]);
    });

    test('stays with all of it where the item is protected anew, also in the middle', async () => {
      await purged();
      const was = must(await stores.vaults.item(V, 'sql-01'));
      meanwhile = () => write(anItem('Protected'), was);
      expect((await tidy(later(90.5))).isLeft).toBe(false);
      expect((await stores.vaults.item(V, 'sql-01'))?.value.state).toBe('Protected');
      expect((await keysOf('alert')).length).toBe(2);
    });
  });

  test('the results of an operation go with it, however many they are, as long as there is time', async () => {
    const now: Operation = {
      ...{ id: 'Contoso~made~w1', kind: 'UndeleteItems', vault: V, subject: null, mark: 'm', status: 'Succeeded' },
      ...{ startedBy: null, startedAt: NOON, cursor: null, done: 250, failed: 0, total: null, endedAt: NOON },
      error: null,
    };
    await change({ operations: [{ was: undefined, now: { ...now, status: 'Running', endedAt: null } }] });
    for (const part of [0, 1, 2, 3, 4])
      await change({
        results: Array.from({ length: 50 }, (_, at) => ({
          result: { operation: 'w1', place: `${part}!vm-${at}`, item: `vm-${at}`, outcome: 'Undeleted' as const },
        })),
      });
    const was = must(await stores.vaults.operation(V, 'w1'));
    await change({ operations: [{ was, now }] });
    await tidy(later(30));
    expect([(await keysOf('op')).length, (await keysOf('result')).length]).toEqual([1, 250]);
    expect(await tidyVault(table, V, later(30.5), () => false)).toMatchObject({ isLeft: true });
    expect((await keysOf('op')).length).toBe(1);
    expect(await tidy(later(30.5))).toEqual({ next: undefined, isLeft: false });
    expect([await keysOf('op'), await keysOf('result'), await keysOf('end')]).toEqual([[], [], []]);
    // a range for what is over, and a range and a transaction for each ninety-nine
    expect(seen).toMatchObject({ ranges: 1 + 3, commits: 3 + 1 });
  });

  test('an item that is protected anew keeps its row, also when that happens in the middle', async () => {
    await write(aTombstone());
    const was = must(await stores.vaults.item(V, 'sql-01'));
    meanwhile = () => write(anItem('Protected'), was);
    expect(await tidy(later(91))).toEqual({ next: undefined, isLeft: false });
    expect((await stores.vaults.item(V, 'sql-01'))?.value.state).toBe('Protected');
    expect(await keysOf('end')).toEqual([]);
  });

  test('a tombstone that code of before replaced without a word stays, and so does what replaced it', async () => {
    await write(aTombstone());
    const was = must(await stores.vaults.item(V, 'sql-01'));
    await write(anItem('Protected'), was);
    await table.commit(V, [{ op: 'insert', key: `${V}!end!${dayAfter(later(90))}!item!sql-01`, cells: { v: 1 } }]);
    expect(await tidy(later(91))).toEqual({ next: undefined, isLeft: false });
    expect([await keysOf('item'), await keysOf('end')]).toEqual([['sql-01'], []]);
  });

  test('a server goes ninety days after it was deregistered, but not while backups of it lie in the trash', async () => {
    const server = (registration: Server['registration'], endsOn?: string): Server => ({
      ...{ name: 'SRV', vault: 'Contoso', kind: 'MARS', agentVersion: '2.0.9262.0', registration, endsOn },
      ...{ registeredBy: { tid: 't', oid: 'o' }, registeredAt: NOON, etag: newId() },
    });
    const put = async (now: Server) => {
      const was = await stores.vaults.server(V, 'srv');
      await change({ server: { was, now }, entries: [anEntry(null)] });
    };
    await put(server('Registered'));
    await put(server('SoftDeleted', dayAfter(later(90))));
    await put(server('Registered'));
    expect(await keysOf('end')).toEqual([]);
    await put(server('SoftDeleted', dayAfter(later(90))));
    await write(anItem('SoftDeleted', { server: 'SRV' }));
    expect((await tidy(later(91))).next).toBe(dayAfter(later(121)));
    expect(await keysOf('server')).toEqual(['srv']);
    await write(aTombstone({ server: 'SRV' }), must(await stores.vaults.item(V, 'sql-01')));
    await tidy(later(122));
    expect(await keysOf('server')).toEqual([]);
  });
});
