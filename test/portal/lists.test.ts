import { describe, expect, test } from 'vitest';
import type { Item } from '../../client/api.ts';
import { stretchOf } from '../../portal/dom/window.ts';
import { barsOf, ceiling, joined } from '../../portal/words/bars.ts';
import { filtered, tallyOf } from '../../portal/words/filter.ts';

const item = (name: string, more: Partial<Item> = {}): Item =>
  ({
    name,
    vault: 'contoso',
    workload: 'AzureVM',
    state: 'Protected',
    sourceId: `/vm/${name}`,
    server: null,
    ...more,
  }) as Item;

const ALL = { search: '', state: '', workload: '', vault: '' };

describe('the filter', () => {
  const items = [
    item('sql-01', { state: 'SoftDeleted' }),
    item('sql-02', { vault: 'Fabrikam' }),
    item('web', { server: 'host-9' }),
  ];
  const names = (filter: Partial<typeof ALL>) => filtered(items, { ...ALL, ...filter }).map(({ name }) => name);

  test('lets everything through when it is empty', () => expect(names({})).toHaveLength(3));
  test('is for the protection status', () => expect(names({ state: 'SoftDeleted' })).toEqual(['sql-01']));
  test('sorts what is soft deleted by the time that is left, not by vault', () => {
    const deleted = (name: string, vault: string, purgeAt: string) =>
      item(name, { vault, state: 'SoftDeleted', softDelete: { purgeAt } as Item['softDelete'], holds: [] });
    const trash = [deleted('later', 'a', '2026-11-28T12:00:00.000Z'), deleted('soon', 'b', '2026-11-22T05:00:00.000Z')];
    expect(filtered(trash, { ...ALL, state: 'SoftDeleted' }).map(({ name }) => name)).toEqual(['soon', 'later']);
    expect(filtered(trash, ALL).map(({ name }) => name)).toEqual(['later', 'soon']);
  });
  test('does not look at the case of a vault', () => expect(names({ vault: 'fabrikam' })).toEqual(['sql-02']));
  test('wants every word, anywhere', () => {
    expect(names({ search: 'SQL 02' })).toEqual(['sql-02']);
    expect(names({ search: 'host-9' })).toEqual(['web']);
  });
});

test.each([
  [200, 200, true, '200 items, reading more …'],
  [10_000, 10_000, false, '10,000 items'],
  [1, 10_000, false, '1 of 10,000 items'],
  [0, 3, false, '0 of 3 items. Nothing fits the filters.'],
  [0, 0, false, '0 items'],
])('%d of %d is told as it is', (shown, all, reading, words) => {
  expect(tallyOf(shown, all, reading)).toBe(words);
});

describe('the window of a long list', () => {
  test.each([
    [0, 10_000],
    [200_000, 10_000],
    [10_000 * 44, 10_000],
    [999_999_999, 10_000],
    [-50, 3],
    [0, 0],
  ])('scrolled to %d of %d rows, it draws a screenful that covers what is seen', (top, count) => {
    const { from, to } = stretchOf(top, 600, 44, count);
    expect(to - from).toBeLessThanOrEqual(45);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBe(Math.min(count, to));
    const last = Math.max(0, Math.min(top, count * 44 - 600));
    expect(from * 44).toBeLessThanOrEqual(last);
    expect(to * 44).toBeGreaterThanOrEqual(Math.min(count * 44, last + 600));
  });
});

describe('the forecast', () => {
  const day = (count: number) => ({ date: '2026-11-21', count, items: [] });

  test('stands under a round number', () => {
    expect([0, 3, 5, 16, 240, 1001].map(ceiling)).toEqual([4, 4, 5, 20, 400, 2000]);
  });
  test('is one, however many answers it comes in', () => {
    const [one, two] = ['sql-01', 'sql-02'].map((item) => ({
      vault: 'contoso',
      item,
      purgeAt: '2026-11-22T09:30:00.000Z',
    }));
    const broken = { date: '2026-11-22', count: 300, items: [one, two].flatMap((item) => item ?? []).slice(0, 1) };
    const rest = { date: '2026-11-22', count: 20, items: [one, two].flatMap((item) => item ?? []).slice(1) };
    const last = { date: '2026-11-23', count: 1, items: [] };
    expect(joined([day(4), broken, rest, last])).toEqual([day(4), { ...broken, count: 320, items: [one, two] }, last]);
  });
  test('shows one purge beside thousands, and nothing where there is none', () => {
    const { bars, marks } = barsOf([day(0), day(1), day(5000)], 300, 200);
    expect(bars.map(({ height }) => height)).toEqual([0, 3, 200]);
    expect(bars.map(({ y, height }) => y + height)).toEqual([200, 200, 200]);
    expect(marks.map(({ count }) => count)).toEqual([0, 1250, 2500, 3750, 5000]);
  });
});
