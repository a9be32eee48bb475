import { type Item, type ItemIn, isHeldForEver, liveHolds } from './item.ts';
import { traitsOf } from './kinds.ts';
import { sameName } from './names.ts';
import type { Deletion, Order } from './order.ts';
import { isOrdered, isRecallable, isUntouched, type Ordered } from './orders.ts';
import { cutsAfter, fateOf, newestOf, type Point, type Policy, spent, type Terms } from './policy.ts';
import { type Refusal, type Refused, refuse } from './problems.ts';
import { effectiveDays, purgeAtOf, remindersOf } from './retention.ts';
import { type Instant, iso, later } from './time.ts';
import {
  ABOUT_POINTS,
  type Condition,
  EXCLUSIVE,
  type Step,
  TRANSITIONS,
  type TransitionRefusal,
  type Verb,
} from './transitions.ts';
import { type Head, isUnreadablePolicy, policyNamed, softDeleteOn, type Vault } from './vault.ts';

/** What a decision may look at besides the item. The vault is absent for verbs that do not depend on it. */
export interface Circumstances {
  readonly now: Instant;
  readonly vault?: Vault | undefined;
  /** The policy that the caller chose; null: none, for what has no recovery points. */
  readonly policy?: Policy | null | undefined;
  /** For protect: the caller asks for exactly the protection that the item has. */
  readonly sameProtection?: boolean;
  /** For protect: the caller wants the item taken out of the trash. */
  readonly recover?: boolean;
  /** For reprieve: whoever holds the order says so himself. */
  readonly byHolder?: boolean;
}

export type Decision = { readonly ok: true; readonly to: Item['state']; readonly changes: boolean } | Refused;

export function decide(verb: Verb, item: Item, around: Circumstances): Decision {
  const pointless = ABOUT_POINTS.has(verb) ? withoutPoints(item) : undefined;
  if (pointless) return pointless;
  const step: Step = TRANSITIONS[item.state][verb];
  if ('refuse' in step) return refused(step.refuse, item, around);
  if ('onlyIf' in step && !CONDITIONS[step.onlyIf](item, around)) return refused(step.otherwise, item, around);
  const changes = step.idle !== true;
  if (changes && EXCLUSIVE.has(verb) && item.activeJob) return locked(item);
  return { ok: true, to: step.to, changes };
}

const CONDITIONS: { readonly [C in Condition]: (item: Item, around: Circumstances) => boolean } = {
  sameProtection: (_, { sameProtection }) => sameProtection === true,
  samePolicy: (item, { policy }) => isUnder(item, policy),
  ageingAllowed: (_, { vault }) =>
    vault?.kind === 'Backup' || (vault !== undefined && vault.immutability !== 'Disabled'),
  wasUndeleted: (item) => item.state === 'ProtectionStopped' && item.undeleted,
  windowOpen: (item, around) => !isOver(item, around),
  windowOver: (item, around) => isOver(item, around),
  begunBefore: (item) => item.state === 'Purging' && item.order === undefined,
  untouched: (item, { now, byHolder = false }) =>
    isOrdered(item) && (byHolder ? isUntouched(item.order, now) : isRecallable(item.order, now)),
  recoverable: (item, around) =>
    (around.recover === true || traitsOf(item).class === 'Hybrid') && !isOver(item, around),
};

/** The item is of a kind that has no recovery points. */
export const withoutPoints = (item: Item): Refused | undefined =>
  traitsOf(item).recoveryPoints
    ? undefined
    : refuse(
        'NotSupportedByKind',
        `${item.name} is of the kind ${item.workload}, which has no recovery points: there is nothing to back up, to restore or to keep by a policy.`,
        { facts: { kind: item.workload } },
      );

/** It is protected by this policy; or, where its kind has no recovery points, without one. */
export const isUnder = (item: Item, policy: Pick<Policy, 'name'> | null | undefined): boolean =>
  item.state === 'Protected' && (item.policy === null ? policy == null : sameName(policy?.name, item.policy));

/** Before this time an undelete is accepted. From this time on a purge is. */
export const purgeAt = (item: ItemIn<'SoftDeleted'>, vault: Pick<Vault, 'extensions'> | undefined): Instant =>
  purgeAtOf(item.deletion, vault?.extensions ?? []);

/** When nothing keeps it in the trash any more, neither its period nor a hold. null: a hold without an end. */
export function freeAt(item: ItemIn<'SoftDeleted'>, vault: Vault, now: Instant): Instant | null {
  const ends = liveHolds(item.holds, now).map(({ until }) => until);
  return ends.reduce((latest, end) => latest && end && later(latest, end), undeletableUntil(item, vault));
}

/** Until then it can be undeleted: until its period is over, or longer where people were promised so. */
export const undeletableUntil = (
  item: ItemIn<'SoftDeleted'>,
  vault: Pick<Vault, 'extensions'> | undefined,
): Instant => {
  const { undeleteUntil } = item.deletion;
  const end = purgeAt(item, vault);
  return undeleteUntil ? later(end, undeleteUntil) : end;
};

/** The days before its purge on which people are reminded of it. */
export const reminders = (
  { deletion }: ItemIn<'SoftDeleted'>,
  vault: Pick<Vault, 'extensions' | 'alerts'> | undefined,
): readonly number[] => remindersOf(vault?.alerts.reminderDays, effectiveDays(deletion, vault?.extensions ?? []));

const isOver = (item: Item, { now, vault }: Circumstances): boolean =>
  item.state === 'SoftDeleted' && now >= undeletableUntil(item, vault);

const locked = (item: Item): Refused =>
  refuse(
    'ObjectLocked',
    `A ${item.activeJob?.operation.toLowerCase()} job is running on ${item.name}. Wait until it ends, or stop with "cancelActiveJob": true.`,
    {
      facts: { azureCode: 'BMSUserErrorObjectLocked', activeJob: item.activeJob?.id },
      retryAfterSeconds: 60,
    },
  );

type Wording = (item: Item, around: Circumstances) => Pick<Refusal, 'message' | 'facts'>;

const whenPurged = (item: Item, { vault }: Circumstances) =>
  item.state === 'SoftDeleted' ? { purgeAt: iso(purgeAt(item, vault)) } : {};

const WORDS: { readonly [C in TransitionRefusal]: Wording } = {
  AlreadyProtected: (item) => ({
    message: `${item.name} is already protected. To use another policy, call changePolicy.`,
    facts: { policy: item.state === 'Protected' ? item.policy : null },
  }),
  ImmutabilityRequired: () => ({
    message:
      'Keeping recovery points per policy after a stop needs an immutable vault. Enable immutability, or stop with mode "retain".',
  }),
  InvalidTransition: (item) => ({
    message: `This cannot be done while the item is ${item.state}. Resume it with a policy first.`,
    facts: { state: item.state },
  }),
  ItemNotSoftDeleted: (item) => ({
    message: `${item.name} is not soft-deleted, so there is nothing to undelete.`,
    facts: { state: item.state },
  }),
  ItemSoftDeleted: (item, around) => ({
    message: `${item.name} is soft-deleted, so its recovery points cannot be used. Undelete it first.`,
    facts: { ...whenPurged(item, around), recommendedAction: 'undelete' },
  }),
  ProtectionStopped: (item) => ({
    message: `Protection of ${item.name} is stopped. Resume it with a policy first.`,
    facts: { state: item.state, recommendedAction: 'resume' },
  }),
  PurgeInProgress: (item, { now }) => {
    if (!isOrdered(item)) return { message: `${item.name} is being purged. This cannot be stopped or undone.` };
    const { id: order, executor } = item.order;
    const recallable = isRecallable(item.order, now);
    const way = recallable ? 'Nothing was destroyed yet: recall its order.' : 'Its data may be destroyed already.';
    return {
      message: `${item.name} is ordered to be purged by executor ${executor}. ${way}`,
      facts: { order, recallable },
    };
  },
  DestructionPossible: (item) => ({
    message: `What ${item.name} stands for may be destroyed already, or somebody is at it. Its order cannot be taken back.`,
  }),
  OrderClosed: (item) => ({ message: `The purge order of ${item.name} has ended.`, facts: { state: item.state } }),
  UndeleteWindowClosed: (item, around) => ({
    message: `The soft-delete period of ${item.name} is over, so it can no longer be undeleted.`,
    facts: whenPurged(item, around),
  }),
  NotDue: (item, around) => ({ message: `${item.name} is not due to be purged yet.`, facts: whenPurged(item, around) }),
};

const refused = (code: TransitionRefusal, item: Item, around: Circumstances): Refused => {
  const { message, facts } = WORDS[code](item, around);
  return refuse(code, message, facts ? { facts } : {});
};

/** What every verb answers about an item that is being purged. */
export const purgeInProgress = (item: Item, now: Instant): Refused => refused('PurgeInProgress', item, { now });

/** Which verb a stop with delete is: one that can be undone, or one that cannot. */
export function deletionVerb(item: Item, vault: Vault): 'softDelete' | 'hardDelete' {
  return item.tier === 'Vault' && softDeleteOn(vault, traitsOf(item).class) ? 'softDelete' : 'hardDelete';
}

/** The terms for an item's recovery points: the policy's while it is protected, afterwards the ones it kept. */
export function termsOf(item: Item, head: Head): Terms {
  if (item.state !== 'Protected') return item.terms;
  const policy = item.policy === null ? undefined : policyNamed(head, item.policy);
  if (!policy) return { retention: {}, cuts: item.cuts };
  const cuts = [...item.cuts, ...policy.cuts.filter(({ version }) => version > item.policyVersion)];
  return { retention: policy.retention, cuts };
}

/** It is protected by a policy that cannot be read: nobody knows when its points end, and until somebody does none of them ages. */
export const isUnderUnreadable = (item: Item, head: Head): boolean =>
  item.state === 'Protected' && item.policy !== null && isUnreadablePolicy(head, item.policy);

/** By which points are seen: where nobody knows what was cut off, all of them are. */
export const seenBy = (item: Item, head: Head): Terms =>
  isUnderUnreadable(item, head) ? { retention: {}, cuts: [] } : termsOf(item, head);

/** The newest point of a suspended item is kept for good. */
export function ageingOf(item: Item, points: readonly Point[]): readonly Point[] {
  if (item.state !== 'BackupsSuspended') return points;
  const newest = newestOf(points);
  return points.filter((point) => point !== newest);
}

/** What an item is in every state. */
const COMMON = [
  'vault',
  'name',
  'workload',
  'kind',
  'tier',
  'sourceId',
  'server',
  'generation',
  'lastBackup',
  'activeJob',
  'lastJob',
  'holds',
  'points',
  'pagedPoints',
  'hintedAt',
  'superseded',
  'lastToken',
] as const satisfies readonly (keyof Item)[];

const common = (item: Item) =>
  Object.fromEntries(COMMON.map((name) => [name, item[name]])) as Pick<Item, (typeof COMMON)[number]>;

/** What an item is in every state in which nobody backs it up. */
const unprotected = (item: Item, terms: Terms, etag: string) => ({
  ...common(item),
  terms,
  previousPolicy: item.state === 'Protected' ? item.policy : item.previousPolicy,
  activeJob: null,
  etag,
});

export const stopped = (item: Item, terms: Terms, etag: string): ItemIn<'ProtectionStopped'> => ({
  ...unprotected(item, terms, etag),
  state: 'ProtectionStopped',
  undeleted: false,
});

export const suspended = (item: Item, terms: Terms, etag: string): ItemIn<'BackupsSuspended'> => ({
  ...unprotected(item, terms, etag),
  state: 'BackupsSuspended',
});

export const softDeleted = (
  item: Item,
  terms: Terms,
  deletion: ItemIn<'SoftDeleted'>['deletion'],
  etag: string,
): ItemIn<'SoftDeleted'> => ({
  ...unprotected(item, terms, etag),
  state: 'SoftDeleted',
  deletion,
  generation: item.generation + 1,
});

export const purging = (item: Item, terms: Terms, etag: string): ItemIn<'Purging'> => ({
  ...unprotected(item, terms, etag),
  state: 'Purging',
  deletion: item.state === 'SoftDeleted' ? item.deletion : null,
  generation: item.state === 'SoftDeleted' || item.state === 'Purging' ? item.generation : item.generation + 1,
  ...closedWith('closedOrders' in item ? item.closedOrders : undefined),
});

/** An executor is to destroy it. Its points stay: the executor is told of them, and they come back with it. */
export const ordered = (item: Item, terms: Terms, deletion: Deletion, order: Order, etag: string): Ordered => ({
  ...unprotected(item, terms, etag),
  state: 'Purging',
  deletion,
  order,
  generation: item.state === 'SoftDeleted' ? item.generation : item.generation + 1,
  ...closedWith(item.state === 'SoftDeleted' ? item.closedOrders : undefined),
});

/** Nobody destroyed it: it is back in the trash. */
export const reprieved = (
  item: Ordered,
  retentionDays: number,
  closedOrders: readonly string[],
  etag: string,
): ItemIn<'SoftDeleted'> => {
  const { undeleteUntil: _, ...deletion } = item.deletion;
  return {
    ...unprotected(item, item.terms, etag),
    state: 'SoftDeleted',
    deletion: { ...deletion, retentionDays },
    closedOrders,
  };
};

const closedWith = (closedOrders: readonly string[] | undefined) => (closedOrders ? { closedOrders } : {});

export const undeleted = (item: ItemIn<'SoftDeleted'>, etag: string): ItemIn<'ProtectionStopped'> => ({
  ...stopped(item, item.terms, etag),
  undeleted: true,
  ...standingHint(item),
});

/** The hint to its purge, where one stands. One of before ends with no id, and is due at the end of the period that its row says. */
export function standingHint(item: ItemIn<'SoftDeleted'>): Pick<ItemIn<'SoftDeleted'>, 'purgeHintAt' | 'purgeHintBy'> {
  const { purgeHintAt, purgeHintBy } = item;
  if (purgeHintAt) return { purgeHintAt, ...(purgeHintBy === undefined ? {} : { purgeHintBy }) };
  return isHeldForEver(item) ? {} : { purgeHintAt: purgeAtOf(item.deletion, []) };
}

/** The points that go for good when an item comes under another policy. Those of a protected item are left to the sweep. */
export const goneAtOnce = (item: Item, points: readonly Point[], terms: Terms, now: Instant): readonly Point[] =>
  item.state === 'Protected' ? [] : spent(points, terms, now);

/**
 * The item back under a policy. Points that have expired go for good. Points that only the new policy would end become
 * soft-deleted points.
 */
export function underPolicy(item: Item, head: Head, policy: Policy | null, now: Instant, etag: string) {
  const { version, softDelete } = head.vault;
  const terms = termsOf(item, head);
  const removed = goneAtOnce(item, item.points, terms, now);
  const when = { at: now, days: softDelete.retentionDays, version };
  const after: ItemIn<'Protected'> = {
    ...common(item),
    state: 'Protected',
    policy: policy?.name ?? null,
    previousPolicy: item.state === 'Protected' ? item.policy : item.previousPolicy,
    policyVersion: version,
    cuts: cutsAfter(terms.cuts, terms.retention, policy?.retention ?? {}, when),
    points: item.points.filter((point) => !removed.includes(point)),
    etag,
  };
  return { item: after, removed };
}

/** The points that a caller sees: none while the item is soft-deleted, otherwise all that still exist. */
export function visiblePoints(item: Item, points: readonly Point[], terms: Terms, now: Instant): readonly Point[] {
  if (item.state === 'SoftDeleted' || item.state === 'Purging') return [];
  // Only a cut takes a point out of sight: where there is none, nobody has to work out when each point ends.
  if (terms.cuts.length === 0) return points;
  return points.filter((point) => isVisible(item, point, terms, now));
}

/** While protection is stopped nothing is cleaned up, so expired points can still be used. */
const isVisible = (item: Item, point: Point, terms: Terms, now: Instant): boolean =>
  fateOf(point, terms, now).kind !== 'Gone' || (item.state === 'ProtectionStopped' && point.rung !== 'log');
