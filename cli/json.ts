/** What the service answered. It is read with care, because a newer service may say more, or less. */
export type Json = unknown;
export type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: Json): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows names into an object; undefined where there is nothing. */
export const at = (value: Json, ...names: readonly string[]): Json =>
  names.reduce<Json>((inner, name) => (isRecord(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value);

export const listIn = (value: Json, ...names: readonly string[]): readonly Json[] => {
  const found = at(value, ...names);
  return Array.isArray(found) ? found : [];
};

export const textOf = (value: Json): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

export const textAt = (value: Json, ...names: readonly string[]): string => textOf(at(value, ...names));
