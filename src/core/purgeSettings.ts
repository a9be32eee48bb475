/** PURE. What a vault or a kind says of who is asked to destroy what is purged, and with which parameters. */
import { sameName } from './names.ts';

/** What an executor is handed with an order. Any JSON object. */
export type Parameters = { readonly [name: string]: unknown };

/** Who is asked to destroy what is purged, and with which parameters. */
export interface PurgeSettings {
  /** null: nobody, unless the kind of the item names one. */
  readonly executor: string | null;
  readonly parameters: Parameters | null;
}

/** Who destroys an item when its time has come, and what they are told beside the order. */
export interface Asks {
  readonly executor: string;
  readonly parameters: Parameters;
}

/**
 * The executor of its vault, else that of its kind, else nobody: null. What the vault says of the parameters counts more, member by member, also
 * where only the kind names an executor.
 */
export function executorFor(vault: PurgeSettings, kind: PurgeSettings): Asks | null {
  const executor = vault.executor ?? kind.executor;
  return executor === null ? null : { executor, parameters: { ...kind.parameters, ...vault.parameters } };
}

export const NO_PURGE: PurgeSettings = { executor: null, parameters: null };

/** As JSON, in UTF-8. */
export const MAX_PARAMETER_BYTES = 4096;

/** The executor that is named from now on, and was not before. */
export const newlyNamed = (before: string | null | undefined, after: string | null): string | undefined =>
  after === null || sameName(before, after) ? undefined : after;

/** A merge patch: members are set one by one, and null takes one away. */
export const merged = (before: Parameters | null, patch: Parameters): Parameters => merge(before, patch) as Parameters;

function merge(before: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const kept = new Map(Object.entries(isObject(before) ? before : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) kept.delete(name);
    else kept.set(name, merge(kept.get(name), value));
  }
  return Object.fromEntries(kept);
}

/** Each level takes two bytes at least. What is deeper than the stack cannot be looked at by going down. */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= MAX_PARAMETER_BYTES / 2; depth += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

const isObject = (value: unknown): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SECRET = /AccountKey=|SharedAccessKey=|sig=/i;

/** What is wrong with them, as the end of a sentence. Everybody who reads the vault or the kind reads them. */
export function parametersFault(parameters: Parameters): string | undefined {
  const text = isDeep(parameters) ? undefined : JSON.stringify(parameters);
  if (text === undefined || Buffer.byteLength(text) > MAX_PARAMETER_BYTES)
    return `must have at most ${MAX_PARAMETER_BYTES} bytes as JSON: give the executor a name by which it finds the rest`;
  return SECRET.test(text)
    ? 'must hold no key and no signature, since every Reader can read them: let the executor sign in by an identity of its own'
    : undefined;
}
