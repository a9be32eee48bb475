import type { Instant } from './time.ts';

export const NOTIFICATION_STATUSES = ['Queued', 'Sent', 'Delivered', 'Failed', 'Suppressed', 'DeadLettered'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const REASONS = ['recipient', 'owner', 'operator'] as const;

/** One alert, one recipient: exactly one mail, or a reason why not. */
export interface Notification {
  readonly recipient: string;
  /** Why this person receives it. */
  readonly as: (typeof REASONS)[number];
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly operationId: string;
  readonly sentAt: Instant | null;
  /** When to try next; null once it is settled. */
  readonly nextTryAt: Instant | null;
  readonly failure: Failure | null;
  /** The alert whose mail tells this one too: a digest, a mass deletion. */
  readonly together: string | null;
}

export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** It will not be tried again. */
  readonly final?: boolean;
}
