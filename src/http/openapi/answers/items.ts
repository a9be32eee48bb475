import * as z from 'zod';
import { CHANNELS, ROLES } from '../../../core/caller.ts';
import { ITEM_STATES } from '../../../core/item.ts';
import { JOB_ENDINGS } from '../../../core/job.ts';
import { POINT_RUNGS } from '../../../core/policy.ts';
import { PROBLEMS } from '../../../core/problems.ts';
import { WORKLOAD_NAMES } from '../../../core/workloads.ts';
import { called, count, etag, facts, instant, listOf } from './common.ts';

export const ITEM_WORDS = {
  ItemState: ITEM_STATES,
  PointRung: POINT_RUNGS,
  Tier: ['Vault', 'Operational'],
  JobOperation: ['Backup', 'Restore'],
  JobEnding: JOB_ENDINGS,
  Channel: CHANNELS,
  Code: Object.keys(PROBLEMS) as [string, ...string[]],
} as const;

const hold = called(
  'Hold',
  z.object({
    name: z.string(),
    reason: z.string(),
    until: instant.nullable(),
    by: z.string(),
    at: instant,
    etag,
  }),
);

const deletion = called(
  'Deletion',
  z.object({
    deletedAt: instant,
    purgeAt: instant,
    retentionDays: count,
    daysLeft: count,
    remaining: z.string().meta({ format: 'duration' }),
    purgeUpcoming: z.boolean(),
    billingEndsAt: instant,
    chargeableDays: count,
    freeDays: count,
    deletedBy: z.string(),
    reason: z.string().nullable(),
    comment: z.string().nullable(),
  }),
);

const item = called(
  'Item',
  z.object({
    name: z.string(),
    vault: z.string(),
    workload: z.enum(WORKLOAD_NAMES),
    class: called('WorkloadClass', z.enum(['Cloud', 'Hybrid'])),
    tier: z.enum(ITEM_WORDS.Tier),
    sourceId: z.string(),
    server: z.string().nullable(),
    state: z.enum(ITEM_STATES),
    policy: z.string().nullable(),
    previousPolicy: z.string().nullable(),
    generation: count,
    lastBackup: called(
      'LastBackup',
      z.object({
        status: called('LastBackupStatus', z.enum(['Pending', ...JOB_ENDINGS, 'Disabled'])),
        at: instant.nullable(),
      }),
    ),
    activeJob: called(
      'ActiveJob',
      z.object({ id: z.string(), operation: z.enum(ITEM_WORDS.JobOperation), startedAt: instant }),
    ).nullable(),
    recoveryPoints: called('RecoveryPointCount', z.object({ count })),
    softDelete: deletion.nullable(),
    holds: z.array(hold),
    etag,
  }),
);

const removed = z.array(z.string());
const protectedItem = called('ProtectedItem', z.object({ ...item.shape, recoveryPointsRemoved: removed.optional() }));
const resumedItem = called('ResumedItem', z.object({ ...item.shape, recoveryPointsRemoved: removed }));
const stoppedItem = called('StoppedItem', z.object({ ...item.shape, softDeleteApplied: z.boolean().optional() }));

const tombstone = called(
  'Tombstone',
  z.object({
    name: z.string(),
    vault: z.string(),
    state: z.literal('Purged'),
    generation: count,
    purgedAt: instant,
    etag,
    softDeleteApplied: z.boolean().optional(),
  }),
);

const point = called(
  'RecoveryPoint',
  z.object({
    name: z.string(),
    createdAt: instant,
    rung: z.enum(POINT_RUNGS),
    tier: z.enum(ITEM_WORDS.Tier),
    expiresAt: instant,
    state: called('RecoveryPointState', z.enum(['Active', 'SoftDeleted'])),
    purgeAt: instant.optional(),
    etag,
  }),
);

const preview = called('ResumePreview', z.object({ preview: z.literal(true), recoveryPointsToRemove: z.array(point) }));

const job = called(
  'Job',
  z.object({
    id: z.string(),
    operation: z.enum(ITEM_WORDS.JobOperation),
    status: called('JobStatus', z.enum(['InProgress', ...JOB_ENDINGS])),
    startedAt: instant,
    endedAt: instant.nullable(),
    item: z.string(),
  }),
);

const entry = called(
  'HistoryEntry',
  z.object({
    at: instant,
    caller: called(
      'HistoryCaller',
      z.object({ oid: z.string(), tid: z.string(), roles: z.array(z.enum(ROLES)), channel: z.enum(CHANNELS) }),
    ),
    operation: z.string(),
    outcome: called('HistoryOutcome', z.enum(['Succeeded', 'Refused'])),
    code: z.string().optional(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    requestId: z.string(),
    facts,
  }),
);

const explanation = called(
  'Explanation',
  z.object({
    state: z.enum(ITEM_STATES),
    notBefore: instant.nullable(),
    expectedBy: instant.nullable(),
    blockers: z.array(
      called(
        'PurgeBlocker',
        z.object({
          code: called(
            'PurgeBlockerCode',
            z.enum(['NotSoftDeleted', 'SoftDeletePeriod', 'Hold', 'Paused', 'Belt', 'ClockSkew', 'Quarantined']),
          ),
          message: z.string(),
          until: instant.optional(),
        }),
      ),
    ),
    can: z.array(
      called('OfferedVerb', z.enum(['undelete', 'resume', 'changePolicy', 'backup', 'restore', 'stop', 'delete'])),
    ),
  }),
);

const undeletions = called(
  'UndeleteResults',
  z.object({
    results: z.array(
      called(
        'UndeleteResult',
        z.object({
          item: z.string(),
          outcome: called('UndeleteOutcome', z.enum(['Undeleted', 'WouldUndelete', 'Refused'])),
          code: z.enum(ITEM_WORDS.Code).optional(),
        }),
      ),
    ),
  }),
);

export const itemAnswers = {
  item,
  items: listOf('ItemList', item),
  protectedItem,
  resumedItem,
  stoppedItem,
  tombstone,
  hold,
  point,
  points: listOf('RecoveryPointList', point),
  preview,
  job,
  entries: listOf('HistoryEntryList', entry),
  explanation,
  undeletions,
} as const;
