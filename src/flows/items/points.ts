import type { HeldHead, PointPage } from '../../change.ts';
import type { Item } from '../../core/item.ts';
import { decide, isUnderUnreadable } from '../../core/lifecycle.ts';
import { named } from '../../core/names.ts';
import { byAge, type Point, wrongTimes } from '../../core/policy.ts';
import { type Refused, refuse, Unreadable } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { VaultReads } from '../../ports.ts';
import { onItemInVault } from '../story/nouns.ts';
import { type Created, need, unchanged } from '../story/plan.ts';
import { stale } from '../story/request.ts';
import { type Paged, pagedFor, pagesOf, pointsIn, SPILL, spilled, UNPAGED } from './pages.ts';

/** An item carries its newest points with it; when they become too many the oldest of them move to a page. */
const INLINE_MAX = 150;
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
  also: { paged: ({ flow, request }, { item }, { name }) => pagedAbout(flow, item.value, name, request.now) },
  decide({ item: { value: item }, head, paged }, ask, request) {
    const decision = decide('recordPoint', item, { now: request.now });
    if (!decision.ok) return decision;
    const known = pointIn(item, paged, ask.name);
    if (known === 'unknown') return need('paged');
    const precondition = stale(request, known);
    if (precondition) return precondition;
    if (known)
      return known.createdAt.equals(ask.createdAt) && known.rung === ask.rung && sameEnd(known, ask)
        ? unchanged({ item, head, point: known, created: false })
        : exists(known);
    // The answer says when it ends. Where nobody knows that, nothing is recorded.
    if (isUnderUnreadable(item, head))
      throw new Unreadable(`unreadable policy of ${item.name}: nobody knows when a point ends`);
    const point: Point = { ...ask, recordedAt: request.now, etag: request.id };
    const added = withPoint(item, point, paged);
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

/** What has to be known of the pages before a point of this name is added. */
export const pagedAbout = (flow: Parameters<typeof pagedFor>[0], item: Item, name: string, now: Instant) =>
  pagedFor(flow, item, name, now, item.points.length >= INLINE_MAX);

/** The item with one point more; undefined when it has as many as it can hold. */
export function withPoint<I extends Item>(
  item: I,
  point: Point,
  paged: Paged = UNPAGED,
): { readonly item: I; readonly pages: readonly PointPage[] } | undefined {
  if (item.points.length + item.pagedPoints >= MOST_POINTS) return undefined;
  const points = [...item.points, point];
  if (points.length <= INLINE_MAX) return { item: { ...item, points }, pages: [] };
  const sorted = points.toSorted(byAge);
  return {
    item: { ...item, points: sorted.slice(SPILL), pagedPoints: item.pagedPoints + SPILL },
    pages: [spilled(paged, sorted.slice(0, SPILL))],
  };
}

/** Every point that is physically there, wherever it lies. */
export const allPoints = async (ports: VaultReads, item: Item): Promise<readonly Point[]> => [
  ...pointsIn(await pagesOf(ports, item)),
  ...item.points,
];

/** `unknown`: it may lie in a page, and those were not asked yet. */
export function pointIn(item: Item, paged: Paged | undefined, name: string): Point | undefined | 'unknown' {
  const found = named(item.points, name) ?? paged?.known;
  return found ?? (paged || item.pagedPoints === 0 ? undefined : 'unknown');
}
