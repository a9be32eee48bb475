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
  z.array(of).register(LIMITS, { most, together }) as z.ZodArray<T> & Limited;
export const record = <T extends z.ZodType>(of: T, most: number) => z.record(z.string(), of).register(LIMITS, { most });
/** What is kept and shown as it is: beside what is known of it, so many characters of anything. */
export const loose = <F extends z.core.$ZodLooseShape>(fields: F, most: number) =>
  z.looseObject<F>(fields).register(LIMITS, { most });
/** What a caller gave as JSON, and gets back as it was. */
export const json = <T>(most: number) => z.custom<T>(() => true).register(LIMITS, { most, isFree: true });

declare const LIMITED: unique symbol;
/** It says how much it holds. */
interface Limited {
  readonly [LIMITED]: true;
}

/** The lists in a shape that do not say how much they hold; never: all do. */
type Unlimited<S> =
  S extends z.ZodArray<infer Entry>
    ? (S extends Limited ? never : 'a list without a limit') | Unlimited<Entry>
    : S extends z.ZodObject<infer Fields>
      ? { [Name in keyof Fields]: Unlimited<Fields[Name]> }[keyof Fields]
      : S extends z.ZodPipe<infer From, infer To>
        ? Unlimited<From> | Unlimited<To>
        : S extends z.ZodUnion<infer Some>
          ? Unlimited<Some[number]>
          : S extends Around<infer Inside>
            ? Unlimited<Inside>
            : never;

type Around<S extends z.core.SomeType> = z.ZodNullable<S> | z.ZodOptional<S> | z.ZodExactOptional<S> | z.ZodDefault<S>;

/** A shape that can be stored: a list without a limit in it does not compile. */
export type Stored<S> = [Unlimited<S>] extends [never] ? unknown : Unlimited<S>;
