import { spaced } from './labels.ts';

export interface AlertWords {
  readonly what: string;
  readonly vault: string | null;
  readonly item?: string;
}

/** What the id of an alert says: `vault~item~type~occurrence.id`, where vault and item may be empty. Undefined: it is no such id. */
export function alertWords(id: string | null): AlertWords | undefined {
  const [vault, item, type, occurrence] = id?.split('~') ?? [];
  if (vault === undefined || !type || !occurrence) return undefined;
  return { what: spaced(type), vault: vault || null, ...(item ? { item } : {}) };
}
