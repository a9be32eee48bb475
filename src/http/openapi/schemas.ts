import * as z from 'zod';
import { NAME } from '../../core/names.ts';
import { bodies, UTC } from '../schemas.ts';
import { named } from './answers/common.ts';
import { ITEM_WORDS } from './answers/items.ts';
import { SERVICE_WORDS } from './answers/service.ts';
import { VAULT_WORDS } from './answers/vaults.ts';
import { FIELDS } from './words/fields.ts';
import { SCHEMAS } from './words/schemas.ts';

/** JSON Schema 2020-12, as far as this document uses it. */
export type Json = { [key: string]: unknown };
export type Schemas = Record<string, Json>;

export const schemaRef = (name: string): string => `#/components/schemas/${name}`;
const pascal = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `stop` → `StopRequest`. */
const requestName = (key: string): string => `${pascal(key)}Request`;
const BODIES = new Map<unknown, string>(Object.entries(bodies).map(([key, schema]) => [schema, requestName(key)]));
export const nameOfBody = (body: z.ZodType): string => {
  const name = BODIES.get(body);
  if (name === undefined) throw new Error('a body without a name: add it to bodies');
  return name;
};
export const nameOfAnswer = (answer: z.ZodType): string => {
  const id = named.get(answer)?.id;
  if (id === undefined) throw new Error('an answer without a name: give it one with called()');
  return id;
};

/** What is said in many places stands once. */
const WORDS: Readonly<Record<string, readonly string[]>> = { ...VAULT_WORDS, ...ITEM_WORDS, ...SERVICE_WORDS };
const SHARED: Schemas = {
  Name: { type: 'string', minLength: 1, maxLength: 63, pattern: NAME.source },
  AlertId: { type: 'string', maxLength: 300, pattern: '^[^~]*~[^~]*~[A-Za-z]{1,40}~[A-Za-z0-9._-]{1,100}$' },
  Time: { type: 'string', maxLength: 40, format: 'date-time', pattern: UTC.source },
  Email: { type: 'string', maxLength: 254, format: 'email' },
  ...Object.fromEntries(Object.entries(WORDS).map(([name, words]) => [name, { type: 'string', enum: [...words] }])),
};

const sharedName = (schema: Json): string | undefined => {
  if (schema['pattern'] === NAME.source) return 'Name';
  if (schema['pattern'] === UTC.source) return 'Time';
  if (schema['format'] === 'email') return 'Email';
  const words = Array.isArray(schema['enum']) ? schema['enum'].join() : undefined;
  return words === undefined ? undefined : Object.keys(WORDS).find((name) => WORDS[name]?.join() === words);
};

/** What zod writes and a reader can do without: its own bounds of integers, and the text behind a number or a flag. */
function plain(schema: Json): Json {
  const { $schema: _, $id: _id, id: _name, ...rest } = schema;
  if (rest['maximum'] === Number.MAX_SAFE_INTEGER) delete rest['maximum'];
  if (rest['minimum'] === Number.MIN_SAFE_INTEGER) delete rest['minimum'];
  if (rest['type'] === 'boolean') delete rest['enum'];
  if (rest['type'] === 'integer') delete rest['pattern'];
  if (JSON.stringify(rest['additionalProperties']) === '{}') delete rest['additionalProperties'];
  return rest;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Schemas inside schemas: what is shared becomes a reference, and an object gets its title as name, or one after where it stands. */
function settle(value: unknown, path: string, into: Schemas, isRoot = false): unknown {
  if (Array.isArray(value)) return value.map((one) => settle(one, path, into));
  if (!isObject(value)) return value;
  const schema = plain(value);
  const shared = isRoot ? undefined : sharedName(schema);
  if (shared !== undefined) return { $ref: schemaRef(shared) };
  const own = typeof schema['title'] === 'string' ? schema['title'] : path;
  const settled: Json = {};
  for (const [key, part] of Object.entries(schema)) {
    if (key === 'properties' && isObject(part))
      settled[key] = Object.fromEntries(
        Object.entries(part).map(([name, property]) => [name, settle(property, own + pascal(name), into)]),
      );
    else settled[key] = ['items', 'anyOf', 'additionalProperties'].includes(key) ? settle(part, own, into) : part;
  }
  if (isRoot || !isObject(settled['properties'])) return settled;
  const { title: _, ...rest } = settled;
  into[own] = rest;
  return { $ref: schemaRef(own) };
}

/** A property says what it is; the schema that it refers to says what such things are. */
function described(name: string, schema: Json): Json {
  const properties = schema['properties'];
  const description = SCHEMAS[name];
  return {
    ...(description === undefined ? {} : { description }),
    ...schema,
    ...(isObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, property]) => {
              const words = FIELDS[`${name}.${field}`] ?? FIELDS[field];
              return [field, words === undefined ? property : { ...(property as Json), description: words }];
            }),
          ),
        }
      : {}),
  };
}

/** Every schema of the document, by its name. */
export function schemas(): Schemas {
  const asked = z.registry<{ id: string }>();
  for (const [key, schema] of Object.entries(bodies)) asked.add(schema, { id: requestName(key) });
  const options = { uri: schemaRef, unrepresentable: 'any' } as const;
  const all: Schemas = { ...SHARED };
  for (const { schemas: found } of [
    z.toJSONSchema(named, { ...options, io: 'output' }),
    z.toJSONSchema(asked, { ...options, io: 'input' }),
  ])
    for (const [name, schema] of Object.entries(found)) all[name] = settle(schema, name, all, true) as Json;
  const sorted = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, schema]) => [name, described(name, schema)]));
}

/** The parameters of a query, by name. */
export function queryOf(query: z.ZodType): Readonly<Record<string, Json>> {
  const { properties } = z.toJSONSchema(query, { io: 'input' });
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, schema]) => [name, settle(schema, name, {}) as Json]),
  );
}
