import type { Alert, AlertType } from './alerts.ts';
import { HOUR_MS, type Instant, instantOf } from './time.ts';

/** An alert that waits to be told together with others, and where it stands among them. */
export interface Waiting {
  /** What is waited for: the digest of an hour, the lull after a mass deletion. */
  readonly together: string;
  readonly alert: string;
  readonly at: Instant;
  /** It was counted, but is told by itself. */
  readonly single: boolean;
}

/** The two kinds of bundles. In a bundle's name the part behind the `~` says which hour or which caller. */
export const TOGETHER = ['digest', 'mass'] as const;
export type Together = (typeof TOGETHER)[number];

/** The type of the alert that tells a bundle. */
export const TELLS: Readonly<Record<Together, AlertType>> = { digest: 'Digest', mass: 'MassDeletion' };

/** The kind of bundle that alerts of this type tell; undefined when they tell only themselves. */
export const isTeller = (type: AlertType): Together | undefined => TOGETHER.find((kind) => TELLS[kind] === type);

export const kindOfTogether = (together: string): Together | undefined =>
  TOGETHER.find((kind) => together.startsWith(`${kind}~`));

/** When the hour of this time ends. */
export const hourEnd = (at: Instant): Instant => instantOf((Math.floor(at.toMillis() / HOUR_MS) + 1) * HOUR_MS);

export const digestOf = (alert: Pick<Alert, 'firedAt'>): string => `digest~${hourEnd(alert.firedAt).toMillis()}`;

/** Nine deletions by one caller within five minutes get mails of their own. From the tenth on it is a mass deletion. */
export const SINGLES = 9;
export const WITHIN_MS = 5 * 60_000;
/** The mail about a mass deletion goes out when nothing was deleted for this long, at the latest after five minutes. */
const LULL_MS = 30_000;

interface Deletion {
  readonly alert: string;
  readonly at: Instant;
}

const isBefore = (a: Deletion, b: Deletion): boolean =>
  a.at < b.at || (a.at.toMillis() === b.at.toMillis() && a.alert < b.alert);

/** Is this deletion part of a mass deletion? Only earlier deletions decide, so the answer is the same whenever we look. */
export const isOneOfMany = (one: Deletion, all: readonly Deletion[]): boolean =>
  all.filter((other) => isBefore(other, one) && one.at.toMillis() - other.at.toMillis() < WITHIN_MS).length >= SINGLES;

/** When the mail about the waiting alerts is to go out. */
export function readyAt(together: string, waiting: readonly Deletion[]): Instant {
  if (kindOfTogether(together) === 'digest') return instantOf(Number(together.split('~')[1]));
  const times = waiting.map(({ at }) => at.toMillis());
  return instantOf(Math.min(Math.max(...times) + LULL_MS, Math.min(...times) + WITHIN_MS));
}
