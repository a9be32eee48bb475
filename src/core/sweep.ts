import { deletionHints, type Hint, PARKED_DAYS } from './agenda.ts';
import { type Item, type ItemIn, liveHolds, type Remains } from './item.ts';
import { purgeAt } from './lifecycle.ts';
import { effectiveDays, TOMBSTONE_DAYS, warnAtOf } from './retention.ts';
import { addDays, earliest, HOUR_MS, type Instant, instantOf } from './time.ts';
import type { Head } from './vault.ts';

/** Local time and the storage service's may differ by this much; beyond it somebody's clock is wrong, and time is what decides here. */
export const MOST_SKEW_MS = HOUR_MS / 12;

/** What a sweep does about an item that the agenda named. */
export type Task =
  | { readonly task: 'purge'; readonly item: ItemIn<'SoftDeleted'>; readonly due: Instant }
  | { readonly task: 'finishPurge'; readonly item: ItemIn<'Purging'> }
  | { readonly task: 'warn'; readonly item: ItemIn<'SoftDeleted'>; readonly due: Instant }
  /** The vault's period was lengthened: the item moves to its new place in the trash. */
  | { readonly task: 'move'; readonly item: ItemIn<'SoftDeleted'>; readonly days: number }
  | { readonly task: 'endHolds'; readonly item: Item }
  | { readonly task: 'expire'; readonly item: ItemIn<'Protected' | 'BackupsSuspended'> }
  | { readonly task: 'forget' }
  /**
   * Alerts were raised, but whoever was to tell them may have died. An undelete has no request to spare for a hint of its own: what
   * it raised is found by the hint to purge that it made void.
   */
  | { readonly task: 'retell' }
  /** Nothing yet: look again then. */
  | { readonly task: 'wait'; readonly hints: readonly Hint[]; readonly why: string }
  /** The hint has been overtaken. */
  | { readonly task: 'drop' }
  /** The hint leads nowhere yet, and is so young that its change may be on its way: it stays. */
  | { readonly task: 'leave' };

const again = ({ kind, vault, item }: Hint, due: Instant, why: string): Task => ({
  task: 'wait',
  hints: [{ kind, vault, item, due }],
  why,
});

/** A hint is written before its change. One that fell due this long ago was written long enough before. */
const SETTLED_MS = 60_000;
export const isYoung = ({ due }: Hint, now: Instant): boolean => now.toMillis() - due.toMillis() < SETTLED_MS;

/** These are about alerts, not about the item: what is true about it makes no difference. */
export const isTelling = ({ kind }: Hint): boolean => kind === 'tell' || kind === 'together';

/** The truth about an item decides; the hint only says that it is time to look. */
export function taskFor(hint: Hint, remains: Remains | undefined, head: Head, now: Instant): Task {
  if (isTelling(hint)) return { task: 'retell' };
  if (!remains) return { task: 'drop' };
  if (remains.state === 'Purged') return forgetting(hint, remains.purgedAt, now);
  if (hint.kind === 'forget') return { task: 'drop' };
  if (remains.state === 'Purging') return { task: 'finishPurge', item: remains };
  if (remains.state === 'SoftDeleted' && hint.kind !== 'expire' && mayGo(remains, head, now))
    return { task: 'purge', item: remains, due: purgeAt(remains, head.vault) };
  if (remains.holds.length > liveHolds(remains.holds, now).length) return { task: 'endHolds', item: remains };
  if (remains.state === 'SoftDeleted')
    return hint.kind === 'expire' ? park(hint, now) : inTrash(hint, remains, head, now);
  if (hint.kind === 'purge') return { task: isYoung(hint, now) ? 'leave' : 'retell' };
  if (hint.kind !== 'expire') return { task: 'drop' };
  if (remains.state === 'ProtectionStopped')
    return remains.points.length + remains.pagedPoints > 0 ? park(hint, now) : { task: 'drop' };
  return { task: 'expire', item: remains };
}

/** Its time is over, as the vault has it now, and nobody holds it. Whether that is written down yet makes no difference. */
const mayGo = (item: ItemIn<'SoftDeleted'>, { vault }: Head, now: Instant): boolean =>
  now >= purgeAt(item, vault) && liveHolds(item.holds, now).length === 0;

/** Might dealing with this hint end in a purge? Asked before anything is read, so it says yes when in doubt. */
export const mayEndInPurge = ({ kind, due, tries }: Hint & { readonly tries: number }, now: Instant): boolean =>
  kind === 'purge' || kind === 'hold' || (kind === 'warn' && (tries > 0 || warnAtOf(now) >= due));

const forgetting = (hint: Hint, purgedAt: Instant, now: Instant): Task => {
  const due = addDays(purgedAt, TOMBSTONE_DAYS);
  if (hint.kind !== 'forget') return { task: 'drop' };
  return due <= now ? { task: 'forget' } : again(hint, due, 'not forgotten yet');
};

/** While nothing ages the expiry hint stays near, so that resuming need not write one. */
const park = (hint: Hint, now: Instant): Task => again(hint, addDays(now, PARKED_DAYS), 'nothing ages');

function inTrash(hint: Hint, item: ItemIn<'SoftDeleted'>, { vault }: Head, now: Instant): Task {
  const days = effectiveDays(item.deletion, vault.extensions);
  if (days > item.deletion.retentionDays) return { task: 'move', item, days };
  const due = purgeAt(item, vault);
  if (now < due) {
    if (hint.kind === 'warn' && now >= warnAtOf(due)) return { task: 'warn', item, due };
    const hints = hint.kind === 'hold' ? [] : deletionHints(item, due).filter(({ kind }) => kind === hint.kind);
    return { task: 'wait', hints, why: 'not due yet' };
  }
  const end = earliest(liveHolds(item.holds, now).flatMap(({ until }) => (until ? [until] : [])));
  const parked = addDays(now, PARKED_DAYS);
  return again({ ...hint, kind: 'purge' }, end && end < parked ? end : parked, 'held');
}

/** How often a row that cannot be dealt with is tried before it is set aside. */
export const MOST_TRIES = 6;

/** Growing pauses: a minute, two, four … and once a day when it was set aside. */
export const nextTry = (tries: number, now: Instant): Instant =>
  tries >= MOST_TRIES ? addDays(now, 1) : instantOf(now.toMillis() + 60_000 * 2 ** (tries - 1));
