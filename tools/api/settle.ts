import type { Json, Schemas } from './openapi.ts';

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const mapped = (all: Json, change: (one: Json) => Json): Schemas =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one as Json)]));

/** Schemas as they stand in the document: without examples, which stand beside them, and without what zod writes and no reader needs. */
export function settled(schema: Json): Json {
  const { example: _, default: _default, ...rest } = schema;
  if (rest['maximum'] === Number.MAX_SAFE_INTEGER) delete rest['maximum'];
  if (rest['minimum'] === Number.MIN_SAFE_INTEGER) delete rest['minimum'];
  if (rest['type'] === 'boolean') delete rest['enum'];
  if (rest['type'] === 'integer' || rest['format'] === 'email') delete rest['pattern'];
  if (JSON.stringify(rest['additionalProperties']) === '{}') delete rest['additionalProperties'];
  if (isObject(rest['properties'])) rest['properties'] = mapped(rest['properties'], settled);
  if (isObject(rest['items'])) rest['items'] = settled(rest['items']);
  return Array.isArray(rest['anyOf']) ? alternatives(rest, rest['anyOf']) : rest;
}

/** Of alternatives only the whole has words; of plain types they are one list. */
function alternatives({ anyOf: _, ...rest }: Json, given: readonly Json[]): Json {
  const some = given.map((one) => {
    const { description: _description, ...bare } = settled(one);
    return bare;
  });
  const arePlain = some.every((one) => Object.keys(one).join() === 'type');
  return arePlain ? { ...rest, type: some.map(({ type }) => type) } : { ...rest, anyOf: some };
}
