/** What critical operations on a vault of a test's own take: an agent with its server, people with and without a second factor, PINs. */
import { call, type Reply } from './call.ts';
import { aVault, type Estate, later, OWNER, ok } from './estate.ts';
import type { Service } from './launch.ts';

export interface Person {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
}

export const ADA: Person = { sub: 'ada', roles: ['Contributor'], mfa: true };
export const ADA_WITHOUT: Person = { sub: 'ada', roles: ['Contributor'] };
export const AGENT: Person = { sub: 'agent', roles: ['Agent'], appOnly: true };
export const KEEPER: Person = { sub: 'keeper', roles: ['GuardAdmin'], mfa: true };
export const KEEPER_WITHOUT: Person = { ...KEEPER, mfa: false };
export const SECOND_KEEPER: Person = { ...KEEPER, sub: 'second-keeper' };

/** Any answer's body, as far as these tests look into it. */
export interface Body {
  readonly securityPin: string;
  readonly expiresAt: string;
  readonly grant: string;
  readonly state: string;
  readonly registration: string;
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly error: { readonly code: string };
}

export interface Secured {
  readonly vault: Estate;
  readonly server: string;
  /** Below /api. */
  ask(
    who: Person,
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply<Body>>;
  /** Below the vault. */
  within(who: Person, method: string, path: string, body?: object, pin?: string): Promise<Reply<Body>>;
  /** Opens stop with delete on every server, unless another wish is named. */
  pin(wish?: { readonly operation?: string; readonly server?: string }): Promise<string>;
  /** Stop with delete, by the agent. */
  delete(item: string, pin?: string, who?: Person): Promise<Reply<Body>>;
  alerts(type: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

let made = 0;

/** A vault with a server that the agent registered, and on it the item "files". */
export async function secured(
  service: Pick<Service, 'api' | 'token'>,
  {
    kind = 'MARS',
    agentVersion = '99.0.0.0',
    settings = {},
  }: { kind?: string; agentVersion?: string; settings?: object } = {},
): Promise<Secured> {
  const vault = await aVault(service, { settings });
  made += 1;
  const server = `server-${made}`;
  const ask: Secured['ask'] = async ({ sub, ...who }, method, path, body, headers = {}) =>
    call<Body>(service.api, method, `/api/${path}`, {
      token: await service.token({ sub, ...who }),
      headers,
      ...(body === undefined ? {} : { body }),
    });
  const within: Secured['within'] = (who, method, path, body, pin) =>
    ask(who, method, `vaults/${vault.name}${path}`, body, pin === undefined ? {} : { 'x-reprieve-security-pin': pin });
  ok(await within(AGENT, 'PUT', `/servers/${server}`, { kind, agentVersion }));
  const item = { workload: kind, policy: 'daily', sourceId: 'C:/files', server };
  ok(await within(AGENT, 'PUT', '/items/files', item));
  return {
    vault,
    server,
    ask,
    within,
    pin: async (wish = {}) => ok(await within(ADA, 'POST', '/securityPin', wish)).securityPin,
    delete: (name, pin, who = AGENT) =>
      within(who, 'POST', `/items/${name}/stop`, { mode: 'delete', confirmName: name }, pin),
    alerts: async (type) => ok(await within({ ...OWNER, sub: 'owner' }, 'GET', `/alerts?type=${type}`)).value,
  };
}

/** Moves the service's clock on from where it stands. */
export async function pass(service: Pick<Service, 'api'>, seconds: number): Promise<void> {
  const { now } = ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock'));
  const offset = (Date.parse(later(now, { seconds })) - Date.now()) / 1000;
  ok(await call(service.api, 'PUT', '/api/local/clock', { body: { offset: `PT${offset.toFixed(3)}S` } }));
}
