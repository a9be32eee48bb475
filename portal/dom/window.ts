export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** More than what can be seen, so that a quick scroll shows no gap. */
const SPARE = 12;

/** Which of `count` rows are drawn while the list is scrolled to `top`. */
export function stretchOf(top: number, height: number, rowHeight: number, count: number): Stretch {
  const first = Math.floor(Math.max(0, top) / rowHeight);
  const seen = Math.ceil(height / rowHeight) + 1;
  const from = Math.max(0, Math.min(first, count - seen) - SPARE);
  return { from, to: Math.min(count, from + seen + 2 * SPARE) };
}
