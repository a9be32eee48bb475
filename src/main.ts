import { app, output } from '@azure/functions';
import { makeApp } from './app.ts';
import { readConfig } from './config.ts';
import { METHODS } from './http/route.ts';

/** Registers what the app is made of with Azure Functions. No logic: whatever decides anything lives elsewhere. */
const { routes, handle, sweepTurn, sweepShare } = makeApp(readConfig(process.env));

for (const route of routes)
  app.http(route.name, {
    methods: route.method === 'ANY' ? [...METHODS] : [route.method],
    route: route.path,
    // Callers are told apart by their tokens, not by the platform's keys.
    authLevel: 'anonymous',
    handler: handle(route),
  });

const SHARES = { queueName: 'sweep-shards', connection: 'DATA_STORAGE' } as const;
const shares = output.storageQueue(SHARES);

app.timer('sweep', {
  schedule: '%SWEEP_SCHEDULE%',
  extraOutputs: [shares],
  handler: async (_, context) => {
    const turn = await sweepTurn();
    context.info('swept', turn);
    context.extraOutputs.set(shares, turn.shares);
  },
});

app.storageQueue('sweepShard', {
  ...SHARES,
  handler: async (message, context) => {
    context.info('swept a share', await sweepShare(message));
  },
});
