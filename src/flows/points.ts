import { withExpiryHint } from '../core/agenda.ts';
import type { Item } from '../core/item.ts';
import { decide, termsOf, visiblePoints } from '../core/lifecycle.ts';
import { sameName } from '../core/names.ts';
import type { Point } from '../core/points.ts';
import type { PointRung } from '../core/policy.ts';
import { type Outcome, ok, refuse } from '../core/problems.ts';
import { type Instant, iso } from '../core/time.ts';
import type { Held, HeldHead, PointPage, Ports } from '../ports.ts';
import { type Asking, entry, type ItemResult, missing, noVault, type Place, purged, stale } from './asking.ts';
import { onItemInVault } from './onItem.ts';

/** An item carries its newest points with it; when they become too many the older ones move to a page. */
const INLINE_MAX = 150;
const PAGE_SIZE = 100;
const MOST_POINTS = 9_999;

export interface PointResult extends ItemResult {
  readonly head: HeldHead;
  readonly point: Point;
  readonly created: boolean;
}

export interface RecordPoint {
  readonly name: string;
  readonly createdAt: Instant;
  readonly rung: PointRung;
  readonly expiresAt: Instant | null;
}

type PointPorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

/** Records a recovery point that the backup engine has made. */
export const recordPoint = (
  ports: PointPorts,
  asking: Asking<PointResult>,
  place: Place,
  ask: RecordPoint,
): Promise<Outcome<PointResult>> =>
  onItemInVault({ ports, asking, place, operation: 'RecordRecoveryPoint', etagIsOfPart: true }, (held, head) =>
    recordIn(ports, asking, held, head, ask),
  );

async function recordIn(
  ports: PointPorts,
  asking: Asking<PointResult>,
  held: Held<Item>,
  head: HeldHead,
  ask: RecordPoint,
): Promise<Outcome<PointResult> | 'again'> {
  const item = held.value;
  const decision = decide('recordPoint', item, { now: asking.now });
  if (!decision.ok) return decision;
  const known = await findPoint(ports, item, ask.name);
  const precondition = stale(asking, known);
  if (precondition) return precondition;
  if (known)
    return known.createdAt.equals(ask.createdAt) && known.rung === ask.rung && sameEnd(known, ask)
      ? ok({ item, head, point: known, created: false })
      : exists(known);
  const added = withPoint(item, { ...ask, etag: ports.newId() });
  if (!added)
    return refuse(
      'RecoveryPointLimit',
      `${item.name} has ${MOST_POINTS} recovery points, which is the most an item can have.`,
    );
  const id = ports.newId();
  const hinted = withExpiryHint({ ...added.item, etag: id }, termsOf(item, head), asking.now);
  await ports.agenda.write(hinted.hints);
  const result: PointResult = { item: hinted.item, head, point: added.point, created: true };
  const done = await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    items: [{ was: held, now: hinted.item, putPages: added.pages }],
    entries: [
      entry(asking, item.name, {
        operation: 'RecordRecoveryPoint',
        from: item,
        to: hinted.item,
        facts: { recoveryPoint: ask.name },
      }),
    ],
    answer: asking.keep?.(result),
  });
  return done ? ok(result) : 'again';
}

const sameEnd = (known: Point, ask: RecordPoint): boolean =>
  ask.expiresAt === null || (known.expiresAt?.equals(ask.expiresAt) ?? false);

const exists = (known: Point) =>
  refuse(
    'RecoveryPointExists',
    `Recovery point ${known.name} exists already and a recovery point does not change. Choose another name.`,
    {
      facts: { createdAt: iso(known.createdAt), rung: known.rung },
    },
  );

/** The item with one point more; undefined when it has as many as it can hold. */
export function withPoint<I extends Item>(
  item: I,
  point: Point,
): { item: I; point: Point; pages: readonly PointPage[] } | undefined {
  if (item.points.length + item.pagedPoints >= MOST_POINTS) return undefined;
  const points = [...item.points, point];
  if (points.length <= INLINE_MAX) return { item: { ...item, points }, point, pages: [] };
  const byAge = points.toSorted((a, b) => a.createdAt.toMillis() - b.createdAt.toMillis());
  const page = { id: point.etag, points: byAge.slice(0, PAGE_SIZE) };
  return {
    item: { ...item, points: byAge.slice(PAGE_SIZE), pagedPoints: item.pagedPoints + PAGE_SIZE },
    point,
    pages: [page],
  };
}

/** Every point that is physically there, wherever it lies. */
export async function allPoints({ vaults }: Pick<Ports, 'vaults'>, item: Item): Promise<readonly Point[]> {
  if (item.pagedPoints === 0) return item.points;
  const pages = await vaults.pages(item.vault, item.name);
  return [...pages.flatMap(({ points }) => points), ...item.points];
}

export async function findPoint(ports: Pick<Ports, 'vaults'>, item: Item, name: string): Promise<Point | undefined> {
  const isIt = (point: Point) => sameName(point.name, name);
  return item.points.find(isIt) ?? (item.pagedPoints > 0 ? (await allPoints(ports, item)).find(isIt) : undefined);
}

export interface PointsOf {
  readonly item: Item;
  readonly head: HeldHead;
  readonly points: readonly Point[];
}

/** The points that a caller may see. */
export async function listPoints(ports: Pick<Ports, 'vaults'>, place: Place, now: Instant): Promise<Outcome<PointsOf>> {
  const [head, held] = await Promise.all([
    ports.vaults.head(place.vault, 'fresh'),
    ports.vaults.item(place.vault, place.item),
  ]);
  if (!head) return noVault(place.vault);
  if (!held) return missing(ports, place);
  if (held.value.state === 'Purged') return purged(held.value, now);
  const item = held.value;
  const visible = visiblePoints(item, await allPoints(ports, item), termsOf(item, head), now);
  return ok({ item, head, points: visible });
}
