/** The service without a host: a request goes through the whole pipeline of the app, over tables of the test's choice. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import type { Caller } from '../../src/core/caller.ts';
import { ok } from '../../src/core/problems.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';
import { CONTRIBUTOR, type World } from './world.ts';

const ROUTES = routesOf(undefined, { maxPurges: 1000, budgetSeconds: 60 }, 'local');

export interface Ask {
  readonly body?: object;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The path of a route with these names in it, in their order. */
export function filledWith(route: Route, names: string) {
  const given = names.split('/');
  const parts = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, part = ''], at) => [part, given[at] ?? ''] as const);
  return { parts, filled: parts.reduce((text, [part, value]) => text.replace(`{${part}}`, value), route.path) };
}

/** `call('stopItem', 'contoso/sql-01', { body })`: the route by its name, the names of its path in their order. */
export function appOver(ports: World, routes: readonly Route[] = ROUTES, caller: Caller = CONTRIBUTOR) {
  // the routes here go through no other door
  const telemetry = { event: () => undefined, measure: () => undefined };
  const handle = pipeline({
    ports,
    identify: async () => ok(caller),
    stepUpContext: 'c1',
    telemetry,
  });
  const doors = new Map<Route, ReturnType<typeof handle>>();
  const answer = (route: Route) => {
    const door = doors.get(route) ?? handle(route);
    doors.set(route, door);
    return door;
  };
  return async (name: string, path: string, { body, query = '', headers }: Ask = {}): Promise<Reply> => {
    const route = routes.find((one) => one.name === name);
    if (!route) throw new Error(`there is no route ${name}`);
    const { parts, filled } = filledWith(route, path);
    const request = new HttpRequest({
      method: route.method,
      url: `http://localhost/api/${filled}?${query}`,
      params: Object.fromEntries(parts),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: { string: JSON.stringify(body) } }),
    });
    const { status, headers: sent, body: text } = await answer(route)(request, new InvocationContext());
    return { status: status ?? 0, headers: sent as Record<string, string>, body: typeof text === 'string' ? text : '' };
  };
}
