import type { ApiDocument } from './openapi.ts';

/** The document without its words: what programs may rely on. */
const WORDS: ReadonlySet<string> = new Set(['description', 'summary', 'title', 'example', 'examples']);
/** Their keys are names, and no name is a word. */
const BY_NAME: ReadonlySet<string> = new Set([
  ...['paths', 'properties', 'schemas', 'parameters', 'headers', 'responses', 'securitySchemes'],
]);

export function structureOf(value: unknown, isByName = false): unknown {
  if (Array.isArray(value)) return value.map((one) => structureOf(one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key]) => isByName || !WORDS.has(key))
    .map(([key, one]) => [key, structureOf(one, !isByName && BY_NAME.has(key))] as const);
  return Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every operation and every component by its name, so that a difference is found where it is. */
export function partsOf(document: {
  readonly paths: object;
  readonly components: object;
}): Readonly<Record<string, unknown>> {
  const { paths, components, ...rest } = structureOf(document) as Record<string, Record<string, object>>;
  const named = (of: object, above: string) => Object.entries(of).map(([name, part]) => [`${above}${name}`, part]);
  return Object.fromEntries([
    ...named(rest, ''),
    ...Object.entries(paths ?? {}).flatMap(([path, verbs]) => named(verbs, `${path} `)),
    ...Object.entries(components ?? {}).flatMap(([kind, some]) => named(some, `${kind} `)),
  ]);
}

/** What the wire is held against, a part a line. It is made anew only where the wire is meant to change. */
export const wireOf = (document: ApiDocument): string => {
  const parts = Object.entries(partsOf(document)).map((part) => part.map((one) => JSON.stringify(one)).join(': '));
  return `{\n${parts.join(',\n')}\n}\n`;
};
