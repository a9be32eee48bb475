import { ALERT_TYPES, type AlertType, isFirst, kindOf } from './alertTypes.ts';
import type { Evidence, Facts } from './caller.ts';
import { sameName } from './names.ts';
import { addMillis, earliest, HOUR_MS, type Instant, instantOf, later } from './time.ts';

export const NOTIFICATION_STATUSES = ['Queued', 'Sent', 'Delivered', 'Failed', 'Suppressed', 'DeadLettered'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const REASONS = ['recipient', 'owner', 'operator', 'contact'] as const;

/** One alert and one recipient: exactly one mail, or the reason why there is none. */
export interface Notification {
  readonly recipient: string;
  /** Why this person receives it. */
  readonly as: (typeof REASONS)[number];
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly operationId: string;
  readonly sentAt: Instant | null;
  /** When to try next; null when there is nothing left to try. */
  readonly nextTryAt: Instant | null;
  readonly failure: Failure | null;
  /** The bundle whose mail tells this alert too: a digest or a mass deletion. */
  readonly together: string | null;
  /** It was given up, and a person has dropped it: from then on it counts as told. */
  readonly droppedAt?: Instant;
}

export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** The service will not try again. */
  readonly final?: boolean;
}

const LONGEST_REASON = 300;
/** What a foreign server says is shown on pages and in mails, and kept for everyone who is told: one short line of plain characters. */
export const wordsOf = (reason: string): string =>
  reason
    .slice(0, 2000)
    .replace(/[\p{C}\s]+/gu, ' ')
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .trim()
    .slice(0, LONGEST_REASON);

export const ALERT_STATES = ['New', 'Acknowledged', 'Closed'] as const;

/** So many alerts fit in one mail, and their names into the row of the bundle; more make another. */
export const MOST_MEMBERS = { alerts: 1500, characters: 50_000 } as const;

export interface Alert {
  readonly id: string;
  readonly type: AlertType;
  /** null: it is about the service as a whole. */
  readonly vault: string | null;
  readonly item: string | null;
  readonly generation: number | null;
  readonly firedAt: Instant;
  /** How often it happened while the alert was open, for types that collapse; how often it was mailed, for a held purge. */
  readonly count: number;
  readonly state: (typeof ALERT_STATES)[number];
  readonly facts: Facts;
  /** The alerts that this one bundles: the deletions of a mass deletion, the alerts of a digest. */
  readonly members: readonly string[];
  /**
   * Who is mailed, and how far each mail is. The transaction that raises an alert decides it. null: a bundle that nobody has told yet,
   * or an alert of a store from before.
   */
  readonly notifications: readonly Notification[] | null;
  /** The hints in the agenda that lead to it, and to nothing else, until everybody is told: who tells it strikes them. */
  readonly rides?: readonly Ridden[];
  /** The entry of the history that was written with it. Alerts that no entry goes with have none. */
  readonly evidence?: Evidence;
  /** The day on which it is over, unless it must stay longer. Alerts of before have none, and are never over. */
  readonly endsOn?: string;
}

/** A hint about the item of an alert, by what its key says. */
export interface Ridden {
  readonly kind: 'purge' | 'warn';
  readonly due: Instant;
  readonly by?: string;
}

/** What the alert is about. `vault` null: the service. */
export interface Subject {
  readonly vault: string | null;
  readonly item?: string | null;
  readonly generation?: number | null;
}

/**
 * The same fact always gets the same id, so raising it twice has no further effect. For an item the generation tells
 * occurrences apart. For anything else `occurrence` does, such as the version of the settings. In a vault it has no dot.
 */
export const alertId = (type: AlertType, subject: Subject, occurrence: string | number): string =>
  [subject.vault ?? '', subject.item ?? '', type, occurrence].join(SEPARATOR);

/** No name can contain it, and a URL need not escape it. */
const SEPARATOR = '~';

/**
 * The id with the vault's own behind it: a vault that is made again under an old name has no alert of before. Only what the transaction
 * rests on says which vault it is, so `land` puts it there.
 */
export const idInVault = (id: string, vault: string): string => `${id}.${vault}`;

/** The vault's own id in that of an alert. Those of before have none, and those of the service. */
export const vaultIdIn = (id: string): string | undefined => OF_VAULT.exec(id)?.[2];

/** What an id of a vault's alert says without the vault's own: the same for the same fact, also in an alert of before. */
export const factIn = (id: string): string => id.replace(OF_VAULT, '$1');
const OF_VAULT = /^([^~]+~.*~[^~.]*)\.([^~]*)$/;

/** The vault in an alert's id; null for the service, undefined when it is not an id. */
export function vaultOfAlert(id: string): string | null | undefined {
  const [vault, , type, occurrence] = id.split(SEPARATOR);
  if (vault === undefined || type === undefined || occurrence === undefined) return undefined;
  return vault === '' ? null : vault;
}

/** The item in an alert's id; null where it is about the vault or the service. */
export const itemOfAlert = (id: string): string | null => id.split(SEPARATOR)[1] || null;

/** The type in an alert's id; undefined: newer code knows it, or it is no id of ours. */
export const knownTypeIn = (id: string): AlertType | undefined =>
  ALERT_TYPES.find((type) => sameName(type, id.split(SEPARATOR)[2]));

/** What is no type of ours counts as one that nobody has to hurry for. */
export const typeOfAlert = (id: string): AlertType => knownTypeIn(id) ?? 'Digest';

/** What tells it apart from others of its type about the same subject; where that is a deletion, the generation comes first. */
export const occurrenceIn = (id: string): string => factIn(id).split(SEPARATOR).at(-1) ?? '';

export const alert = (
  type: AlertType,
  subject: Subject,
  firedAt: Instant,
  facts: Facts,
  occurrence: string | number = subject.generation ?? 0,
): Alert => ({
  id: alertId(type, subject, occurrence),
  type,
  vault: subject.vault,
  item: subject.item ?? null,
  generation: subject.generation ?? null,
  firedAt,
  count: 1,
  state: 'New',
  facts,
  members: [],
  notifications: null,
});

export const isListed = ({ type }: Pick<Alert, 'type'>): boolean => kindOf(type).unlisted !== true;

/** The alerts that an undelete resolves. */
export const RESOLVED_BY_UNDELETE = ['DeleteBackupData', 'UpcomingPurge'] as const satisfies readonly AlertType[];

export const isQueued = ({ status }: Notification): boolean => status === 'Queued';

/** Every mail about the alert is settled. */
export const isTold = ({ notifications }: Pick<Alert, 'notifications'>): boolean =>
  notifications !== null && !notifications.some(isQueued);

/** Whether it is told by itself or with others is not decided yet: so it is with a deletion, which may be one of many. */
export const isUndecided = (one: Notification): boolean =>
  isQueued(one) && one.nextTryAt === null && one.together === null;

/** When the next mail about the alert is due; undefined when none is. */
export const nextTry = ({ notifications, firedAt }: Pick<Alert, 'notifications' | 'firedAt'>): Instant | undefined =>
  notifications === null
    ? firedAt
    : earliest(notifications.filter(isQueued).flatMap((one) => (isUndecided(one) ? firedAt : (one.nextTryAt ?? []))));

/** When the last mail about the alert went out, or failed. */
export const lastMail = ({ notifications, firedAt }: Pick<Alert, 'notifications' | 'firedAt'>): Instant =>
  (notifications ?? [])
    .flatMap(({ sentAt, failure }) => [sentAt ?? firedAt, failure?.lastAt ?? firedAt])
    .reduce(later, firedAt);

/** An alert that waits to be told together with others, and where it stands among them. */
export interface Waiting {
  /** What is waited for: the digest of an hour, the lull after a mass deletion. */
  readonly together: string;
  readonly alert: string;
  readonly at: Instant;
}

/** A deletion, as it is counted among those of its caller: whether it is told by itself or with others, those before it decide. */
export type Counted = Waiting;

/** The kinds of bundles. In a bundle's name the part behind the `~` says which hour, which caller, or which address and when. */
export const BUNDLE_KINDS = ['digest', 'mass', 'address'] as const;
export type BundleKind = (typeof BUNDLE_KINDS)[number];

/** The type of the alert that tells a bundle. */
export const TELLS: Readonly<Record<BundleKind, AlertType>> = {
  digest: 'Digest',
  mass: 'MassDeletion',
  address: 'Bundle',
};

/** The kind of bundle that alerts of this type tell; undefined when they tell only themselves. */
export const kindToldBy = (type: AlertType): BundleKind | undefined =>
  BUNDLE_KINDS.find((kind) => TELLS[kind] === type);

/** A bundle that others wait for, by its name; the id of an alert that tells one is none, even of a vault named "mass". */
export const kindOfBundle = (bundle: string): BundleKind | undefined =>
  vaultOfAlert(bundle) === undefined ? BUNDLE_KINDS.find((kind) => bundle.startsWith(`${kind}~`)) : undefined;

/** A notice names an alert, or a bundle, of which somebody has to hear before all others. */
export function comesFirst({
  alerts = [],
  together,
}: {
  readonly alerts?: readonly string[];
  readonly together?: string;
}) {
  const kind = together === undefined ? undefined : kindOfBundle(together);
  return alerts.some((id) => isFirst(typeOfAlert(id))) || (kind !== undefined && isFirst(TELLS[kind]));
}

/** A minute after a bundle should have been told, the sweep looks whether it was. */
export const lookAfter = (bundle: string): Instant => addMillis(readyAt(bundle, []), 60_000);

/** When the hour of this time ends. */
export const hourEnd = (at: Instant): Instant => instantOf((Math.floor(at.toMillis() / HOUR_MS) + 1) * HOUR_MS);

/** The digest of the hour in which an alert was raised. */
export const digestOf = (alert: Pick<Alert, 'firedAt'>): string => `digest~${hourEnd(alert.firedAt).toMillis()}`;

/** Nine deletions by one caller within five minutes get mails of their own. From the tenth on it is a mass deletion. */
export const SINGLES = 9;
export const WITHIN_MS = 5 * 60_000;
/** The mail about a mass deletion goes out when nothing was deleted for this long, at the latest after five minutes. */
const LULL_MS = 30_000;

type Deletion = Pick<Waiting, 'alert' | 'at'>;

const isBefore = (a: Deletion, b: Deletion): boolean =>
  a.at < b.at || (a.at.toMillis() === b.at.toMillis() && a.alert < b.alert);

/** Is this deletion part of a mass deletion? Only earlier deletions decide, so the answer is the same whenever we look. */
export const inMassDeletion = (one: Deletion, all: readonly Deletion[]): boolean =>
  all.filter((other) => isBefore(other, one) && one.at.toMillis() - other.at.toMillis() < WITHIN_MS).length >= SINGLES;

/** When an address has had its single mails of the hour, the rest is told to it every five minutes. */
const SLOT_MS = 5 * 60_000;
export const slotEnd = (at: Instant): Instant => instantOf((Math.floor(at.toMillis() / SLOT_MS) + 1) * SLOT_MS);

/** When the mail about the waiting alerts is to go out. The name of a digest or of an address's bundle ends in it. */
export function readyAt(bundle: string, waiting: readonly Deletion[]): Instant {
  if (kindOfBundle(bundle) !== 'mass') return instantOf(Number(bundle.split('~').at(-1)));
  const times = waiting.map(({ at }) => at.toMillis());
  return instantOf(Math.min(Math.max(...times) + LULL_MS, Math.min(...times) + WITHIN_MS));
}
