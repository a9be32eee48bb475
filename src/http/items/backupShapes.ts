import * as z from 'zod';
import { type Item, JOB_ENDINGS, type Job } from '../../core/item.ts';
import { fateOf, POINT_RUNGS, type Point } from '../../core/policy.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import { EXAMPLE } from '../example.ts';
import { isoOrNull, quoted } from '../reply.ts';
import { answer, common, field, instant, listOf, name, oneOf, request, type Told, time } from '../shape.ts';
import { jobOperation, termsFor, tier } from './shapes.ts';

const rung = oneOf('PointRung', 'Which rung of a policy keeps a point.', POINT_RUNGS, 'daily');
const ending = oneOf('JobEnding', 'How a job ended.', JOB_ENDINGS, 'Completed');
const pointName = field(name, 'The name of the recovery point.', EXAMPLE.point);

export const point = answer('RecoveryPoint', 'A point in time that an item can be restored to.', {
  name: common.name(EXAMPLE.point),
  createdAt: field(instant, 'When it was made.', '2026-11-20T02:00:00.000Z'),
  rung,
  tier,
  expiresAt: field(instant, 'When it ends.', '2026-12-20T02:00:00.000Z'),
  state: oneOf(
    'RecoveryPointState',
    'Whether it can be restored. SoftDeleted: a shorter policy cut it off, and a longer one brings it back.',
    ['Active', 'SoftDeleted'],
    'Active',
  ),
  purgeAt: field(instant.optional(), 'When it goes for good; only while it is soft-deleted.'),
  etag: common.etag,
});
export const points = listOf('RecoveryPointList', 'A page of recovery points.', point);

/** While nothing ages, a point past its end is as good as any other: it says when its end would have been. */
export function pointView(one: Point, item: Item, head: Head | undefined, now: Instant): Told<typeof point> {
  const fate = fateOf(one, termsFor(item, head), now);
  const lost = fate.kind === 'SoftDeleted' || fate.kind === 'Gone';
  return {
    name: one.name,
    createdAt: iso(one.createdAt),
    rung: one.rung,
    tier: item.tier,
    expiresAt: iso(fate.expiresAt),
    state: lost ? 'SoftDeleted' : 'Active',
    ...(fate.kind === 'SoftDeleted' ? { purgeAt: iso(fate.purgeAt) } : {}),
    etag: quoted(one.etag),
  };
}

export const resumePreview = answer('ResumePreview', 'What resuming would remove.', {
  preview: field(z.literal(true), 'True: nothing was changed.', true),
  recoveryPointsToRemove: field(z.array(point), 'The points that resuming would remove.'),
});

export const job = answer('Job', 'A backup or a restore.', {
  id: field(z.string(), 'Its id.', EXAMPLE.job),
  operation: jobOperation,
  status: oneOf('JobStatus', 'Whether a job runs, or how it ended.', ['InProgress', ...JOB_ENDINGS], 'InProgress'),
  startedAt: field(instant, 'When it began.', '2026-11-21T09:30:00.000Z'),
  endedAt: field(instant.nullable(), 'When it ended; null: it still runs.', null),
  item: common.item,
});

export const jobView = (one: Job): Told<typeof job> => ({
  id: one.id,
  operation: one.operation,
  status: one.status,
  startedAt: iso(one.startedAt),
  endedAt: isoOrNull(one.endedAt),
  item: one.item,
});

export const backupRequest = request('BackupRequest', 'How long the recovery point of a backup is kept.', {
  expiresAt: field(
    time.nullable().default(null),
    'When the point of this backup ends; absent: after 30 days.',
    '2027-11-21T00:00:00Z',
  ),
});
export const restoreRequest = request('RestoreRequest', 'Which recovery point.', { recoveryPoint: pointName });
export const pointRequest = request('PointRequest', 'A recovery point that the backup engine has made.', {
  createdAt: field(time, 'When it was made.', '2026-11-20T02:00:00Z'),
  rung,
  expiresAt: field(time.nullable().default(null), 'When the point ends; absent: as the policy says for its rung.'),
});
export const completeRequest = request('CompleteRequest', 'How a job ended.', {
  status: ending,
  recoveryPoint: request('CompleteRequestRecoveryPoint', 'The point that a completed backup made.', {
    name: field(name.optional(), 'The name of the point.', EXAMPLE.point),
    createdAt: field(time.optional(), 'When it was made.'),
    rung: rung.optional(),
    expiresAt: field(time.nullable().default(null), 'When the point ends; absent: as the backup or the policy says.'),
  }).optional(),
});
