import { type app, type HttpHandler, output } from '@azure/functions';
import { makeApp } from './app.ts';
import { type Environment, readConfig, scheduleIn, type Wrong } from './config.ts';
import { complaintOf, notConfigured } from './http/notConfigured.ts';
import { PORTAL_ROUTE } from './http/portal.ts';
import { METHODS, type Route } from './http/route.ts';
import { routesOf } from './http/routes.ts';

/** Where functions are registered: the library's own, or a list in a test. */
export type Functions = Pick<typeof app, 'http' | 'timer' | 'storageQueue' | 'hook'>;

/** Nothing is swept by these doors. */
const NO_LIMITS = { maxPurges: 0, budgetSeconds: 0 };

/** Registers what the app is made of. With wrong settings the same doors are there: they say which, and do nothing. */
export function register(app: Functions, environment: Environment): void {
  const config = readConfig(environment);
  const schedule = scheduleIn(environment);
  if ('wrong' in config) registerComplaint(app, schedule, config.wrong);
  else registerService(app, schedule, makeApp(config));
}

function registerService(app: Functions, schedule: string, service: ReturnType<typeof makeApp>): void {
  const { announce, routes, handle, portal, metrics, sweepTurn, sweepShare, sweepShardPoison, notify, notifyPoison } =
    service;
  // Nobody waits for it: an instance serves while it compares.
  app.hook.appStart(() => void announce());
  if (metrics) {
    app.hook.appStart(metrics.start);
    app.hook.appTerminate(metrics.stop);
  }
  registerDoors(app, routes, handle, portal);

  const SHARES = { queueName: 'sweep-shards', connection: 'DATA_STORAGE' } as const;
  const shares = output.storageQueue(SHARES);

  app.timer('sweep', {
    schedule,
    extraOutputs: [shares],
    handler: async (timer, context) => {
      context.extraOutputs.set(shares, await sweepTurn(timer, context));
    },
  });

  app.storageQueue('sweepShard', {
    ...SHARES,
    extraOutputs: [shares],
    handler: async (message, context) => {
      context.extraOutputs.set(shares, await sweepShare(message, context));
    },
  });

  // A message with which the process died five times comes here: it is set aside where people look.
  app.storageQueue('sweepShardPoison', {
    ...SHARES,
    queueName: `${SHARES.queueName}-poison`,
    handler: sweepShardPoison,
  });

  const NOTICES = { queueName: 'notifications', connection: 'DATA_STORAGE' } as const;
  // What has to be told first has a queue of its own, so that nothing stands before it.
  const URGENT = { queueName: 'notifications-urgent', connection: 'DATA_STORAGE' } as const;

  app.storageQueue('notify', { ...NOTICES, handler: notify });

  app.storageQueue('notifyUrgent', { ...URGENT, handler: notify });

  app.storageQueue('notifyPoison', {
    ...NOTICES,
    queueName: `${NOTICES.queueName}-poison`,
    handler: notifyPoison,
  });

  app.storageQueue('notifyUrgentPoison', {
    ...URGENT,
    queueName: `${URGENT.queueName}-poison`,
    handler: notifyPoison,
  });
}

/** No queue is listened to: its messages wait until somebody can do what they say. */
function registerComplaint(app: Functions, schedule: string, wrong: readonly Wrong[]): void {
  const complaint = complaintOf(wrong);
  console.error(complaint);
  const answer = notConfigured(wrong);
  registerDoors(app, routesOf(undefined, NO_LIMITS), ({ name }) => answer(name), answer('portal'));
  app.timer('sweep', {
    schedule,
    handler: () => {
      throw new Error(complaint);
    },
  });
}

function registerDoors(
  app: Functions,
  routes: readonly Route[],
  handle: (route: Route) => HttpHandler,
  portal: HttpHandler,
): void {
  for (const route of routes)
    app.http(route.name, {
      methods: route.method === 'ANY' ? [...METHODS] : [route.method],
      // host.json has no prefix, so that the portal is at /portal and not below /api
      route: `api/${route.path}`,
      // Callers are told apart by their tokens, not by the platform's keys.
      authLevel: 'anonymous',
      handler: handle(route),
    });
  app.http('portal', { methods: ['GET', 'HEAD'], route: PORTAL_ROUTE, authLevel: 'anonymous', handler: portal });
}
