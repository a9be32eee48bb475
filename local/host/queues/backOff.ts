/** The wait between two looks at an empty queue, as WebJobs computes it: doubling from 100 ms, ±20 %, up to a ceiling. */
export interface BackOff {
  readonly wait: number;
  readonly exponent: number;
}

const MINIMUM = 100;
const SPREAD = 0.2;

export const START: BackOff = { wait: 0, exponent: 0 };

/** `found`: a message came since the last wait. `random` is in [0, 1). */
export function backOff(last: BackOff, found: boolean, ceiling: number, random: number): BackOff {
  if (found) return { wait: Math.min(MINIMUM, ceiling), exponent: 1 };
  const spread = 1 - SPREAD + 2 * SPREAD * random;
  const step = last.exponent > 0 ? spread * 2 ** (last.exponent - 1) * MINIMUM : 0;
  const wait = MINIMUM + step;
  return wait < ceiling ? { wait, exponent: last.exponent + 1 } : { wait: ceiling, exponent: last.exponent };
}
