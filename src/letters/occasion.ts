import type { Alert } from '../core/alerts.ts';
import type { Notification } from '../core/ledger.ts';
import type { Instant } from '../core/time.ts';
import type { Block } from './blocks.ts';

export interface Occasion {
  readonly alert: Alert;
  /** Why whoever reads it receives it. */
  readonly as: Notification['as'];
  /** What is left of a window is counted from here. */
  readonly now: Instant;
  /** The alerts that a Digest or a MassDeletion tells together. */
  readonly members: readonly Alert[];
  /** PurgeComplete: whether the warning two days before was mailed. */
  readonly warned: boolean;
  readonly resourceGroup: string | null;
}

/** A part of a letter: nothing, where the alert knows nothing of it. */
export type Section = (occasion: Occasion) => readonly Block[];

/** How a subject ends. */
export type Ending = 'left' | 'purged' | 'count' | 'none';
