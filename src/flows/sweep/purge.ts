import type { Alert } from '../../core/alerts.ts';
import type { Item, ItemIn, Remains } from '../../core/item.ts';
import { purging } from '../../core/lifecycle.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { HeldHead, Ports } from '../../ports.ts';
import { itemAlert } from '../alerting.ts';
import { destroy, takeApart, tombstoneOf } from '../destroy.ts';
import { told } from './expire.ts';

type PurgePorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

export interface Due {
  readonly item: ItemIn<'SoftDeleted'>;
  readonly due: Instant;
}

/** Whatever is written about a purge: once, with the purge. */
const purgedAlert = (item: Item, due: Instant, now: Instant): Alert =>
  itemAlert('PurgeComplete', item, now, {
    from: item.state,
    to: 'Purged',
    purgeAt: iso(due),
    purgedAt: iso(now),
  });

const purgedEntry = (item: ItemIn<'SoftDeleted' | 'Purging'>, from: Remains, to: Remains, due: Instant, now: Instant) =>
  told(item.name, now, 'Purge', { from: from.state, to: to.state }, { purgeAt: iso(due), generation: item.generation });

/** An item's row, its place in the trash, its history entry and its alert. */
const ROWS_EACH = 4;
const ROWS_SHARED = 1;
export const PER_TRANSACTION = Math.floor((100 - ROWS_SHARED) / ROWS_EACH);

/**
 * Purges small items of one vault together. Their rows are not read again: the transaction removes each one's place in the
 * trash, which fails if anything was done to the item since, and rests on the head that the decision rests on.
 * Answers the alerts it raised; undefined: one of them changed, and none was purged.
 */
export async function purgeTogether(
  { vaults, newId }: PurgePorts,
  head: HeldHead,
  batch: readonly [Due, ...Due[]],
  now: Instant,
): Promise<readonly string[] | undefined> {
  const graves = batch.map(({ item, due }) => ({
    item,
    due,
    grave: tombstoneOf(purging(item, item.terms, ''), now, newId()),
  }));
  const [first, ...rest] = graves.map(({ item, due, grave }) => purgedEntry(item, item, grave, due, now));
  if (!first) return [];
  const alerts = graves.map(({ item, due }) => purgedAlert(item, due, now));
  const done = await vaults.commit({
    vault: head.vault.name,
    id: newId(),
    fence: head.fence,
    items: graves.map(({ item, grave }) => ({ was: { value: item, tag: '*' }, now: grave })),
    alerts,
    entries: [first, ...rest],
  });
  return done ? alerts.map(({ id }) => id) : undefined;
}

/** Purges one item, however large. false: it changed since it was read. */
export async function purgeOne(
  ports: PurgePorts,
  head: HeldHead,
  { item, due }: Due,
  tag: string,
  now: Instant,
): Promise<boolean> {
  const left = await destroy(ports, {
    held: { value: item, tag },
    now,
    fence: head.fence,
    terms: item.terms,
    jobs: [],
    entry: (from, to) => purgedEntry(item, from, to, due, now),
    alerts: () => [purgedAlert(item, due, now)],
  });
  return left !== undefined;
}

/** Goes on where a purge died half-way. */
export async function finishPurge(
  ports: PurgePorts,
  item: ItemIn<'Purging'>,
  due: Instant,
  now: Instant,
): Promise<void> {
  await takeApart(ports, item, {
    held: { value: item, tag: '*' },
    now,
    fence: undefined,
    terms: item.terms,
    jobs: [],
    entry: (from, to) => purgedEntry(item, from, to, due, now),
    alerts: () => (item.deletion ? [purgedAlert(item, due, now)] : []),
  });
}
