import { KEPT_DAYS } from '../../../src/core/kept.ts';

export type Kept = Partial<Record<keyof typeof KEPT_DAYS, number>>;

/** Rows of these kinds are kept for other times while something is done. */
export async function keeping<T>(days: Kept, work: () => Promise<T>): Promise<T> {
  const real = { ...KEPT_DAYS };
  Object.assign(KEPT_DAYS, days);
  try {
    return await work();
  } finally {
    Object.assign(KEPT_DAYS, real);
  }
}
