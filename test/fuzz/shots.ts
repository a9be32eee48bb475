/** One request, from a route of the table: as it should be, nearly so, or as somebody would send it who means harm. */
import type { Role } from '../../src/core/caller.ts';
import { METHODS, type Route, rolesOf } from '../../src/http/route.ts';
import { CALLER_NAMES, type CallerName } from './callers.ts';
import type { Random } from './random.ts';
import { shapeOf, spoiled, valid } from './shapes.ts';
import { bytesOf, spoiledBytes } from './text.ts';
import { HOSTILE_SEGMENTS, HOSTILE_TEXTS, SMUGGLED } from './words.ts';
import { hintsFor, nameFor, type World } from './world.ts';

export type Mood = 'valid' | 'nearly' | 'hostile';

export interface Shot {
  readonly route: string;
  readonly mood: Mood;
  readonly caller: CallerName;
  readonly method: string;
  /** Path and query as they go over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Header lines that no client library sends; the connection is written by hand. */
  readonly lines?: readonly string[];
}

export function shotOf(routes: readonly Route[], world: World, random: Random): Shot {
  const route = random.pick(routes);
  const mood = random.pick(['valid', 'valid', 'nearly', 'nearly', 'hostile'] as const);
  const path = pathOf(route, world, random, mood);
  const body = bodyOf(route, path, world, random, mood);
  const caller = callerOf(route, random, mood);
  const wild = mood === 'hostile' && random.chance(0.1);
  return {
    route: route.name,
    mood,
    caller,
    method: methodOf(route, random, mood),
    target: `/api/${path}${queryOf(route, path, world, random, mood)}`,
    headers: { ...usualHeaders(world, caller, body, random, mood), ...headersOf(world, random, mood) },
    body,
    ...(wild ? { lines: [random.pick(LINES)] } : {}),
  };
}

/** Line ends inside a header, headers that fold, lengths that lie. */
const LINES = [
  `x-ms-client-request-id: a\r${SMUGGLED}: 1`,
  `x-ms-client-request-id: a\n${SMUGGLED}: 1`,
  `x-ms-client-request-id: a\r\n\t${SMUGGLED}: 1`,
  'x-ms-client-request-id: a\u0000b',
  `x-forwarded-for: 1.2.3.4\r\n {"level":"error"}`,
  'idempotency-key: a\u000bb',
  'content-length: -1',
  'content-length: 99999999999999999999',
  'transfer-encoding: gzip, chunked',
  'no colon here',
  `${'x'.repeat(20_000)}: 1`,
];

const methodOf = ({ method }: Route, random: Random, mood: Mood): string =>
  method === 'ANY' || (mood !== 'valid' && random.chance(0.04)) ? random.pick(METHODS) : method;

function pathOf({ path, who }: Route, world: World, random: Random, mood: Mood): string {
  const spoil = mood === 'hostile' ? 0.35 : mood === 'nearly' ? 0.06 : 0;
  return path
    .replace('{*rest}', () => random.pick(['nowhere', 'vaults/a/b/c/d', 'openapi', 'admin/host/status']))
    .replace(/\{(\w+)\}/g, (_, part: string) =>
      random.chance(spoil)
        ? random.pick(HOSTILE_SEGMENTS)
        : nameFor(who === 'Executor' && part === 'order' ? 'lease' : part, world, random),
    );
}

function queryOf(route: Route, path: string, world: World, random: Random, mood: Mood): string {
  const shape = shapeOf(route.query);
  const fields = shape && random.chance(0.7) ? (valid(shape, random, hintsFor(world, path)) as object) : {};
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  if (random.chance(0.05)) pairs.push('api-version=2026-11-01');
  if (mood !== 'valid' && random.chance(mood === 'hostile' ? 0.5 : 0.2))
    pairs.push(
      random.chance(0.2)
        ? `continuation=${continuation(world, random)}`
        : `${random.pick(NAMES)}=${random.chance(0.8) ? percent(random.pick(HOSTILE_TEXTS)) : random.pick(RAW)}`,
    );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

const NAMES = [
  'top',
  'continuation',
  'state',
  'server',
  'days',
  'type',
  'api-version',
  'preview',
  '__proto__',
  "$filter'",
];
const RAW = ['%', '%ff', '%00', '%u0041', '', '=', '&', '%0d%0a', 'NaN', '1e3', '-1', '0', '201', 'eyJhIjoxfQ'];
/** Where a page ended, as nobody but the service should say it: in other places of the store, before and behind everything. */
function continuation(world: World, random: Random): string {
  const vault = nameFor('vault', world, random);
  const rows = ['head!settings', 'pin!current', 'idem!', 'audit!', 'item!item-0', 'server!', 'zzz'];
  const keys = ['!', '~', '0', 'z', '.', 'x'.repeat(1400), vault, `${vault}!${random.pick(rows)}`, `${vault}~~~`];
  return Buffer.from(random.pick(keys)).toString('base64url');
}

const percent = (text: string): string => encodeURIComponent(text.toWellFormed()).slice(0, 6000);

function bodyOf(route: Route, path: string, world: World, random: Random, mood: Mood): Buffer | undefined {
  const shape = shapeOf(route.body);
  if (!shape) return mood === 'valid' || random.chance(0.8) ? undefined : bytesOf({ more: true });
  const good = valid(shape, random, hintsFor(world, path));
  if (mood === 'valid') return bytesOf(good);
  if (mood === 'nearly') return bytesOf(spoiled(good, random));
  const bad = random.chance(0.5) ? spoiled(spoiled(good, random), random) : good;
  return spoiledBytes(bad, random);
}

/** Who is usual where no person will do, or another one too. */
const OTHERS: { readonly [R in Role]?: readonly CallerName[] } = {
  Agent: ['agent'],
  GuardAdmin: ['keeper'],
  Executor: ['destroyer', 'destroyer', 'destroyer', 'otherDestroyer'],
};

function callerOf(route: Route, random: Random, mood: Mood): CallerName {
  if (mood !== 'valid' && random.chance(0.5)) return random.pick(CALLER_NAMES);
  const others = rolesOf(route).flatMap((role) => OTHERS[role] ?? []);
  // everybody is no app, and only an app destroys
  if (route.who === 'Executor') return random.pick([...others, 'everybody']);
  return random.pick(['everybody', 'everybody', 'everybody', 'contributorMfa', 'nobody', ...others]);
}

const TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'application/jsonx',
];

function usualHeaders(world: World, caller: CallerName, body: Buffer | undefined, random: Random, mood: Mood) {
  const token = world.tokens.get(caller);
  const type = mood === 'hostile' && random.chance(0.15) ? random.pick(TYPES) : 'application/json';
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': type }),
    // the key of local runs, for the one door that asks for it
    'x-reprieve-webhook-key': mood === 'hostile' && random.chance(0.5) ? 'LOCAL' : 'local',
  };
}

type HeaderMaker = (world: World, random: Random) => string;

const header = (random: Random): string =>
  // what a client library lets through
  Buffer.from(random.pick(HOSTILE_TEXTS).toWellFormed())
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
    .slice(0, 3000);

const HEADERS: Readonly<Record<string, readonly [share: number, good: HeaderMaker]>> = {
  'if-match': [0.12, ({ etags }, random) => random.pick([...etags.slice(-3), '*', '"stale"', 'W/"x"'])],
  'idempotency-key': [0.2, (_, random) => `key-${random.below(40)}`],
  accept: [0.25, (_, random) => random.pick(['application/problem+json', 'application/json', '*/*', 'text/html'])],
  'x-ms-client-request-id': [0.3, (_, random) => `client-${random.below(1000)}`],
  'x-reprieve-security-pin': [0.15, ({ pins }, random) => random.pick([...pins.slice(-3), '00000000', ' 12345678 '])],
  'x-forwarded-for': [0.2, (_, random) => `10.0.${random.below(256)}.${random.below(256)}`],
};

function headersOf(world: World, random: Random, mood: Mood): Readonly<Record<string, string>> {
  const spoil = mood === 'hostile' ? 0.5 : mood === 'nearly' ? 0.1 : 0;
  const sent = Object.entries(HEADERS).flatMap(([name, [share, good]]) => {
    if (!random.chance(share)) return [];
    return [[name, random.chance(spoil) ? header(random) : good(world, random)] as const];
  });
  if (mood === 'hostile' && random.chance(0.1)) sent.push(['authorization', header(random)]);
  return Object.fromEntries(sent);
}
