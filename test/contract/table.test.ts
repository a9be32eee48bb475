import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Op, Table } from '../../src/store/table.ts';
import { MAKERS, type Tables } from '../support/tables.ts';

const P = 'contoso';

describe.each(MAKERS)('a table $name', ({ open }) => {
  let fresh: () => Tables;
  let table: Table;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    table = fresh().vaults;
  });

  const insert = (key: string, cells = {}): Op => ({ op: 'insert', key, cells });
  const put = (key: string, cells = {}): Op => ({ op: 'put', key, cells });
  const seed = async (key: string, cells = {}) => {
    expect(await table.commit(P, [insert(key, cells)])).toBe(true);
    return tagOf(key);
  };
  const tagOf = async (key: string) => (await table.get(P, key))?.tag ?? 'nothing there';
  const cellsOf = async (key: string) => (await table.get(P, key))?.cells;

  describe('one row', () => {
    test('what is not there is undefined', async () => {
      expect(await table.get(P, 'a')).toBeUndefined();
    });

    test('text, numbers and truth come back as they were', async () => {
      const cells = { text: 'Zürich "x"', empty: '', number: 7, yes: true, no: false, long: 'x'.repeat(30_000) };
      await seed('a', cells);
      expect(await cellsOf('a')).toEqual(cells);
    });

    test('an insert fails when the row exists, and leaves it as it was', async () => {
      const tag = await seed('a', { n: 1 });
      expect(await table.commit(P, [insert('a', { n: 2 })])).toBe(false);
      expect(await table.get(P, 'a')).toEqual({ key: 'a', tag, cells: { n: 1 } });
    });

    test('a replace needs the row, and takes all its old cells away', async () => {
      expect(await table.commit(P, [{ op: 'replace', key: 'a', cells: {} }])).toBe(false);
      await seed('a', { n: 1, gone: true });
      expect(await table.commit(P, [{ op: 'replace', key: 'a', cells: { n: 2 } }])).toBe(true);
      expect(await cellsOf('a')).toEqual({ n: 2 });
    });

    test('a replace with a tag needs the row unchanged', async () => {
      const tag = await seed('a', { n: 1 });
      expect(await table.commit(P, [{ op: 'replace', key: 'a', tag, cells: { n: 2 } }])).toBe(true);
      expect(await table.commit(P, [{ op: 'replace', key: 'a', tag, cells: { n: 3 } }])).toBe(false);
      expect(await cellsOf('a')).toEqual({ n: 2 });
    });

    test('a put makes or replaces', async () => {
      expect(await table.commit(P, [put('a', { n: 1, gone: true })])).toBe(true);
      expect(await table.commit(P, [put('a', { n: 2 })])).toBe(true);
      expect(await cellsOf('a')).toEqual({ n: 2 });
    });

    test('a touch needs the row and changes nothing but its tag', async () => {
      expect(await table.commit(P, [{ op: 'touch', key: 'a' }])).toBe(false);
      const before = await seed('a', { n: 1, text: 'x' });
      expect(await table.commit(P, [{ op: 'touch', key: 'a' }])).toBe(true);
      expect(await cellsOf('a')).toEqual({ n: 1, text: 'x' });
      expect(await tagOf('a')).not.toBe(before);
    });

    test('a drop needs the row', async () => {
      expect(await table.commit(P, [{ op: 'drop', key: 'a' }])).toBe(false);
      await seed('a');
      expect(await table.commit(P, [{ op: 'drop', key: 'a' }])).toBe(true);
      expect(await table.get(P, 'a')).toBeUndefined();
    });

    test('a remove needs the tag it was read with', async () => {
      const old = await seed('a');
      await table.commit(P, [{ op: 'touch', key: 'a' }]);
      expect(await table.remove(P, 'a', old)).toBe(false);
      expect(await table.remove(P, 'a', await tagOf('a'))).toBe(true);
      expect(await table.remove(P, 'a', old)).toBe(false);
      expect(await table.get(P, 'a')).toBeUndefined();
    });

    test('a row that was removed and made again is another row', async () => {
      const old = await seed('a', { n: 1 });
      await table.remove(P, 'a', old);
      const now = await seed('a', { n: 1 });
      expect(now).not.toBe(old);
      expect(await table.commit(P, [{ op: 'replace', key: 'a', tag: old, cells: {} }])).toBe(false);
    });
  });

  describe('a transaction', () => {
    test('of nothing is done', async () => {
      expect(await table.commit(P, [])).toBe(true);
    });

    test('does all of its parts, up to a hundred', async () => {
      const tag = await seed('replaced', { n: 1 });
      for (const key of ['put', 'touched', 'dropped']) await seed(key, { n: 1 });
      const many = Array.from({ length: 95 }, (_, at) => insert(`row${at}`, { at }));
      const ops: Op[] = [
        { op: 'replace', key: 'replaced', tag, cells: { n: 2 } },
        put('put', { n: 2 }),
        { op: 'touch', key: 'touched' },
        { op: 'drop', key: 'dropped' },
        insert('inserted', { n: 2 }),
        ...many,
      ];
      expect(await table.commit(P, ops)).toBe(true);
      const rows = await table.range(P, { prefix: '', before: '~' });
      expect(rows.map(({ key }) => key)).toEqual(
        ['inserted', 'put', 'replaced', 'touched', ...many.map(({ key }) => key)].toSorted(),
      );
      expect(rows.find(({ key }) => key === 'replaced')?.cells).toEqual({ n: 2 });
      expect(rows.find(({ key }) => key === 'touched')?.cells).toEqual({ n: 1 });
    });

    const FAILING: readonly { readonly why: string; readonly op: (stale: string) => Op }[] = [
      { why: 'a row was there', op: () => insert('there') },
      { why: 'a row had changed', op: (tag) => ({ op: 'replace', key: 'there', tag, cells: {} }) },
      { why: 'a row to replace was gone', op: () => ({ op: 'replace', key: 'gone', cells: {} }) },
      { why: 'a row to touch was gone', op: () => ({ op: 'touch', key: 'gone' }) },
      { why: 'a row to drop was gone', op: () => ({ op: 'drop', key: 'gone' }) },
    ];
    test.each(FAILING)('does nothing when $why, wherever in it that stands', async ({ op }) => {
      const stale = await seed('there', { n: 1 });
      await table.commit(P, [put('there', { n: 2 }), put('kept', { n: 2 })]);
      const before = await table.range(P, { prefix: '', before: '~' });
      const others: Op[] = [put('kept', { n: 3 }), insert('new'), { op: 'touch', key: 'kept2' }];
      await seed('kept2');
      const all = [before, await table.range(P, { prefix: 'kept2' })].flat();
      for (const ops of [
        [op(stale), ...others],
        [...others, op(stale)],
      ])
        expect(await table.commit(P, ops)).toBe(false);
      const after = await table.range(P, { prefix: '', before: '~' });
      expect(after).toEqual(all.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    });

    test('names a row only once', async () => {
      await expect(table.commit(P, [put('a'), put('a')])).rejects.toThrow();
    });

    test('lies in one partition and touches no other', async () => {
      await seed('a', { n: 1 });
      await table.commit('fabrikam', [insert('b', { n: 2 })]);
      expect(await table.get('fabrikam', 'a')).toBeUndefined();
      expect((await table.range('fabrikam', { prefix: '', before: '~' })).map(({ key }) => key)).toEqual(['b']);
      expect((await table.range(P, { prefix: '', before: '~' })).map(({ key }) => key)).toEqual(['a']);
    });
  });

  describe('a range', () => {
    const KEYS = ['v!audit!1', 'v!item', 'v!item!a', 'v!item!a.b', 'v!item!a1', 'v!item!b', 'v!items!a', 'v!job!x'];
    const keysIn = async (range: Parameters<Table['range']>[1]) => (await table.range(P, range)).map(({ key }) => key);
    beforeEach(async () => {
      await table.commit(
        P,
        KEYS.toReversed().map((key, at) => insert(key, { at, more: 'x' })),
      );
    });

    test('gives what starts with the prefix, in the order of keys', async () => {
      expect(await keysIn({ prefix: 'v!item!' })).toEqual(['v!item!a', 'v!item!a.b', 'v!item!a1', 'v!item!b']);
      expect(await keysIn({ prefix: 'v!' })).toEqual(KEYS);
      expect(await keysIn({ prefix: 'w!' })).toEqual([]);
    });

    test('begins behind `after` and ends in front of `before`', async () => {
      expect(await keysIn({ prefix: 'v!item!', after: 'v!item!a' })).toEqual(['v!item!a.b', 'v!item!a1', 'v!item!b']);
      expect(await keysIn({ prefix: 'v!item!', after: 'v!item!aa' })).toEqual(['v!item!b']);
      expect(await keysIn({ prefix: 'v!item!', before: 'v!item!a1' })).toEqual(['v!item!a', 'v!item!a.b']);
      expect(await keysIn({ prefix: 'v!item!', after: 'v!item!b' })).toEqual([]);
    });

    test('is a range also when its bounds read like a filter', async () => {
      for (const words of ["' or PartitionKey ne '", "' or true or 'x' eq '", "''", '%27 or 1 eq 1', '\\" or 1']) {
        expect(await keysIn({ prefix: `v!item!${words}` })).toEqual([]);
        expect(await keysIn({ prefix: 'v!item!', before: `v!item!${words}` })).toEqual([]);
        expect(await keysIn({ prefix: 'v!item!', after: `v!item!b${words}` })).toEqual([]);
        expect(await table.range(words, { prefix: 'v!' })).toEqual([]);
      }
    });

    test('stops at its limit', async () => {
      expect(await keysIn({ prefix: 'v!item!', limit: 2 })).toEqual(['v!item!a', 'v!item!a.b']);
      expect(await keysIn({ prefix: 'v!item!', limit: 2, after: 'v!item!a.b' })).toEqual(['v!item!a1', 'v!item!b']);
    });

    test('brings only the cells that are asked for', async () => {
      const [row] = await table.range(P, { prefix: 'v!job!', only: ['at'] });
      expect(row).toMatchObject({ key: 'v!job!x', cells: { at: 0 } });
      expect(row?.cells).not.toHaveProperty('more');
    });

    test('goes on behind a thousand rows', async () => {
      const rows = Array.from({ length: 1234 }, (_, at) => insert(`many!${String(at).padStart(5, '0')}`));
      for (let at = 0; at < rows.length; at += 100) await table.commit(P, rows.slice(at, at + 100));
      const expected = rows.map(({ key }) => key);
      expect(await keysIn({ prefix: 'many!' })).toEqual(expected);
      expect(await keysIn({ prefix: 'many!', limit: 1100 })).toEqual(expected.slice(0, 1100));
    });
  });

  describe('what lies across partitions', () => {
    const across = async (from: string, to: string, range: Parameters<Table['across']>[2] = {}) =>
      (await table.across(from, to, range)).map(({ partition, key }) => `${partition}/${key}`);
    beforeEach(async () => {
      for (const partition of ['m!3', 'm!1', 'm!2', 'm!22'])
        await table.commit(partition, [insert('b', { n: 1, more: 'x' }), insert('a', { n: 2, more: 'x' })]);
    });

    test('is found in the order of partitions and keys, from the first of them to the last', async () => {
      expect(await across('m!1', 'm!2')).toEqual(['m!1/a', 'm!1/b', 'm!2/a', 'm!2/b']);
      expect(await across('m!2', 'm!3')).toEqual(['m!2/a', 'm!2/b', 'm!22/a', 'm!22/b', 'm!3/a', 'm!3/b']);
      expect(await across('m!23', 'm!25')).toEqual([]);
    });

    test('stops at its limit, in the middle of a partition as well', async () => {
      expect(await across('m!1', 'm!3', { limit: 3 })).toEqual(['m!1/a', 'm!1/b', 'm!2/a']);
    });

    test('brings only the cells that are asked for', async () => {
      const [row] = await table.across('m!3', 'm!3', { only: ['n'] });
      expect(row).toMatchObject({ partition: 'm!3', key: 'a', cells: { n: 2 } });
      expect(row?.cells).not.toHaveProperty('more');
    });
  });

  describe('writers at the same time', () => {
    const outcomes = (ops: readonly (readonly Op[])[]) => Promise.all(ops.map((one) => table.commit(P, one)));
    const EIGHT = Array.from({ length: 8 }, (_, at) => at);
    const wins = (done: readonly boolean[]) => done.filter(Boolean).length;

    test('of eight inserts exactly one wins', async () => {
      const done = await outcomes(EIGHT.map((at) => [insert('a', { at })]));
      expect(wins(done)).toBe(1);
      expect(await cellsOf('a')).toEqual({ at: done.indexOf(true) });
    });

    test.each([
      ['alone', (_: number): Op[] => []],
      ['in a transaction', (at: number): Op[] => [insert(`trace${at}`)]],
    ])('of eight replaces of what they all read exactly one wins, %s', async (_, more) => {
      const tag = await seed('a', { at: -1 });
      const done = await outcomes(EIGHT.map((at) => [{ op: 'replace', key: 'a', tag, cells: { at } }, ...more(at)]));
      expect(wins(done)).toBe(1);
      const winner = done.indexOf(true);
      expect(await cellsOf('a')).toEqual({ at: winner });
      const traces = await table.range(P, { prefix: 'trace' });
      expect(traces.map(({ key }) => key)).toEqual(more(winner).map(({ key }) => key));
    });

    test('touching does not contend, and a removed row is touched by nobody', async () => {
      await seed('fence');
      expect(wins(await outcomes(EIGHT.map((at) => [insert(`a${at}`), { op: 'touch', key: 'fence' }])))).toBe(8);
      expect(await table.remove(P, 'fence', await tagOf('fence'))).toBe(true);
      expect(wins(await outcomes(EIGHT.map((at) => [insert(`b${at}`), { op: 'touch', key: 'fence' }])))).toBe(0);
      expect(await table.range(P, { prefix: 'b' })).toEqual([]);
    });
  });
});
