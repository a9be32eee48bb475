/** The service's clock, from where it stands. */
import { Duration } from 'luxon';
import { type Door, done } from './door.ts';

/** Answers how to move it on by some milliseconds. */
export function movedBy(door: Door): (ms: number) => Promise<void> {
  let offset = 0;
  return async (ms) => {
    offset += ms;
    const body = { offset: Duration.fromMillis(Math.round(offset)).toISO() };
    await done(door('PUT', 'local/clock', { body }));
  };
}
