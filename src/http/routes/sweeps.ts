import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { addDays, iso } from '../../core/time.ts';
import type { Asking } from '../../flows/asking.ts';
import { forecast } from '../../flows/forecast.ts';
import { type SweepLimits, sweep } from '../../flows/sweep/sweep.ts';
import type { Pause, Ports } from '../../ports.ts';
import { quoted, resource } from '../reply.ts';
import { type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';

const LONGEST_PAUSE_DAYS = 7;

const pauseView = ({ reason, until, by, at, etag }: Pause) => ({
  reason,
  until: iso(until),
  by,
  at: iso(at),
  etag: quoted(etag),
});

async function livePause({ control, clock }: Ports): Promise<Outcome<Pause>> {
  const { pause } = await control.read();
  if (pause && pause.until > clock.now()) return ok(pause);
  return refuse('PauseNotFound', 'Purging is not paused.');
}

/** Pausing has no vault to be kept in: its etag is checked, not fenced, and the last one counts. */
const mismatch = (asking: Asking<never>, pause: Pause | null) =>
  asking.ifMatch && !asking.ifMatch.some((etag) => pause && (etag === '*' || etag === pause.etag))
    ? refuse(
        'PreconditionFailed',
        'The pause has changed since you read it. Read it again and repeat the call with the new etag.',
      )
    : undefined;

export const sweepRoutes = (limits: SweepLimits): readonly Route[] => [
  route({
    name: 'runSweep',
    method: 'POST',
    path: 'sweeps',
    who: 'Contributor',
    body: bodies.sweep,
    run: ({ ports, now, body }) => sweep(ports, limits, { now, ...body }),
    view: (report) => ({ status: 200, body: report }),
  }),
  route({
    name: 'listSweeps',
    method: 'GET',
    path: 'sweeps',
    who: 'Reader',
    run: async ({ ports }) => ok(await ports.control.recent()),
    view: (sweeps) => ({
      status: 200,
      body: { value: sweeps.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)) },
    }),
  }),
  route({
    name: 'forecast',
    method: 'GET',
    path: 'forecast',
    who: 'Reader',
    query: queries.forecast,
    run: async ({ ports, now, query }) => ok(await forecast(ports, now, query.days)),
    view: ({ days, unreadable }) => ({
      status: 200,
      body: {
        unreadable,
        days: days.map(({ date, items }) => ({
          date,
          count: items.length,
          items: items.map((one) => ({ ...one, purgeAt: iso(one.purgeAt) })),
        })),
      },
    }),
  }),
  route({
    name: 'putPause',
    method: 'PUT',
    path: 'pause',
    who: 'Contributor',
    body: bodies.pause,
    run: async ({ ports, now, caller, body }, asking: Asking<Pause>) => {
      if (body.until <= now || body.until > addDays(now, LONGEST_PAUSE_DAYS))
        return refuse('InvalidRequest', 'A pause ends within seven days, and in the future.', { target: '$.until' });
      const { pause: before } = await ports.control.read();
      const stale = mismatch(asking, before);
      if (stale) return stale;
      const pause: Pause = { ...body, by: caller.oid, at: now, etag: ports.newId() };
      await ports.control.putPause(pause);
      return ok(pause);
    },
    view: (pause) => resource(200, pauseView(pause)),
  }),
  route({
    name: 'getPause',
    method: 'GET',
    path: 'pause',
    who: 'Reader',
    run: ({ ports }) => livePause(ports),
    view: (pause) => resource(200, pauseView(pause)),
  }),
  route({
    name: 'deletePause',
    method: 'DELETE',
    path: 'pause',
    who: 'Contributor',
    run: async ({ ports }, asking: Asking<null>) => {
      const pause = await livePause(ports);
      if (!pause.ok) return pause;
      const stale = mismatch(asking, pause.value);
      if (stale) return stale;
      await ports.control.putPause(null);
      return ok(null);
    },
    view: () => ({ status: 204 }),
  }),
];
