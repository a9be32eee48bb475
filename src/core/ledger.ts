import type { Instant } from './time.ts';

export const NOTIFICATION_STATUSES = ['Queued', 'Sent', 'Delivered', 'Failed', 'Suppressed', 'DeadLettered'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const REASONS = ['recipient', 'owner', 'operator'] as const;

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
}

export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** The service will not try again. */
  readonly final?: boolean;
}
