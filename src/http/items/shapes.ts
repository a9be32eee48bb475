import * as z from 'zod';
import { type Hold, ITEM_STATES, type Item, liveHolds, type Tombstone } from '../../core/item.ts';
import { JOB_ENDINGS } from '../../core/job.ts';
import { purgeAt, termsOf, visiblePoints } from '../../core/lifecycle.ts';
import type { Terms } from '../../core/points.ts';
import { billedDays, billingEndsAt, daysLeft, effectiveDays, remaining, warnAtOf } from '../../core/retention.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import { NEIGHBOUR_NAMES, workloadRow } from '../../core/workloads.ts';
import { EXAMPLE } from '../example.ts';
import { isoOrNull, quoted } from '../reply.ts';
import {
  answer,
  count,
  field,
  flag,
  instant,
  listOf,
  name,
  oneOf,
  page,
  request,
  says,
  shape,
  type Told,
  time,
  words,
} from '../shape.ts';
import { workload } from '../vaults/shapes.ts';

export const itemState = oneOf('ItemState', 'The state of an item.', ITEM_STATES, 'SoftDeleted');
export const tier = oneOf(
  'Tier',
  'Where backups lie. Soft delete applies to the tier Vault only.',
  ['Vault', 'Operational'],
  'Vault',
);
const sourceId = z
  .string()
  .min(1)
  .max(1024)
  .meta(says('What is backed up, as its own service names it.', EXAMPLE.source));
const SERVER = 'The registered server on which it lies; null or absent for what is protected from the cloud.';

const deletion = answer('Deletion', 'How an item was deleted, and until when it can be undeleted.', {
  deletedAt: instant.meta(says('When it was deleted.', EXAMPLE.deletedAt)),
  purgeAt: instant.meta(says('When the purge may begin. Until then it can be undeleted.', EXAMPLE.purgeAt)),
  retentionDays: count.meta(says('For how many days a deleted backup can be undeleted.', 14)),
  daysLeft: count.meta(says('How many of them are left, with the one that has begun.', 14)),
  remaining: z.string().meta({ format: 'duration', ...says('The time that is left.', 'P13DT23H59M') }),
  purgeUpcoming: z.boolean().meta(says('Whether it will be purged within two days.', false)),
  billingEndsAt: instant.meta(says('Until when it is billed.', EXAMPLE.purgeAt)),
  chargeableDays: count.meta(says('How many of these days are billed.', 0)),
  freeDays: count.meta(says('How many of these days are free.', 14)),
  deletedBy: z.string().meta(says('The object id of the caller who deleted it.', EXAMPLE.oid)),
  reason: z.string().nullable().meta(says('Why.', 'decommissioned')),
  comment: z.string().nullable().meta(says('What the caller wanted to add.', null)),
});

export const jobOperation = oneOf('JobOperation', 'What a job does.', ['Backup', 'Restore'], 'Backup');
const activeJob = answer('ActiveJob', 'A job that runs on an item.', {
  id: z.string().meta(says('Its id.', EXAMPLE.job)),
  operation: jobOperation,
  startedAt: instant.meta(says('When it began.', EXAMPLE.deletedAt)),
});

const REASON = says('Why.', 'Needed as evidence until the case is closed');

export const hold = answer('Hold', 'Keeps an item from being purged.', {
  name: field.name(EXAMPLE.hold),
  reason: z.string().meta(REASON),
  until: instant.nullable().meta(says('When it ends; null: when a caller ends it.', '2027-01-31T00:00:00.000Z')),
  by: field.by,
  at: instant.meta(says('When it was set.', '2026-11-21T09:30:00.000Z')),
  etag: field.etag,
});
export const holdView = (one: Hold): Told<typeof hold> => ({
  name: one.name,
  reason: one.reason,
  until: isoOrNull(one.until),
  by: one.by,
  at: iso(one.at),
  etag: quoted(one.etag),
});
export const holdRequest = request('HoldRequest', 'Why an item must not be purged, and until when.', {
  reason: words.meta(REASON),
  until: time
    .nullable()
    .default(null)
    .meta(says('When it ends; null or absent: when a caller ends it.', '2027-01-31T00:00:00Z')),
});

const fields = {
  name: field.name(EXAMPLE.item),
  vault: field.vault,
  workload,
  class: oneOf('WorkloadClass', 'Protected from the cloud, or by an agent on premises.', ['Cloud', 'Hybrid'], 'Cloud'),
  tier,
  sourceId: z.string().meta(says('What is backed up, as its own service names it.', EXAMPLE.source)),
  server: z.string().nullable().meta(says(SERVER, null)),
  state: itemState,
  policy: z.string().nullable().meta(says('The policy that protects it; null unless it is protected.', null)),
  previousPolicy: z.string().nullable().meta(says('The policy that protected it before.', EXAMPLE.policy)),
  generation: count.meta(says('How often it was deleted.', 1)),
  lastBackup: answer('LastBackup', 'How the last backup went.', {
    status: oneOf(
      'LastBackupStatus',
      'How the last backup went; Disabled in the trash.',
      ['Pending', ...JOB_ENDINGS, 'Disabled'],
      'Disabled',
    ),
    at: instant.nullable().meta(says('When it ended.', '2026-11-21T02:00:00.000Z')),
  }),
  activeJob: activeJob.nullable().meta(says('The job that runs; null: none.', null)),
  recoveryPoints: answer('RecoveryPointCount', 'How many points can be restored now.', {
    count: count.meta(says('How many.', 0)),
  }),
  softDelete: deletion.nullable().meta(says('Its deletion; null unless it is soft-deleted or being purged.')),
  holds: z.array(hold).meta(says('What keeps it from being purged.', [])),
  etag: field.etag,
};
const PROTECTED = {
  state: 'Protected',
  policy: EXAMPLE.policy,
  previousPolicy: null,
  lastBackup: { status: 'Completed', at: '2026-11-21T02:00:00.000Z' },
  recoveryPoints: { count: 30 },
  softDelete: null,
};
const removed = z
  .array(z.string())
  .meta(says('The points that were removed because their time was over.', ['rp-2026-10-20']));
const softDeleteApplied = z
  .boolean()
  .optional()
  .meta(says('Whether the deletion can be undone; absent where nothing was deleted.', true));

export const item = answer('Item', 'A thing that is protected, or was.', fields);
export const items = listOf('ItemList', 'A page of items.', item);
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
  name: field.name(EXAMPLE.item),
  vault: field.vault,
  state: z.literal('Purged').meta(says('The state it is in.', 'Purged')),
  generation: fields.generation,
  purgedAt: instant.meta(says('When it was purged.', EXAMPLE.deletedAt)),
  etag: field.etag,
  softDeleteApplied: softDeleteApplied.meta({ example: false }),
});

/** An item that is not protected has its terms with it; the others need the head they hang on. */
export const termsFor = (one: Item, head: Head | undefined): Terms => {
  if (head) return termsOf(one, head);
  return one.state === 'Protected' ? { retention: {}, cuts: one.cuts } : one.terms;
};

type BackupStatus = Told<typeof item>['lastBackup']['status'];

export function itemView(one: Item, head: Head | undefined, now: Instant): Told<typeof item> {
  const job = one.activeJob;
  const inTrash = one.state === 'SoftDeleted' || one.state === 'Purging';
  const visible = visiblePoints(one, one.points, termsFor(one, head), now);
  return {
    name: one.name,
    vault: one.vault,
    workload: one.workload,
    class: workloadRow(one.workload).class,
    tier: one.tier,
    sourceId: one.sourceId,
    server: one.server,
    state: one.state,
    policy: one.state === 'Protected' ? one.policy : null,
    previousPolicy: one.previousPolicy,
    generation: one.generation,
    lastBackup: {
      status: inTrash ? 'Disabled' : (one.lastBackup.status as BackupStatus),
      at: isoOrNull(one.lastBackup.at),
    },
    activeJob: job && { id: job.id, operation: job.operation, startedAt: iso(job.startedAt) },
    recoveryPoints: { count: inTrash ? 0 : visible.length + one.pagedPoints },
    softDelete: one.state === 'SoftDeleted' || one.state === 'Purging' ? deletionView(one, head, now) : null,
    holds: liveHolds(one.holds, now).map(holdView),
    etag: quoted(one.etag),
  };
}

type InTrash = Extract<Item, { state: 'SoftDeleted' | 'Purging' }>;
function deletionView(one: InTrash, head: Head | undefined, now: Instant): Told<typeof deletion> | null {
  const { deletion: how } = one;
  if (!how) return null;
  const days = effectiveDays(how, head?.vault.extensions ?? []);
  const due = one.state === 'SoftDeleted' ? purgeAt(one, head?.vault) : how.deletedAt.plus({ days });
  return {
    deletedAt: iso(how.deletedAt),
    purgeAt: iso(due),
    retentionDays: days,
    daysLeft: daysLeft(due, now),
    remaining: remaining(due, now),
    purgeUpcoming: now >= warnAtOf(due),
    billingEndsAt: iso(billingEndsAt(due)),
    ...billedDays(days),
    deletedBy: how.deletedBy,
    reason: how.reason,
    comment: how.comment,
  };
}

export const tombstoneView = (one: Tombstone): Told<typeof tombstone> => ({
  name: one.name,
  vault: one.vault,
  state: one.state,
  generation: one.generation,
  purgedAt: iso(one.purgedAt),
  etag: quoted(one.etag),
});

const policyName = name.meta(says('The name of the policy.', EXAMPLE.policy));

export const protectRequest = shape(
  'ProtectRequest',
  'What to protect.',
  z.union([
    // Whatever else the request says about such a workload, the answer is which product handles it.
    shape(
      'NeighbourRequest',
      'A workload that another product protects. It is refused, and the message names that product.',
      z.looseObject({ workload: z.enum(NEIGHBOUR_NAMES).meta(says('What is backed up.')) }),
    ).transform(({ workload: neighbour }) => ({ workload: neighbour, policy: '', sourceId: '' })),
    request('ItemRequest', 'What to protect, and under which policy.', {
      workload,
      policy: policyName,
      sourceId,
      server: name
        .nullish()
        .transform((server) => server ?? undefined)
        .meta(says(SERVER)),
      tier: tier.optional().meta({ example: undefined }),
      recoverSoftDeleted: z.boolean().optional().meta(says('True: an item in the trash is undeleted and resumed.')),
    }),
  ]),
);

export const stopRequest = request('StopRequest', 'How to stop.', {
  mode: z.enum(['retain', 'retainPerPolicy', 'delete']).meta(says('How to stop.', 'delete')),
  confirmName: z
    .string()
    .max(63)
    .optional()
    .meta(says('The name of the item, exactly, to confirm its deletion.', EXAMPLE.item)),
  reason: words.optional().meta(says('Why.', 'decommissioned')),
  comment: words.optional().meta(says('What the caller wants to add.')),
  cancelActiveJob: z.boolean().optional().meta(says('True: cancel the job that runs instead of waiting for it.')),
});
export const resumeRequest = request('ResumeRequest', 'Under which policy.', { policy: policyName.optional() });
export const policyChange = request('ChangePolicyRequest', 'Another policy.', { policy: policyName });

const withSoftDeleted = flag(true, 'Whether soft-deleted items are shown.');
export const itemQuery = z.object({ includeSoftDeleted: withSoftDeleted });
export const itemsQuery = page.extend({
  state: itemState.optional().meta(says('Only those in this state.')),
  workload: workload.optional().meta(says('Only those of this workload.')),
  server: z.string().max(63).optional().meta(says('Only those on this server.', EXAMPLE.server)),
  includeSoftDeleted: withSoftDeleted,
});
export const preview = z.object({
  preview: flag(false, 'True: only list what would be removed, and change nothing.'),
});
