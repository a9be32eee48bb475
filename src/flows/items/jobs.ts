import type { Replacement } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import { type Item, type Job, type JobEnding, lastJobOf } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import { named } from '../../core/names.ts';
import type { Point, PointRung } from '../../core/policy.ts';
import { invalid, type Outcome, type Refused, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import { type About, NOTHING_RAISED } from '../../ports/alerts.ts';
import type { FlowPorts } from '../story/land.ts';
import { onItem, onItemInVault } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { raisedOrCounted, subjectOf } from '../story/raise.ts';
import type { Place, Request } from '../story/request.ts';
import { pagedAbout, pointIn, refusedTimes, tooManyPoints, withPoint } from './points.ts';
import { listPoints, noJob } from './read.ts';

export type StartJob = Pick<Job, 'operation' | 'expiresAt'>;

/** The engine begins with a backup or a restore; the item is busy until it says how that ended. */
export const startJob = onItem<StartJob, Job>()({
  operation: ({ operation }) => `Start${operation}`,
  decide({ item: { value: item } }, { operation, expiresAt }, { now, id }) {
    const decision = decide(operation === 'Backup' ? 'backup' : 'restore', item, { now });
    if (!decision.ok) return decision;
    const { vault, name } = item;
    const job: Job = {
      ...{ id, vault, item: name, operation, status: 'InProgress' },
      ...{ startedAt: now, endedAt: null, expiresAt },
    };
    return {
      item: {
        ...item,
        activeJob: { id, operation, startedAt: now },
        lastJob: lastJobOf(job),
        etag: id,
      },
      jobs: [job],
      facts: { job: id },
      answer: job,
    };
  },
});

/** Restoring changes nothing about the item. A point that the caller cannot see cannot be restored. */
export async function startRestore(
  flow: FlowPorts,
  request: Request<Job>,
  place: Place,
  recoveryPoint: string,
): Promise<Outcome<Job>> {
  const list = await listPoints(flow, request.now, place);
  if (!list.ok) return list;
  const { item, points, head } = list.value;
  const allowed = decide('restore', item, { now: request.now, vault: head.vault });
  if (allowed.ok && !named(points, recoveryPoint))
    return refuse('RecoveryPointNotFound', `${item.name} has no recovery point ${recoveryPoint}.`, {
      target: '$.recoveryPoint',
    });
  return startJob(flow, request, place, { operation: 'Restore', expiresAt: null });
}

export interface Completion {
  readonly job: string;
  readonly status: JobEnding;
  readonly recoveryPoint?:
    | {
        readonly name?: string | undefined;
        readonly createdAt?: Instant | undefined;
        readonly rung?: PointRung | undefined;
        readonly expiresAt: Instant | null;
      }
    | undefined;
}

/** The backup engine reports the end of a job, and the point that a backup made. */
export const completeJob = onItemInVault<Completion, Job>()({
  operation: 'CompleteJob',
  wrong: ({ recoveryPoint: { createdAt, expiresAt } = { expiresAt: null } }, { now }) =>
    refusedTimes({ createdAt: createdAt ?? now, expiresAt }, now, '$.recoveryPoint'),
  also: {
    job: async ({ flow, place }, _, ask) =>
      (await flow.vaults.job(place.vault, place.item, ask.job)) ?? noJob(place, ask.job),
    paged: ({ flow, request }, { item }, ask) => pagedAbout(flow, item.value, nameOf(ask), request.now),
    async before({ flow, place: { vault, item: name } }, { item }, ask) {
      const { activeJob } = item.value;
      const job = activeJob?.id === ask.job ? activeJob : await flow.vaults.job(vault, name, ask.job);
      return job ? flow.alerts.newest(vault, name, `${job.operation}Failure`) : NOTHING_RAISED;
    },
  },
  decide({ item: { value: item }, job, paged, before }, ask, { now, id }) {
    if (!job) return need('job');
    if (job.status === ask.status) return unchanged(job);
    const wrong = wrongEnding(job, ask);
    if (wrong) return wrong;
    const ended: Job = { ...job, status: ask.status, endedAt: now };
    const lastBackup = job.operation === 'Backup' ? { status: ask.status, at: now } : item.lastBackup;
    const isLast = item.lastJob === undefined || item.lastJob.id === job.id;
    const lastJob = isLast ? lastJobOf(ended) : item.lastJob;
    const activeJob = item.activeJob?.id === job.id ? null : item.activeJob;
    const freed = { ...item, lastBackup, activeJob, lastJob, etag: id };
    const made = ask.recoveryPoint && { ...pointOf(ask.recoveryPoint, job, now, id), name: nameOf(ask) };
    const known = made && pointIn(item, paged, made.name);
    if (known === 'unknown') return need('paged');
    if (known)
      return refuse('RecoveryPointExists', `Recovery point ${known.name} exists already. Choose another name.`, {
        target: '$.recoveryPoint.name',
      });
    const added = made ? withPoint(freed, made, paged) : { item: freed, pages: [] };
    if (!added) return tooManyPoints(item);
    if (ended.status === 'Failed' && !before) return need('before');
    return {
      item: added.item,
      pages: { putPages: added.pages },
      jobs: [ended],
      alerts: failureAlerts(before ?? NOTHING_RAISED, item, ended, now),
      facts: { job: job.id, status: ask.status, recoveryPoint: made?.name ?? null },
      answer: ended,
    };
  },
});

function wrongEnding(job: Job, { status, recoveryPoint }: Completion): Refused | undefined {
  if (job.status !== 'InProgress')
    return refuse('InvalidTransition', `That job has ended already: it is ${job.status}.`, {
      facts: { status: job.status },
    });
  if (recoveryPoint && (job.operation !== 'Backup' || status !== 'Completed'))
    return invalid('$.recoveryPoint', 'Only a completed backup makes a recovery point. Leave "recoveryPoint" out.');
  return undefined;
}

/** Only failures: who cancelled a job knows that. */
const failureAlerts = (
  before: About,
  item: Item,
  { status, operation, id: job }: Job,
  now: Instant,
): readonly Replacement<Alert>[] =>
  status === 'Failed'
    ? [
        raisedOrCounted(before, `${operation}Failure`, { ...subjectOf(item), generation: null }, now, {
          workload: item.workload,
          sourceId: item.sourceId,
          job,
        }),
      ]
    : [];

const nameOf = ({ job, recoveryPoint }: Completion): string => recoveryPoint?.name ?? `rp-${job}`;

/** What the engine leaves out is what a backup taken by hand has. */
const pointOf = (
  given: NonNullable<Completion['recoveryPoint']>,
  job: Job,
  now: Instant,
  etag: string,
): Omit<Point, 'name'> => ({
  createdAt: given.createdAt ?? now,
  recordedAt: now,
  rung: given.rung ?? 'onDemand',
  expiresAt: given.expiresAt ?? job.expiresAt,
  etag,
});
