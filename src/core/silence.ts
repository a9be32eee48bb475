import type { Instant } from './time.ts';

/** No mail for these, for a while; the alerts exist all the same. */
export interface Silence {
  readonly name: string;
  readonly from: Instant;
  readonly until: Instant;
  /** null: of every type, about every item. */
  readonly types: readonly string[] | null;
  readonly items: readonly string[] | null;
  readonly reason: string;
  readonly by: string;
  readonly etag: string;
}

export const MAX_SILENCE_DAYS = 30;
