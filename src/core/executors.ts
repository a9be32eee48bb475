/** Who destroys what is due: apps of the user's own, known by name. */
import type { Identity } from './caller.ts';
import type { Change } from './comparisons.ts';
import { samePerson } from './guards.ts';
import { sameName } from './names.ts';
import { NO_PURGE, type Parameters, type PurgeSettings } from './purgeSettings.ts';
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

export const MAX_CALLERS = 10;
export const MAX_CONTACTS = 10;
export const MAX_CONFIRM_HOURS = 720;

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
