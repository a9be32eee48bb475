import type { Instant } from '../../core/time.ts';

/** How long a message has to wait in the queue. */
export const secondsUntil = (at: Instant, now: Instant): number =>
  Math.max(0, Math.ceil((at.toMillis() - now.toMillis()) / 1000));

/**
 * A message that comes this much too early came by a clock that goes a little differently, and is sent on. One that comes much
 * too early is a copy: another is on its way for the right time, and a hint lies in the agenda.
 */
const NEARLY_SECONDS = 10;
export const isSoon = (at: Instant, now: Instant): boolean => secondsUntil(at, now) <= NEARLY_SECONDS;
