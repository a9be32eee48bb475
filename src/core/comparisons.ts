/** How the rows of the table of controls compare what was with what would be. */
import type { Pause } from './brakes.ts';
import type { Facts } from './caller.ts';
import type { Hold } from './item.ts';
import { sameName } from './names.ts';
import { classesIn, type Policy, type Retention, retentionFaults, takesAway } from './policy.ts';
import { differenceOf, type WatchedSettings } from './serviceSettings.ts';
import { type Instant, iso } from './time.ts';
import { hybridSecurityOn, RETENTION_SCOPES, type Silence, type Vault } from './vault.ts';

/** What was weakened, in the words of the history and the mail. */
export interface Change {
  readonly before: Facts[string];
  readonly after: Facts[string];
  readonly facts?: Facts;
}

/** A word that went down in a list whose last word protects most. */
export const lower = <W extends string>(words: readonly W[], before: W | undefined, after: W | undefined) =>
  before !== undefined && after !== undefined && words.indexOf(after) < words.indexOf(before)
    ? { before, after }
    : undefined;

export const strongestLast = <W extends string>(words: readonly W[]): readonly W[] => words.toReversed();

const days = ({ softDelete }: Vault): string => `${softDelete.retentionDays} days`;

/** Either of the two, or both. */
export function period(before: Vault, after: Vault): Change | undefined {
  const scope = lower(
    strongestLast(RETENTION_SCOPES),
    before.softDelete.retentionScope,
    after.softDelete.retentionScope,
  );
  const fewer = after.softDelete.retentionDays < before.softDelete.retentionDays;
  if (!fewer) return scope;
  const said = { before: days(before), after: days(after) };
  return scope ? { before: `${said.before}, ${scope.before}`, after: `${said.after}, ${scope.after}` } : said;
}

export const isBelowMinimum = ({ policy, vault }: { readonly policy: Policy; readonly vault: Vault }): boolean =>
  !hybridSecurityOn(vault) &&
  retentionFaults(policy.retention, classesIn(policy), true).some(({ kind }) => kind === 'belowMinimum');

export const shorter = (from: Retention, to: Retention): Change | undefined =>
  takesAway(from, to) ? { before: JSON.stringify(from), after: JSON.stringify(to) } : undefined;

const isIn = (address: string, list: readonly string[]): boolean => list.some((one) => sameName(one, address));
export const takenOut = (before: readonly string[], after: readonly string[]): boolean =>
  before.some((address) => !isIn(address, after));
export const everyone = ({ alerts }: Vault): readonly string[] => [
  ...new Set([...alerts.recipients, ...alerts.owners]),
];

/** null stands for everything. */
export const isWider = (before: readonly string[] | null, after: readonly string[] | null): boolean =>
  before !== null && (after === null || after.some((one) => !isIn(one, before)));

export const told = (silence: Silence | null): string => {
  if (!silence) return 'none';
  const { name, from, until, types, items } = silence;
  return `${name}: ${iso(from)} to ${iso(until)}, ${types?.join(', ') ?? 'all types'}, ${items?.join(', ') ?? 'all items'}`;
};

export const end = ({ until }: Hold): string => (until ? iso(until) : 'no end');

export function pauseEnds(before: Pause | null, after: Pause | null): Change | undefined {
  if (!before || (after && after.until >= before.until)) return undefined;
  return { before: iso(before.until), after: after && iso(after.until), facts: { reason: before.reason } };
}

export const later = (before: Instant | null, after: Instant | null): Change | undefined =>
  after && (!before || after > before) ? { before: before && iso(before), after: iso(after) } : undefined;

export function otherSettings(before: WatchedSettings, after: WatchedSettings): Change | undefined {
  const differs = differenceOf(before, after);
  return differs && { before: JSON.stringify(differs.before), after: JSON.stringify(differs.after) };
}
