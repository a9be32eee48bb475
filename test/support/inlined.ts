import * as z from 'zod';

type Json = { readonly [key: string]: unknown };

/** What a schema takes, as JSON Schema in which nothing refers to anything: a named shape stands where it is used. */
export function inlined(schema: z.ZodType): Json {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...own } = value as Json;
    const named = typeof $ref === 'string' ? ($defs as Json)[$ref.split('/').at(-1) ?? ''] : undefined;
    return mapped({ ...(named as Json | undefined), ...own });
  };
  const mapped = (value: Json): Json =>
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, within(one)]));
  return within(root) as Json;
}
