import type { Alert } from '../core/alerts.ts';
import { daysLeft } from '../core/retention.ts';
import { DAY_MS, HOUR_MS, type Instant, parseInstant } from '../core/time.ts';

type AboutWho = 'by' | 'tenant' | 'roles' | 'channel' | 'clientAddress' | 'secondFactor' | 'provedBy' | 'requestId';
type AboutWhat = 'item' | 'workload' | 'hybrid' | 'sourceId' | 'server' | 'policy' | 'operation' | 'code' | 'job';
type AboutChange = 'from' | 'to' | 'before' | 'after' | 'reason' | 'comment' | 'count' | 'items' | 'lastAt';
type AboutWeakening = 'control' | 'change' | 'requestedBy' | 'effectiveAt';
type AboutDeletion = 'deletedAt' | 'deletedBy' | 'retentionDays' | 'purgeAt' | 'purgedAt' | 'notBefore';
type AboutVault = 'removeAt' | 'removedVault';
type AboutPoints = 'points' | 'oldestPoint' | 'newestPoint';
type AboutApproval = 'guard' | 'grantedBy' | 'grantee' | 'expiresAt' | 'grant' | 'vault' | 'quorum';
type AboutOrder = 'order' | 'executor' | 'confirmBy' | 'lateHours' | 'why' | 'destroyed' | 'waitsUntil' | 'recallable';
type AboutProof =
  | 'confirmed'
  | 'confirmedBy'
  | 'confirmedAt'
  | 'objects'
  | 'bytes'
  | 'proofDigest'
  | 'remaining'
  | 'statement';
type AboutMail = 'recipient' | 'alert' | 'attempts';

/** The only facts that a letter ever prints. Any other fact stays in the alert. */
type FactName =
  | AboutWho
  | AboutWhat
  | AboutChange
  | AboutDeletion
  | AboutVault
  | AboutPoints
  | AboutApproval
  | AboutWeakening
  | AboutOrder
  | AboutProof
  | AboutMail;

const raw = ({ facts }: Alert, name: FactName) => (Object.hasOwn(facts, name) ? facts[name] : undefined);

/** A fact as one line of text; undefined when it is absent or empty. */
export function fact(alert: Alert, name: FactName): string | undefined {
  const value = raw(alert, name);
  if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
  return plain(typeof value === 'object' ? value.join(', ') : String(value)) || undefined;
}

export const yesNo = (alert: Alert, name: FactName): 'yes' | 'no' | undefined => {
  const value = raw(alert, name);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined;
};

/** It is known, and it is nothing. */
export const isNone = (alert: Alert, name: FactName): boolean => raw(alert, name) === null;

export const isTrue = (alert: Alert, name: FactName): boolean => raw(alert, name) === true;

export const numberOf = (alert: Alert, name: FactName): number | undefined => {
  const value = raw(alert, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

export const listOf = (alert: Alert, name: FactName): readonly string[] => {
  const value = raw(alert, name);
  return typeof value === 'object' && value !== null ? value.map((one) => plain(one, 300)) : [];
};

export const instantFact = (alert: Alert, name: FactName): Instant | undefined => {
  const value = raw(alert, name);
  return typeof value === 'string' ? parseInstant(value) : undefined;
};

export const timeFact = (alert: Alert, name: FactName): string | undefined => {
  const at = instantFact(alert, name);
  return at && shown(at);
};

export const shown = (at: Instant): string => at.toUTC().toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");

/** For a column whose head says UTC. */
export const brief = (at: Instant): string => at.toUTC().toFormat('yyyy-MM-dd HH:mm');

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** How many days the item is really kept. A period that was lengthened later shows in the date of the purge. */
export function keptDays(alert: Alert): number | undefined {
  const promised = numberOf(alert, 'retentionDays');
  const from = instantFact(alert, 'deletedAt');
  const to = instantFact(alert, 'purgeAt');
  const real = from && to ? Math.round((to.toMillis() - from.toMillis()) / DAY_MS) : undefined;
  return promised === undefined ? real : Math.max(promised, real ?? promised);
}

const MINUTE_MS = 60_000;

/** What a subject says: the days, counted as the API counts them. The letter adds the hours and minutes. */
export const timeLeft = (purgeAt: Instant, now: Instant): string =>
  purgeAt <= now ? 'undelete window over' : `${counted(daysLeft(purgeAt, now), 'day')} left`;

/** The days still promised, and the exact rest when a day has begun. */
export function daysAndRest(purgeAt: Instant, now: Instant): string {
  const days = daysLeft(purgeAt, now);
  const millis = Math.max(0, purgeAt.toMillis() - now.toMillis());
  const amounts: readonly (readonly [number, string])[] = [
    [Math.floor(millis / DAY_MS), 'day'],
    [Math.floor((millis % DAY_MS) / HOUR_MS), 'hour'],
    [millis < DAY_MS ? Math.floor((millis % HOUR_MS) / MINUTE_MS) : 0, 'minute'],
  ];
  const rest = amounts.flatMap(([amount, what]) => (amount > 0 ? [counted(amount, what)] : [])).join(' ');
  return millis % DAY_MS === 0 || rest === '' ? String(days) : `${days} (exactly: ${rest})`;
}

/** Before this nothing is purged: the end of its period, or the date that a late reminder names. */
export const endOf = (alert: Alert): Instant | undefined =>
  instantFact(alert, 'notBefore') ?? instantFact(alert, 'purgeAt');

/** When the undelete window closes, as long as it is open. */
export const openUntil = (alert: Alert, now: Instant): Instant | undefined => {
  const end = endOf(alert);
  return end && end > now ? end : undefined;
};

/** The window is closed for certain. Without a date we do not say that it is too late. */
export const isOver = (alert: Alert, now: Instant): boolean => endOf(alert) !== undefined && !openUntil(alert, now);

export const itemOf = ({ item }: Alert): string => plain(item ?? '', 63) || 'An item';
/** An alert about a guard lies beside all vaults, and may say which one it is about. */
export const vaultOf = (alert: Alert): string => plain(alert.vault ?? fact(alert, 'vault') ?? '', 63) || 'the service';
/** The guard, where that is what was changed. */
export const guardedOf = (alert: Alert): string => {
  const guard = alert.vault === null && fact(alert, 'control') === 'guard' ? fact(alert, 'guard') : undefined;
  return guard ? `guard ${plain(guard, 63)}` : vaultOf(alert);
};

/** Which item in which vault. Empty for the service. */
export const placeOf = (alert: Alert): string => {
  if (alert.item !== null) return `${itemOf(alert)} in ${vaultOf(alert)}`;
  return alert.vault === null ? '' : `vault ${vaultOf(alert)}`;
};

/** Characters that could end a line, turn the reading direction or hide. Without them a value stays where it is put. */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/gu;

/** People paste such things into comments. */
const SECRETS = [
  /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=[^\s;&]+/gi,
  /\beyJ[\w-]{8,}\.[\w-]*\.?[\w-]*/g,
];

const LONGEST = 2000;

export const clip = (text: string, longest: number): string => {
  if (text.length <= longest) return text;
  // A character may be made of two code units. We never keep half of one.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

/** Makes one line of readable text from any input. */
export const plain = (text: string, longest = LONGEST): string => {
  const start = text.slice(0, 4 * LONGEST);
  const line = start.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  return clip(
    SECRETS.reduce((rest, secret) => rest.replace(secret, '[removed]'), line),
    longest,
  );
};
