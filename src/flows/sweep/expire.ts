import type { PointPage } from '../../change.ts';
import { itemHint } from '../../core/hints.ts';
import type { ItemIn } from '../../core/item.ts';
import { ageingOf, termsOf } from '../../core/lifecycle.ts';
import { nextDue, type Point, spent } from '../../core/policy.ts';
import type { Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import { countOf, pointsIn, repaged } from '../items/pages.ts';
import { byItself, type Plan, type Read, type TaskOf } from './plans.ts';

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
