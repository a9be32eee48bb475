/** How many things that are written together fit into one transaction. */
import { MOST_ROWS } from '../../change.ts';

/** So many rows has each item of its own, and so many have all of them together. */
export interface Room {
  readonly each: number;
  readonly all: number;
}

/** In characters. A transaction takes 4 MiB, and what is said about an item beside its own row is more than nothing. */
const MOST_WRITTEN = 1_000_000;

/** As many in each part as one transaction takes, in the same order. */
export function fitting<T>(
  all: readonly T[],
  room: Room,
  sizeOf: (one: T) => number = () => 0,
  mostWritten: number = MOST_WRITTEN,
): readonly (readonly T[])[] {
  const most = Math.floor((MOST_ROWS - room.all) / room.each);
  const parts: T[][] = [];
  let written = 0;
  for (const one of all) {
    const size = sizeOf(one);
    const part = parts.at(-1);
    written += size;
    if (part && part.length < most && written <= mostWritten) {
      part.push(one);
      continue;
    }
    parts.push([one]);
    written = size;
  }
  return parts;
}
