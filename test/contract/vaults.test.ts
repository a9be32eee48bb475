import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, inParts, type PointPage, type RecordedAnswer } from '../../src/change.ts';
import type { ItemState, Remains } from '../../src/core/item.ts';
import { instantOf } from '../../src/core/time.ts';
import type { Vaults } from '../../src/ports/vaults.ts';
import { keys, trashKey } from '../../src/store/keys.ts';
import { put, type Table } from '../../src/store/table.ts';
import { anItem, aPoint, later, NOON } from '../support/builders.ts';
import type { PlainStores } from '../support/stores.ts';
import { historyIn, plainStores, storesOver } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { anEntry, must, newId, writing } from '../support/world.ts';

const hold = (until: number | null) => ({
  name: 'h',
  reason: 'r',
  until: until === null ? null : later(until),
  by: 'x',
  at: NOON,
  etag: 'e',
});
const EVER = instantOf(8_640_000_000_000_000);
const TOMBSTONE: Remains = {
  state: 'Purged',
  vault: 'Contoso',
  name: 'sql-01',
  generation: 1,
  purgedAt: NOON,
  softDeleteApplied: true,
  server: null,
  etag: 't',
};

describe.each(MAKERS)('what lies in a vault, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  let table: Table;
  let vaults: Vaults;
  let commit: PlainStores['commit'];
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    tables = fresh();
    table = tables.vaults;
    ({ vaults, commit } = plainStores(tables));
  });

  const read = (name = 'sql-01') => vaults.item('contoso', name).then(must);
  const write = async (now: Remains) => commit(writing(now, await vaults.item('contoso', now.name)));

  test('items are read by their names, neighbours together: what lies far off, is not there or cannot be read keeps none of them', async () => {
    const near = ['a', 'b', 'c', 'c-1', 'c-2', 'c-3', 'c-4', 'c-5', 'd', 'e'];
    for (const name of [...near, 'x', 'y', 'z']) await write(anItem('Protected', { name }));
    await table.commit('contoso', [{ op: 'put', key: keys.item('contoso', 'y'), cells: { v: 1, doc0: '{' } }]);
    const found = async (...names: readonly string[]) =>
      (await vaults.itemsNamed('CONTOSO', names)).map(({ value }) => value.name).toSorted();
    expect(await found()).toEqual([]);
    expect(await found('C')).toEqual(['c']);
    expect(await found('nobody')).toEqual([]);
    expect(await found('Z', 'b', 'y', 'A', 'nobody')).toEqual(['a', 'b', 'z']);
    expect(await found('a', 'z', 'c')).toEqual(['a', 'c', 'z']);
    expect(await found(...near.toReversed())).toEqual(near);
    // the tag is that of the item's own row
    const [was] = await vaults.itemsNamed('contoso', ['a', 'b']);
    expect(was).toEqual(await vaults.item('contoso', 'a'));
    // of what lies between them as many again are read, and no more
    const read: number[] = [];
    const range: Table['range'] = async (partition, asked) => {
      const rows = await table.range(partition, asked);
      read.push(rows.length);
      return rows;
    };
    const counted = plainStores({ ...tables, vaults: { ...table, range } }).vaults;
    expect((await counted.itemsNamed('contoso', ['a', 'z'])).length).toBe(2);
    expect(read).toEqual([4]);
  });

  describe('an item', () => {
    test.each<ItemState>(['Protected', 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted', 'Purging'])(
      'that is %s comes back as it was written, under any spelling of its name',
      async (state) => {
        const cut = { at: NOON, from: { daily: 30 }, to: { weekly: 1 }, days: 14, version: 2 };
        const over = {
          points: [aPoint('p1', 3), aPoint('p2', 1, { expiresAt: later(9), rung: 'onDemand' })],
          holds: [hold(null), hold(3)],
          activeJob: { id: 'j', operation: 'Restore', startedAt: NOON },
          hintedAt: later(1, 1),
          ...(state === 'Protected' ? { cuts: [cut] } : { terms: { retention: { yearly: 2 }, cuts: [cut] } }),
        };
        const item = anItem(state, { ...over, name: 'SQL-01' });
        expect(await write(item)).toBe(true);
        expect((await read('sql-01')).value).toMatchObject(item);
      },
    );

    test('is created once, and replaced only by who read it as it is', async () => {
      const item = anItem('Protected');
      expect(await commit(writing(item))).toBe(true);
      expect(await commit(writing(item))).toBe(false);
      const held = await read();
      expect(await commit(writing({ ...item, generation: 1 }, held))).toBe(true);
      expect(await commit(writing({ ...item, generation: 2 }, held))).toBe(false);
      expect((await read()).value.generation).toBe(1);
    });

    test('may be large: a thousand long names of points', async () => {
      const points = Array.from({ length: 150 }, (_, at) => aPoint(`${'n'.repeat(55)}${at}`, at));
      const holds = Array.from({ length: 20 }, (_, at) => ({ ...hold(at), reason: 'ü'.repeat(1000) }));
      const item = anItem('Protected', { points, holds });
      await write(item);
      expect((await read()).value).toMatchObject(item);
    });

    test('is listed in the order of names, a stretch at a time', async () => {
      for (const name of ['b', 'C', 'a.1', 'a', 'd']) await write(anItem('Protected', { name }));
      await commit({ ...writing(anItem('Protected', { name: 'x', vault: 'contoso2' })) });
      const names: string[] = [];
      let after: string | undefined;
      do {
        const stretch = await vaults.items('contoso', { after, limit: 2 });
        names.push(...stretch.found.map(({ name }) => name));
        after = stretch.last;
      } while (after !== undefined);
      expect(names).toEqual(['a', 'a.1', 'b', 'C', 'd']);
    });
  });

  describe('the trash', () => {
    const whole = async () => (await vaults.dueTrash('contoso', EVER)).items;
    const trash = async () => (await whole()).map((item) => [item.name, item.state]);
    const rows = () => table.range('contoso', { prefix: keys.trash('contoso') });

    test('holds exactly what is soft-deleted or purging, as it is now', async () => {
      const life: readonly [Remains, boolean][] = [
        [anItem('Protected'), false],
        [anItem('SoftDeleted'), true],
        [anItem('SoftDeleted', { holds: [hold(30)] }), true],
        [anItem('SoftDeleted', { holds: [hold(null)], superseded: true }), true],
        [anItem('ProtectionStopped', { holds: [hold(null)] }), false],
        [anItem('SoftDeleted', { holds: [hold(3)] }), true],
        [anItem('Purging'), true],
        [TOMBSTONE, false],
        [anItem('Protected'), false],
      ];
      for (const [remains, inIt] of life) {
        expect(await write(remains)).toBe(true);
        expect(await whole()).toMatchObject(inIt ? [remains] : []);
        expect(await rows()).toHaveLength(inIt ? 1 : 0);
      }
    });

    test('is in the order of who may be purged first', async () => {
      const deletion = { deletedAt: NOON, version: 1, retentionDays: 60, deletedBy: 'x', reason: null, comment: null };
      await write(anItem('SoftDeleted', { name: 'held', holds: [hold(30)] }));
      await write(anItem('SoftDeleted', { name: 'long', deletion }));
      await write(anItem('SoftDeleted', { name: 'next' }));
      await write(anItem('Purging', { name: 'going' }));
      expect((await trash()).map(([name]) => name)).toEqual(['going', 'next', 'held', 'long']);
    });

    test('is read at the places of those that are sought, two hundred rows at a time, with their marks', async () => {
      const count = 450;
      const name = (index: number) => `vm-${String(index).padStart(3, '0')}`;
      const ops = Array.from({ length: count }, (_, index) => {
        const deletion = { deletedAt: later(0, index), version: 1, retentionDays: 14 };
        const item = anItem('SoftDeleted', {
          name: name(index),
          deletion: { ...deletion, deletedBy: 'x', reason: null, comment: null },
        });
        const mark = { vault: 'Contoso', item: item.name, generation: 1, purgeAt: later(14, index), toldAt: later(12) };
        return [put(must(trashKey(item)), item), put(keys.mark('contoso', mark), mark)];
      }).flat();
      for (const part of inParts(ops)) await table.commit('contoso', part);
      const read: number[] = [];
      const watched: Table = {
        ...table,
        range: async (...asked) => {
          const found = await table.range(...asked);
          read.push(found.length);
          return found;
        },
      };
      const { trashOf } = storesOver({ ...tables, vaults: watched }).vaults;
      const sought = async (some: readonly number[], near = later(30)) => {
        read.length = 0;
        const wanted = some.map((index) => ({ item: name(index), place: later(14, index) }));
        const { items, marks } = await trashOf('contoso', near, wanted);
        expect(marks.map(({ item }) => item)).toEqual(items.map((item) => item.name));
        expect(Math.max(...read)).toBeLessThanOrEqual(200);
        return { items: items.map((item) => item.name), reads: read.length };
      };
      const all = Array.from({ length: count }, (_, index) => index);
      expect(await sought([3])).toEqual({ items: [name(3)], reads: 1 });
      expect(await sought([440])).toEqual({ items: [name(440)], reads: 2 });
      expect(await sought([3, 440, 449])).toEqual({ items: [3, 440, 449].map(name), reads: 2 });
      expect(await sought(all.slice(100, 300))).toEqual({ items: all.slice(100, 300).map(name), reads: 3 });
      expect((await sought(all)).items).toEqual(all.map(name));
      // nothing lies there: somebody else has taken it, or it lies elsewhere
      expect((await trashOf('contoso', later(30), [{ item: 'vm-500', place: later(14, 300) }])).items).toEqual([]);
    });
  });

  test('counts say how many of each there are', async () => {
    const states: readonly ItemState[] = [
      'Protected',
      'Protected',
      'ProtectionStopped',
      'BackupsSuspended',
      'SoftDeleted',
    ];
    for (const [at, state] of states.entries()) await write(anItem(state, { name: `i${at}` }));
    await write(TOMBSTONE);
    expect(await vaults.counts('contoso')).toEqual({ protected: 2, stopped: 2, softDeleted: 1 });
    expect(await vaults.counts('other')).toEqual({ protected: 0, stopped: 0, softDeleted: 0 });
  });

  test('pages of points come and go with their item', async () => {
    const page = (id: string) => ({ id, points: [aPoint(id, 9)] });
    const item = anItem('Protected');
    const [first, second] = [page('p1'), page('p2')];
    await commit({ ...writing(item), items: [{ was: undefined, now: item, putPages: [first, second] }] });
    expect(await vaults.pages('contoso', 'SQL-01')).toEqual([first, second]);
    const changed = { ...second, points: [] };
    const was = await read();
    await commit({ ...writing(item), items: [{ was, now: item, putPages: [changed], dropPages: [first] }] });
    expect(await vaults.pages('contoso', 'sql-01')).toEqual([changed]);
    expect(await vaults.pages('contoso', 'sql')).toEqual([]);
    expect(await vaults.page('contoso', 'sql-01', 'p2')).toEqual(changed);
    expect(await vaults.page('contoso', 'sql-01', 'p1')).toBeUndefined();
  });

  test('a name is looked for in pages without reading their points; only the page that grows is read with them', async () => {
    const points = (page: string, count: number) =>
      Array.from({ length: count }, (_, at) => aPoint(`${page}-${at}`, 9 + at, { expiresAt: at === 0 ? NOON : null }));
    const full = { id: 'p1', points: points('full', 500) };
    const open = { id: 'p2', points: points('open', 300), open: true } as const;
    const old = { id: 'o0', points: points('old', 100), ofBefore: true } as const;
    const item = anItem('Protected');
    await commit({ ...writing(item), items: [{ was: undefined, now: item, putPages: [full, open, old] }] });
    expect(await vaults.pages('contoso', 'sql-01')).toEqual([old, full, open]);
    const lines = (name: string, withOpen = false) => vaults.pageLines('contoso', 'SQL-01', name, withOpen);
    const ofBefore = { id: 'o0', mayHold: true, ofBefore: true };
    const line = (id: string, mayHold: boolean) => ({ id, mayHold, ofBefore: false });
    for (const at of [0, 1, 250, 499])
      expect(await lines(`FULL-${at}`)).toEqual([ofBefore, line('p1', true), line('p2', false)]);
    expect(await lines('open-299')).toEqual([ofBefore, line('p1', false), line('p2', true)]);
    expect(await lines('nobody', true)).toEqual([ofBefore, line('p1', false), { ...line('p2', false), open }]);
    expect(await lines('open-7', true)).toEqual([ofBefore, line('p1', false), { ...line('p2', true), open }]);
  });

  test('of two that merge the same pages only one can, and whoever dropped one of them was faster', async () => {
    const page = (id: string) => ({ id, points: [aPoint(id, 9)], ofBefore: true }) as const;
    const [first, second, third] = [page('p1'), page('p2'), page('p3')];
    const item = anItem('Protected');
    await commit({ ...writing(item), items: [{ was: undefined, now: item, putPages: [first, second, third] }] });
    const merge = (id: string, ...dropPages: readonly PointPage[]) => {
      const putPages = [{ id: `${dropPages[0]?.id}.1`, points: dropPages.flatMap(({ points }) => points) }];
      return commit({ vault: 'Contoso', id, mergedPages: { item: 'sql-01', putPages, dropPages } });
    };
    const before = await read();
    expect(await Promise.all([merge('a', first, second), merge('b', second, third)])).toContain(false);
    expect(await merge('c', first, second, third)).toBe(false);
    // a decision about the item is not out of date
    expect(await read()).toEqual(before);
    const points = (await vaults.pages('contoso', 'sql-01')).flatMap((one) => one.points.map(({ name }) => name));
    expect(points.toSorted()).toEqual(['p1', 'p2', 'p3']);
  });

  test('a change that needs a server needs it registered', async () => {
    const change = writing(anItem('Protected', { server: 'Srv' }), undefined, { touchServer: 'Srv' });
    expect(await commit(change)).toBe(false);
    const server = {
      name: 'Srv',
      vault: 'Contoso',
      kind: 'MARS',
      agentVersion: '1',
      registration: 'Registered',
      registeredBy: { tid: 't', oid: 'o' },
      registeredAt: NOON,
      etag: 's',
    } as const;
    const register = (id: string) =>
      commit({ vault: 'Contoso', id, server: { was: undefined, now: server }, entries: [anEntry(null)] });
    expect(await register('a')).toBe(true);
    expect(await register('b')).toBe(false);
    expect((await vaults.server('contoso', 'SRV'))?.value).toEqual(server);
    expect(await commit(change)).toBe(true);
    expect((await vaults.servers('contoso', { limit: 10 })).found).toEqual([server]);
  });

  describe('history', () => {
    test('is newest first, of this item only, a stretch at a time', async () => {
      for (const at of [1, 3, 2])
        await commit({
          vault: 'Contoso',
          id: `w${at}`,
          entries: [anEntry('sql-01', { at: later(at), requestId: `r${at}` })],
        });
      await commit({ vault: 'Contoso', id: 'x', entries: [anEntry(null), anEntry('sql-010')] });
      const first = await vaults.history('contoso', { item: 'SQL-01' }, { limit: 2 });
      const rest = await vaults.history('contoso', { item: 'sql-01' }, { limit: 2, after: first.last });
      const all = [...first.found, ...rest.found];
      expect(all.map(({ seq, entry }) => [seq, entry?.requestId])).toEqual([
        [3, 'r2'],
        [2, 'r3'],
        [1, 'r1'],
      ]);
      expect(rest.last).toBeUndefined();
    });

    test('and the change it tells of appear together or not at all', async () => {
      const item = anItem('Protected');
      await commit(writing(item));
      expect(await commit(writing(anItem('SoftDeleted')))).toBe(false);
      expect(await historyIn({ vaults }, 'contoso', 'sql-01')).toHaveLength(1);
    });
  });

  describe('when the storage committed but its answer was lost', () => {
    const over = (broken: Table['commit']) => plainStores({ ...tables, vaults: { ...table, commit: broken } });

    test('a lost race that was our own write is no lost race', async () => {
      const stuttering = over(async (...change) => (await table.commit(...change)) && table.commit(...change));
      expect(await stuttering.commit(writing(anItem('Protected')))).toBe(true);
    });

    test('a fault after our own write is no fault', async () => {
      const cut = over(async (...change) => {
        await table.commit(...change);
        throw new Error('socket hang up');
      });
      expect(await cut.commit(writing(anItem('Protected')))).toBe(true);
    });

    test('a change that leaves no entry is known by the etag in the row of its item', async () => {
      await commit(writing(anItem('Protected')));
      const held = await read();
      const silent = (etag: string, over: object = {}) => ({
        ...{ vault: 'contoso', id: newId(), entries: [] },
        items: [{ was: held, now: { ...held.value, ...over, etag } }],
      });
      const stuttering = over(async (...change) => (await table.commit(...change)) && table.commit(...change));
      expect(await stuttering.commit(silent('renewed'))).toBe(true);
      expect((await read()).value.etag).toBe('renewed');
      // somebody was faster
      expect(await commit(silent('late'))).toBe(false);
    });

    test('an etag that stays tells nothing', async () => {
      await commit(writing(anItem('Protected')));
      const held = await read();
      const silent = { ...{ vault: 'contoso', entries: [] }, items: [{ was: held, now: held.value }] };
      expect(await commit({ ...silent, id: newId() })).toBe(true);
      expect(await commit({ ...silent, id: newId() })).toBe(false);
    });

    test('a fault before it stays one', async () => {
      const down = over(async () => {
        throw new Error('socket hang up');
      });
      await expect(down.commit(writing(anItem('Protected')))).rejects.toThrow('socket hang up');
    });
  });

  describe('answers', () => {
    const answer = (over: Partial<Answer> = {}): Answer => ({
      key: 'abc',
      bodyHash: 'h',
      status: 200,
      headers: { etag: '"1"' },
      body: '{}',
      at: NOON,
      ...over,
    });

    test('are kept with the change they belong to, or not at all', async () => {
      const item = anItem('Protected');
      expect(await commit(writing(item, undefined, { answer: () => ({ answer: answer() }) }))).toBe(true);
      expect((await vaults.answer('contoso', 'abc'))?.value).toEqual(answer());
      expect(await commit(writing(item, undefined, { answer: () => ({ answer: answer({ key: 'def' }) }) }))).toBe(
        false,
      );
      expect(await vaults.answer('contoso', 'def')).toBeUndefined();
    });

    test('are given once: a second one stops its change, unless the first was too old and known', async () => {
      const keep = (recorded: RecordedAnswer) => commit({ vault: 'contoso', id: newId(), answer: () => recorded });
      expect(await keep({ answer: answer() })).toBe(true);
      expect(await keep({ answer: answer({ status: 409 }) })).toBe(false);
      const change = writing(anItem('Protected'), undefined, { answer: () => ({ answer: answer({ status: 201 }) }) });
      expect(await commit(change)).toBe(false);
      const was = await vaults.answer('contoso', 'abc');
      expect(await commit({ ...change, answer: () => ({ answer: answer({ status: 201 }), was }) })).toBe(true);
      expect((await vaults.answer('contoso', 'abc'))?.value.status).toBe(201);
    });
  });

  test('an unreadable row is an error that names it', async () => {
    await table.commit('contoso', [
      { op: 'insert', key: 'contoso!item!sql-01', cells: { v: 1, doc0: '{"state":"Prot' } },
    ]);
    await expect(vaults.item('contoso', 'sql-01')).rejects.toThrow('unreadable row contoso!item!sql-01');
  });
});
