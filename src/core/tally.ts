/** What the items of a vault add up to. It is kept up to date by every change, so that nobody has to look at the items themselves. */
import { type Item, isItem, type Remains } from './item.ts';
import { vaultKindOf } from './kinds.ts';
import { keyOf } from './names.ts';
import { type Counts, NO_COUNTS } from './vault.ts';

export interface Tally {
  readonly counts: Counts;
  /** The items that use a policy, by `policy!workload` in lower case. */
  readonly users: Readonly<Record<string, Counts>>;
}

export const NO_TALLY: Tally = { counts: NO_COUNTS, users: {} };

const COUNTED_AS: { readonly [S in Remains['state']]: keyof Counts | null } = {
  Protected: 'protected',
  ProtectionStopped: 'stopped',
  BackupsSuspended: 'stopped',
  SoftDeleted: 'softDeleted',
  Purging: 'softDeleted',
  Purged: null,
};

/** How an item in this state counts; undefined: not at all, or nobody knows the state. */
export const countedAs = (state: string): keyof Counts | undefined =>
  COUNTED_AS[state as Remains['state']] ?? undefined;

/** The policy that the item uses. When protection ends, a Recovery Services vault cuts that tie and the others keep it. */
export function policyOf(item: Item): string | null {
  if (item.state === 'Protected') return item.policy;
  return vaultKindOf(item) === 'RecoveryServices' ? null : item.previousPolicy;
}

export const userKey = (policy: string, workload: string): string => `${keyOf(policy)}!${keyOf(workload)}`;

/** What one item adds. */
export function tallyOf(remains: Remains): Tally {
  const as = countedAs(remains.state);
  if (!isItem(remains) || !as) return NO_TALLY;
  const one = { ...NO_COUNTS, [as]: 1 };
  const policy = policyOf(remains);
  return { counts: one, users: policy === null ? {} : { [userKey(policy, remains.workload)]: one } };
}

const add = (a: Counts, b: Counts): Counts => ({
  protected: a.protected + b.protected,
  stopped: a.stopped + b.stopped,
  softDeleted: a.softDeleted + b.softDeleted,
});
const negative = (of: Counts): Counts => ({
  protected: -of.protected,
  stopped: -of.stopped,
  softDeleted: -of.softDeleted,
});

export const sumOf = (counts: Counts): number => counts.protected + counts.stopped + counts.softDeleted;

const isNothing = ({ protected: active, stopped, softDeleted }: Counts): boolean =>
  active === 0 && stopped === 0 && softDeleted === 0;

/** What comes to nothing is left out: a policy that nobody uses any more has no line. */
export function total(all: readonly Tally[]): Tally {
  const users = new Map<string, Counts>();
  for (const [name, counts] of all.flatMap((one) => Object.entries(one.users)))
    users.set(name, add(users.get(name) ?? NO_COUNTS, counts));
  const used = [...users].filter(([, counts]) => !isNothing(counts));
  return {
    counts: all.reduce((sum, { counts }) => add(sum, counts), NO_COUNTS),
    users: Object.fromEntries(used.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export const plus = (a: Tally, b: Tally): Tally => total([a, b]);
export const minus = (a: Tally, { counts, users }: Tally): Tally =>
  total([
    a,
    {
      counts: negative(counts),
      users: Object.fromEntries(Object.entries(users).map(([name, of]) => [name, negative(of)])),
    },
  ]);

export const changesNothing = ({ counts, users }: Tally): boolean =>
  isNothing(counts) && Object.keys(users).length === 0;

/** How many use the policy, in all or with one workload. */
export function usersOf({ users }: Tally, policy: string, workload?: string): Counts {
  const isMeant = (name: string) =>
    workload ? name === userKey(policy, workload) : name.startsWith(`${keyOf(policy)}!`);
  return Object.entries(users)
    .filter(([name]) => isMeant(name))
    .reduce((sum, [, counts]) => add(sum, counts), NO_COUNTS);
}
