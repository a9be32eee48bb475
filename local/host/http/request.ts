import type { IncomingMessage } from 'node:http';
import type { HttpData, NullableValue } from '../app/protocol.ts';
import type { Values } from './match.ts';

/** A node request as the host describes it to the library. */
export const toHttpData = (request: IncomingMessage, origin: string, params: Values, bytes: Buffer): HttpData => ({
  method: request.method ?? 'GET',
  url: `${baseOf(request, origin)}${targetOf(request)}`,
  nullableHeaders: nullable(headersOf(request)),
  nullableQuery: nullable(queryOf(targetOf(request))),
  nullableParams: nullable(Object.entries(params)),
  body: bytes.length > 0 ? { bytes } : null,
});

/** Path and query, exactly as they came, also when the caller wrote the whole URL into the request line. */
export const targetOf = ({ url = '/' }: IncomingMessage): string =>
  url.startsWith('/') ? url : (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? '');

export const rawPathOf = (request: IncomingMessage): string => targetOf(request).replace(/[?#][\s\S]*$/, '');

/** The Host header becomes part of a URL, so only what looks like a host may pass. */
function baseOf({ headers: { host } }: IncomingMessage, origin: string): string {
  const base = `http://${host ?? ''}`;
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) && URL.canParse(base) ? base : origin;
}

type Pairs = ReadonlyArray<readonly [string, string]>;

/** Repeated headers arrive as one value, joined as .NET joins them. */
function headersOf(request: IncomingMessage): Pairs {
  return Object.entries(request.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ]);
}

/** As .NET presents a query: names compare without case, repeated values are joined by a comma. */
function queryOf(target: string): Pairs {
  const start = target.indexOf('?');
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of new URLSearchParams(start < 0 ? '' : target.slice(start))) {
    const known = merged.get(name.toLowerCase());
    merged.set(name.toLowerCase(), known ? [known[0], `${known[1]},${value}`] : [name, value]);
  }
  return [...merged.values()];
}

const nullable = (pairs: Pairs): Record<string, NullableValue> =>
  Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));
