/** PURE. Nothing is purged that nobody was told of: who has to know what, and since when they do. */
import { type Alert, isTold, type Notification, occurrenceIn, typeOfAlert } from './alerts.ts';
import type { AlertType } from './alertTypes.ts';
import type { ChainHead } from './caller.ts';
import type { ItemIn } from './item.ts';
import { addMillis, earliest, type Instant, iso, later, latest } from './time.ts';

/** What the service promises to those who are told. */
export interface PurgeTerms {
  /** So long people have after the last reminder. 0: nobody needs to be reminded, only told of the deletion. */
  readonly noticeMs: number;
  /** So long after its period an item waits for people who cannot be told. */
  readonly untoldMaxMs: number;
}

/** Lies in the trash behind its item: everybody was told, and reminded last at `toldAt`. */
export interface Mark {
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly purgeAt: Instant;
  readonly toldAt: Instant;
  /** So many days before the purge the last reminder was due. Marks of before do not say. */
  readonly days?: number;
  /** The entry of the item's history that was written with it. */
  readonly head?: ChainHead;
  /** All that was raised about the item until then: that goes with its tombstone. Absent where it is more than a few, and in marks of before. */
  readonly alerts?: readonly string[];
}

/** So many alerts a mark names. */
export const MOST_NAMED = 8;

type Trashed = ItemIn<'SoftDeleted'>;

/** It is about this deletion, and about this date: who was put off is told anew. */
export const isOfNow = (mark: Mark, { generation }: Pick<Trashed, 'generation'>, due: Instant): boolean =>
  mark.generation === generation && +mark.purgeAt === +due;

/** No later reminder is wanted by now than the last one that it tells of: a day may have been added since. */
export const tellsOfLast = ({ days = 0 }: Mark, last: number): boolean => days <= last;

const wentOutAt = ({ status, sentAt }: Notification, { firedAt }: Alert): Instant | undefined =>
  status === 'Sent' || status === 'Delivered' ? (sentAt ?? firedAt) : undefined;

/** A mail that went out; where a person has dropped a mail that was given up, that counts as much. */
const acceptedAt = (mail: Notification, alert: Alert): Instant | undefined =>
  wentOutAt(mail, alert) ?? (mail.status === 'DeadLettered' ? mail.droppedAt : undefined);

/**
 * Since when people know what an alert says; undefined: they do not. An alert that names nobody is told at once: it takes a service without
 * operators, and no such service starts (`MAIL_OPERATORS` is required).
 */
export function knownSince(alert: Alert, silenced: 'counts' | 'countsNot'): Instant | undefined {
  const { notifications, firedAt } = alert;
  if (notifications === null || !isTold(alert)) return undefined;
  const accepted = notifications.flatMap((one) => acceptedAt(one, alert) ?? []);
  const isSilenced = silenced === 'counts' && notifications.some(({ status }) => status === 'Suppressed');
  return latest(accepted) ?? (notifications.length === 0 || isSilenced ? firedAt : undefined);
}

/**
 * What tells that an item lies in the trash. Where soft delete did not apply another mail told of its deletion, or none; it lies there only since
 * its executor refused, or a person recalled it, and that is told as well.
 */
export const DELETIONS: readonly AlertType[] = [
  'DeleteBackupData',
  'BackupDataPermanentlyDeleted',
  'PurgeRefused',
  'PurgeRecalled',
];
export const REMINDER: AlertType = 'UpcomingPurge';

const ofTypes = (raised: readonly Alert[], types: readonly AlertType[], { generation }: Trashed): readonly Alert[] =>
  raised.filter((one) => types.includes(one.type) && one.generation === generation);

/** When reminders of a deletion went out, the first one first. */
export const remindedAt = (raised: readonly Alert[], generation: number | null): readonly Instant[] =>
  raised
    .filter((one) => one.type === REMINDER && one.generation === generation)
    .flatMap((one) => earliest((one.notifications ?? []).flatMap((mail) => wentOutAt(mail, one) ?? [])) ?? [])
    .toSorted((a, b) => +a - +b);

/** Reminders of before say no days: there was one, two days before. */
const daysOf = ({ facts }: Alert): number => (typeof facts['days'] === 'number' ? facts['days'] : 2);

/** Of this deletion, or of this date: what a purge waits for. */
export const tellsOf = ({ type, generation, facts }: Alert, item: Trashed, due: Instant): boolean =>
  generation === item.generation && (DELETIONS.includes(type) || (type === REMINDER && facts['purgeAt'] === iso(due)));

/** The reminders of one date. */
const remindersFor = (raised: readonly Alert[], item: Trashed, due: Instant): readonly Alert[] =>
  ofTypes(raised, [REMINDER], item).filter(({ facts }) => facts['purgeAt'] === iso(due));

/** What the alerts about an item say of how far its people know. */
export interface Known {
  /** They know of the deletion. */
  readonly deletion: boolean;
  /** The last reminder was raised. */
  readonly reminded: boolean;
  /** Since when they know of the purge as well. */
  readonly since: Instant | undefined;
}

/** Of an alert that cannot be read nothing but its id is known. This one may be about the deletion, or a reminder of it. */
const mayTellOf = (id: string, { generation }: Trashed): boolean =>
  [...DELETIONS, REMINDER].includes(typeOfAlert(id)) && Number.parseInt(occurrenceIn(id), 10) === generation;

/** Nobody can say whether people know. To remind them once more would not settle it: so it waits, as long as for those who cannot be told. */
const UNKNOWN: Known = { deletion: false, reminded: true, since: undefined };

/** `last`: the days before the purge at which the last reminder is due. `unreadable`: the ids of alerts that cannot be read. */
export function knownFrom(
  raised: readonly Alert[],
  item: Trashed,
  due: Instant,
  last: number,
  unreadable: readonly string[],
): Known {
  if (unreadable.some((id) => mayTellOf(id, item))) return UNKNOWN;
  const deletions = ofTypes(raised, DELETIONS, item);
  const reminders = remindersFor(raised, item, due).toSorted((a, b) => daysOf(a) - daysOf(b));
  const [reminder] = reminders.filter((one) => daysOf(one) <= last);
  return {
    deletion: deletions.every(isTold) && deletions.some((one) => knownSince(one, 'counts') !== undefined),
    reminded: reminder !== undefined,
    // An earlier reminder may be on its way still, or again.
    since: reminder && reminders.every(isTold) ? knownSince(reminder, 'countsNot') : undefined,
  };
}

export const knownByMark = ({ toldAt }: Pick<Mark, 'toldAt'>): Known => ({
  deletion: true,
  reminded: true,
  since: toldAt,
});

/** May it go? `untold`: although people could not be told. */
export type Verdict =
  | { readonly may: 'go' | 'goUntold' | 'remind' }
  | { readonly may: 'wait'; readonly blocker: 'NotTold' }
  | { readonly may: 'wait'; readonly blocker: 'NoticeRunning'; readonly until: Instant };

/** About an item whose period is over. */
export function verdictOn(item: Trashed, due: Instant, known: Known, terms: PurgeTerms, now: Instant): Verdict {
  const { noticeMs, untoldMaxMs } = terms;
  const end = later(due, item.deletion.undeleteUntil ?? due);
  const since = noticeMs === 0 ? due : known.since;
  if (known.deletion && since) {
    const until = later(end, addMillis(since, noticeMs));
    return now >= until ? { may: 'go' } : { may: 'wait', blocker: 'NoticeRunning', until };
  }
  if (noticeMs > 0 && !known.reminded) return { may: 'remind' };
  return now >= later(end, addMillis(due, untoldMaxMs)) ? { may: 'goUntold' } : { may: 'wait', blocker: 'NotTold' };
}

/** Everybody was told of everything: the mark that says so. */
export function markOf(item: Trashed, due: Instant, { deletion, since }: Known, last: number): Mark | undefined {
  const { vault, name, generation } = item;
  return deletion && since ? { vault, item: name, generation, purgeAt: due, toldAt: since, days: last } : undefined;
}

/** A late reminder names this date: nothing goes before it. undefined: it is not late. */
export function lateUntil(due: Instant, { noticeMs }: PurgeTerms, now: Instant): Instant | undefined {
  const end = addMillis(now, noticeMs);
  return noticeMs > 0 && end > due ? end : undefined;
}

/** Who was told what, as the history keeps it: type, status, time, address. */
export const toldLines = (raised: readonly Alert[], item: Trashed, due: Instant): readonly string[] =>
  [...ofTypes(raised, DELETIONS, item), ...remindersFor(raised, item, due)].flatMap((one) =>
    (one.notifications ?? []).map((mail) => {
      const at = acceptedAt(mail, one);
      return [one.type, mail.status, at ? iso(at) : '-', mail.recipient].join(' ');
    }),
  );
