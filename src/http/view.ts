import { DateTime } from 'luxon';
import * as z from 'zod';
import { type Instant, iso } from '../core/time.ts';
import { quoted } from './reply.ts';
import type { Shape, Told } from './shape.ts';

/** What a thing of this shape is made of: an instant for a time, and null also where a field is just left out. */
export type Source<S extends z.ZodType> = Made<z.output<S>>;
type Made<T> =
  T extends z.$brand<'Instant'>
    ? Instant
    : T extends readonly (infer E)[]
      ? readonly Made<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Made<T[K]> | (undefined extends T[K] ? null : never) }
        : T;

/**
 * How a thing is told: with the fields of its shape and no others. A thing that has them under the same names needs no more;
 * `from` says what is not there.
 */
export function viewOf<S extends Shape>(of: S): View<S, readonly [thing: Source<S>]>;
export function viewOf<S extends Shape, A extends readonly unknown[]>(
  of: S,
  from: (...given: A) => Source<S>,
): View<S, A>;
export function viewOf(shape: Shape, from: (...given: readonly unknown[]) => unknown = (thing) => thing) {
  const tell = teller(shape);
  return Object.assign((...given: readonly unknown[]) => tell(from(...given)), { shape });
}

/** It knows the shape of what it makes. */
export type View<S extends Shape, A extends readonly unknown[]> = ((...given: A) => Told<S>) & { readonly shape: S };

type Tell = (value: unknown) => unknown;

function teller(schema: z.core.$ZodType): Tell {
  if (schema instanceof z.ZodOptional) return unlessMissing(teller(schema.unwrap()), undefined);
  if (schema instanceof z.ZodNullable) return unlessMissing(teller(schema.unwrap()), null);
  if (schema instanceof z.ZodArray) {
    const tell = teller(schema.element);
    return (value) => (value as readonly unknown[]).map(tell);
  }
  if (!(schema instanceof z.ZodObject)) return (value) => (DateTime.isDateTime(value) ? iso(value as Instant) : value);
  const fields = Object.entries(schema.shape).map(
    ([name, field]) => [name, name === 'etag' ? (value: unknown) => quoted(String(value)) : teller(field)] as const,
  );
  // A field that is undefined is not there for JSON.
  return (value) => Object.fromEntries(fields.map(([name, tell]) => [name, tell((value as Named)[name])]));
}

type Named = { readonly [name: string]: unknown };

const unlessMissing =
  (tell: Tell, missing: null | undefined): Tell =>
  (value) =>
    value === null || value === undefined ? missing : tell(value);
