import type { Job } from '../../core/item.ts';
import { completeJob, startJob, startRestore } from '../../flows/items/jobs.ts';
import { type PointResult, recordPoint } from '../../flows/items/points.ts';
import { pageOfPoints, readJob, readPoint } from '../../flows/items/read.ts';
import type { Request } from '../../flows/story/request.ts';
import { READS_ITEM, WRITES_ITEM } from '../refusal.ts';
import { made, reply, resource } from '../reply.ts';
import { type Call, chapter, list, type Route, route } from '../route.ts';
import { page } from '../shape.ts';
import {
  backupRequest,
  completeRequest,
  job,
  jobView,
  point,
  pointRequest,
  points,
  pointView,
  restoreRequest,
} from './backupShapes.ts';

const AT_REST = ['ItemSoftDeleted', 'PurgeInProgress'] as const;

const started = (one: Job, { url }: Pick<Call, 'url'>) =>
  reply(202, jobView(one), {
    'operation-location': new URL(url.pathname.replace(/[^/]+\/*$/, `jobs/${one.id}`), url).href,
  });
const shown = (one: Job) => reply(200, jobView(one));

/** What a backup engine does: jobs, and the recovery points that they make. */
export const backupRoutes: readonly Route[] = chapter('Backups', [
  route({
    name: 'startBackup',
    at: 'POST vaults/{vault}/items/{item}/backup',
    who: 'Operator',
    agent: true,
    summary: 'Start a backup job',
    codes: [...WRITES_ITEM, ...AT_REST, 'ProtectionStopped', 'ObjectLocked'],
    body: backupRequest,
    answers: { 202: job },
    run: ({ ports, names, body }, request) => startJob(ports, request, names, { operation: 'Backup', ...body }),
    view: started,
  }),
  route({
    name: 'restoreItem',
    at: 'POST vaults/{vault}/items/{item}/restore',
    who: 'Operator',
    agent: true,
    summary: 'Start a restore job',
    description: 'It changes nothing about the item. An item in the trash has to be undeleted first.',
    codes: [...WRITES_ITEM, ...AT_REST, 'RecoveryPointNotFound', 'ObjectLocked'],
    body: restoreRequest,
    answers: { 202: job },
    run: ({ ports, names, body }, request) => startRestore(ports, request, names, body.recoveryPoint),
    view: started,
  }),
  route({
    name: 'getJob',
    at: 'GET vaults/{vault}/items/{item}/jobs/{job}',
    who: 'Reader',
    agent: true,
    summary: 'Read a job',
    codes: ['VaultNotFound', 'ItemNotFound', 'JobNotFound'],
    answers: { 200: job },
    run: ({ ports, names }) => readJob(ports, names, names.job),
    view: shown,
  }),
  route({
    name: 'completeJob',
    at: 'POST vaults/{vault}/items/{item}/jobs/{job}/complete',
    who: 'Operator',
    agent: true,
    summary: 'Report the end of a job',
    description: 'The backup engine calls this. With a completed backup it may report the recovery point.',
    codes: [
      ...WRITES_ITEM,
      ...(['JobNotFound', 'InvalidTransition', 'RecoveryPointExists', 'RecoveryPointLimit'] as const),
    ],
    body: completeRequest,
    answers: { 200: job },
    run: ({ ports, names, body }, request) => completeJob(ports, request, names, { job: names.job, ...body }),
    view: shown,
  }),
  route({
    name: 'putRecoveryPoint',
    at: 'PUT vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: 'Operator',
    agent: true,
    summary: 'Record a recovery point',
    description:
      'It ends as the policy says for its rung, unless `expiresAt` is given. A recovery point never changes.',
    codes: [
      ...WRITES_ITEM,
      ...AT_REST,
      ...(['ProtectionStopped', 'RecoveryPointExists', 'RecoveryPointLimit'] as const),
    ],
    body: pointRequest,
    answers: { 200: point, 201: point },
    run: ({ ports, names, body }, request: Request<PointResult>) =>
      recordPoint(ports, request, names, { name: names.recoveryPoint, ...body }),
    view: (result, { now }) => made(result.created, pointView(result.point, result.item, result.head, now)),
  }),
  route({
    name: 'getRecoveryPoint',
    at: 'GET vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: 'Reader',
    agent: true,
    summary: 'Read a recovery point',
    codes: [...READS_ITEM, 'RecoveryPointNotFound'],
    answers: { 200: point },
    run: ({ ports, now, names }) => readPoint(ports, now, names, names.recoveryPoint),
    view: (found, { now }) => resource(200, pointView(found.point, found.item, found.head, now)),
  }),
  list({
    name: 'listRecoveryPoints',
    at: 'GET vaults/{vault}/items/{item}/recoveryPoints',
    who: 'Reader',
    agent: true,
    summary: 'List the recovery points of an item',
    description: 'The list is empty while the item is soft-deleted.',
    codes: READS_ITEM,
    query: page,
    list: points,
    run: ({ ports, now, names }, wanted) => pageOfPoints(ports, now, names, wanted),
    view: (one, { item, head }, { now }) => pointView(one, item, head, now),
  }),
]);
