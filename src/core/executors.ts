/** Who destroys what is due: apps of the user's own, known by name, and what they are told. */
import type { Identity } from './caller.ts';
import type { Change } from './comparisons.ts';
import { samePerson } from './guards.ts';
import { sameName } from './names.ts';
import type { Instant } from './time.ts';

export interface Executor {
  readonly name: string;
  /** These apps, and no others, act for it. */
  readonly callers: readonly Identity[];
  /** So long it may take before somebody is told that it has not confirmed. */
  readonly confirmWithinHours: number;
  /** Who else hears of what it leaves unconfirmed. */
  readonly contacts: readonly string[];
  /** When it called last, to the minute. null: never. */
  readonly lastSeenAt: Instant | null;
  readonly etag: string;
}

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

export const MAX_CALLERS = 10;
export const MAX_CONTACTS = 10;
export const MAX_CONFIRM_HOURS = 720;
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

/** What a vault, a kind or an executor says of destroying, for the table of controls. What one of them does not have stays as it is here. */
export interface Destruction extends PurgeSettings {
  /** Of a kind. */
  readonly minimumRetentionDays: number;
  /** Of an executor. */
  readonly callers: readonly Identity[];
  /** Of an executor: it is named anywhere. Of a vault or a kind: an executor may get the parameters. */
  readonly isUsed: boolean;
}

export const destruction = (of: Partial<Destruction>): Destruction => ({
  ...NO_PURGE,
  ...{ minimumRetentionDays: 0, callers: [], isUsed: false },
  ...of,
});

const said = ({ tid, oid }: Identity): string => `${tid} ${oid}`;

/** Somebody else destroys from now on, or nobody. */
export function otherExecutor(before: Destruction, after: Destruction): Change | undefined {
  if (before.executor !== null && !sameName(before.executor, after.executor))
    return { before: before.executor, after: after.executor };
  const isNew = (one: Identity) => !before.callers.some((other) => samePerson(one, other));
  return before.isUsed && after.callers.some(isNew)
    ? { before: before.callers.map(said), after: after.callers.map(said) }
    : undefined;
}

const json = (parameters: Parameters | null): string | null =>
  parameters === null ? null : JSON.stringify(parameters);

/** It may be destroyed sooner, or by other parameters. */
export function otherTerms(before: Destruction, after: Destruction): Change | undefined {
  const others = before.isUsed && json(before.parameters) !== json(after.parameters);
  const fewer = after.minimumRetentionDays < before.minimumRetentionDays;
  if (!(others || fewer)) return undefined;
  const days = (of: Destruction) => `${of.minimumRetentionDays} days`;
  const words = (of: Destruction): string =>
    [...(fewer ? [days(of)] : []), ...(others ? [json(of.parameters) ?? 'no parameters'] : [])].join(', ');
  return { before: words(before), after: words(after) };
}
