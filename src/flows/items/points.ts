import { type HeldHead, MOST_ROWS, type PointPage } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import { named } from '../../core/names.ts';
import { byAge, type Point, wrongTimes } from '../../core/policy.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { VaultReads } from '../../ports.ts';
import { onItemInVault } from '../story/nouns.ts';
import { type Created, need, unchanged } from '../story/plan.ts';
import { stale } from '../story/request.ts';

/** An item carries its newest points with it; when they become too many the older ones move to a page. */
const INLINE_MAX = 150;
const PAGE_SIZE = 100;
/** Pages that one transaction can change beside what else it writes. */
export const MOST_PAGES = MOST_ROWS - 10;
const MOST_POINTS = 9_999;

/** An item with the head that its terms hang on. */
export interface ItemRead {
  readonly item: Item;
  readonly head: HeldHead;
}

export type PointResult = Created<ItemRead & { readonly point: Point }>;

export type RecordPoint = Omit<Point, 'etag' | 'recordedAt'>;

/** Records a recovery point that the backup engine has made. */
export const recordPoint = onItemInVault<RecordPoint, PointResult>()({
  operation: 'RecordRecoveryPoint',
  etagIsOfPart: true,
  wrong: (ask, { now }) => refusedTimes(ask, now, '$'),
  also: { pages: ({ flow }, { item }) => pagesOf(flow, item.value) },
  decide({ item: { value: item }, head, pages }, ask, request) {
    const decision = decide('recordPoint', item, { now: request.now });
    if (!decision.ok) return decision;
    const known = pointIn(item, pages, ask.name);
    if (known === 'unknown') return need('pages');
    const precondition = stale(request, known);
    if (precondition) return precondition;
    if (known)
      return known.createdAt.equals(ask.createdAt) && known.rung === ask.rung && sameEnd(known, ask)
        ? unchanged({ item, head, point: known, created: false })
        : exists(known);
    const point: Point = { ...ask, recordedAt: request.now, etag: request.id };
    const added = withPoint(item, point);
    if (!added) return tooManyPoints(item);
    const next = { ...added.item, etag: request.id };
    return {
      item: next,
      pages: { putPages: added.pages },
      facts: { recoveryPoint: ask.name },
      answer: { item: next, head, point, created: true },
    };
  },
});

export function refusedTimes(given: Parameters<typeof wrongTimes>[0], now: Instant, path: string): Refused | undefined {
  const wrong = wrongTimes(given, now);
  if (!wrong) return undefined;
  const target = `${path}.${wrong.field}`;
  return refuse('InvalidRequest', `${target} ${wrong.message}.`, {
    target,
    details: [{ code: 'InvalidRequest', target, message: wrong.message }],
  });
}

const sameEnd = (known: Point, ask: RecordPoint): boolean =>
  ask.expiresAt === null || (known.expiresAt?.equals(ask.expiresAt) ?? false);

const exists = (known: Point): Refused =>
  refuse(
    'RecoveryPointExists',
    `Recovery point ${known.name} exists already and a recovery point does not change. Choose another name.`,
    { facts: { createdAt: iso(known.createdAt), rung: known.rung } },
  );

export const tooManyPoints = ({ name }: Item): Refused =>
  refuse('RecoveryPointLimit', `${name} has ${MOST_POINTS} recovery points, which is the most an item can have.`);

/** The item with one point more; undefined when it has as many as it can hold. */
export function withPoint<I extends Item>(
  item: I,
  point: Point,
): { readonly item: I; readonly pages: readonly PointPage[] } | undefined {
  if (item.points.length + item.pagedPoints >= MOST_POINTS) return undefined;
  const points = [...item.points, point];
  if (points.length <= INLINE_MAX) return { item: { ...item, points }, pages: [] };
  const sorted = points.toSorted(byAge);
  const page = { id: point.etag, points: sorted.slice(0, PAGE_SIZE) };
  return {
    item: { ...item, points: sorted.slice(PAGE_SIZE), pagedPoints: item.pagedPoints + PAGE_SIZE },
    pages: [page],
  };
}

export const pagesOf = async ({ vaults }: VaultReads, item: Item): Promise<readonly PointPage[]> =>
  item.pagedPoints > 0 ? vaults.pages(item.vault, item.name) : [];

/** Every point that is physically there, wherever it lies. */
export async function allPoints(ports: VaultReads, item: Item): Promise<readonly Point[]> {
  const pages = await pagesOf(ports, item);
  return [...pages.flatMap(({ points }) => points), ...item.points];
}

/** `unknown`: it may lie in a page, and those were not read yet. */
export function pointIn(
  item: Item,
  pages: readonly PointPage[] | undefined,
  name: string,
): Point | undefined | 'unknown' {
  const found = named([...item.points, ...(pages ?? []).flatMap(({ points }) => points)], name);
  return found ?? (pages || item.pagedPoints === 0 ? undefined : 'unknown');
}
