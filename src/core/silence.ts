import type { AlertType } from './alerts.ts';
import type { Instant } from './time.ts';

/** No mails about these alerts for a time. The alerts are raised all the same. */
export interface Silence {
  readonly name: string;
  readonly from: Instant;
  readonly until: Instant;
  /** null stands for every type, and below for every item. */
  readonly types: readonly AlertType[] | null;
  readonly items: readonly string[] | null;
  readonly reason: string;
  readonly by: string;
  readonly etag: string;
}

export const MAX_SILENCE_DAYS = 30;
