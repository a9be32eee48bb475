import type { Alert, AlertType } from './alerts.ts';
import type { Instant } from './time.ts';
import { HOUR_MS, instantOf } from './time.ts';

/** An alert that waits to be told together with others, and where it stands among them. */
export interface Waiting {
  /** What is waited for: the digest of an hour, the lull after a mass deletion. */
  readonly together: string;
  readonly alert: string;
  readonly at: Instant;
  /** It was counted, but is told by itself. */
  readonly single: boolean;
}

/** Why alerts are told together. What stands behind the `~` says which hour, or which caller. */
export const TOGETHER = ['digest', 'mass'] as const;
export type Together = (typeof TOGETHER)[number];

/** Which alert tells them. */
export const TELLS: Readonly<Record<Together, AlertType>> = { digest: 'Digest', mass: 'MassDeletion' };

/** Is this the type of an alert that tells others? Then why they are told together. */
export const isTeller = (type: AlertType): Together | undefined => TOGETHER.find((kind) => TELLS[kind] === type);

export const kindOfTogether = (together: string): Together | undefined =>
  TOGETHER.find((kind) => together.startsWith(`${kind}~`));

/** The hour that an alert falls into ends here. */
export const hourEnd = (at: Instant): Instant => instantOf((Math.floor(at.toMillis() / HOUR_MS) + 1) * HOUR_MS);

export const digestOf = (alert: Pick<Alert, 'firedAt'>): string => `digest~${hourEnd(alert.firedAt).toMillis()}`;

/** So many deletions by one caller within so long are a mass: from the tenth, no single mails. */
export const SINGLES = 9;
export const WITHIN_MS = 5 * 60_000;
/** One mail after a lull, and at the latest after as long as it takes to count. */
const LULL_MS = 30_000;

interface Deletion {
  readonly alert: string;
  readonly at: Instant;
}

const isBefore = (a: Deletion, b: Deletion): boolean =>
  a.at < b.at || (a.at.toMillis() === b.at.toMillis() && a.alert < b.alert);

/** Is this one of many? Decided by what was deleted before it, so that it makes no difference who looks when. */
export const isOneOfMany = (one: Deletion, all: readonly Deletion[]): boolean =>
  all.filter((other) => isBefore(other, one) && one.at.toMillis() - other.at.toMillis() < WITHIN_MS).length >= SINGLES;

/** When those who wait are to be told. */
export function readyAt(together: string, waiting: readonly Deletion[]): Instant {
  if (kindOfTogether(together) === 'digest') return instantOf(Number(together.split('~')[1]));
  const times = waiting.map(({ at }) => at.toMillis());
  return instantOf(Math.min(Math.max(...times) + LULL_MS, Math.min(...times) + WITHIN_MS));
}
