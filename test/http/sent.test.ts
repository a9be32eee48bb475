/** What a caller sends is what we read: every route of the service, over ports that nobody may touch. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import { describe, expect, test } from 'vitest';
import { movableClock, realClock } from '../../src/clock.ts';
import { ok, refuse } from '../../src/core/problems.ts';
import type { FlowPorts } from '../../src/flows/story/land.ts';
import type { Identify } from '../../src/http/identity.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';
import { anyName, pathOf } from '../host/support/writes.ts';
import { inlined } from '../support/inlined.ts';
import { CONTRIBUTOR } from '../support/world.ts';

const ALL = routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local');
const ROUTES = ALL.filter(({ method }) => method !== 'ANY');
/** The API document and its page: they take whatever query there is. */
const PAGES = ['getApiDocument', 'getApiPage', 'getApiStyle'];
const STRICT = ROUTES.filter(({ name }) => !PAGES.includes(name));
const WITH_BODY = ROUTES.filter(({ body }) => body !== undefined);
const CAN_MEAN_ALL = ['runSweep', 'undeleteItems'];

const CALLER = { ...CONTRIBUTOR, roles: ['Contributor', 'GuardAdmin'] } as const;
/** Of these one has to be named. */
const NEEDED = { executor: true, vault: true };
const ONE_OF: Readonly<Record<string, string>> = { listPurgeOrders: '&executor=any' };

/** Says what was touched, and lets nothing through. */
function untouchable() {
  const touched: string[] = [];
  const door = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, what) => () => {
          touched.push(`${name}.${String(what)}`);
          throw new Error('touched');
        },
      },
    );
  const own = { newId: () => 'an-id', clock: realClock };
  const ports = new Proxy(own, { get: (given, name) => Reflect.get(given, name) ?? door(String(name)) });
  return { touched, ports: ports as unknown as FlowPorts };
}

interface Sent {
  readonly query?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly identify?: Identify;
}

/** Orders are spoken of by apps that destroy. */
const callerFor = ({ who }: Route) =>
  ok(who === 'Executor' ? { ...CALLER, roles: ['Executor'] as const, appOnly: true } : CALLER);

async function ask(route: Route, { query = '', body, headers = {}, identify = async () => callerFor(route) }: Sent) {
  const { touched, ports } = untouchable();
  const telemetry = { event: () => undefined, measure: () => undefined };
  const handle = pipeline({ ports, identify, stepUpContext: 'c1', telemetry });
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, part = '']) => [part, anyName(part)] as const);
  const request = new HttpRequest({
    method: route.method === 'ANY' ? 'POST' : route.method,
    url: `http://localhost/api/${pathOf(route.path, anyName)}?${query}`,
    params: Object.fromEntries(names),
    headers: { 'x-reprieve-webhook-key': 'local', ...headers },
    ...(body === undefined ? {} : { body: { string: body } }),
  });
  const { status, body: text } = await handle(route)(request, new InvocationContext());
  const error = typeof text === 'string' && text.startsWith('{"error"') ? JSON.parse(text).error : undefined;
  return { status, touched, error, code: error?.code as string | undefined };
}

const targets = ({ error }: Awaited<ReturnType<typeof ask>>): readonly string[] =>
  (error?.details ?? []).map(({ target }: { target: string }) => target);

const JSON_TYPE = { 'content-type': 'application/json' };

describe.for(ALL.map((route) => [route.name, route] as const))('%s', ([, route]) => {
  test.for([{}, { 'content-length': '2' }, { 'x-content-length': '2' }])(
    'refuses a chunked body, which would arrive empty: %j',
    async (more) => {
      const headers = { ...JSON_TYPE, 'transfer-encoding': 'chunked', ...more };
      const answer = await ask(route, { headers });
      expect(answer).toMatchObject({ status: 411, code: 'LengthRequired', touched: [] });
    },
  );
});

describe.for(STRICT.map((route) => [route.name, route] as const))('the query of %s', ([, route]) => {
  const body = route.body ? { body: '{}', headers: JSON_TYPE } : {};
  const known = Object.keys(route.query?.shape ?? {});

  test.for([
    ['dryRunn=true', ['?dryRunn']],
    ['ToPp=1&x', ['?ToPp', '?x']],
    ['__proto__=1', ['?__proto__']],
    ['constructor=1&toString', ['?constructor', '?toString']],
    ['=1', ['?']],
    ['api-version=2026-11-01&API-Version=2026-11-01', ['?api-version']],
  ] as const)('has no place for %s', async ([query, found]) => {
    const answer = await ask(route, { query, ...body });
    expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest', touched: [] });
    expect(targets(answer)).toEqual(found);
    if (found.length === 1) expect(answer.error.target).toBe(found[0]);
  });

  test('says nothing twice, however it is written', async () => {
    for (const name of known) {
      const answer = await ask(route, { query: `${name}=1&${name.toUpperCase()}=1`, ...body });
      expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest', touched: [] });
      expect(targets(answer)).toContain(`?${name}`);
    }
  });

  test('is of the right type, however its names are written', async () => {
    for (const name of known) {
      const answer = await ask(route, { query: `${name.toUpperCase()}=${'x'.repeat(2001)}`, ...body });
      expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest', touched: [] });
      expect(targets(answer)).toEqual([`?${name}`]);
    }
  });

  test('takes what the document says, however its names are written, and the api-version', async () => {
    const { properties = {} } = route.query ? (inlined(route.query) as { properties?: object }) : {};
    for (const [name, schema] of Object.entries(properties)) {
      const { enum: values, type, format } = schema as { enum?: readonly string[]; type?: string; format?: string };
      // what was made up is no continuation, which only the list itself finds out
      if (name === 'continuation') continue;
      const text = format === 'date' ? '2026-12-05' : 'x';
      const value = values?.[0] ?? { boolean: 'true', integer: '7', string: text }[type ?? 'string'];
      const other = name in NEEDED ? '' : (ONE_OF[route.name] ?? '');
      const query = `${name.toUpperCase()}=${value}&Api-Version=2026-11-01${other}`;
      const answer = await ask(route, { query, ...body });
      expect([name, answer.code]).not.toEqual([name, 'InvalidRequest']);
    }
  });
});

test('a chunked body is refused before anybody is asked who they are', async () => {
  const route = ROUTES.find(({ name }) => name === 'runSweep') as Route;
  const identify = async () => refuse('Unauthenticated', 'Who are you?');
  expect((await ask(route, { identify })).code).toBe('Unauthenticated');
  const headers = { 'transfer-encoding': 'chunked' };
  expect((await ask(route, { identify, headers })).code).toBe('LengthRequired');
});

test('another version is not spoken, however its name is written', async () => {
  const route = ROUTES.find(({ name }) => name === 'listVaults') as Route;
  for (const query of ['API-Version=2025-01-01', 'api-version=2026-11-01&Api-Version=2025-01-01'])
    expect(await ask(route, { query })).toMatchObject({ code: 'UnsupportedApiVersionValue', touched: [] });
});

test.for(PAGES)('%s takes whatever query there is', async (name) => {
  const route = ROUTES.find((one) => one.name === name) as Route;
  const { code } = await ask(route, { query: 'theme=dark&theme=light' });
  expect(code).not.toBe('InvalidRequest');
});

test('an address that is none says so, whatever its query', async () => {
  const lost = ALL.find(({ method }) => method === 'ANY') as Route;
  expect(await ask(lost, { query: 'x=1' })).toMatchObject({ status: 404, code: 'RouteNotFound', touched: [] });
});

describe.for(WITH_BODY.map((route) => [route.name, route] as const))(
  'a request to %s that says nothing',
  ([, route]) => {
    const EMPTY: readonly Sent[] = [
      {},
      { headers: { 'content-length': '0' } },
      { headers: { ...JSON_TYPE, 'content-length': '0' } },
    ];

    test.for(EMPTY)('counts as {}, or is refused where it could mean all: %j', async (sent) => {
      const answer = await ask(route, sent);
      if (CAN_MEAN_ALL.includes(route.name)) {
        expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest', error: { target: '$' }, touched: [] });
        expect(targets(answer)).toEqual(['$']);
      } else {
        const said = await ask(route, { body: '{}', headers: JSON_TYPE });
        expect([answer.status, answer.touched, targets(answer)]).toEqual([said.status, said.touched, targets(said)]);
      }
    });

    test('is refused where a type announces a body that did not come', async () => {
      for (const headers of [JSON_TYPE, { ...JSON_TYPE, 'content-length': '15' }]) {
        const answer = await ask(route, { headers });
        expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest', error: { target: '$' }, touched: [] });
      }
      const answer = await ask(route, { headers: { 'content-type': 'text/plain' } });
      expect(answer).toMatchObject({ status: 415, code: 'UnsupportedMediaType', touched: [] });
    });
  },
);

describe('bulk undelete says which items it means', () => {
  const route = ROUTES.find(({ name }) => name === 'undeleteItems') as Route;
  const saying = (body: object) => ask(route, { body: JSON.stringify(body), headers: JSON_TYPE });
  const at = '2026-11-21T08:00:00Z';

  test.for([
    {},
    { dryRun: true },
    { all: true, items: ['a'] },
    { all: true, deletedBy: 'a' },
    { all: true, from: at },
    { all: true, to: at, dryRun: true },
    { all: true, items: [] },
  ])('%j is refused as a whole', async (body) => {
    expect(await saying(body)).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
      error: { target: '$', details: [{ target: '$' }] },
      touched: [],
    });
  });

  test.for([{ all: false }, { all: 'yes', deletedBy: 'a' }])('%j has an ill-typed field', async (body) => {
    expect(targets(await saying(body))).toEqual(['$.all']);
  });

  test.for([
    { all: true },
    { all: true, dryRun: true },
    { items: ['a'] },
    { items: ['a'], deletedBy: 'a', from: at, to: at },
    { deletedBy: 'a' },
    { from: at },
    { to: at, dryRun: true },
  ])('%j is taken', async (body) => {
    expect((await saying(body)).touched).toEqual(['vaults.trash']);
  });
});

describe('a sweep', () => {
  const route = ROUTES.find(({ name }) => name === 'runSweep') as Route;
  test('is asked for by two bytes at least', async () => {
    expect((await ask(route, { body: '{}', headers: JSON_TYPE })).touched).not.toEqual([]);
  });
});

describe('the route for what no other takes', () => {
  const lost = ALL.filter(({ method }) => method === 'ANY');
  const others = ALL.filter(({ method }) => method !== 'ANY');

  test('comes last by the name of its function: of several that fit, the platform takes the first by name', () => {
    expect(lost).toHaveLength(1);
    const [{ name }] = lost as [Route];
    const names = ALL.map((one) => one.name);
    expect(names.toSorted((a, b) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1)).at(-1)).toBe(name);
    expect(names.toSorted().at(-1)).toBe(name);
  });

  test('is the only one that another route has to be told from by name', () => {
    const fits = (a: string, b: string): boolean => {
      const [one, two] = [a.split('/'), b.split('/')];
      return (
        one.length === two.length &&
        one.every((part, at) => {
          const other = two[at] ?? '';
          return part.startsWith('{') || other.startsWith('{') || part.toLowerCase() === other.toLowerCase();
        })
      );
    };
    const pairs = others.flatMap((a, at) =>
      others
        .slice(at + 1)
        .flatMap((b) => (a.method === b.method && fits(a.path, b.path) ? [`${a.name}, ${b.name}`] : [])),
    );
    expect(pairs).toEqual([]);
  });
});
