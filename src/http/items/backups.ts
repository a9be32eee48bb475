import * as z from 'zod';
import { JOB_ENDINGS, type Job } from '../../core/item.ts';
import { fateOf, POINT_RUNGS } from '../../core/policy.ts';
import { completeJob, startJob, startRestore } from '../../flows/items/jobs.ts';
import { type PointResult, recordPoint } from '../../flows/items/points.ts';
import { pageOfPoints, readJob, readPoint } from '../../flows/items/read.ts';
import type { Resumption } from '../../flows/items/resume.ts';
import { NOT_IN_TRASH, READS_ITEM, WRITES_ITEM } from '../refusal.ts';
import { reply } from '../reply.ts';
import { type At, type Call, chapter, gives, list, puts, type Route, route } from '../route.ts';
import { answer, common, EXAMPLE, field, instant, listOf, name, oneOf, page, request, time } from '../shape.ts';
import { viewOf } from '../view.ts';
import { jobOperation, termsFor, tier } from './shapes.ts';

const rung = oneOf('PointRung', 'Which rung of a policy keeps a point.', POINT_RUNGS);

const point = answer('RecoveryPoint', 'A point in time that an item can be restored to.', {
  name: common.name(EXAMPLE.point),
  createdAt: field(instant, 'When it was made, as the backup engine says.', '2026-11-20T02:00:00.000Z'),
  recordedAt: field(
    instant,
    'When this service heard of it. The newest point is the newest by the earlier of both.',
    '2026-11-20T02:10:00.000Z',
  ),
  rung,
  tier,
  expiresAt: field(instant, 'When it ends.', '2026-12-20T02:00:00.000Z'),
  state: oneOf(
    'RecoveryPointState',
    'Whether it can be restored. SoftDeleted: a shorter policy cut it off, and a longer one brings it back.',
    ['Active', 'SoftDeleted'],
  ),
  purgeAt: field(instant.optional(), 'When it goes for good; only while it is soft-deleted.'),
  etag: common.etag,
});

/** While nothing ages, a point past its end is as good as any other: it says when its end would have been. */
function pointFrom({ point: one, item, head }: Omit<PointResult, 'created'>, { now }: At) {
  const fate = fateOf(one, termsFor(item, head), now);
  const isLost = fate.kind === 'SoftDeleted' || fate.kind === 'Gone';
  return {
    ...one,
    tier: item.tier,
    expiresAt: fate.expiresAt,
    state: isLost ? ('SoftDeleted' as const) : ('Active' as const),
    purgeAt: fate.kind === 'SoftDeleted' ? fate.purgeAt : null,
  };
}
const pointView = viewOf(point, pointFrom);

export const resumePreview = answer('ResumePreview', 'What resuming would remove.', {
  preview: field(z.literal(true), 'True: nothing was changed.', true),
  recoveryPointsToRemove: field(z.array(point), 'The points that resuming would remove.'),
});

export const previewView = viewOf(resumePreview, ({ removed, ...of }: Resumption, at: At) => ({
  preview: true as const,
  recoveryPointsToRemove: removed.map((one) => pointFrom({ ...of, point: one }, at)),
}));

const job = answer('Job', 'A backup or a restore.', {
  id: field(z.string(), 'Its id.', EXAMPLE.job),
  operation: jobOperation,
  status: oneOf('JobStatus', 'Whether a job runs, or how it ended.', ['InProgress', ...JOB_ENDINGS]),
  startedAt: field(instant, 'When it began.', '2026-11-21T09:30:00.000Z'),
  endedAt: field(instant.nullable(), 'When it ended; null: it still runs.', null),
  item: common.item,
});

const jobView = viewOf(job);

const backupRequest = request('BackupRequest', 'How long the recovery point of a backup is kept.', {
  expiresAt: field(
    time.nullable().default(null),
    'When the point of this backup ends; absent: after 30 days.',
    '2027-11-21T00:00:00Z',
  ),
});
const restoreRequest = request('RestoreRequest', 'Which recovery point.', {
  recoveryPoint: field(name, 'The name of the recovery point.', EXAMPLE.point),
});
export const pointRequest = request('PointRequest', 'A recovery point that the backup engine has made.', {
  createdAt: field(time, 'When it was made: not before the year 2000, and not in the future.', '2026-11-20T02:00:00Z'),
  rung,
  expiresAt: field(time.nullable().default(null), 'When the point ends; absent: as the policy says for its rung.'),
});
const completeRequest = request('CompleteRequest', 'How a job ended.', {
  status: oneOf('JobEnding', 'How a job ended.', JOB_ENDINGS),
  recoveryPoint: request('CompleteRequestRecoveryPoint', 'The point that a completed backup made.', {
    name: field(name.optional(), 'The name of the point.', EXAMPLE.point),
    createdAt: field(time.optional(), 'When it was made.'),
    rung: rung.optional(),
    expiresAt: field(time.nullable().default(null), 'When the point ends; absent: as the backup or the policy says.'),
  }).optional(),
});

/** Part of a row: a job begins, and its address is told. */
const STARTS = {
  answers: { 202: job },
  view: (one: Job, { url }: Pick<Call, 'url'>) =>
    reply(202, jobView(one), {
      'operation-location': new URL(url.pathname.replace(/[^/]+\/*$/, `jobs/${one.id}`), url).href,
    }),
} as const;

const POINTS = ['RecoveryPointExists', 'RecoveryPointLimit', 'NotSupportedByKind'] as const;

/** What a backup engine does: jobs, and the recovery points that they make. */
export const backupRoutes: readonly Route[] = chapter('Backups', [
  route({
    name: 'startBackup',
    at: 'POST vaults/{vault}/items/{item}/backup',
    who: ['Operator', 'Agent'],
    summary: 'Start a backup job',
    codes: [...WRITES_ITEM, ...NOT_IN_TRASH, 'ProtectionStopped', 'ObjectLocked', 'NotSupportedByKind'],
    body: backupRequest,
    run: ({ ports, names, body }, request) => startJob(ports, request, names, { operation: 'Backup', ...body }),
    ...STARTS,
  }),
  route({
    name: 'restoreItem',
    at: 'POST vaults/{vault}/items/{item}/restore',
    who: ['Operator', 'Agent'],
    summary: 'Start a restore job',
    description: 'It changes nothing about the item. An item in the trash has to be undeleted first.',
    codes: [...WRITES_ITEM, ...NOT_IN_TRASH, 'RecoveryPointNotFound', 'ObjectLocked', 'NotSupportedByKind'],
    body: restoreRequest,
    run: ({ ports, names, body }, request) => startRestore(ports, request, names, body.recoveryPoint),
    ...STARTS,
  }),
  route({
    name: 'getJob',
    at: 'GET vaults/{vault}/items/{item}/jobs/{job}',
    who: ['Reader', 'Agent'],
    summary: 'Read a job',
    codes: [],
    run: ({ ports, names }) => readJob(ports, names, names.job),
    ...gives(jobView),
  }),
  route({
    name: 'completeJob',
    at: 'POST vaults/{vault}/items/{item}/jobs/{job}/complete',
    who: ['Operator', 'Agent'],
    summary: 'Report the end of a job',
    description: 'The backup engine calls this. With a completed backup it may report the recovery point.',
    codes: [...WRITES_ITEM, 'InvalidTransition', 'RecoveryPointExists', 'RecoveryPointLimit'],
    body: completeRequest,
    run: ({ ports, names, body }, request) => completeJob(ports, request, names, { job: names.job, ...body }),
    ...gives(jobView),
  }),
  route({
    name: 'putRecoveryPoint',
    at: 'PUT vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: ['Operator', 'Agent'],
    summary: 'Record a recovery point',
    description:
      'It ends as the policy says for its rung, unless `expiresAt` is given. A recovery point never changes.',
    codes: [...WRITES_ITEM, ...NOT_IN_TRASH, 'ProtectionStopped', ...POINTS],
    body: pointRequest,
    run: ({ ports, names, body }, request) =>
      recordPoint(ports, request, names, { name: names.recoveryPoint, ...body }),
    ...puts(pointView, (result: PointResult) => result),
  }),
  route({
    name: 'getRecoveryPoint',
    at: 'GET vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: ['Reader', 'Agent'],
    summary: 'Read a recovery point',
    codes: [...READS_ITEM, 'NotSupportedByKind'],
    run: ({ ports, now, names }) => readPoint(ports, now, names, names.recoveryPoint),
    ...gives(pointView),
  }),
  list({
    name: 'listRecoveryPoints',
    at: 'GET vaults/{vault}/items/{item}/recoveryPoints',
    who: ['Reader', 'Agent'],
    summary: 'List the recovery points of an item',
    description: 'The list is empty while the item is soft-deleted.',
    codes: [...READS_ITEM, 'NotSupportedByKind'],
    query: page,
    list: listOf('RecoveryPointList', 'A page of recovery points.', point),
    run: ({ ports, now, names }, wanted) => pageOfPoints(ports, now, names, wanted),
    view: (one, { item, head }, call) => pointView({ point: one, item, head }, call),
  }),
]);
