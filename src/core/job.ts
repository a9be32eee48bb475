import type { Instant } from './time.ts';

export const JOB_ENDINGS = ['Completed', 'Failed', 'Cancelled'] as const;
export type JobEnding = (typeof JOB_ENDINGS)[number];
/** How the last backup went; Pending before the first one has ended. */
export const BACKUP_STATUSES = ['Pending', ...JOB_ENDINGS] as const;

export interface Job {
  readonly id: string;
  readonly vault: string;
  readonly item: string;
  readonly operation: 'Backup' | 'Restore';
  readonly status: 'InProgress' | JobEnding;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** For a backup taken by hand: when its recovery point expires. */
  readonly expiresAt: Instant | null;
}
