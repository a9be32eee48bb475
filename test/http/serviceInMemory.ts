/**
 * The API without a host: what is asked goes through the whole pipeline of the app, over tables in memory. It is spoken to like
 * the running service, so that a rule that asks a hundred times needs no hundred HTTP requests.
 */
import { randomUUID } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { movableClock } from '../../src/clock.ts';
import type { Caller, Role } from '../../src/core/caller.ts';
import { ok } from '../../src/core/problems.ts';
import { instantOf } from '../../src/core/time.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';
import type { Body, Door } from '../host/support/door.ts';
import { replyOf, requestOf } from '../support/call.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver, type World } from '../support/world.ts';

export const ORIGIN = 'http://reprieve.test';

interface Claims {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly mfa?: boolean;
}

/** As the service knows who asks: without a token it is the local user. */
function callerOf(authorization: string | null): Caller {
  const token = authorization?.replace('Bearer ', '');
  const {
    sub,
    roles,
    mfa = false,
  }: Claims = token
    ? JSON.parse(Buffer.from(token, 'base64url').toString())
    : { sub: 'local-user', roles: ['Reader', 'Operator', 'Contributor'] };
  return { tid: 'local', oid: sub, roles: roles as readonly Role[], appOnly: false, secondFactor: mfa };
}

/** What a path says about a route: the names in it. */
function namesIn(route: Route, pathname: string): Record<string, string> | undefined {
  const [wanted, given] = [`/api/${route.path}`.split('/'), pathname.split('/')];
  if (wanted.length !== given.length) return undefined;
  const names: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) names[name] = decodeURIComponent(given[at] ?? '');
    else if (part !== given[at]) return undefined;
  }
  return names;
}

interface Wish {
  readonly tables?: Tables;
  /** What the service is let see of them. */
  readonly over?: (tables: Tables) => Tables;
  readonly deliveryKey?: string;
  /** Absent: alerts are told at once. */
  readonly notices?: World['notices'];
}

export function serviceInMemory({ tables = memoryTables(), over = (same) => same, deliveryKey, notices }: Wish = {}) {
  const clock = movableClock();
  const routes = routesOf(clock, { maxPurges: 1000, budgetSeconds: 60 }, deliveryKey);
  const realNow = () => instantOf(Date.now());
  const storage = { ping: async () => ({ date: realNow() }) };
  const ports = portsOver(over(tables), {
    clock,
    newId: randomUUID,
    realNow,
    storage,
    ...(notices ? { notices } : {}),
  });
  const handle = pipeline({
    ports,
    identify: async (authorization) => ok(callerOf(authorization)),
    stepUpContext: 'c1',
    telemetry: { event: () => undefined, measure: () => undefined },
  });
  const handlers = routes.map((route) => ({ route, answer: handle(route) }));

  const door: Door = async (method, path, asked = {}) => {
    const url = new URL(path, `${ORIGIN}/api/`);
    const found = handlers.flatMap(({ route, answer }) => {
      const params = route.method === method ? namesIn(route, url.pathname) : undefined;
      return params ? [{ params, answer }] : [];
    });
    const [one] = found;
    if (!one) throw new Error(`there is no route ${method} ${url.pathname}`);
    const { headers, body } = requestOf(asked);
    const request = new HttpRequest({
      method,
      url: url.href,
      params: one.params,
      headers,
      ...(body === undefined ? {} : { body: { string: body } }),
    });
    const { status = 200, headers: sent, body: text } = await one.answer(request, new InvocationContext());
    const told = {
      status,
      headers: new Headers(sent as Record<string, string>),
      text: typeof text === 'string' ? text : '',
    };
    return replyOf<Body>(method, url, told);
  };
  const token = async (claims: Claims) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  return { door, tables, token };
}
