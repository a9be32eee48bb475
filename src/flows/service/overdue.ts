import { liveHolds } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { isOrdered } from '../../core/orders.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Reads } from '../../ports.ts';
import { whetherTold } from '../sweep/told.ts';

type OverduePorts = Pick<Reads, 'agenda' | 'vaults' | 'alerts' | 'purgeTerms'>;

/** Of each shard. Whatever lies behind them fell due later. */
const MOST_HINTS = 250;
/** Of those that fell due first, so many are looked at: a look is two requests. */
const MOST_LOOKS = 2;

export interface Overdue {
  /** Since when the one waits that should have gone first. */
  readonly since: Instant | undefined;
  /** There are more than were looked at, and none of those that were keeps people waiting. */
  readonly more: boolean;
}

/**
 * What should have been purged by now, as the agenda says at this moment, whether or not a sweep has run. What waits for its people does not
 * count: that is a check of its own.
 */
export async function overdueNow(ports: OverduePorts, now: Instant): Promise<Overdue> {
  const { agenda } = ports;
  const shards = await Promise.all(agenda.shards.map((shard) => agenda.due(shard, now, { limit: MOST_HINTS })));
  const hints = shards.flatMap(({ found }) => found).filter(({ kind }) => kind === 'purge');
  const byAge = hints.toSorted((a, b) => a.due.toMillis() - b.due.toMillis());
  for (const hint of byAge.slice(0, MOST_LOOKS)) {
    const since = await overdueSince(ports, hint, now);
    if (since) return { since, more: false };
  }
  return { since: undefined, more: byAge.length > MOST_LOOKS };
}

async function overdueSince(ports: OverduePorts, hint: DueHint, now: Instant): Promise<Instant | undefined> {
  const item = (await ports.vaults.item(hint.vault, hint.item))?.value;
  // What is ordered waits for its executor, and for no sweep.
  if (item?.state === 'Purging') return isOrdered(item) ? undefined : hint.due;
  const head = item?.state === 'SoftDeleted' ? await ports.vaults.head(hint.vault, 'remembered') : undefined;
  if (item?.state !== 'SoftDeleted' || !head) return undefined;
  const due = purgeAt(item, head.vault);
  if (due > now || liveHolds(item.holds, now).length > 0) return undefined;
  const judged = await whetherTold(ports, { task: 'due', item, due }, head, now, undefined);
  return judged.task === 'purge' ? due : undefined;
}
