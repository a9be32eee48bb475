import { Duration } from 'luxon';
import type { MovableClock } from '../../clock.ts';
import { ok, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import { readiness } from '../../flows/readiness.ts';
import { type Route, route } from '../route.ts';
import { bodies } from '../schemas.ts';

export const healthRoutes = (bornAt: Instant): readonly Route[] => [
  route({
    name: 'live',
    method: 'GET',
    path: 'health/live',
    who: 'anyone',
    run: async () => ok({ status: 'ok' }),
    view: (body) => ({ status: 200, body }),
  }),
  route({
    name: 'ready',
    method: 'GET',
    path: 'health/ready',
    who: 'anyone',
    run: async ({ ports }) => ok(await readiness(ports, bornAt)),
    view: (found) => ({ status: found.some(({ status }) => status === 'fail') ? 503 : 200, body: { checks: found } }),
  }),
];

const FURTHEST_DAYS = 36_500;

/** Only where the app runs in local mode; anywhere else these routes are not registered. */
export const clockRoutes = (clock: MovableClock): readonly Route[] => {
  const shown = () => ({ status: 200, body: { offset: clock.offset().toISO(), now: iso(clock.now()) } });
  return [
    route({
      name: 'getLocalClock',
      method: 'GET',
      path: 'local/clock',
      who: 'anyone',
      run: async () => ok(null),
      view: shown,
    }),
    route({
      name: 'putLocalClock',
      method: 'PUT',
      path: 'local/clock',
      who: 'anyone',
      body: bodies.clock,
      run: async ({ body }) => {
        const offset = Duration.fromISO(body.offset);
        if (!offset.isValid || offset.toMillis() < 0 || offset.as('days') > FURTHEST_DAYS)
          return refuse(
            'InvalidRequest',
            'The offset is a duration in ISO 8601, not negative: "P15D". The clock never runs behind real time.',
            { target: '$.offset' },
          );
        clock.move(offset);
        return ok(null);
      },
      view: shown,
    }),
  ];
};
