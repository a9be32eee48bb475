import type { PointPage } from '../../change.ts';
import { type Hint, itemHint } from '../../core/hints.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { termsOf } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { newestOf, nextDue, type Point, spent } from '../../core/policy.ts';
import type { Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import { countOf, pointsIn, repaged } from '../items/pages.ts';
import { allPoints } from '../items/points.ts';
import { itemPages } from '../story/pages.ts';
import { byItself, type Plan, type Read, type TaskOf } from './plans.ts';
import type { SweepPorts } from './run.ts';

/** Takes the points whose life is over, and has the item looked at again when the next one's is. */
export function expire({ item }: TaskOf<'expire'>, read: Read): Plan {
  const { now, head, tag } = read;
  const { gone, due, ...left } = expired(item, read.pages, head, now);
  const hint = due ? [itemHint(item, 'expire', due)] : [];
  const stands = due?.toMillis() === item.hintedAt?.toMillis();
  const counts = { as: 'expired', count: gone.length } as const;
  // Another hint led here and all of it was done: nothing that the history should tell.
  if (gone.length === 0 && stands) return { landing: { now, again: hint }, hint: 'struck', counts };
  const facts = { recoveryPoints: gone.slice(0, 100).map(({ name }) => name) };
  const { points, pagedPoints, ...pages } = left;
  const next = { ...item, points, pagedPoints, hintedAt: due ?? null, etag: read.id };
  const items = [{ was: { value: item, tag }, now: next, ...pages }];
  const landing = byItself(read, item, { operation: 'ExpireRecoveryPoints', to: next, facts }, { items });
  // Where the instant changes, its hint follows from the change. The hint that led here may be the very one for what is left.
  const hinted = due?.toMillis() === read.hint.due.toMillis() ? 'stays' : 'struck';
  return { landing: { ...landing, again: stands ? hint : [] }, hint: hinted, counts };
}

function expired(
  item: ItemIn<'Protected' | 'BackupsSuspended'>,
  pages: readonly PointPage[],
  head: Head,
  now: Instant,
) {
  const ageing = ageingOf(item, [...pointsIn(pages), ...item.points]);
  const terms = termsOf(item, head);
  const gone = spent(ageing, terms, now);
  const over = new Set(gone);
  const stays = (point: Point) => !over.has(point);
  const { putPages, dropPages, left } = repaged(pages, stays);
  return {
    ...{ gone, putPages, dropPages },
    points: item.points.filter(stays),
    pagedPoints: countOf(left),
    // The newest of a suspended item stays although its time is over: nothing to look for before another point joins it.
    due: nextDue(ageing.filter(stays), terms, now),
  };
}

/** The newest point of a suspended item is kept for good. */
function ageingOf(item: Item, points: readonly Point[]): readonly Point[] {
  if (item.state !== 'BackupsSuspended') return points;
  const newest = newestOf(points);
  return points.filter((point) => point !== newest);
}

/**
 * A policy was shortened: the items that use it may expire earlier than their hints say. So may those that were suspended
 * since: they age on, under the terms that they took along.
 */
export async function expiriesUnder(
  flow: Pick<SweepPorts, 'vaults'>,
  head: Head,
  policy: string,
  now: Instant,
): Promise<readonly Hint[]> {
  const hints: Hint[] = [];
  for await (const items of itemPages(flow, head.vault.name))
    for (const item of items) {
      if (!agesUnder(item, policy)) continue;
      const due = nextDue(ageingOf(item, await allPoints(flow, item)), termsOf(item, head), now);
      if (due) hints.push(itemHint(item, 'expire', due));
    }
  return hints;
}

const agesUnder = (item: Item, policy: string): item is ItemIn<'Protected' | 'BackupsSuspended'> =>
  (item.state === 'Protected' && sameName(item.policy, policy)) ||
  (item.state === 'BackupsSuspended' && sameName(item.previousPolicy, policy));
