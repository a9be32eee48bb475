import { firstReminder, type Hint, isNamed } from './hints.ts';
import { type Item, type ItemIn, liveHolds, type Remains, type Tombstone } from './item.ts';
import { isUnderUnreadable, purgeAt, reminders } from './lifecycle.ts';
import { type Begun, isOrdered, type Ordered, stepAt, stepsOver } from './orders.ts';
import { Unreadable } from './problems.ts';
import { effectiveDays, remindAt, TOMBSTONE_DAYS } from './retention.ts';
import { addDays, addMillis, HOUR_MS, type Instant, later } from './time.ts';
import type { Head } from './vault.ts';

/** How far our clock and the storage service's may differ. Beyond this one of them is wrong, and nothing is purged. */
export const MOST_SKEW_MS = HOUR_MS / 12;

/** What a sweep does about an item that the agenda names. */
export type Task =
  /** Its time is over. Whether it is purged hangs on what people were told: see told.ts. */
  | { readonly task: 'due'; readonly item: ItemIn<'SoftDeleted'>; readonly due: Instant }
  | { readonly task: 'finishPurge'; readonly item: Begun }
  /** Its executor should have confirmed by now: people are told, step by step. */
  | { readonly task: 'unconfirmed'; readonly item: Ordered; readonly steps: number }
  /** So many days before its purge people are reminded of it; 0: its time is over, and nobody has been. */
  | {
      readonly task: 'warn';
      readonly item: ItemIn<'SoftDeleted'>;
      readonly due: Instant;
      readonly days: number;
      /** Who is asked to destroy it then, as things stand; null: nobody. Absent: that is not known. */
      readonly executor?: string | null;
    }
  /** The vault's period was lengthened, so the item moves to its new place in the trash. */
  | { readonly task: 'move'; readonly item: ItemIn<'SoftDeleted'>; readonly days: number }
  | { readonly task: 'endHolds'; readonly item: Item }
  | { readonly task: 'expire'; readonly item: ItemIn<'Protected' | 'BackupsSuspended'> }
  | { readonly task: 'forget' }
  /**
   * Alerts were raised, but the process may have died before it mailed them. An undelete has no request to spare for a hint of
   * its own. The hint to purge that its deletion left behind leads to its alerts.
   */
  | { readonly task: 'retell' }
  /** There is nothing to do yet. The hints say when to look again. */
  | { readonly task: 'wait'; readonly hints: readonly Hint[]; readonly why: string }
  /** The hint no longer applies. */
  | { readonly task: 'drop' }
  /** The hint is so young that its change may still be on its way, so it stays. */
  | { readonly task: 'leave' };

/** What a dry run says would be done. */
export const SWEEP_ACTIONS = [
  'purge',
  'order',
  'finishPurge',
  'unconfirmed',
  'warn',
  'move',
  'endHolds',
  'expire',
  'apply',
  'forget',
  'remove',
  'wait',
  'held',
  'fail',
] as const;
export type SweepAction = (typeof SWEEP_ACTIONS)[number];

const again = ({ kind, vault, item, by }: Hint, due: Instant, why: string): Task => ({
  task: 'wait',
  hints: [{ kind, vault, item, due, ...(by === undefined ? {} : { by }) }],
  why,
});

/** A hint is written before its change. When it fell due this long ago, its change has landed or never will. */
const SETTLED_MS = 60_000;
export const isYoung = ({ due }: Hint, now: Instant): boolean => now.toMillis() - due.toMillis() < SETTLED_MS;

/** These hints are about alerts, so the state of the item makes no difference. */
export const isTelling = ({ kind }: Pick<Hint, 'kind'>): boolean => kind === 'tell' || kind === 'together';

const ASIDE: ReadonlySet<Hint['kind']> = new Set(['tidy', 'reindex', 'operate']);

/** They lead to no item that is due: what is told, what is over, what the version before wrote, and what a call has begun. */
export const isAside = (hint: Pick<Hint, 'kind'>): boolean => isTelling(hint) || ASIDE.has(hint.kind);

/** The current state of the item decides. The hint only says that it is time to look. */
export function taskFor(hint: Hint, remains: Remains | undefined, head: Head, now: Instant): Task {
  if (isTelling(hint)) return { task: 'retell' };
  if (!remains) return { task: 'drop' };
  if (remains.state === 'Purged') return forgetting(hint, remains, now);
  if (hint.kind === 'forget') return { task: 'drop' };
  // What is ordered goes when its order is closed, and never by a hint.
  if (isOrdered(remains)) return watching(hint, remains, now);
  if (hint.kind === 'order') return unneeded(hint, now);
  if (remains.state === 'Purging') return { task: 'finishPurge', item: remains };
  // Its own hint stands elsewhere, and was written before the change that made this one false.
  if (remains.state === 'SoftDeleted' && isStray(hint, remains)) return unneeded(hint, now);
  if (remains.state === 'SoftDeleted' && hint.kind !== 'expire' && mayGo(remains, head, now))
    return hint.kind === 'warn'
      ? tooLate(hint, remains, now)
      : { task: 'due', item: remains, due: purgeAt(remains, head.vault) };
  if (remains.holds.length > liveHolds(remains.holds, now).length) return { task: 'endHolds', item: remains };
  if (remains.state === 'SoftDeleted')
    return hint.kind === 'expire' ? unneeded(hint, now) : inTrash(hint, remains, head, now);
  if (hint.kind === 'purge') return { task: isYoung(hint, now) ? 'leave' : 'retell' };
  if (hint.kind !== 'expire') return { task: 'drop' };
  if (remains.state === 'ProtectionStopped') return unneeded(hint, now);
  // It is set aside, and tried again.
  if (isUnderUnreadable(remains, head))
    throw new Unreadable(`unreadable policy of ${remains.name}: nothing ages by it`);
  return { task: 'expire', item: remains };
}

/** Its period is over by the vault's current settings, and no hold is live. The row in the trash may still show an older date. */
export const mayGo = (item: ItemIn<'SoftDeleted'>, { vault }: Head, now: Instant): boolean =>
  now >= purgeAt(item, vault) && liveHolds(item.holds, now).length === 0;

/** Might this hint lead to a purge? We ask before reading anything, so the answer is yes when in doubt. */
export const mayEndInPurge = ({ kind }: Pick<Hint, 'kind'>): boolean => kind === 'purge' || kind === 'hold';

/** Which hint to purge is the right one the item says; one of before says nothing. */
const isStray = (hint: Hint, item: ItemIn<'SoftDeleted'>): boolean =>
  hint.kind === 'purge' && item.purgeHintBy !== undefined && !isNamed(hint, item);

/** Nobody is reminded when the time is over. The hint to purge stands already; only that one is counted by the belt. */
const tooLate = (hint: Hint, { purgeHintBy }: ItemIn<'SoftDeleted'>, now: Instant): Task =>
  purgeHintBy === undefined ? again({ ...hint, kind: 'purge' }, now, 'its time is over') : { task: 'drop' };

/**
 * Only tombstones of before have a hint of their own. A hint to purge is struck off by the one that it led to; when it still stands after a
 * while, that one may have died before it told anybody.
 */
const forgetting = (hint: Hint, { purgedAt, endsOn }: Tombstone, now: Instant): Task => {
  if (hint.kind === 'purge') return { task: isYoung({ ...hint, due: purgedAt }, now) ? 'leave' : 'retell' };
  const due = addDays(purgedAt, TOMBSTONE_DAYS);
  if (hint.kind !== 'forget' || endsOn !== undefined) return { task: 'drop' };
  return due <= now ? { task: 'forget' } : again(hint, due, 'not forgotten yet');
};

/** Only the newest step is told, however many went by. */
function watching(hint: Hint, item: Ordered, now: Instant): Task {
  if (hint.kind !== 'order') return unneeded(hint, now);
  const steps = stepsOver(item.order, now);
  if (steps > item.order.steps) return { task: 'unconfirmed', item, steps };
  return again(hint, stepAt(item.order, item.order.steps), 'its executor has time');
}

/** Nothing ages, or a hold has no end: whoever changes that writes a hint, and that change may still be on its way. */
const unneeded = (hint: Hint, now: Instant): Task => ({ task: isYoung(hint, now) ? 'leave' : 'drop' });

function inTrash(hint: Hint, item: ItemIn<'SoftDeleted'>, { vault }: Head, now: Instant): Task {
  const days = effectiveDays(item.deletion, vault.extensions);
  if (days > item.deletion.retentionDays) return { task: 'move', item, days };
  const due = purgeAt(item, vault);
  if (now < due) {
    const days = reminders(item, vault).findLast((one) => now >= remindAt(due, one));
    if (hint.kind === 'warn' && days !== undefined) return { task: 'warn', item, due, days };
    if (hint.kind === 'warn') return { task: 'wait', hints: [firstReminder(item, vault)], why: 'not due yet' };
    return hint.kind === 'purge' ? again(hint, due, 'not due yet') : { task: 'wait', hints: [], why: 'not due yet' };
  }
  // It stands where the last hold ends.
  if (item.purgeHintBy !== undefined) return { task: 'drop' };
  const ends = liveHolds(item.holds, now).map(({ until }) => until);
  const last = ends.reduce((one, other) => one && other && later(one, other), due as Instant | null);
  return last ? again({ ...hint, kind: 'purge' }, last, 'held') : unneeded(hint, now);
}

/** After this many failed tries a row is set aside. */
export const MOST_TRIES = 6;

/** The pauses grow: one minute, two, four … and once a day for a row that was set aside. */
export const nextTry = (tries: number, now: Instant): Instant =>
  tries >= MOST_TRIES ? addDays(now, 1) : addMillis(now, 60_000 * 2 ** (tries - 1));
