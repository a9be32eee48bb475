import { type Hint, withExpiryHint } from '../../core/agenda.ts';
import { type Entry, SERVICE } from '../../core/history.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { termsOf } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { dueAt, type Point, spent, type Terms } from '../../core/points.ts';
import { earliest, type Instant } from '../../core/time.ts';
import type { Held, HeldHead, Ports } from '../../ports.ts';
import { allPoints } from '../points.ts';

type ExpirePorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

export const told = (
  item: string,
  now: Instant,
  operation: string,
  states: Pick<Entry, 'from' | 'to'>,
  facts: Entry['facts'] = {},
): Entry => ({
  at: now,
  item,
  caller: SERVICE,
  operation,
  outcome: 'Succeeded',
  code: null,
  requestId: '',
  facts,
  ...states,
});

/** Takes the points whose life is over, and hints at the next one. undefined: somebody wrote first. */
export async function expire(
  ports: ExpirePorts,
  held: Held<ItemIn<'Protected' | 'BackupsSuspended'>>,
  head: HeldHead,
  now: Instant,
): Promise<number | undefined> {
  const item = held.value;
  const terms = termsOf(item, head);
  const pages = item.pagedPoints > 0 ? await ports.vaults.pages(item.vault, item.name) : [];
  const all = [...pages.flatMap(({ points }) => points), ...item.points];
  const gone = new Set(endOfLife(item, all, terms, now));
  const kept = pages.map((page) => ({ page, points: page.points.filter((point) => !gone.has(point)) }));
  const changed = kept.filter(({ page, points }) => points.length < page.points.length);
  const id = ports.newId();
  const rest = item.points.filter((point) => !gone.has(point));
  const left = kept.flatMap(({ points }) => points);
  const next = { ...item, points: rest, pagedPoints: left.length, hintedAt: null, etag: id };
  const hinted = withExpiryHint(next, terms, now, earliest(left.map((point) => dueAt(point, terms, now))));
  // The newest of a suspended item stays although its time is over: nothing to look for before another point joins it.
  const hints = hinted.hints.filter(({ due }) => due > now);
  await ports.agenda.write(hints);
  const done = await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    items: [
      {
        was: held,
        now: hints.length > 0 ? hinted.item : next,
        putPages: changed.filter(({ points }) => points.length > 0).map(({ page, points }) => ({ ...page, points })),
        dropPages: changed.filter(({ points }) => points.length === 0).map(({ page }) => page),
      },
    ],
    entries: [
      told(
        item.name,
        now,
        'ExpireRecoveryPoints',
        { from: item.state, to: item.state },
        { recoveryPoints: [...gone].slice(0, 100).map(({ name }) => name) },
      ),
    ],
  });
  return done ? gone.size : undefined;
}

function endOfLife(item: Item, points: readonly Point[], terms: Terms, now: Instant): readonly Point[] {
  const over = spent(points, terms, now);
  if (item.state !== 'BackupsSuspended') return over;
  const newest = points.reduce<Point | undefined>(
    (latest, point) => (latest && latest.createdAt >= point.createdAt ? latest : point),
    undefined,
  );
  return over.filter((point) => point !== newest);
}

/** A policy was shortened: the items that use it may expire earlier than their hints say. */
export async function rehintPolicy(ports: ExpirePorts, head: HeldHead, policy: string, now: Instant): Promise<void> {
  let after: string | undefined;
  do {
    const stretch = await ports.vaults.items(head.vault.name, { after, limit: 1000 });
    const hints: Hint[] = [];
    for (const item of stretch.items) {
      if (item.state !== 'Protected' || !sameName(item.policy, policy)) continue;
      const terms = termsOf(item, head);
      const due = earliest((await allPoints(ports, item)).map((point) => dueAt(point, terms, now)));
      if (due) hints.push({ kind: 'expire', vault: item.vault, item: item.name, due });
    }
    await ports.agenda.write(hints);
    after = stretch.last;
  } while (after !== undefined);
}
