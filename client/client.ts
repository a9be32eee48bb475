import { OPERATIONS, type Operations } from './api.ts';
import { isRecord, notReprieve, ReprieveError, refusalIn, unreachable } from './problem.ts';
import { pauseBefore, realSleep } from './retry.ts';

export { type Problem, ReprieveError } from './problem.ts';

export type Operation = keyof Operations;

/** Where the service is and who calls it. Everything but `url` has a default that works in browsers and in Node. */
export interface ClientOptions {
  /** Where the service is, with a gateway's path if there is one. Empty: the origin of the page. */
  readonly url: string;
  /** Asked before every try, so that it may be fresh. No token: the call goes out without one. */
  readonly token?: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /** Asked when the service demands a second factor. True: there is one now, and the call is repeated under its key. */
  readonly stepUp?: () => Promise<boolean>;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How often a call is tried in all. */
  readonly tries?: number;
  /** How long a call may wait between its tries, in all. A longer `Retry-After` is handed to the caller. */
  readonly longestWaitMs?: number;
  /** How long one try may take. */
  readonly timeoutMs?: number;
  readonly newKey?: () => string;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly now?: () => number;
  /** From 0 up to 1: spreads the retries of many callers. */
  readonly random?: () => number;
}

/** An optional field may also be given as undefined, which is the same as leaving it out. */
type OrUndefined<T> = T extends object
  ? { [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] }
  : T;

export type Wish<O extends Operation> = {
  readonly query?: OrUndefined<Operations[O]['query']>;
  /** The call is refused if the resource is no longer the one that had this etag. */
  readonly etag?: string | undefined;
  /** Made up for every write where it is not given. Give your own to repeat a call after a restart of your program. */
  readonly idempotencyKey?: string | undefined;
  readonly securityPin?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call, also while it waits for its next try. The call then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
} & (keyof Operations[O]['names'] extends never ? unknown : { readonly names: Operations[O]['names'] }) &
  (undefined extends Operations[O]['body']
    ? { readonly body?: OrUndefined<Operations[O]['body']> }
    : { readonly body: OrUndefined<Operations[O]['body']> });

/** The wish may be left out where an operation takes nothing. */
type Asked<O extends Operation> = Record<never, never> extends Wish<O> ? [wish?: Wish<O>] : [wish: Wish<O>];

export type Value<O extends Operation> = Operations[O]['answer'];

export type Answer<O extends Operation> =
  | { readonly ok: true; readonly status: number; readonly value: Value<O>; readonly headers: Headers }
  | { readonly ok: false; readonly problem: ReprieveError };

/** The operations that answer a page of a list. */
export type ListOperation = {
  [O in Operation]: 'nextLink' extends keyof Value<O> ? O : never;
}[Operation];

export type Element<O extends ListOperation> = Value<O> extends { readonly value: readonly (infer E)[] } ? E : never;

export interface Client {
  /** Answers the value, or throws a `ReprieveError`. */
  call<O extends Operation>(operation: O, ...asked: Asked<O>): Promise<Value<O>>;
  /** The same, but a problem is an answer too; the status and the headers are at hand. */
  ask<O extends Operation>(operation: O, ...asked: Asked<O>): Promise<Answer<O>>;
  /** A list page by page. A page may be empty and still not be the last. Throws as `call` does. */
  pages<O extends ListOperation>(operation: O, ...asked: Asked<O>): AsyncGenerator<Value<O>, void, undefined>;
  /** A list element by element, to its end. */
  each<O extends ListOperation>(operation: O, ...asked: Asked<O>): AsyncGenerator<Element<O>, void, undefined>;
}

/** One request, as it goes out at every try. */
interface Prepared {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** A lost answer may be asked for once more, because doing it twice is doing it once. */
  readonly isRepeatable: boolean;
  readonly kind: 'keyed' | 'text' | 'always' | undefined;
}

/** What every page of a list is. */
interface List<O extends ListOperation> {
  readonly value: readonly Element<O>[];
  readonly nextLink?: string;
}

/** The most elements that the service puts into one page. */
const MOST_AT_ONCE = 200;

/** A wish of any operation. */
type Loose = Partial<Wish<Operation>> & { readonly names?: Readonly<Record<string, string>>; readonly body?: unknown };

export function createClient(options: ClientOptions): Client {
  const settings = { ...DEFAULTS, ...options };
  const where = options.url || 'this address';

  async function ask<O extends Operation>(operation: O, wish: Loose, search?: string): Promise<Answer<O>> {
    const { signal } = wish;
    const prepared = prepare(options.url, operation, wish, settings.newKey, search);
    if (prepared instanceof ReprieveError) return { ok: false, problem: prepared };
    let waited = 0;
    let mayStepUp = true;
    for (let tries = 1; ; tries += 1) {
      const answer = await once<O>(prepared, signal);
      if (answer.ok) return answer;
      if (mayStepUp && answer.problem.code === 'StepUpRequired' && (await settings.stepUp())) {
        mayStepUp = false;
        continue;
      }
      const pause = pauseBefore(answer.problem, {
        tries,
        isRepeatable: prepared.isRepeatable,
        random: settings.random,
      });
      if (pause === undefined || tries >= settings.tries || waited + pause > settings.longestWaitMs) return answer;
      waited += pause;
      await settings.sleep(pause, signal);
    }
  }

  async function once<O extends Operation>(prepared: Prepared, signal: AbortSignal | undefined): Promise<Answer<O>> {
    signal?.throwIfAborted();
    try {
      const response = await settings.fetch(prepared.url, await initOf(prepared, signal));
      return read<O>(response, await response.text(), prepared.kind);
    } catch (error) {
      signal?.throwIfAborted();
      return { ok: false, problem: unreachable(where, error) };
    }
  }

  async function initOf({ method, headers, body }: Prepared, signal: AbortSignal | undefined): Promise<RequestInit> {
    const { token } = options;
    const bearer = typeof token === 'function' ? await token() : token;
    const timeout = AbortSignal.timeout(settings.timeoutMs);
    return {
      method,
      headers: bearer ? { ...headers, authorization: `Bearer ${bearer}` } : headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual', // the host that a redirection names must not see the token
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    };
  }

  function read<O extends Operation>(response: Response, text: string, kind: Prepared['kind']): Answer<O> {
    const { ok, status, headers } = response;
    const done = (value: unknown): Answer<O> => ({ ok: true, status, value: value as Value<O>, headers });
    if (ok && (text === '' || kind === 'text')) return done(text || undefined);
    const body = parsed(text);
    const problem = refusalIn(response, body, settings.now());
    if (!problem && isRecord(body) && (ok || kind === 'always')) return done(body);
    return { ok: false, problem: problem ?? notReprieve(where, response, settings.now()) };
  }

  async function call<O extends Operation>(operation: O, wish: Loose, search?: string): Promise<Value<O>> {
    const answer = await ask(operation, wish, search);
    if (answer.ok) return answer.value;
    throw answer.problem;
  }

  /** Of a link only the query is used: a gateway may have another name and path than the service knows of. */
  async function* pages<O extends ListOperation>(operation: O, wish: Loose) {
    const seen = new Set<string>();
    let search = searchOf(wish.query);
    while (!seen.has(search)) {
      seen.add(search);
      const page = await call(operation, wish, search);
      yield page;
      const { nextLink } = page as List<O>;
      if (!nextLink) return;
      search = new URL(nextLink, 'http://any').search;
    }
  }

  async function* each<O extends ListOperation>(operation: O, wish: Loose) {
    const query = { top: MOST_AT_ONCE, ...wish.query };
    for await (const page of pages(operation, { ...wish, query })) yield* (page as List<O>).value;
  }

  return {
    call: (operation, ...[wish = {}]) => call(operation, wish as Loose),
    ask: (operation, ...[wish = {}]) => ask(operation, wish as Loose),
    pages: (operation, ...[wish = {}]) => pages(operation, wish as Loose),
    each: (operation, ...[wish = {}]) => each(operation, wish as Loose),
  };
}

const DEFAULTS = {
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  stepUp: async () => false,
  tries: 4,
  longestWaitMs: 20_000,
  timeoutMs: 120_000,
  newKey: () => crypto.randomUUID(),
  sleep: realSleep,
  now: () => Date.now(),
  random: () => Math.random(),
};

function prepare(
  base: string,
  operation: Operation,
  { names = {}, query, etag, idempotencyKey, securityPin, body, headers = {} }: Loose,
  newKey: () => string,
  search?: string,
): Prepared | ReprieveError {
  const [method, path, kind] = OPERATIONS[operation] as readonly [string, string, Prepared['kind']?];
  const wrong = Object.values(names).find((name) => !name || /^\.{1,2}$/.test(name));
  if (wrong !== undefined)
    return new ReprieveError({ status: 0, code: 'InvalidName', message: `"${wrong}" is not a name.` });
  const sent = withoutUndefined({
    'content-type': body === undefined ? undefined : 'application/json',
    'if-match': etag,
    'idempotency-key': idempotencyKey ?? (kind === 'keyed' ? newKey() : undefined),
    'x-reprieve-security-pin': securityPin,
    ...headers,
  });
  const step = (_: string, name: string): string => encodeURIComponent(names[name] ?? '');
  return {
    method,
    url: `${base.replace(/\/+$/, '')}${path.replace(/\{(\w+)\}/g, step)}${search ?? searchOf(query)}`,
    headers: sent,
    body: body === undefined ? undefined : JSON.stringify(body),
    isRepeatable: method === 'GET' || 'idempotency-key' in sent,
    kind,
  };
}

const withoutUndefined = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const searchOf = (query: object = {}): string => {
  const search = new URLSearchParams(withoutUndefined(query)).toString();
  return search && `?${search}`;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
