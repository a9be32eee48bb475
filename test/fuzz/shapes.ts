/** Bodies and queries from the schemas that the routes are registered with. */
import type { z } from 'zod';
import { inlined } from '../support/inlined.ts';
import type { Random } from './random.ts';
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from './words.ts';

/** As much of JSON Schema as zod writes. */
export interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
}

/** What a field of this name holds, where its schema alone does not tell. undefined: the schema does. */
export type Hint = (field: string, random: Random) => unknown;

export const shapeOf = (schema: z.ZodType | undefined): Shape | undefined => schema && (inlined(schema) as Shape);

/** Something that the schema takes. */
export function valid(shape: Shape, random: Random, hint: Hint, field = ''): unknown {
  const hinted = hint(field, random);
  if (hinted !== undefined) return hinted;
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return random.pick(shape.enum);
  // of alternatives the last is the usual one
  if (shape.anyOf)
    return valid(random.chance(0.5) ? (shape.anyOf.at(-1) ?? {}) : random.pick(shape.anyOf), random, hint, field);
  if (shape.type === 'object') return validObject(shape, random, hint);
  if (shape.type === 'array') return validList(shape, random, hint, field);
  if (shape.type === 'boolean') return random.chance(0.5);
  if (shape.type === 'integer' || shape.type === 'number') return validNumber(shape, random);
  return shape.type === 'null' ? null : `words ${random.below(1000)}`;
}

function validObject({ properties = {}, required = [] }: Shape, random: Random, hint: Hint): object {
  const wanted = Object.entries(properties).filter(
    ([name]) => required.includes(name) || (name !== 'continuation' && random.chance(0.5)),
  );
  return Object.fromEntries(wanted.map(([name, shape]) => [name, valid(shape, random, hint, name)]));
}

const MOST_ENTRIES = 4;

function validList(
  { items = {}, minItems = 0, maxItems = MOST_ENTRIES }: Shape,
  random: Random,
  hint: Hint,
  of: string,
) {
  const count = Math.max(minItems, random.below(Math.min(maxItems, MOST_ENTRIES) + 1));
  return Array.from({ length: count }, () => valid(items, random, hint, `${of}[]`));
}

function validNumber({ minimum = 0, maximum = 1000 }: Shape, random: Random): number {
  const [least, most] = [Math.max(minimum, -1e9), Math.min(maximum, 1e9)];
  return random.pick([least, most, Math.min(most, least + 30), least + random.below(most - least + 1)]);
}

export const hostile = (random: Random): unknown => {
  const scalar = random.pick([...HOSTILE_TEXTS, ...HOSTILE_NUMBERS, null, true, false] as const);
  if (random.chance(0.8)) return scalar;
  return random.pick([{}, [], [[]], [scalar], { value: scalar }, [null], Array(60).fill(scalar), { length: 1e9 }]);
};

const isBranch = (value: unknown): value is Record<string, unknown> | unknown[] =>
  typeof value === 'object' && value !== null;

const leaves = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  isBranch(value) ? [path, ...Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]))] : [path];

/** The same with one thing wrong: a value of another kind, a field missing, a field too many. */
export function spoiled(value: unknown, random: Random): unknown {
  const [key, ...rest] = random.pick(leaves(value));
  return key === undefined ? spoiledHere(value, random) : within(value, [key, ...rest], random);
}

function within(value: unknown, [key = '', ...rest]: readonly string[], random: Random): unknown {
  const child = isBranch(value) ? (value as Record<string, unknown>)[key] : undefined;
  if (rest.length === 0 && random.chance(0.25)) return without(value, key);
  const next = rest.length === 0 ? hostile(random) : within(child, rest, random);
  if (Array.isArray(value)) return value.map((one, at) => (String(at) === key ? next : one));
  return { ...(value as object), [key]: next };
}

const without = (value: unknown, key: string): unknown =>
  Array.isArray(value)
    ? value.filter((_, at) => String(at) !== key)
    : Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== key));

const spoiledHere = (value: unknown, random: Random): unknown =>
  isBranch(value) && !Array.isArray(value) && random.chance(0.7)
    ? { ...value, [random.pick([...HOSTILE_TEXTS, 'more'])]: hostile(random) }
    : hostile(random);
