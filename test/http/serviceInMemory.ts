/**
 * The API without a host: what is asked goes through the whole pipeline of the app, over tables in memory. It is spoken to like
 * the running service, clock and sweeps too, but without a network. Alerts are told at once, into an inbox; a token is what it claims.
 */
import { randomUUID } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { movableClock } from '../../src/clock.ts';
import { type Caller, ROLES } from '../../src/core/caller.ts';
import { type Outcome, ok, refuse } from '../../src/core/problems.ts';
import { instantOf } from '../../src/core/time.ts';
import { notify } from '../../src/flows/notify/message.ts';
import type { Identify } from '../../src/http/identity.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';
import type { Mail, Mailer } from '../../src/ports/alerts.ts';
import { type Door, doorOf } from '../host/support/door.ts';
import { type Answering, answerAt } from '../support/call.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { NOBODY, portsOver, type World } from '../support/world.ts';

let made = 0;

interface Claims {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
}

const LOCAL_USER: Claims = { sub: 'local-user', roles: ['Reader', 'Operator', 'Contributor'] };

function claimsIn(token: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined; // it was not made here
  }
}

/** As the service knows who asks: without a token it is the local user. */
function callerOf(authorization: string | null): Outcome<Caller> {
  const token = authorization?.replace('Bearer ', '');
  const claims = token ? claimsIn(token) : LOCAL_USER;
  if (!claims) return refuse('Unauthenticated', 'Nobody vouches for this token.');
  const { sub, roles, mfa = false, appOnly = false } = claims;
  return ok({
    tid: 'local',
    oid: sub,
    roles: ROLES.filter((role) => roles.includes(role)),
    appOnly,
    secondFactor: mfa,
  });
}

/** What a path says about a route: the names in it. */
function namesIn(route: Route, pathname: string): Record<string, string> | undefined {
  const [wanted, given] = [`/api/${route.path}`.split('/'), pathname.replace(/\/$/, '').split('/')];
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
  readonly maxPurges?: number;
  /** Absent: every mail lands in the inbox. */
  readonly mailer?: Mailer;
  /** Absent: a token says by itself whose it is. */
  readonly identify?: Identify;
  readonly operators?: readonly string[];
}

export interface ServiceInMemory {
  /** `call` finds it there. */
  readonly api: string;
  readonly door: Door;
  /** For `client/`, which is told how to ask. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly tables: Tables;
  readonly token: (claims: Claims) => Promise<string>;
  /** Where mails land, as at the stand-in of a running service: `GET /inbox`. */
  readonly mail: string;
  /** What the app has logged. */
  readonly output: () => string;
}

export function serviceInMemory({
  tables = memoryTables(),
  over = (same) => same,
  deliveryKey,
  notices,
  maxPurges = 1000,
  mailer,
  identify = async (authorization) => callerOf(authorization),
  operators = [],
}: Wish = {}): ServiceInMemory {
  const clock = movableClock();
  const inbox: Mail[] = [];
  const logged: string[] = [];
  const routes = routesOf(clock, { maxPurges, budgetSeconds: 60 }, deliveryKey);
  const realNow = () => instantOf(Date.now());
  const ports = portsOver(over(tables), {
    clock,
    operators,
    newId: randomUUID,
    realNow,
    storage: { ping: async () => ({ date: realNow() }) },
    mailer: mailer ?? {
      send: async (mail) => {
        inbox.unshift(mail);
        return { sent: true };
      },
    },
    notices: notices ?? {
      // what is to be told later is told by a sweep
      send: async (notice, delay = 0) => {
        if (delay === 0) await notify(ports, NOBODY, notice, clock.now());
      },
    },
  });
  const handle = pipeline({
    ports,
    identify,
    stepUpContext: 'c1',
    telemetry: { event: () => undefined, measure: () => undefined },
  });
  const handlers = routes.map((route) => ({ route, answer: handle(route) }));

  const [whateverElse] = handlers.flatMap((one) => (one.route.method === 'ANY' ? [{ params: {}, ...one }] : []));

  const answer: Answering = async (method, url, { headers, body }) => {
    const found = handlers.flatMap((one) => {
      const params = one.route.method === method ? namesIn(one.route, url.pathname) : undefined;
      return params ? [{ params, answer: one.answer }] : [];
    });
    // as the host does: of two that fit, the one that spells the path out; where none fits, the one for whatever else is asked
    const [one = whateverElse] = found.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
    if (!one) throw new Error(`there is no route ${method} ${url.pathname}`);
    const request = new HttpRequest({
      method,
      url: url.href,
      params: one.params,
      headers,
      ...(body === undefined ? {} : { body: { string: body } }),
    });
    const context = new InvocationContext({ logHandler: (_, ...words) => void logged.push(words.join(' ')) });
    const { status = 200, headers: sent, body: text } = await one.answer(request, context);
    return { status, headers: new Headers(sent as Record<string, string>), text: typeof text === 'string' ? text : '' };
  };
  made += 1;
  const api = `http://reprieve-${made}.test`;
  answerAt(api, answer);
  const mail = `http://mail-${made}.test`;
  answerAt(mail, async (_, { searchParams }) => {
    const value = inbox.filter(({ to }) => to === searchParams.get('to')).map((one) => ({ ...one, to: [one.to] }));
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      text: JSON.stringify({ value }),
    };
  });
  const token = async (claims: Claims) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const fetch: ServiceInMemory['fetch'] = async (url, { method = 'GET', headers, body }) => {
    const sent = { headers: Object.fromEntries(new Headers(headers)), ...(typeof body === 'string' ? { body } : {}) };
    const { status, headers: told, text } = await answer(method, new URL(url), sent);
    return new Response(text === '' ? null : text, { status, headers: told });
  };
  return { api, door: doorOf(api), fetch, tables, token, mail, output: () => logged.join('\n') };
}
