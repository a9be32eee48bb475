import { type Kind, OPERATIONS } from './api.ts';
import { isRecord, notReprieve, ReprieveError, refusalIn, unreachable } from './problem.ts';
import type { Answer, ClientOptions, Operation, Wish } from './types.ts';

/** The options of a client, the defaults put in. */
export type Settings = Required<ClientOptions>;

type Sending = Pick<Settings, 'url' | 'token' | 'timeoutMs' | 'fetch' | 'now'>;

/** A wish of any operation. */
export type AnyWish = Partial<Wish<Operation>> & {
  readonly names?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** A request as it goes out at every try; the token is the one thing that may differ. */
export interface PreparedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** It may be sent once more after a lost answer: the service does it once. */
  readonly isRepeatable: boolean;
  readonly kind: Kind | undefined;
}

export function prepare(
  { url, newKey }: Pick<Settings, 'url' | 'newKey'>,
  operation: Operation,
  { names = {}, query, etag, idempotencyKey, securityPin, body, headers = {} }: AnyWish,
  search = searchOf(query),
): PreparedRequest | ReprieveError {
  const wrong = Object.values(names).find((name) => !name || /^\.{1,2}$/.test(name));
  if (wrong !== undefined)
    return new ReprieveError({ status: 0, code: 'InvalidName', message: `"${wrong}" is not a name.` });
  const [method, path, kind] = OPERATIONS[operation] as readonly [string, string, Kind?];
  const key = idempotencyKey ?? (kind === 'keyed' ? newKey() : undefined);
  const step = (_: string, name: string): string => encodeURIComponent(names[name] ?? '');
  return {
    method,
    url: `${url}${path.replace(/\{(\w+)\}/g, step)}${search}`,
    headers: withoutUndefined({
      'content-type': body === undefined ? undefined : 'application/json',
      'if-match': etag,
      'idempotency-key': key,
      'x-reprieve-security-pin': securityPin,
      ...headers,
    }),
    body: body === undefined ? undefined : JSON.stringify(body),
    isRepeatable: method === 'GET' || key !== undefined,
    kind,
  };
}

const withoutUndefined = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

export const searchOf = (query: object = {}): string => {
  const search = new URLSearchParams(withoutUndefined(query)).toString();
  return search && `?${search}`;
};

/** One try. A caller who goes away gets the reason of the signal, everybody else an answer. */
export async function send(
  settings: Sending,
  request: PreparedRequest,
  signal: AbortSignal | undefined,
): Promise<Answer<Operation>> {
  signal?.throwIfAborted();
  try {
    const response = await settings.fetch(request.url, await initOf(settings, request, signal));
    return read(settings, request, response, await response.text());
  } catch (error) {
    signal?.throwIfAborted();
    return { ok: false, problem: unreachable(whereOf(settings), error) };
  }
}

const whereOf = ({ url }: Sending): string => url || 'this address';

async function initOf(
  { token, timeoutMs }: Sending,
  { method, headers, body }: PreparedRequest,
  signal: AbortSignal | undefined,
): Promise<RequestInit> {
  const bearer = typeof token === 'function' ? await token() : token;
  const timeout = AbortSignal.timeout(timeoutMs);
  return {
    method,
    headers: bearer ? { ...headers, authorization: `Bearer ${bearer}` } : headers,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual', // the host that a redirection names must not see the token
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
}

function read(settings: Sending, { kind }: PreparedRequest, response: Response, text: string): Answer<Operation> {
  const { ok, status, headers } = response;
  const done = (value: unknown) => ({ ok: true, status, value, headers }) as Answer<Operation>;
  if (ok && (text === '' || kind === 'text')) return done(text || undefined);
  const body = parsed(text);
  const problem = refusalIn(response, body, settings.now());
  if (!problem && isRecord(body) && (ok || kind === 'always')) return done(body);
  return { ok: false, problem: problem ?? notReprieve(whereOf(settings), response, settings.now()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is not from this service
  }
}
