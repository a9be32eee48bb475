import type { Json } from './openapi.ts';

/** A schema of the document as a TypeScript type. */
export function typeOf(schema: Json): string {
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1) ?? 'unknown';
  if (schema['const'] !== undefined) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(literal).join(' | ');
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map((one) => typeOf(one as Json)).join(' | ');
  if (schema['type'] === 'array') return `readonly ${wrapped(typeOf((schema['items'] ?? {}) as Json))}[]`;
  if (schema['type'] === 'object') return objectOf(schema);
  return [schema['type']]
    .flat()
    .map((type) => SCALARS[`${type}`] ?? 'unknown')
    .join(' | ');
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value);

const wrapped = (type: string): string => (type.includes(' ') ? `(${type})` : type);

/** Where the schema allows other fields, the type does too. */
function objectOf({ properties, required = [], additionalProperties }: Json): string {
  const fields = Object.entries((properties ?? {}) as Readonly<Record<string, Json>>);
  const lines = fields.map(
    ([name, one]) =>
      `  readonly ${keyOf(name)}${(required as readonly string[]).includes(name) ? '' : '?'}: ${typeOf(one)};`,
  );
  if (additionalProperties === undefined) lines.push('  readonly [name: string]: unknown;');
  else if (typeof additionalProperties === 'object')
    lines.push(`  readonly [name: string]: ${typeOf(additionalProperties as Json)};`);
  return lines.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${lines.join('\n')}\n}`;
}

const keyOf = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);
