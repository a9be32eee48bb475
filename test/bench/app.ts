/** The service's routes, pipeline, flows and store in this process, over tables of our choice; a request is data. */
import { randomUUID } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { realClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import type { Caller } from '../../src/core/caller.ts';
import { ok } from '../../src/core/problems.ts';
import { flowPorts } from '../../src/flows/story/land.ts';
import { verifyTokens } from '../../src/http/identity.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';
import type { Notices } from '../../src/ports/alerts.ts';
import { pepperedPins, pepperedSeal } from '../../src/secrets.ts';
import { SEALS, storesOver } from '../support/stores.ts';
import { NO_NOTICE } from '../support/world.ts';
import type { Tables } from './tables.ts';

export interface Ask {
  /** The name of the route. */
  readonly route: string;
  readonly names: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type App = (ask: Ask) => Promise<Reply>;

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who vouches for callers; without, everybody is let in without a token. */
export type Identity = Config['identity'];

const CALLER: Caller = { tid: 'bench', oid: 'bench', roles: ['Contributor'], appOnly: false, secondFactor: true };
const ROUTES = new Map(routesOf(undefined, { maxPurges: 1000, budgetSeconds: 60 }).map((route) => [route.name, route]));

function routeOf({ route }: Ask): Route {
  const found = ROUTES.get(route);
  if (!found) throw new Error(`there is no route ${route}`);
  return found;
}

export function lineOf(ask: Ask): { readonly method: string; readonly path: string } {
  const { method, path } = routeOf(ask);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ask.names[name] ?? '');
  return { method, path: `/api/${filled}${ask.query ?? ''}` };
}

const MUTE: Notices = { send: async () => undefined };

/** Remembers the heads of vaults as an instance of the service does: a new one is a cold one. */
export function appOver(tables: Tables, notices: Notices = MUTE, identity?: Identity): App {
  const ports = flowPorts({
    ...storesOver(tables),
    ...{ notices, clock: realClock, newId: randomUUID },
    seals: SEALS,
    pins: pepperedPins('a pepper for the benchmark'),
    seal: pepperedSeal('a pepper for the benchmark'),
    // the routes that are measured use none of these
    mailer: { send: async () => ({ sent: true }) },
    realNow: () => realClock.now(),
    nextSweep: (after) => after,
    storage: { ping: async () => ({ date: realClock.now() }) },
    reach: { queue: async () => ({ notices: 0, shares: 0, poison: 0 }), mail: async () => undefined },
    purgeTerms: NO_NOTICE,
    operators: [],
  });
  const handle = pipeline({
    ports,
    identify: identity ? verifyTokens({ identity, local: false }, () => new Date()) : async () => ok(CALLER),
    stepUpContext: 'c1',
    telemetry: { event: () => undefined, measure: () => undefined },
  });
  return async (ask) => {
    const { method, path } = lineOf(ask);
    const request = new HttpRequest({
      method,
      url: `http://bench${path}`,
      params: { ...ask.names },
      headers: { ...(ask.body ? { 'content-type': 'application/json' } : {}), ...ask.headers },
      ...(ask.body ? { body: { string: JSON.stringify(ask.body) } } : {}),
    });
    const answer = await handle(routeOf(ask))(request, new InvocationContext());
    const reply = { status: answer.status ?? 200, body: String(answer.body ?? ''), headers: { ...answer.headers } };
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`);
    return reply as Reply;
  };
}
