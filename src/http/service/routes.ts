import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from 'luxon';
import type { MovableClock } from '../../clock.ts';
import { invalid, type Outcome, ok, refuse } from '../../core/problems.ts';
import { type Instant, instantOf, iso } from '../../core/time.ts';
import { askedSweep } from '../../flows/service/askedSweep.ts';
import { type Coming, type Forecast, forecast, forecastOf } from '../../flows/service/forecast.ts';
import { endPause, putPause, readPause } from '../../flows/service/pause.ts';
import { readQuarantine, retryQuarantined } from '../../flows/service/quarantine.ts';
import { type Process, readiness } from '../../flows/service/readiness.ts';
import type { Listed } from '../../flows/story/pages.ts';
import type { SweepLimits } from '../../flows/sweep/begin.ts';
import { linkTo, listReply, pagePolicy, reply, startOf } from '../reply.ts';
import { chapter, gives, REMOVES, type Route, route } from '../route.ts';
import { nothing, type Told } from '../shape.ts';
import * as shapes from './shapes.ts';

type PastSweep = Told<typeof shapes.pastSweep>;
const newestFirst = (a: PastSweep, b: PastSweep): number => (a.startedAt < b.startedAt ? 1 : -1);

const forecastItem = ({ purgeAt, ...of }: Coming) => ({ ...of, purgeAt: iso(purgeAt) });
const dayOf = (date: string): Instant => instantOf(Date.parse(date));

/** `looks`: whoever sweeps, pauses or tries again wants to see at once what came of it. */
export const sweepRoutes = (limits: SweepLimits, looks: Looks = readinessLooks()): readonly Route[] =>
  chapter('Purging', [
    route({
      name: 'runSweep',
      at: 'POST sweeps',
      who: 'Contributor',
      summary: 'Run a sweep now',
      description:
        'The same sweep as that of the timer; it needs a body, `{}` at least. A dry run changes nothing and lists what would happen. The token of a held sweep releases exactly what was due when it was given out; giving it takes a person with a second factor.',
      codes: ['BeltTokenInvalid', 'StepUpRequired', 'GuardApprovalRequired', 'Busy'],
      canMeanAll: true,
      body: shapes.sweepRequest,
      answers: { 200: shapes.sweep },
      run: ({ ports, now, body }, request) => looks.afresh(askedSweep(ports, limits, request, { now, ...body })),
      view: (report) => reply(200, report as Told<typeof shapes.sweep>),
    }),
    route({
      name: 'listSweeps',
      at: 'GET sweeps',
      who: 'Reader',
      summary: 'List the recent sweeps, newest first',
      codes: [],
      answers: { 200: shapes.sweeps },
      run: async ({ ports }) => ok(await ports.control.recent()),
      view: (sweeps) => reply(200, { value: (sweeps as readonly PastSweep[]).toSorted(newestFirst) }),
    }),
    route({
      name: 'forecast',
      at: 'GET forecast',
      who: 'Reader',
      summary: 'What will be purged on which day, if nothing changes',
      codes: [],
      description:
        'Day by day, or, with `date`, everything of one day as a list. It says what the agenda says: an undelete, a hold or a longer period is seen there within a turn of the sweep.',
      query: shapes.forecastQuery,
      answers: { 200: shapes.forecast },
      run: async ({ ports, now, query: { days, date, ...page } }): Promise<Outcome<Forecast | Listed<Coming>>> => {
        if (date !== undefined && days !== undefined)
          return invalid('?days', 'Ask for some days ahead, or for one date: leave one of them out.');
        const after = startOf(page);
        if (!after.ok) return after;
        if (date === undefined) return forecast(ports, now, days ?? shapes.FORECAST_DAYS, after.value);
        return forecastOf(ports, now, dayOf(date), { top: page.top, after: after.value });
      },
      view: (found, { url }) => {
        if (!('days' in found)) return listReply(found.shown.map(forecastItem), found, url);
        const { last, days, unreadable } = found;
        const shown = days.map((day) => ({ ...day, items: day.items.map(forecastItem) }));
        return reply(200, { unreadable: [...unreadable], days: shown, ...linkTo(last, url) });
      },
    }),
    route({
      name: 'putPause',
      at: 'PUT pause',
      who: 'Contributor',
      summary: 'Pause purging',
      description:
        'For seven days at most. Undelete, mail and everything else go on. Only who made it can let it end earlier without a second factor.',
      codes: ['StepUpRequired', 'GuardApprovalRequired', 'PreconditionFailed', 'Busy'],
      body: shapes.pauseRequest,
      run: ({ ports, body }, request) => looks.afresh(putPause(ports, request, {}, body)),
      ...gives(shapes.pauseView),
    }),
    route({
      name: 'getPause',
      at: 'GET pause',
      who: 'Reader',
      summary: 'Read the pause',
      codes: ['PauseNotFound'],
      run: ({ ports }) => readPause(ports),
      ...gives(shapes.pauseView),
    }),
    route({
      name: 'deletePause',
      at: 'DELETE pause',
      who: 'Contributor',
      summary: 'End the pause',
      description: 'For another than who made it this takes a person with a second factor.',
      codes: ['PauseNotFound', 'StepUpRequired', 'GuardApprovalRequired', 'PreconditionFailed', 'Busy'],
      run: ({ ports }, request) => looks.afresh(endPause(ports, request, {})),
      ...REMOVES,
    }),
    route({
      name: 'getQuarantine',
      at: 'GET quarantine',
      who: 'Reader',
      summary: 'List what could not be dealt with, and is tried once a day',
      codes: [],
      run: ({ ports }) => readQuarantine(ports),
      ...gives(shapes.quarantineView),
    }),
    route({
      name: 'retryQuarantined',
      at: 'POST quarantine/{vault}/{item}/retry',
      who: 'Contributor',
      summary: 'Try it again now, under every brake',
      codes: ['QuarantineNotFound'],
      body: nothing,
      run: ({ ports, names }, request) => looks.afresh(retryQuarantined(ports, limits, request, names)),
      ...gives(shapes.retriedView),
    }),
  ]);

export const healthRoutes = (process: Process, looks: Looks = readinessLooks()): readonly Route[] =>
  chapter('Service', [
    route({
      name: 'live',
      at: 'GET health/live',
      who: 'anyone',
      summary: 'Is the process alive',
      codes: [],
      run: async () => ok(null),
      answers: { 200: shapes.liveness },
      view: () => reply(200, { status: 'ok' }),
    }),
    route({
      name: 'ready',
      at: 'GET health/ready',
      who: 'anyone',
      summary: 'Can the service do its work',
      description:
        'If any check fails, the status is 503. No secrets are shown. Callers with a role are told details. It is worked out every five seconds at most, and anew after a sweep or a pause.',
      codes: [],
      knowsCallers: true,
      answers: { 200: shapes.readiness, 503: shapes.readiness },
      run: async ({ ports, now }) => ok(await looks.at(now, () => readiness(ports, process))),
      view: (found, { caller }) =>
        reply(found.some(({ status }) => status === 'fail') ? 503 : 200, {
          checks: caller.roles.length > 0 ? found : found.map(({ name, status }) => ({ name, status })),
        }),
    }),
  ]);

const WORKED_OUT_MS = 5000;

type Checks = ReturnType<typeof readiness>;
export type Looks = ReturnType<typeof readinessLooks>;

/** Strangers ask too, as often as they like: everything else that readiness looks at must not notice. */
export function readinessLooks() {
  let last: { readonly at: Instant; readonly checks: Checks } | undefined;
  return {
    at(now: Instant, look: () => Checks): Checks {
      const age = last ? now.toMillis() - last.at.toMillis() : WORKED_OUT_MS;
      // a clock that was set back makes it old, never young
      if (!last || age < 0 || age >= WORKED_OUT_MS) last = { at: now, checks: look() };
      return last.checks;
    },
    /** What was seen before this is done is out of date. */
    async afresh<T>(work: Promise<T>): Promise<T> {
      try {
        return await work;
      } finally {
        last = undefined;
      }
    },
  };
}

const FURTHEST_DAYS = 36_500;

/** Only a local run has these routes. */
export const clockRoutes = (clock: MovableClock): readonly Route[] => {
  const now = () => reply(200, { offset: clock.offset().toISO(), now: iso(clock.now()) });
  return chapter('Service', [
    route({
      name: 'getLocalClock',
      at: 'GET local/clock',
      who: 'anyone',
      summary: 'Read the clock of a local run',
      codes: ['RouteNotFound'],
      answers: { 200: shapes.clock },
      run: async () => ok(null),
      view: now,
    }),
    route({
      name: 'putLocalClock',
      at: 'PUT local/clock',
      who: 'anyone',
      summary: 'Move the clock of a local run',
      description: 'It never runs behind real time. Only a local run has this route.',
      codes: ['RouteNotFound'],
      body: shapes.clockRequest,
      answers: { 200: shapes.clock },
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
      view: now,
    }),
  ]);
};

/** The page loads its style from here, and nothing else from anywhere. */
const PAGE_POLICY = { 'content-security-policy': pagePolicy("style-src 'self'", "img-src 'self'") };

/**
 * The API, told to programs and to people: files that the build makes from these very routes. A local run has a few
 * routes more, so it has its own document; but a package has only that of Azure.
 */
export function documentRoutes(isLocal: boolean, dist = import.meta.dirname): readonly Route[] {
  const own = join(dist, 'api-local');
  const folder = isLocal && existsSync(own) ? own : join(dist, 'api');
  const file = (name: string, media: string, headers: Readonly<Record<string, string>> = {}) => ({
    who: 'anyone' as const,
    codes: [],
    anyQuery: true as const,
    media,
    run: async () => ok(await readFile(join(folder, name), 'utf8')),
    // It is written already, so it goes out as it is.
    view: (text: string) => reply(200, text as never, { 'content-type': `${media}; charset=utf-8`, ...headers }),
  });
  return chapter('Service', [
    route({
      name: 'getApiDocument',
      at: 'GET openapi.json',
      summary: 'Read this document',
      answers: { 200: shapes.apiDocument },
      ...file('openapi.json', 'application/json'),
    }),
    route({
      name: 'getApiPage',
      at: 'GET docs',
      summary: 'Read this document as a page',
      answers: { 200: shapes.textPage },
      ...file('docs.html', 'text/html', PAGE_POLICY),
    }),
    route({
      name: 'getApiStyle',
      at: 'GET docs/style.css',
      summary: 'Read the style of the page',
      answers: { 200: shapes.textPage },
      ...file('docs.css', 'text/css'),
    }),
  ]);
}
