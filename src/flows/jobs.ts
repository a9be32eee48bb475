import { withExpiryHint } from '../core/agenda.ts';
import type { Item } from '../core/item.ts';
import type { Job, JobEnding } from '../core/job.ts';
import { decide, termsOf } from '../core/lifecycle.ts';
import { sameName } from '../core/names.ts';
import type { Point } from '../core/points.ts';
import type { PointRung } from '../core/policy.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { Held, HeldHead, PointPage, Ports } from '../ports.ts';
import { hintsToTell, type Raising, raiseOrCount, subjectOf, tellSoon } from './alerting.ts';
import { type Asking, entry, type Place } from './asking.ts';
import { onItem, onItemInVault } from './onItem.ts';
import { findPoint, listPoints, withPoint } from './points.ts';

type JobPorts = Pick<Ports, 'vaults' | 'agenda' | 'alerts' | 'notices' | 'newId'>;

export interface Backup {
  readonly expiresAt: Instant | null;
}

export const startBackup = (
  ports: JobPorts,
  asking: Asking<Job>,
  place: Place,
  { expiresAt }: Backup,
): Promise<Outcome<Job>> => startJob(ports, asking, place, 'Backup', expiresAt);

/** Restoring changes nothing about the item. A point that is not there to be seen cannot be restored. */
export async function startRestore(
  ports: JobPorts,
  asking: Asking<Job>,
  place: Place,
  recoveryPoint: string,
): Promise<Outcome<Job>> {
  const list = await listPoints(ports, place, asking.now);
  if (!list.ok) return list;
  const { item, points } = list.value;
  const allowed = decide('restore', item, { now: asking.now, vault: list.value.head.vault });
  if (allowed.ok && !points.some((point) => sameName(point.name, recoveryPoint)))
    return refuse('RecoveryPointNotFound', `${item.name} has no recovery point ${recoveryPoint}.`, {
      target: '$.recoveryPoint',
    });
  return startJob(ports, asking, place, 'Restore', null);
}

const startJob = (
  ports: JobPorts,
  asking: Asking<Job>,
  place: Place,
  operation: Job['operation'],
  expiresAt: Instant | null,
): Promise<Outcome<Job>> =>
  onItem({ ports, asking, place, operation: `Start${operation}` }, async (held) => {
    const item = held.value;
    const decision = decide(operation === 'Backup' ? 'backup' : 'restore', item, { now: asking.now });
    if (!decision.ok) return decision;
    const id = ports.newId();
    const job: Job = {
      id,
      vault: item.vault,
      item: item.name,
      operation,
      status: 'InProgress',
      startedAt: asking.now,
      endedAt: null,
      expiresAt,
    };
    const next = { ...item, activeJob: { id, operation, startedAt: asking.now }, etag: id };
    const done = await ports.vaults.commit({
      vault: item.vault,
      id,
      items: [{ was: held, now: next }],
      jobs: [job],
      entries: [entry(asking, item.name, { operation: `Start${operation}`, from: item, to: next, facts: { job: id } })],
      answer: asking.keep?.(job),
    });
    return done ? ok(job) : 'again';
  });

export interface Completion {
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
export const completeJob = (
  ports: JobPorts,
  asking: Asking<Job>,
  place: Place,
  id: string,
  ask: Completion,
): Promise<Outcome<Job>> =>
  onItemInVault({ ports, asking, place, operation: 'CompleteJob' }, async (held, head) => {
    const job = await ports.vaults.job(place.vault, place.item, id);
    return job ? completeIn(ports, asking, held, head, job, ask) : noJob(place, id);
  });

export const noJob = (place: Place, id: string): Refused => refuse('JobNotFound', `${place.item} has no job ${id}.`);

async function completeIn(
  ports: JobPorts,
  asking: Asking<Job>,
  held: Held<Item>,
  head: HeldHead,
  job: Job,
  ask: Completion,
): Promise<Outcome<Job> | 'again'> {
  const item = held.value;
  if (job.status === ask.status) return ok(job);
  if (job.status !== 'InProgress')
    return refuse('InvalidTransition', `That job has ended already: it is ${job.status}.`, {
      facts: { status: job.status },
    });
  if (ask.recoveryPoint && (job.operation !== 'Backup' || ask.status !== 'Completed'))
    return refuse('InvalidRequest', 'Only a completed backup makes a recovery point. Leave "recoveryPoint" out.', {
      target: '$.recoveryPoint',
    });

  const id = ports.newId();
  const ended: Job = { ...job, status: ask.status, endedAt: asking.now };
  const lastBackup = job.operation === 'Backup' ? { status: ask.status, at: asking.now } : item.lastBackup;
  const freed = { ...item, lastBackup, activeJob: item.activeJob?.id === job.id ? null : item.activeJob, etag: id };
  const made = ask.recoveryPoint && pointOf(ask.recoveryPoint, job, asking.now, ports.newId());
  if (made && (await findPoint(ports, item, made.name)))
    return refuse('RecoveryPointExists', `Recovery point ${made.name} exists already. Choose another name.`, {
      target: '$.recoveryPoint.name',
    });
  const added = made ? withPoint(freed, made) : { item: freed, pages: [] as readonly PointPage[] };
  if (!added) return refuse('RecoveryPointLimit', `${item.name} has as many recovery points as an item can have.`);
  const hinted = made ? withExpiryHint(added.item, termsOf(item, head), asking.now) : { item: added.item, hints: [] };
  const raised = await failureAlerts(ports, asking, item, ended);
  await ports.agenda.write([...hinted.hints, ...hintsToTell(raised.alerts)]);
  const done = await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    items: [{ was: held, now: hinted.item, putPages: added.pages }],
    jobs: [ended],
    ...raised,
    entries: [
      entry(asking, item.name, {
        operation: 'CompleteJob',
        from: item,
        to: hinted.item,
        facts: { job: job.id, status: ask.status, recoveryPoint: made?.name ?? null },
      }),
    ],
    answer: asking.keep?.(ended),
  });
  if (!done) return 'again';
  tellSoon(ports, raised.alerts);
  return ok(ended);
}

/** Only failures: what somebody cancelled, they know of. */
const failureAlerts = async (ports: JobPorts, asking: Asking<never>, item: Item, job: Job): Promise<Raising> =>
  job.status === 'Failed'
    ? raiseOrCount(ports, `${job.operation}Failure`, { ...subjectOf(item), generation: null }, asking.now, {
        workload: item.workload,
        sourceId: item.sourceId,
        job: job.id,
      })
    : { alerts: [], recounts: [] };

/** What the engine leaves out is what a backup taken by hand has. */
const pointOf = (given: NonNullable<Completion['recoveryPoint']>, job: Job, now: Instant, etag: string): Point => ({
  name: given.name ?? `rp-${job.id}`,
  createdAt: given.createdAt ?? now,
  rung: given.rung ?? 'onDemand',
  expiresAt: given.expiresAt ?? job.expiresAt,
  etag,
});
