import * as z from 'zod';

/**
 * What a stored text, list or record holds at the most. It is said for each, because a row has an end; a test fills every shape up to it.
 * Nothing is refused by it: callers are, where they ask (`src/http`), and a row of before that holds more is still read.
 */
export const LIMITS = z.registry<Limit>();

export interface Limit {
  /** Characters of a text, or of all that a record says; entries of a list. */
  readonly most: number;
  /** Characters of all entries of a list together, where that is less than each at its longest. */
  readonly together?: number;
  /** Any characters, those among them that JSON has to escape. */
  readonly isFree?: true;
}

export const text = (most: number) => z.string().register(LIMITS, { most });
/** What people write. */
export const freeText = (most: number) => z.string().register(LIMITS, { most, isFree: true });
export const list = <T extends z.ZodType>(of: T, most: number, together = Number.POSITIVE_INFINITY) =>
  z.array(of).register(LIMITS, { most, together });
export const record = <T extends z.ZodType>(of: T, most: number) => z.record(z.string(), of).register(LIMITS, { most });
/** What a caller gave as JSON, and gets back as it was. */
export const json = <T>(most: number) => z.custom<T>(() => true).register(LIMITS, { most, isFree: true });
