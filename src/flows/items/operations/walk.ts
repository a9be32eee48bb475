import type { HeldHead, ResultWrite } from '../../../change.ts';
import type { Hint } from '../../../core/hints.ts';
import type { Operation } from '../../../core/operations.ts';
import type { Instant } from '../../../core/time.ts';
import type { FlowPorts } from '../../story/land.ts';

/** The most items that a step deals with. Who dies in between has that many dealt with again, and nothing comes of it. */
export const MOST_IN_STEP = 200;

/** What one step of an operation comes to. */
export interface Stretch {
  /** Where the next one goes on; undefined: it was the last. */
  readonly cursor: string | undefined;
  readonly done: number;
  /** Those that could not be dealt with, and stand in the results. */
  readonly failed?: number;
  /** They go with the cursor. */
  readonly results?: readonly ResultWrite[];
  /** They stand in the agenda before the cursor moves on. */
  readonly hints: readonly Hint[];
  /** Items that could not be read. */
  readonly unreadable: readonly string[];
}

/** `again`: the head that it rested on was an old one. Doing a step twice is doing it once: whoever loses the race for the cursor has changed nothing that the other did not change as well. */
export type Walk = (flow: FlowPorts, operation: Operation, head: HeldHead, now: Instant) => Promise<Stretch | 'again'>;
