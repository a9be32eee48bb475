/** Whatever a caller sends has an end: each text, list and record of every body and query says how long it may be. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import { routesOf } from '../../src/http/routes.ts';

const ROUTES = routesOf(undefined, { maxPurges: 1, budgetSeconds: 1 }, undefined);

/** Where something may be as long as its sender likes. */
function endless(schema: unknown, path: string): readonly string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, field]) => endless(field, `${path}.${name}`));
  if (schema instanceof z.ZodArray) return [...(hasEnd(schema) ? [] : [path]), ...endless(schema.element, `${path}[]`)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => endless(option, path));
  if (schema instanceof z.ZodPipe) return endless(schema.in, path);
  if (schema instanceof z.ZodRecord) return hasEnd(schema) ? [] : [path];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return endless(schema.unwrap(), path);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return endless(schema.unwrap(), path);
  return schema instanceof z.ZodString && !hasEnd(schema) ? [path] : [];
}

function longFor(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodArray) return Array.from({ length: 5000 });
  const text = 'a'.repeat(40_000);
  return schema instanceof z.ZodRecord ? { text } : text;
}

/** A limit of its own, or a form that refuses what is much too long. */
function hasEnd(schema: z.ZodType): boolean {
  const { error } = schema.safeParse(longFor(schema));
  return error?.issues.some(({ code, path }) => code !== 'invalid_type' && path.length === 0) ?? false;
}

const PARTS = ROUTES.flatMap(({ name, body, query }) => [
  { what: `the body of ${name}`, schema: body },
  { what: `the query of ${name}`, schema: query },
]).filter(({ schema }) => schema !== undefined);

test.each(PARTS)('$what has an end everywhere', ({ schema }) => {
  expect(endless(schema, '$')).toEqual([]);
});

test('what has no end is found', () => {
  const shape = z.strictObject({ a: z.string().optional(), b: z.array(z.string().max(5)), c: z.string().max(5) });
  expect(endless(shape, '$')).toEqual(['$.a', '$.b']);
});
