import { forgetHint, purgeHint } from '../core/agenda.ts';
import type { Alert } from '../core/alerts.ts';
import type { Entry } from '../core/history.ts';
import type { Item, ItemIn, Remains, Tombstone } from '../core/item.ts';
import type { Job } from '../core/job.ts';
import { purging } from '../core/lifecycle.ts';
import type { Terms } from '../core/points.ts';
import { TOMBSTONE_DAYS } from '../core/retention.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { Held, PinWrite, PointPage, Ports, RecordedAnswer } from '../ports.ts';
import { countedDeletions } from './mass.ts';

/** Pages that one transaction can drop beside what else it writes. */
const BATCH = 90;

export interface Destruction {
  readonly held: Held<Item>;
  readonly now: Instant;
  readonly fence: string | undefined;
  readonly terms: Terms;
  readonly jobs: readonly Job[];
  /** Used up together with the first thing that is written. */
  readonly pin?: PinWrite | undefined;
  readonly entry: (from: Remains, to: Remains) => Entry;
  readonly keep?: (item: Item | Tombstone) => RecordedAnswer | undefined;
  readonly alerts?: () => readonly Alert[];
}

type DestroyPorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

/**
 * Removes an item and its points for good and leaves a tombstone. What fits goes in one transaction; a larger item is marked
 * Purging first, which nothing undoes, and is then taken apart in batches: whoever finds it half-way goes on from there.
 * undefined: somebody wrote first and nothing was destroyed.
 */
export async function destroy(ports: DestroyPorts, plan: Destruction): Promise<Item | Tombstone | undefined> {
  const { held, now } = plan;
  const pages = held.value.pagedPoints > 0 ? await ports.vaults.pages(held.value.vault, held.value.name) : [];
  await ports.agenda.write([
    forgetHint(held.value, addDays(now, TOMBSTONE_DAYS)),
    ...(pages.length > BATCH ? [purgeHint(held.value, now)] : []),
  ]);
  if (pages.length <= BATCH) return bury(ports, plan, pages);
  const marked = purging(held.value, plan.terms, ports.newId());
  const done = await ports.vaults.commit({
    vault: marked.vault,
    id: marked.etag,
    fence: plan.fence,
    items: [{ was: held, now: marked }],
    jobs: plan.jobs,
    pin: plan.pin,
    entries: [plan.entry(held.value, marked)],
    answer: plan.keep?.(tombstoneOf(marked, now, marked.etag)),
  });
  return done ? takeApart(ports, marked, plan) : undefined;
}

/** Goes on with an item that is Purging already. Losing a race here means that another purge is at it as well. */
export async function takeApart(
  ports: DestroyPorts,
  marked: ItemIn<'Purging'>,
  plan: Destruction,
): Promise<Item | Tombstone> {
  for (;;) {
    const held = await ports.vaults.item(marked.vault, marked.name);
    if (held?.value.state !== 'Purging')
      return held?.value.state === 'Purged' ? held.value : tombstoneOf(marked, plan.now, marked.etag);
    const pages = await ports.vaults.pages(marked.vault, marked.name);
    const item = { value: held.value, tag: held.tag };
    const rest = { ...plan, held: item, fence: undefined, jobs: [], pin: undefined, keep: () => undefined };
    if (pages.length <= BATCH) {
      const buried = await bury(ports, rest, pages);
      if (buried) return buried;
      continue;
    }
    const dropped = pages.slice(0, BATCH);
    const left = { ...item.value, points: [], pagedPoints: countOf(pages.slice(BATCH)), etag: ports.newId() };
    await ports.vaults.commit({
      vault: marked.vault,
      id: left.etag,
      items: [{ was: item, now: left, dropPages: dropped }],
      entries: [plan.entry(item.value, left)],
    });
  }
}

async function bury(
  ports: DestroyPorts,
  plan: Destruction,
  pages: readonly PointPage[],
): Promise<Tombstone | undefined> {
  const { held, now } = plan;
  const grave = tombstoneOf(purging(held.value, plan.terms, ''), now, ports.newId());
  const alerts = plan.alerts?.() ?? [];
  const done = await ports.vaults.commit({
    vault: grave.vault,
    id: grave.etag,
    fence: plan.fence,
    items: [{ was: held, now: grave, dropPages: pages }],
    jobs: plan.jobs,
    pin: plan.pin,
    alerts,
    waiting: countedDeletions(alerts),
    entries: [plan.entry(held.value, grave)],
    answer: plan.keep?.(grave),
  });
  return done ? grave : undefined;
}

export const tombstoneOf = (item: ItemIn<'Purging'>, now: Instant, etag: string): Tombstone => ({
  state: 'Purged',
  vault: item.vault,
  name: item.name,
  generation: item.generation,
  purgedAt: now,
  softDeleteApplied: item.deletion !== null,
  etag,
});

export const countOf = (pages: readonly PointPage[]): number =>
  pages.reduce((sum, { points }) => sum + points.length, 0);
