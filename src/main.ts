import { app } from '@azure/functions';
import { makeApp } from './app.ts';
import { readConfig } from './config.ts';
import { METHODS } from './http/route.ts';

/** Registers what the app is made of with Azure Functions. No logic: whatever decides anything lives elsewhere. */
const { routes, handle } = makeApp(readConfig(process.env));

for (const route of routes)
  app.http(route.name, {
    methods: route.method === 'ANY' ? [...METHODS] : [route.method],
    route: route.path,
    // Callers are told apart by their tokens, not by the platform's keys.
    authLevel: 'anonymous',
    handler: handle(route),
  });
