/** How pages are changed and merged, tried on random ones: the points stay as they are, and neighbours that fit in one are one. */
import { describe, expect, test } from 'vitest';
import type { PointPage } from '../../../src/change.ts';
import type { Point } from '../../../src/core/policy.ts';
import { countOf, merged, pointsIn, repaged, spilled } from '../../../src/flows/items/pages.ts';
import { aPoint } from '../../support/builders.ts';
import { type Random, randomOf } from './paged.ts';

const point = aPoint('p', 1);
const points = (page: string, count: number): readonly Point[] =>
  Array.from({ length: count }, (_, at) => ({ ...point, name: `${page}-${at}` }));
const idOf = (at: number) => `z${String(at).padStart(6, '0')}`;

/** Pages of now, of which no two neighbours fit in one. */
function pagesOfNow(random: Random): readonly PointPage[] {
  const sizes = Array.from({ length: 1 + random.upTo(12) }, () => 1 + random.upTo(499));
  const fitting: number[] = [];
  for (const size of sizes) {
    const last = fitting.at(-1);
    fitting.push(last !== undefined && last + size <= 500 ? 501 - last + random.upTo(last - 1) : size);
  }
  return fitting.map((size, at) => ({
    ...{ id: idOf(at), points: points(idOf(at), size) },
    ...(at === fitting.length - 1 && size <= 400 ? { open: true as const } : {}),
  }));
}

const oldPage = (id: string, count: number): PointPage => ({ id, points: points(id, count), ofBefore: true });

/** What is wrong with how these pages lie. */
function faultsIn(pages: readonly PointPage[]): readonly string[] {
  return pages.flatMap((page, at) => {
    const next = pages[at + 1];
    const isOpen = next === undefined && page.points.length <= 400 && !page.ofBefore;
    const areOne = next && !(page.ofBefore && next.ofBefore) && page.points.length + next.points.length <= 500;
    return [
      ...(page.points.length > 500 || page.points.length === 0 ? [`${page.id} has ${page.points.length}`] : []),
      ...(next && next.id <= page.id ? [`${next.id} lies behind ${page.id}`] : []),
      ...(areOne ? [`${page.id} and ${next.id} should be one`] : []),
      ...(isOpen === (page.open === true) ? [] : [`${page.id} is ${isOpen ? 'not ' : ''}open`]),
    ];
  });
}

/** The pages of a store after a write. */
function written(
  pages: readonly PointPage[],
  { putPages, dropPages }: ReturnType<typeof repaged>,
): readonly PointPage[] {
  const rows = new Map(pages.map((page) => [page.id, page]));
  for (const { id } of dropPages) {
    expect(rows.has(id)).toBe(true);
    rows.delete(id);
  }
  for (const page of putPages) {
    expect(rows.get(page.id)?.ofBefore).toBeUndefined();
    rows.set(page.id, page);
  }
  return [...rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

describe('pages that lose points', () => {
  test('hold the others, in their order; only what changes is written; and no two that fit in one are left', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = randomOf(seed);
      const pages = pagesOfNow(random);
      const losing = new Set(pages.filter(() => random.upTo(2) === 0).map(({ id }) => id));
      const percent = random.of([1, 40, 100]);
      const gone = new Set<Point>();
      for (const page of pages)
        for (const one of page.points) if (losing.has(page.id) && random.upTo(99) < percent) gone.add(one);
      const after = repaged(pages, (one) => !gone.has(one));
      const rows = written(pages, after);
      expect(rows).toEqual(after.left);
      expect(pointsIn(rows)).toEqual(pointsIn(pages).filter((one) => !gone.has(one)));
      expect(after.removed).toEqual([...gone]);
      expect(faultsIn(rows)).toEqual([]);
      const touched = new Set([...after.putPages, ...after.dropPages].map(({ id }) => id));
      expect(touched.size).toBe(after.putPages.length + after.dropPages.length);
      if (gone.size === 0) expect(touched.size).toBe(0);
    }
  });

  test('a page that goes brings its neighbours together', () => {
    const sizes = [300, 400, 150].map((size, at): PointPage => ({ id: idOf(at), points: points(idOf(at), size) }));
    const { left, putPages, dropPages } = repaged(sizes, ({ name }) => !name.startsWith(idOf(1)));
    expect(left.map((page) => page.points.length)).toEqual([450]);
    expect([putPages.map(({ id }) => id), dropPages.map(({ id }) => id)]).toEqual([[idOf(0)], [idOf(1), idOf(2)]]);
  });

  test('of before are not written again under their names', () => {
    const pages = [oldPage('a', 100), oldPage('b', 100), oldPage('c', 100), oldPage('d', 500), oldPage('e', 100)];
    const { left, putPages, dropPages } = repaged(pages, ({ name }) => name !== 'b-7');
    expect(left.map(({ id }) => id)).toEqual(['a.1', 'd', 'e']);
    expect(putPages.map(({ id }) => id)).toEqual(['a.1']);
    expect(dropPages.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('pages of before', () => {
  test('are merged forty at a time, until none is left', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomOf(seed);
      const most = random.of([3, 100]);
      const all = Array.from({ length: 1 + random.upTo(150) }, (_, at) =>
        oldPage(`page-${String(at).padStart(3, '0')}`, 1 + random.upTo(most - 1)),
      );
      let rows: readonly PointPage[] = all;
      for (let round = 0; rows.some(({ ofBefore }) => ofBefore); round += 1) {
        expect(round).toBeLessThanOrEqual(Math.ceil(all.length / 40) + 1);
        const batch = merged(rows);
        expect(batch.dropPages.length).toBeLessThanOrEqual(40);
        rows = written(rows, { ...batch, removed: [] });
        expect(rows).toEqual(batch.left);
      }
      expect(pointsIn(rows)).toEqual(pointsIn(all));
      expect(faultsIn(rows)).toEqual([]);
      expect(countOf(rows)).toBe(countOf(all));
    }
  });
});

test('what leaves an item goes to the last page while there is room, and then to one behind it', () => {
  let pages: PointPage[] = [];
  for (let round = 0; round < 12; round += 1) {
    const last = pages.at(-1);
    const page = spilled({ open: last?.open && last, last: last?.id }, points(`round-${round}`, 100));
    pages = [...pages.filter(({ id }) => id !== page.id), page];
    expect(faultsIn(pages)).toEqual([]);
  }
  expect(pages.map((page) => page.points.length)).toEqual([500, 500, 200]);
  expect(spilled({ open: undefined, last: '7f3c-of-before' }, points('first', 100)).id).toBe('z000000');
});
