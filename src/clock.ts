import { Duration } from 'luxon';
import { instantOf } from './core/time.ts';
import type { Clock } from './ports.ts';

export const realClock: Clock = { now: () => instantOf(Date.now()) };

/** A clock that a local run can move ahead of real time, so that a fortnight passes in a second. */
export interface MovableClock extends Clock {
  offset(): Duration<true>;
  move(offset: Duration<true>): void;
}

export function movableClock(): MovableClock {
  let offset: Duration<true> = Duration.fromMillis(0);
  return {
    now: () => instantOf(Date.now() + offset.toMillis()),
    offset: () => offset,
    move(to) {
      offset = to;
    },
  };
}
