import type { Json, Schemas } from './openapi.ts';
import { isObject } from './settle.ts';

/** An example of every schema: its own, or put together from those of its fields. */
export function examplesOf(schemas: Schemas): Schemas {
  const examples: Schemas = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = exampleOf(schemas, schema);
    if (value !== undefined) examples[name] = { value };
  }
  return examples;
}

function exampleOf(schemas: Schemas, schema: Json): unknown {
  if (isObject(schema['properties'])) return objectOf(schemas, schema, schema['properties']);
  if (schema['example'] !== undefined) return schema['example'];
  if (typeof schema['$ref'] === 'string')
    return exampleOf(schemas, schemas[schema['$ref'].split('/').at(-1) ?? ''] ?? {});
  // of alternatives the last that has one
  if (Array.isArray(schema['anyOf']))
    return schema['anyOf'].map((one) => exampleOf(schemas, one as Json)).findLast((one) => one !== undefined);
  if (!isObject(schema['items'])) return undefined;
  const entry = exampleOf(schemas, schema['items']);
  return entry === undefined ? undefined : [entry];
}

/** Fields may be left out of an example, but none that is required. */
function objectOf(schemas: Schemas, schema: Json, properties: Json): Json | undefined {
  const fields = Object.entries(properties).flatMap(([field, one]) => {
    const value = exampleOf(schemas, one as Json);
    return value === undefined ? [] : [[field, value] as const];
  });
  const example = { ...Object.fromEntries(fields), ...(schema['example'] as Json | undefined) };
  const required = (schema['required'] ?? []) as readonly string[];
  const isWhole = required.every((field) => field in example);
  return isWhole && (fields.length > 0 || Object.keys(properties).length === 0) ? example : undefined;
}
