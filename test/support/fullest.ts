/** The most that a stored shape can hold: every text, list and record at its limit, the longest word of every choice. */
import * as z from 'zod';
import { LIMITS, type Limit } from '../../src/store/limited.ts';
import { instant } from '../../src/store/table.ts';

const AN_INSTANT = '2026-03-01T12:00:00.000Z';
const A_LONG_NUMBER = 999_999;

type Fill = (schema: unknown, path: string) => unknown;

/** What has no limit has no most: that is a mistake of whoever wrote the shape. */
function limitOf(schema: z.ZodType, path: string): Limit {
  const limit = LIMITS.get(schema);
  if (!limit)
    throw new Error(`${path}: a stored ${schema.type} without a limit. Say in src/store/rows what it holds at most.`);
  return limit;
}

const textOf = (schema: z.ZodType, path: string): string => {
  const { most, isFree } = limitOf(schema, path);
  // a quotation mark takes twice its place
  return (isFree ? '"' : 'x').repeat(most);
};

/** One name is as long as all of them may be. */
function recordOf(schema: z.ZodRecord, path: string): object {
  const { most } = limitOf(schema, path);
  if (!(schema.valueType instanceof z.ZodObject)) return { x: 'x'.repeat(most) };
  const value = fullest(schema.valueType, path);
  return { ['x'.repeat(most - lengthOf(value))]: value };
}

function objectOf(schema: z.ZodObject, path: string): object {
  const known = Object.entries(schema.shape).map(([name, field]) => [name, fullest(field, `${path}.${name}`)] as const);
  const isLoose = schema.def.catchall instanceof z.ZodUnknown;
  return Object.fromEntries(isLoose ? [...known, ['more', 'x'.repeat(limitOf(schema, path).most)]] : known);
}

const lengthOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;
const longest = <T>(all: readonly T[]): T | undefined => all.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];

function listOf(schema: z.ZodArray, path: string): readonly unknown[] {
  const { most, together = Number.POSITIVE_INFINITY } = limitOf(schema, path);
  // of a choice nobody names the same twice
  if (schema.element instanceof z.ZodEnum)
    return schema.element.options.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, most);
  const one = fullest(schema.element, `${path}[]`);
  return Array.from({ length: Math.min(most, Math.floor(together / lengthOf(one))) }, () => one);
}

export const fullest: Fill = (schema, path) => {
  if (schema === instant) return AN_INSTANT;
  if (schema instanceof z.ZodString || schema instanceof z.ZodCustom) return textOf(schema, path);
  if (schema instanceof z.ZodNumber) return A_LONG_NUMBER;
  if (schema instanceof z.ZodBoolean) return false;
  if (schema instanceof z.ZodNull) return null;
  if (schema instanceof z.ZodLiteral) return longest([...schema.values]);
  if (schema instanceof z.ZodEnum) return longest(schema.options);
  if (schema instanceof z.ZodArray) return listOf(schema, path);
  if (schema instanceof z.ZodTuple) return schema.def.items.map((item, at) => fullest(item, `${path}[${at}]`));
  if (schema instanceof z.ZodRecord) return recordOf(schema, path);
  if (schema instanceof z.ZodObject) return objectOf(schema, path);
  if (schema instanceof z.ZodUnion) return longest(schema.options.map((option) => fullest(option, path)));
  return inside(schema, path);
};

/** Optional, nullable, with a default, or changed on the way in: what counts is what lies in the row. */
function inside(schema: unknown, path: string): unknown {
  if (schema instanceof z.ZodPipe) return fullest(schema.in, path);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  )
    return fullest(schema.unwrap(), path);
  throw new Error(`${path}: nobody knows how to fill this`);
}
