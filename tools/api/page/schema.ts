import type { Json } from '../openapi.ts';
import { inline, paragraphs, safe, table } from './html.ts';

const nameIn = (ref: unknown): string => String(ref).split('/').at(-1) ?? '';
const link = (name: string): string => `<a href="#schema-${safe(name)}">${safe(name)}</a>`;
const words = (values: readonly unknown[]): string => values.map((value) => `<code>${safe(value)}</code>`).join(', ');

/** What a value is, in a few words: a link where it has a page section of its own. */
export function kindOf(schema: Json): string {
  if (schema['$ref'] !== undefined) return link(nameIn(schema['$ref']));
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map((one) => kindOf(one as Json)).join(' or ');
  if (schema['const'] !== undefined) return words([schema['const']]);
  if (Array.isArray(schema['enum'])) return words(schema['enum']);
  if (schema['type'] === 'array') return `list of ${kindOf((schema['items'] ?? {}) as Json)}`;
  const type = [schema['type'] ?? 'anything'].flat().join(' or ');
  return safe(schema['format'] === undefined ? type : `${type}, ${schema['format']}`);
}

const LIMITS = {
  minimum: 'at least',
  maximum: 'at most',
  minLength: 'shortest',
  maxLength: 'longest',
  minItems: 'fewest',
  maxItems: 'most',
  default: 'otherwise',
} as const;

export const limitsOf = (schema: Json): string =>
  Object.entries(LIMITS)
    .flatMap(([key, said]) => (schema[key] === undefined ? [] : [`${said} ${safe(schema[key])}`]))
    .join(', ');

export function schemaSection(name: string, schema: Json): string {
  const required = (schema['required'] ?? []) as readonly string[];
  const rows = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Json>>).map(([field, one]) => [
    `<code>${safe(field)}</code>${required.includes(field) ? '' : ' <small>may be absent</small>'}`,
    [kindOf(one), limitsOf(one)].filter(Boolean).join('; '),
    inline(one['description']),
  ]);
  const kind = rows.length > 0 ? '' : `<p>${[kindOf(schema), limitsOf(schema)].filter(Boolean).join('; ')}</p>`;
  return `<section id="schema-${name}" class="schema"><h3>${name}</h3>${paragraphs(String(schema['description'] ?? ''))}${kind}${table(
    `Fields of ${name}`,
    ['Field', 'Is', 'Means'],
    rows,
  )}</section>`;
}
