import { Unreadable } from '../../core/problems.ts';

/** An unreadable row becomes undefined, so that the others go on; every other failure keeps flying. */
export function unlessUnreadable(error: unknown): undefined {
  if (error instanceof Unreadable) return undefined;
  throw error;
}
