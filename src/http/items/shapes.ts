import * as z from 'zod';
import { BACKUP_STATUSES, ITEM_STATES, type Item, type ItemIn, liveHolds } from '../../core/item.ts';
import { traitsOf } from '../../core/kinds.ts';
import { purgeAt, seenBy, termsOf, visiblePoints } from '../../core/lifecycle.ts';
import { LIVE_STATES } from '../../core/order.ts';
import { isOrdered, isRecallable, isUntouched, type Ordered, stateOf } from '../../core/orders.ts';
import type { Point, Terms } from '../../core/policy.ts';
import { billedDays, billingEndsAt, daysLeft, effectiveDays, isUpcoming, remaining } from '../../core/retention.ts';
import type { Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import type { Protection } from '../../flows/items/protect.ts';
import type { Resumption } from '../../flows/items/resume.ts';
import type { Stopped } from '../../flows/items/stop.ts';
import { workloadClass } from '../kinds.ts';
import type { At } from '../route.ts';
import { answer, common, count, EXAMPLE, field, instant, oneOf, request, says, time, words } from '../shape.ts';
import { workload } from '../vaults/shapes.ts';
import { viewOf } from '../view.ts';

export const itemState = oneOf('ItemState', 'The state of an item.', ITEM_STATES, 'SoftDeleted');
export const tier = oneOf('Tier', 'Where backups lie. Soft delete applies to the tier Vault only.', [
  'Vault',
  'Operational',
]);
export const SERVER = 'The registered server on which it lies; null or absent for what is protected from the cloud.';

const deletion = answer('Deletion', 'How an item was deleted, and until when it can be undeleted.', {
  deletedAt: field(instant, 'When it was deleted.', EXAMPLE.deletedAt),
  purgeAt: common.purgeAt,
  retentionDays: field(count, 'For how many days a deleted backup can be undeleted.', 14),
  daysLeft: field(count, 'How many of them are left, with the one that has begun.', 14),
  remaining: z.string().meta({ format: 'duration', ...says('The time that is left.', 'P13DT23H59M') }),
  purgeUpcoming: field(z.boolean(), 'Whether it will be purged within two days.', false),
  billingEndsAt: field(instant, 'Until when it is billed.', EXAMPLE.purgeAt),
  chargeableDays: field(count, 'How many of these days are billed.', 0),
  freeDays: field(count, 'How many of these days are free.', 14),
  deletedBy: field(z.string(), 'The object id of the caller who deleted it.', EXAMPLE.oid),
  reason: field(z.string().nullable(), 'Why.', 'decommissioned'),
  comment: field(z.string().nullable(), 'What the caller wanted to add.', null),
});

const purgeOrder = answer('ItemPurgeOrder', 'What its executor is to destroy, and how far that is.', {
  order: field(z.string(), 'The id of the order.', EXAMPLE.order),
  state: oneOf('LivePurgeOrderState', 'How far it is.', LIVE_STATES, 'Open'),
  executor: field(z.string(), 'Who is to destroy it.', EXAMPLE.executor),
  orderedAt: field(instant, 'When the order was made.', EXAMPLE.purgeAt),
  confirmBy: field(instant, 'People are told when it is not confirmed by then.', '2026-12-06T10:00:00.000Z'),
  attempts: field(count, 'How many attempts have ended.', 0),
  untouched: field(z.boolean(), 'Whether nothing can have been destroyed.', true),
  recallable: field(z.boolean(), 'Whether it can be taken back: nothing was destroyed, and nobody is at it.', true),
});

export const jobOperation = oneOf('JobOperation', 'What a job does.', ['Backup', 'Restore']);
const activeJob = answer('ActiveJob', 'A job that runs on an item.', {
  id: field(z.string(), 'Its id.', EXAMPLE.job),
  operation: jobOperation,
  startedAt: field(instant, 'When it began.', EXAMPLE.deletedAt),
});

const REASON = says('Why.', 'Needed as evidence until the case is closed');

export const hold = answer('Hold', 'Keeps an item from being purged.', {
  name: common.name(EXAMPLE.hold),
  reason: z.string().meta(REASON),
  until: field(instant.nullable(), 'When it ends; null: when a caller ends it.', '2027-01-31T00:00:00.000Z'),
  by: common.by,
  at: field(instant, 'When it was set.', '2026-11-21T09:30:00.000Z'),
  etag: common.etag,
});
export const holdView = viewOf(hold);

export const holdRequest = request('HoldRequest', 'Why an item must not be purged, and until when.', {
  reason: words.meta(REASON),
  until: field(
    time.nullable().default(null),
    'When it ends; null or absent: when a caller ends it.',
    '2027-01-31T00:00:00Z',
  ),
});

const fields = {
  name: common.name(EXAMPLE.item),
  vault: common.vault,
  workload,
  class: workloadClass,
  tier,
  sourceId: field(z.string(), 'What is backed up, as its own service names it.', EXAMPLE.source),
  server: field(z.string().nullable(), SERVER, null),
  state: itemState,
  policy: field(
    z.string().nullable(),
    'The policy that protects it; null unless it is protected, and for kinds without recovery points.',
    null,
  ),
  previousPolicy: field(z.string().nullable(), 'The policy that protected it before.', EXAMPLE.policy),
  generation: field(count, 'How often it was deleted.', 1),
  lastBackup: answer('LastBackup', 'How the last backup went.', {
    status: oneOf(
      'LastBackupStatus',
      'How the last backup went; Disabled in the trash, NotApplicable where there are none.',
      [...BACKUP_STATUSES, 'Disabled', 'NotApplicable'],
      'Disabled',
    ),
    at: field(instant.nullable(), 'When it ended.', '2026-11-21T02:00:00.000Z'),
  }),
  activeJob: field(activeJob.nullable(), 'The job that runs; null: none.', null),
  recoveryPoints: answer('RecoveryPointCount', 'How many points can be restored now.', {
    count: field(count, 'How many.', 0),
  }),
  softDelete: field(deletion.nullable(), 'Its deletion; null unless it is soft-deleted or being purged.'),
  purgeOrder: field(purgeOrder.nullable(), 'The order to destroy it; null: there is none.', null),
  holds: field(z.array(hold), 'What keeps it from being purged.', []),
  evidence: common.evidence,
  etag: common.etag,
};
const PROTECTED = {
  state: 'Protected',
  policy: EXAMPLE.policy,
  previousPolicy: null,
  lastBackup: { status: 'Completed', at: '2026-11-21T02:00:00.000Z' },
  recoveryPoints: { count: 30 },
  softDelete: null,
};
const removed = field(z.array(z.string()), 'The points that were removed because their time was over.', [
  'rp-2026-10-20',
]);
const softDeleteApplied = field(
  z.boolean().optional(),
  'Whether the deletion can be undone; absent where nothing was deleted.',
  true,
);

export const item = answer('Item', 'A thing that is protected, or was.', fields);
export const protectedItem = answer(
  'ProtectedItem',
  'An item that is protected now.',
  { ...fields, recoveryPointsRemoved: removed.optional() },
  { ...PROTECTED, generation: 0 },
);
export const resumedItem = answer(
  'ResumedItem',
  'An item that is under another policy now.',
  { ...fields, recoveryPointsRemoved: removed },
  PROTECTED,
);
export const stoppedItem = answer('StoppedItem', 'An item whose protection has ended.', {
  ...fields,
  softDeleteApplied,
});
export const tombstone = answer('Tombstone', 'What is left of a purged item.', {
  name: common.name(EXAMPLE.item),
  vault: common.vault,
  state: field(z.literal('Purged'), 'The state it is in.', 'Purged'),
  generation: fields.generation,
  purgedAt: field(instant, 'When it was purged.', EXAMPLE.deletedAt),
  evidence: common.evidence,
  etag: common.etag,
  softDeleteApplied: softDeleteApplied.meta({ example: false }),
});

/** An item that is not protected has its terms with it; the others need the head they hang on. */
export const termsFor = (one: Item, head: Shown['head']): Terms => {
  if (head) return termsOf(one, head);
  return one.state === 'Protected' ? { retention: {}, cuts: one.cuts } : one.terms;
};

interface Shown {
  readonly item: Item;
  readonly head?: Head | null | undefined;
}

const itemFrom = ({ item: one, head }: Shown, { now }: At) => {
  const inTrash = one.state === 'SoftDeleted' || one.state === 'Purging';
  const traits = traitsOf(one);
  const visible = visiblePoints(one, one.points, head ? seenBy(one, head) : termsFor(one, head), now);
  return {
    ...one,
    evidence: one.evidence ?? null,
    class: traits.class,
    policy: one.state === 'Protected' ? one.policy : null,
    lastBackup: lastBackupOf(one),
    recoveryPoints: { count: inTrash ? 0 : visible.length + one.pagedPoints },
    softDelete: inTrash ? deletionOf(one, head, now) : null,
    purgeOrder: isOrdered(one) ? orderOf(one, now) : null,
    holds: liveHolds(one.holds, now),
  };
};

function lastBackupOf(one: Item) {
  if (!traitsOf(one).recoveryPoints) return { ...one.lastBackup, status: 'NotApplicable' as const };
  const inTrash = one.state === 'SoftDeleted' || one.state === 'Purging';
  return inTrash ? { ...one.lastBackup, status: 'Disabled' as const } : one.lastBackup;
}

const orderOf = ({ order, holds }: Ordered, now: Instant) => ({
  ...{ order: order.id, state: stateOf({ order, holds }, now), executor: order.executor },
  ...{ orderedAt: order.orderedAt, confirmBy: order.confirmBy, attempts: order.attempts },
  ...{ untouched: isUntouched(order, now), recallable: isRecallable(order, now) },
});

function deletionOf(one: ItemIn<'SoftDeleted' | 'Purging'>, head: Shown['head'], now: Instant) {
  const { deletion: how } = one;
  if (!how) return null;
  const days = effectiveDays(how, head?.vault.extensions ?? []);
  const due = one.state === 'SoftDeleted' ? purgeAt(one, head?.vault) : how.deletedAt.plus({ days });
  return {
    ...how,
    purgeAt: due,
    retentionDays: days,
    daysLeft: daysLeft(due, now),
    remaining: remaining(due, now),
    purgeUpcoming: isUpcoming(due, now),
    billingEndsAt: billingEndsAt(due),
    ...billedDays(days),
  };
}

export const itemView = viewOf(item, itemFrom);

const namesOf = (points: readonly Point[]): readonly string[] => points.map((one) => one.name);

export const protectedView = viewOf(protectedItem, (result: Protection, at: At) => ({
  ...itemFrom(result, at),
  recoveryPointsRemoved: result.removed.length > 0 ? namesOf(result.removed) : null,
}));

export const resumedView = viewOf(resumedItem, (result: Resumption, at: At) => ({
  ...itemFrom(result, at),
  recoveryPointsRemoved: namesOf(result.removed),
}));

const stoppedItemView = viewOf(stoppedItem);
const tombstoneView = viewOf(tombstone);

export const stoppedView = ({ item: one, head, softDeleteApplied }: Stopped, at: At) =>
  one.state === 'Purged'
    ? tombstoneView({ ...one, softDeleteApplied, evidence: one.evidence ?? null })
    : stoppedItemView({ ...itemFrom({ item: one, head }, at), softDeleteApplied });
