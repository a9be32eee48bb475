/** How the older points of an item lie in pages, and how pages become fewer. */
import type { PagesWrite, PointPage } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { named } from '../../core/names.ts';
import type { Point } from '../../core/policy.ts';
import type { Instant } from '../../core/time.ts';
import type { FlowPorts } from '../story/land.ts';
import { untilDone } from '../story/rounds.ts';

/** The most points of a page: a tenth of what a row can hold. */
export const PAGE_SIZE = 500;
/** So many points leave an item at once. */
export const SPILL = 100;
/** Two neighbours never fit in one, so an item with 9,999 points has 39 pages at most. With more than these, those of before are merged first. */
const FEW_PAGES = 30;
/** Pages of before that one transaction merges. */
const MERGED_AT_ONCE = 40;

const FIRST_PAGE = 'z000000';

/** The page behind the last. Pages of before have other names, which come earlier. */
function idBehind(last: string | undefined): string {
  const number = /^z(\d{6})$/.exec(last ?? '')?.[1];
  return number === undefined ? FIRST_PAGE : `z${String(Number(number) + 1).padStart(6, '0')}`;
}

/** What takes the place of a page of before. The order of the pages stays. */
const idInstead = ({ id }: PointPage): string => `${id}.1`;

const hasRoom = (points: readonly Point[]): boolean => points.length <= PAGE_SIZE - SPILL;

export const countOf = (pages: readonly PointPage[]): number =>
  pages.reduce((sum, { points }) => sum + points.length, 0);

const aPage = (id: string, points: readonly Point[], isLast: boolean): PointPage => ({
  ...{ id, points },
  ...(isLast && hasRoom(points) ? { open: true } : {}),
});

export interface Repaged extends PagesWrite {
  readonly putPages: readonly PointPage[];
  readonly dropPages: readonly PointPage[];
  /** The pages that there are then. */
  readonly left: readonly PointPage[];
  readonly removed: readonly Point[];
}

/** What is to become one page. */
interface Draft {
  readonly points: readonly Point[];
  readonly from: readonly PointPage[];
  readonly changed: boolean;
  /** The page before it went, so it has another neighbour. */
  readonly moved: boolean;
}

/** The pages with those points that stay. Where a page changes, and it and its neighbour fit in one, they become one. */
export function repaged(pages: readonly PointPage[], stays: (point: Point) => boolean): Repaged {
  const drafts: Draft[] = [];
  let moved = false;
  for (const page of pages) {
    const points = page.points.filter(stays);
    if (points.length > 0) joined(drafts, { points, from: [page], changed: points.length < page.points.length, moved });
    moved = points.length === 0;
  }
  const written = drafts.map((draft, index) => asPage(draft, index === drafts.length - 1));
  const kept = new Set(written.map(({ page }) => page.id));
  return {
    putPages: written.flatMap(({ page, isWritten }) => (isWritten ? [page] : [])),
    dropPages: pages.filter(({ id }) => !kept.has(id)),
    left: written.map(({ page }) => page),
    removed: pages.flatMap(({ points }) => points.filter((point) => !stays(point))),
  };
}

/** Adds a draft behind the others; each that changes takes in its neighbour, if both fit in one. */
function joined(drafts: Draft[], next: Draft): void {
  const before = drafts.at(-1);
  const touches = before && (before.changed || next.changed || next.moved);
  if (!touches || before.points.length + next.points.length > PAGE_SIZE) {
    drafts.push(next);
    return;
  }
  drafts.pop();
  const [points, from] = [
    [...before.points, ...next.points],
    [...before.from, ...next.from],
  ];
  joined(drafts, { points, from, changed: true, moved: before.moved });
}

/** A page of before is not written again under its name. */
function asPage({ points, from, changed }: Draft, isLast: boolean): { page: PointPage; isWritten: boolean } {
  const [first] = from;
  const own = from.find(({ ofBefore }) => !ofBefore);
  if (!first) throw new Error('a page comes from somewhere');
  const page = aPage(own?.id ?? idInstead(first), points, isLast);
  const isWritten = changed || (!first.ofBefore && first.open !== page.open);
  return { page: isWritten ? page : first, isWritten };
}

/** What leaves the item goes to the page that still grows, or to one behind the last. */
export function spilled({ open, last }: Pick<Paged, 'open' | 'last'>, points: readonly Point[]): PointPage {
  return open ? aPage(open.id, [...open.points, ...points], true) : aPage(idBehind(last), points, true);
}

export const pagesOf = async ({ vaults }: Pick<FlowPorts, 'vaults'>, item: Item): Promise<readonly PointPage[]> =>
  item.pagedPoints > 0 ? vaults.pages(item.vault, item.name) : [];

type Merging = Pick<FlowPorts, 'vaults' | 'land' | 'newId'>;

/** The pages of an item for a change of any number of them: so few that one transaction writes them all. */
export const pagesToChange = (flow: Merging, item: Item, now: Instant): Promise<readonly PointPage[]> =>
  mergedUntil(flow, item, now, (pages) => pages.length <= FEW_PAGES);

/** All that are of before become as few as they can be. */
export const mergePages = (flow: Merging, item: Item, now: Instant): Promise<readonly PointPage[]> =>
  mergedUntil(flow, item, now, () => false);

/** What the pages of an item say about one name, and where more points go. */
export interface Paged {
  /** The point of that name. */
  readonly known: Point | undefined;
  readonly open: PointPage | undefined;
  /** The id of the last page. */
  readonly last: string | undefined;
}
export const UNPAGED: Paged = { known: undefined, open: undefined, last: undefined };

/** Looks for a name among the hashes of all, and reads a page only where it is found. Pages of before have none and are merged. */
export async function pagedFor(
  flow: Merging,
  item: Item,
  name: string,
  now: Instant,
  withOpen: boolean,
): Promise<Paged> {
  const lines = await flow.vaults.pageLines(item.vault, item.name, name, withOpen);
  if (lines.some(({ ofBefore }) => ofBefore)) {
    const pages = await mergePages(flow, item, now);
    return { known: named(pointsIn(pages), name), open: pages.find(({ open }) => open), last: pages.at(-1)?.id };
  }
  const hits = lines.filter(({ mayHold }) => mayHold).map(({ id }) => flow.vaults.page(item.vault, item.name, id));
  const found = (await Promise.all(hits)).flatMap((page) => page?.points ?? []);
  return { known: named(found, name), open: lines.find(({ open }) => open)?.open, last: lines.at(-1)?.id };
}

export const pointsIn = (pages: readonly PointPage[]): readonly Point[] => pages.flatMap(({ points }) => points);

/** Reads the pages, and merges those of before until it is enough or none is left. A transaction that another was faster than changes nothing. */
const mergedUntil = (
  flow: Merging,
  item: Item,
  now: Instant,
  isEnough: (pages: readonly PointPage[]) => boolean,
): Promise<readonly PointPage[]> =>
  untilDone(`${item.vault}/${item.name}`, async () => {
    let pages = await pagesOf(flow, item);
    while (!isEnough(pages) && pages.some(({ ofBefore }) => ofBefore)) {
      const { left, ...mergedPages } = merged(pages);
      const write = { vault: item.vault, id: flow.newId(), mergedPages: { item: item.name, ...mergedPages } };
      if (!(await flow.land({ now, write })).done) return undefined;
      pages = left;
    }
    return pages;
  });

/** As many pages of before as one transaction takes, made into fewer. */
export function merged(pages: readonly PointPage[]): Omit<Repaged, 'removed'> {
  const groups = fitting(pages);
  const left: PointPage[] = [];
  const [putPages, dropPages]: [PointPage[], PointPage[]] = [[], []];
  for (const [index, group] of groups.entries()) {
    const [first] = group;
    const room = MERGED_AT_ONCE - dropPages.length;
    if (!first?.ofBefore || (group.length > room && dropPages.length > 0)) {
      left.push(...group);
      continue;
    }
    const taken = group.slice(0, room);
    const rest = group.slice(room);
    const page = aPage(idInstead(first), pointsIn(taken), index === groups.length - 1 && rest.length === 0);
    // What has more to take in stays as one of before.
    const made: PointPage = rest.length > 0 ? { ...page, ofBefore: true } : page;
    putPages.push(made);
    dropPages.push(...taken);
    left.push(made, ...rest);
  }
  return { putPages, dropPages, left };
}

/** Pages of before in groups that fit in one page each; every other page by itself. */
function fitting(pages: readonly PointPage[]): readonly (readonly PointPage[])[] {
  const groups: PointPage[][] = [];
  for (const page of pages) {
    const group = groups.at(-1);
    const fits = page.ofBefore && group?.[0]?.ofBefore && countOf(group) + page.points.length <= PAGE_SIZE;
    if (group && fits) group.push(page);
    else groups.push([page]);
  }
  return groups;
}
