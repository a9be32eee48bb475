import type { HttpRequest } from '@azure/functions';
import { type Caller, channelOf, hasRole, ownsServer } from '../core/caller.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Identify } from './identity.ts';
import { type Call, type Route, rolesOf } from './route.ts';

const API_VERSION = '2026-11-01';
const NOBODY: Caller = { tid: '', oid: '', roles: [], appOnly: false, secondFactor: false };

/** The api-version, the token, the role: in this order, and before anything of the request is looked at. */
export function doorkeeper(identify: Identify, telemetry: Telemetry) {
  const logins = failedLogins();

  /** Who, from where and why; never the token, and nothing of it. */
  const tell = ({ refusal }: Refused, route: Route, why: string, from: string | null): void => {
    telemetry.event('auth.refused', { route: route.name, code: refusal.code, why, from });
    telemetry.measure('reprieve.auth_failures', 1);
  };

  /** Who brings this token, or why nobody does: told to the log, and counted. */
  const login = async (route: Route, { headers }: HttpRequest): Promise<Outcome<Caller>> => {
    let why = 'no token';
    let unseen: Refused | undefined;
    const address = addressOf(headers.get('x-forwarded-for'));
    const caller = await identify(
      headers.get('authorization'),
      (reason) => {
        why = reason;
      },
      () => {
        const wait = logins.wait(address, new Date());
        unseen = wait === undefined ? undefined : tooMany(wait);
        return unseen;
      },
    );
    if (caller.ok) return caller;
    const seconds = unseen ? undefined : logins.failed(address, new Date());
    const refused = seconds === undefined ? caller : tooMany(seconds);
    tell(refused, route, unseen ? 'not looked at: too many failed from there' : why, address);
    return refused;
  };

  /** For a door that is open to all: whatever is wrong with a token, or with who could check it, its bearer is a stranger. */
  const guest = async (route: Route, request: HttpRequest): Promise<Caller> => {
    const known = request.headers.has('authorization') ? login(route, request) : identify(null);
    const caller = await known.catch(() => undefined);
    return caller?.ok ? caller.value : NOBODY;
  };

  return async (route: Route, request: HttpRequest, url: URL): Promise<Outcome<Caller>> => {
    if ([...url.searchParams].some(([name, value]) => name.toLowerCase() === 'api-version' && value !== API_VERSION))
      return refuse('UnsupportedApiVersionValue', `This service speaks api-version ${API_VERSION}.`, {
        target: 'api-version',
        facts: { supported: [API_VERSION] },
      });
    if (route.knowsCallers) return ok(await guest(route, request));
    if (route.who === 'anyone') return route.admits?.(request.headers) ?? ok(NOBODY);
    const caller = await login(route, request);
    if (!caller.ok || mayEnter(route, caller.value)) return caller;
    const refused = forbidden(route);
    tell(refused, route, 'no role that may', addressOf(request.headers.get('x-forwarded-for')));
    return refused;
  };
}

const mayEnter = (route: Route, caller: Caller): boolean => rolesOf(route).some((role) => hasRole(caller, role));

const forbidden = (route: Route): Refused => {
  const [requiredRole] = rolesOf(route);
  return refuse('Forbidden', `This needs the role ${requiredRole}.`, { facts: { requiredRole } });
};

const tooMany = (seconds: number): Refused =>
  refuse('TooManyAttempts', 'Too many logins from here have failed. Get a valid token before you try again.', {
    retryAfterSeconds: seconds,
  });

type AnyCall = Pick<Call<Readonly<Record<string, string>>>, 'ports' | 'caller' | 'names'>;

/**
 * An agent sees and touches its own servers and what lies on them, also what was purged from there. What does not exist yet is decided
 * where it is made.
 */
export async function notTheAgents(
  { ports, caller, names }: AnyCall,
  route: Pick<Route, 'method' | 'path'>,
): Promise<Refused | undefined> {
  if (channelOf(caller) !== 'agent') return undefined;
  const { vault = '' } = names;
  const server = names['server'] ?? (await serverOf(ports, vault, names['item'], route));
  if (server === undefined) return undefined;
  const held = server === null ? undefined : await ports.vaults.server(vault, server);
  if (server !== null && !held && names['server'] !== undefined) return undefined;
  if (held && ownsServer(caller, held.value.registeredBy)) return undefined;
  return refuse('Forbidden', 'An agent may touch only the servers that it registered itself, and what lies on them.');
}

/** undefined: no such item; null: an item that lies on no server. */
async function serverOf(
  { vaults }: AnyCall['ports'],
  vault: string,
  item: string | undefined,
  route: Pick<Route, 'method' | 'path'>,
): Promise<string | null | undefined> {
  const held = item === undefined ? undefined : await vaults.item(vault, item);
  if (!held || (held.value.state === 'Purged' && makesItem(route))) return undefined;
  return held.value.server;
}

/** The name of a purged item is free for another item, on another server. */
const makesItem = ({ method, path }: Pick<Route, 'method' | 'path'>): boolean =>
  method === 'PUT' && path.endsWith('/items/{item}');

const WINDOW_MS = 60_000;
const REMEMBERED = 10_000;
/** A local run does not name its callers: all of them together may be wrong more often. */
const MOST = { named: 100, unnamed: 5000 };

/** A place over its limit has one token looked at in this time: work for us is bounded, and a good token still gets in. */
const LOOK_MS = 1000;

interface Failures {
  readonly since: number;
  readonly times: number;
  readonly lookedAt: number;
}

/** Counts logins that failed, by where they came from. Who has a good token is not kept out by others behind the same address. */
export function failedLogins() {
  const seen = new Map<string, Failures>();
  const of = (address: string | null, now: Date): Failures => {
    const before = seen.get(address ?? '');
    const isOver = before === undefined || now.getTime() - before.since >= WINDOW_MS;
    return isOver ? { since: now.getTime(), times: 0, lookedAt: 0 } : before;
  };
  const isTooOften = (address: string | null, times: number): boolean =>
    times > (address === null ? MOST.unnamed : MOST.named);
  return {
    /** One more. Answers for how many seconds that place is to be told "too many" instead of "wrong". */
    failed(address: string | null, now: Date): number | undefined {
      const key = address ?? '';
      const current = of(address, now);
      const times = current.times + 1;
      seen.delete(key);
      seen.set(key, { ...current, times });
      const [oldest] = seen.keys();
      if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
      if (!isTooOften(address, times)) return undefined;
      return Math.max(1, Math.ceil((current.since + WINDOW_MS - now.getTime()) / 1000));
    },
    /** For how many seconds no token from there is looked at; undefined: this one is. */
    wait(address: string | null, now: Date): number | undefined {
      const current = of(address, now);
      if (!isTooOften(address, current.times)) return undefined;
      if (now.getTime() - current.lookedAt < LOOK_MS) return LOOK_MS / 1000;
      seen.set(address ?? '', { ...current, lookedAt: now.getTime() });
      return undefined;
    },
  };
}

const ADDRESS = /^[0-9a-fA-F.:[\]]{2,64}$/;

/** What the platform in front says: it appends the caller's address to whatever the caller claims. Without its port. */
export function addressOf(forwardedFor: string | null): string | null {
  const last = forwardedFor?.slice(-200).split(',').at(-1)?.trim() ?? '';
  if (!ADDRESS.test(last)) return null;
  return last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[(.+)\](?::\d+)?$/, '$1');
}
