import type { Hint } from '../../core/agenda.ts';
import { type Entry, SERVICE } from '../../core/history.ts';
import type { Item, ItemIn, Remains } from '../../core/item.ts';
import { termsOf } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { dueAt, type Point, spent } from '../../core/points.ts';
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

/** Pages that one transaction can change beside what else it writes. */
const MOST_PAGES = 90;

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
  const ageing = ageingOf(item, [...pages.flatMap(({ points }) => points), ...item.points]);
  const over = new Set(spent(ageing, terms, now));
  const stays = (point: Point) => !over.has(point);
  const changed = pages.filter(({ points }) => !points.every(stays)).slice(0, MOST_PAGES);
  const touched = changed.map((page) => ({ ...page, points: page.points.filter(stays) }));
  const rest = item.points.filter(stays);
  const left = [...pages.filter((page) => !changed.includes(page)), ...touched].flatMap(({ points }) => points);
  const kept = new Set([...left, ...rest]);
  const gone = ageing.filter((point) => !kept.has(point));
  const due = earliest(ageing.filter((point) => kept.has(point)).map((point) => dueAt(point, terms, now)));
  const id = ports.newId();
  // The newest of a suspended item stays although its time is over: nothing to look for before another point joins it.
  if (due) await ports.agenda.write([{ kind: 'expire', vault: item.vault, item: item.name, due }]);
  // Another hint led here and all of it was done: nothing that the history should tell.
  if (gone.length === 0 && due?.toMillis() === item.hintedAt?.toMillis()) return 0;
  const done = await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    items: [
      {
        was: held,
        now: { ...item, points: rest, pagedPoints: left.length, hintedAt: due ?? null, etag: id },
        putPages: touched.filter(({ points }) => points.length > 0),
        dropPages: touched.filter(({ points }) => points.length === 0),
      },
    ],
    entries: [
      told(
        item.name,
        now,
        'ExpireRecoveryPoints',
        { from: item.state, to: item.state },
        { recoveryPoints: gone.slice(0, 100).map(({ name }) => name) },
      ),
    ],
  });
  return done ? gone.length : undefined;
}

/** The newest point of a suspended item is kept for good; the first of them, where several are equally new. */
function ageingOf(item: Item, points: readonly Point[]): readonly Point[] {
  if (item.state !== 'BackupsSuspended') return points;
  const newest = points.reduce<Point | undefined>(
    (latest, point) => (latest && latest.createdAt >= point.createdAt ? latest : point),
    undefined,
  );
  return points.filter((point) => point !== newest);
}

/**
 * A policy was shortened: the items that use it may expire earlier than their hints say. So may those that were suspended
 * since: they age on, under the terms that they took along.
 */
export async function rehintPolicy(ports: ExpirePorts, head: HeldHead, policy: string, now: Instant): Promise<void> {
  let after: string | undefined;
  do {
    const stretch = await ports.vaults.items(head.vault.name, { after, limit: 1000 });
    const hints: Hint[] = [];
    for (const item of stretch.items) {
      if (!agesUnder(item, policy)) continue;
      const terms = termsOf(item, head);
      const ageing = ageingOf(item, await allPoints(ports, item));
      const due = earliest(ageing.map((point) => dueAt(point, terms, now)));
      if (due) hints.push({ kind: 'expire', vault: item.vault, item: item.name, due });
    }
    await ports.agenda.write(hints);
    after = stretch.last;
  } while (after !== undefined);
}

const agesUnder = (item: Remains, policy: string): item is ItemIn<'Protected' | 'BackupsSuspended'> =>
  (item.state === 'Protected' && sameName(item.policy, policy)) ||
  (item.state === 'BackupsSuspended' && sameName(item.previousPolicy, policy));
