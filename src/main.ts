import { app, output } from '@azure/functions';
import { makeApp } from './app.ts';
import { readConfig } from './config.ts';
import { PORTAL_ROUTE } from './http/portal.ts';
import { METHODS } from './http/route.ts';

/** Registers what the app is made of with Azure Functions. No logic: whatever decides anything lives elsewhere. */
const { routes, handle, portal, metrics, sweepTurn, sweepShare, sweepShardPoison, notify, notifyPoison } = makeApp(
  readConfig(process.env),
);

if (metrics) {
  app.hook.appStart(metrics.start);
  app.hook.appTerminate(metrics.stop);
}

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

const SHARES = { queueName: 'sweep-shards', connection: 'DATA_STORAGE' } as const;
const shares = output.storageQueue(SHARES);

app.timer('sweep', {
  schedule: '%SWEEP_SCHEDULE%',
  extraOutputs: [shares],
  handler: async (timer, context) => {
    context.extraOutputs.set(shares, await sweepTurn(timer, context));
  },
});

app.storageQueue('sweepShard', { ...SHARES, handler: sweepShare });

// A message with which the process died five times comes here: it is set aside where people look.
app.storageQueue('sweepShardPoison', {
  ...SHARES,
  queueName: `${SHARES.queueName}-poison`,
  handler: sweepShardPoison,
});

const NOTICES = { queueName: 'notifications', connection: 'DATA_STORAGE' } as const;

app.storageQueue('notify', { ...NOTICES, handler: notify });

app.storageQueue('notifyPoison', {
  ...NOTICES,
  queueName: `${NOTICES.queueName}-poison`,
  handler: notifyPoison,
});
