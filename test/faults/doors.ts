/** The two doors that the fault tests knock at: the running host, and the app in this process. Both take the same calls. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import { makeApp } from '../../src/app.ts';
import type { Route } from '../../src/http/route.ts';
import { answeringMail } from '../support/answeringMail.ts';
import { configFrom } from '../support/config.ts';
import { EVIDENCE_KEY } from '../support/stores.ts';

export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

export interface Ask {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `door('POST', 'vaults/v/items/i/undelete', { body })`. */
export type Door = (method: string, path: string, ask?: Ask) => Promise<Reply>;

export const SETTINGS = {
  // nobody brings a token here, so nobody asks for keys
  IDENTITY_ISSUER: 'http://127.0.0.1:9',
  IDENTITY_AUDIENCE: 'api://reprieve',
  IDENTITY_JWKS: 'http://127.0.0.1:9/jwks',
  IDENTITY_CLIENTS: 'reprieve-local',
  PIN_PEPPER: 'a pepper that is known to nobody else',
  // tickets of the ground are as good as those of the service
  EVIDENCE_KEY,
  MAIL_OPERATORS: 'ops@contoso.com',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  SWEEP_MAX_PURGES: '1000000',
} as const;

export const settingsFor = (storage: string) => ({
  PURGE_NOTICE: 'PT0S',
  ...SETTINGS,
  ...answeringMail(storage),
  DATA_STORAGE: storage,
});

const parse = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));

export const hostDoor =
  (origin: string, token?: () => Promise<string>): Door =>
  async (method, path, { body, headers } = {}) => {
    const authorization = token ? { authorization: `Bearer ${await token()}` } : {};
    const response = await fetch(`${origin}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text()) };
  };

/** A process of its own as far as the app can tell: nothing is remembered, no table was made yet. */
export const appDoor = (connectionString: string, settings: Readonly<Record<string, string>> = {}): Door =>
  // the accounts of the trials share one Azurite, so they have other names than that of a local run
  doorOver(makeApp({ ...configFrom({ ...settingsFor(connectionString), ...settings }), local: true }));

/** The whole pipeline, without a host. */
export const doorOver =
  ({ routes, handle }: Pick<ReturnType<typeof makeApp>, 'routes' | 'handle'>): Door =>
  async (method, path, { body, headers } = {}) => {
    const { route, params } = findRoute(routes, method, path);
    const request = new HttpRequest({
      method: route.method,
      url: `http://localhost/api/${path}`,
      params,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body ? { body: { string: JSON.stringify(body) } } : {}),
    });
    const context = new InvocationContext({ logHandler: () => {} });
    const { status = 0, headers: sent, body: text } = await handle(route)(request, context);
    return { status, headers: new Headers(sent as Record<string, string>), body: parse(String(text ?? '')) };
  };

/** As the host finds it: of two that fit, the one that spells the path out. */
export function findRoute(routes: readonly Route[], method: string, path: string) {
  const fits = routes
    .filter((one) => one.method === method)
    .flatMap((route) => {
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const match = new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path);
      return match ? [{ route, params: Object.fromEntries(names.map((name, at) => [name, match[at + 1] ?? ''])) }] : [];
    });
  const [first] = fits.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (!first) throw new Error(`there is no route for ${method} ${path}`);
  return first;
}

/** The local clock of the service, so far ahead of real time. */
export async function moveClock(door: Door, seconds: number): Promise<void> {
  const { status } = await door('PUT', 'local/clock', { body: { offset: `PT${seconds}S` } });
  if (status !== 200) throw new Error(`the clock was not moved: ${status}`);
}

export interface Swept {
  readonly due: number;
  readonly purged: number;
  readonly held?: { readonly reason: string };
}

const MOST_SWEEPS = 40;
/** A clock that went back would leave what was due by it standing: it only ever goes on. */
const furthest = new WeakMap<Door, number>();

/**
 * Sweeps until nothing is due any more. What failed is tried again minutes later, and so the clock goes on by minutes; it
 * starts so many seconds ahead of real time that a first failure is tried again, and the answer is how far ahead it is then.
 */
export async function sweepToQuiet(door: Door, ahead = 300): Promise<number> {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
    const at = Math.max(ahead, furthest.get(door) ?? 0) + sweep * 300;
    await moveClock(door, at);
    const { status, body } = await door('POST', 'sweeps', { body: {} });
    if (status !== 200) throw new Error(`a sweep of a healthy store answered ${status}: ${JSON.stringify(body)}`);
    if ((body as Swept).due > 0) continue;
    furthest.set(door, at);
    return at;
  }
  throw new Error(`after ${MOST_SWEEPS} sweeps there is still something due`);
}
