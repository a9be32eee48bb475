import type { Job } from '../../core/job.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { ok, refuse } from '../../core/problems.ts';
import { type Asking, missing, type Place } from '../../flows/asking.ts';
import { completeJob, noJob, startBackup, startRestore } from '../../flows/jobs.ts';
import { listPoints, type PointResult, recordPoint } from '../../flows/points.ts';
import { cut, listReply, startOf } from '../paging.ts';
import { type Reply, resource } from '../reply.ts';
import { type Call, type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';
import { jobView, pointView } from '../views.ts';

type AnyCall = Call<unknown, unknown>;
const placeOf = ({ names: { vault = '', item = '' } }: Pick<AnyCall, 'names'>): Place => ({ vault, item });

const started = (job: Job, { url }: AnyCall): Reply => ({
  status: 202,
  body: jobView(job),
  headers: { 'operation-location': new URL(url.pathname.replace(/[^/]+\/*$/, `jobs/${job.id}`), url).href },
});

/** What a backup engine does: jobs and the recovery points they make. */
export const backupRoutes: readonly Route[] = [
  route({
    name: 'startBackup',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/backup',
    who: 'Operator',
    agent: true,
    body: bodies.backup,
    run: (call, asking: Asking<Job>) =>
      startBackup(call.ports, asking, placeOf(call), { expiresAt: call.body.expiresAt ?? null }),
    view: started,
  }),
  route({
    name: 'restoreItem',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/restore',
    who: 'Operator',
    agent: true,
    body: bodies.restore,
    run: (call, asking: Asking<Job>) => startRestore(call.ports, asking, placeOf(call), call.body.recoveryPoint),
    view: started,
  }),
  route({
    name: 'getJob',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/jobs/{job}',
    who: 'Reader',
    agent: true,
    run: async (call) => {
      const place = placeOf(call);
      const id = call.names['job'] ?? '';
      const [held, job] = await Promise.all([
        call.ports.vaults.item(place.vault, place.item),
        call.ports.vaults.job(place.vault, place.item, id),
      ]);
      if (job) return ok(job);
      return held ? noJob(place, id) : missing(call.ports, place);
    },
    view: (job) => ({ status: 200, body: jobView(job) }),
  }),
  route({
    name: 'completeJob',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/jobs/{job}/complete',
    who: 'Operator',
    agent: true,
    body: bodies.complete,
    run: (call, asking: Asking<Job>) => {
      const { status, recoveryPoint } = call.body;
      const point = recoveryPoint && { ...recoveryPoint, expiresAt: recoveryPoint.expiresAt ?? null };
      return completeJob(call.ports, asking, placeOf(call), call.names['job'] ?? '', { status, recoveryPoint: point });
    },
    view: (job) => ({ status: 200, body: jobView(job) }),
  }),
  route({
    name: 'putRecoveryPoint',
    method: 'PUT',
    path: 'vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: 'Operator',
    agent: true,
    body: bodies.point,
    run: (call, asking: Asking<PointResult>) => {
      const { createdAt, rung, expiresAt = null } = call.body;
      return recordPoint(call.ports, asking, placeOf(call), {
        name: call.names['recoveryPoint'] ?? '',
        createdAt,
        rung,
        expiresAt,
      });
    },
    view: ({ point, item, head, created }, { now }) => resource(created ? 201 : 200, pointView(point, item, head, now)),
  }),
  route({
    name: 'getRecoveryPoint',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}',
    who: 'Reader',
    agent: true,
    run: async (call) => {
      const list = await listPoints(call.ports, placeOf(call), call.now);
      if (!list.ok) return list;
      const name = call.names['recoveryPoint'];
      const point = list.value.points.find((one) => sameName(one.name, name));
      return point
        ? ok({ ...list.value, point })
        : refuse('RecoveryPointNotFound', `${list.value.item.name} has no recovery point ${name}.`);
    },
    view: ({ point, item, head }, { now }) => resource(200, pointView(point, item, head, now)),
  }),
  route({
    name: 'listRecoveryPoints',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/recoveryPoints',
    who: 'Reader',
    agent: true,
    query: queries.page,
    run: async (call) => {
      const after = startOf(call.query);
      if (!after.ok) return after;
      const list = await listPoints(call.ports, placeOf(call), call.now);
      if (!list.ok) return list;
      return ok({ ...list.value, ...cut(list.value.points, ({ name }) => keyOf(name), after.value, call.query.top) });
    },
    view: ({ shown, last, item, head }, { now, url }) =>
      listReply(
        shown.map((point) => pointView(point, item, head, now)),
        last,
        url,
      ),
  }),
];
