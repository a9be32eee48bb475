import type { Request, Service } from './command.ts';
import type { Io } from './io.ts';
import { at, type Fields, isRecord, type Json, listIn, textAt } from './json.ts';
import { inTrouble } from './trouble.ts';

const PATIENCE_MS = 120_000;
const MOST_PAGES = 100_000;

export interface Door {
  readonly url: URL;
  readonly token: string | undefined;
}

export function serviceAt({ url, token }: Door, io: Pick<Io, 'fetch'>): Service {
  const call = async (target: URL, { method, body, headers }: Pick<Request, 'method' | 'body' | 'headers'>) => {
    const init: RequestInit = {
      method,
      headers: {
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: 'manual', // whoever is redirected to must not see the token
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    return read(...(await reached(io.fetch(target.href, init), url)), url);
  };
  const send: Service['send'] = (request) => call(addressOf(url, request), request);

  return {
    send,
    list: async (request) => {
      const found: Fields[] = [];
      const seen = new Set<string>();
      let next: URL | undefined = addressOf(url, { ...request, query: { top: '200', ...request.query } });
      while (next && !seen.has(next.href) && seen.size < MOST_PAGES) {
        seen.add(next.href);
        const page: Fields = await call(next, request);
        found.push(...listIn(page, 'value').filter(isRecord));
        next = nextOf(page, url);
      }
      return found;
    },
  };
}

const prefixOf = ({ pathname }: URL): string => pathname.replace(/\/+$/, '');

function addressOf(base: URL, { path, query = {} }: Request): URL {
  const address = new URL(`${prefixOf(base)}/api/${path}`, base);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

/** Of a nextLink only what comes behind the host: a gateway may have another name than the service knows, and a path before it; the token stays. */
function nextOf(page: Fields, base: URL): URL | undefined {
  const link = at(page, 'nextLink');
  if (typeof link !== 'string' || !URL.canParse(link, base.href)) return undefined;
  const { pathname, search } = new URL(link, base);
  const before = prefixOf(base);
  const own = pathname.startsWith(`${before}/`) ? pathname : `${before}${pathname}`;
  return new URL(`${own}${search}`.replace(/^\/+/, '/'), base);
}

async function reached(answer: Promise<Response>, { origin }: URL): Promise<[Response, string]> {
  try {
    const response = await answer;
    return [response, await response.text()];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || textAt(cause, 'code') || cause.name : String(cause);
    throw inTrouble({ kind: 'unreachable', message: `There is no answer from ${origin}: ${why}` });
  }
}

/** A gateway in between answers too, but not in JSON and not with `error`. */
function read(response: Response, text: string, { origin }: URL): Fields {
  const body = parsed(text);
  if (response.status === 204) return {};
  if (response.ok && isRecord(body)) return body;
  const error = at(body, 'error');
  if (response.ok || !isRecord(error))
    throw inTrouble({
      kind: 'unreachable',
      message: `What answers at ${origin} is not Reprieve, or Reprieve is not running behind it (HTTP ${response.status}).`,
    });
  throw inTrouble({
    kind: 'refused',
    status: response.status,
    code: textAt(error, 'code'),
    message: textAt(error, 'message'),
    requestId: response.headers.get('x-ms-request-id') ?? undefined,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    error,
  });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by the caller
  }
}
