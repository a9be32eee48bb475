import * as z from 'zod';

/** What the service answers. A schema with a name of its own stands once in the document; others are named after where they stand. */
export const named = z.registry<{ id: string }>();

export const called = <S extends z.ZodType>(id: string, schema: S): S => {
  named.add(schema, { id });
  return schema;
};

/** As `iso` writes it: in UTC, with milliseconds. */
export const instant = called(
  'Instant',
  z
    .string()
    .meta({ format: 'date-time', pattern: String.raw`^(?:\d{4}|\+\d{6})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$` }),
);
/** Strong, and quoted as the header is. */
export const etag = called('Etag', z.string().regex(/^"[^"]+"$/));

export const facts = called(
  'Facts',
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
);

/** A page of a list. */
export const listOf = <S extends z.ZodType>(id: string, entry: S) =>
  called(id, z.object({ value: z.array(entry), nextLink: z.string().meta({ format: 'uri' }).optional() }));

export const count = z.int().min(0);
