/** What a caller sent, as the real server presents it: the address, the headers, the body. */
import type { IncomingMessage } from 'node:http';
import type { HttpData, NullableText } from '../app/protocol.ts';
import type { Values } from './routes.ts';

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
const targetOf = ({ url = '/' }: IncomingMessage): string =>
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

const nullable = (pairs: Pairs): Record<string, NullableText> =>
  Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));

/**
 * The path as the real server presents it to routing: every segment decoded once, `%2F` left as text so that it can
 * never become a separator, dot segments removed. Escapes that are not UTF-8 stay as they came; decoding never
 * throws. undefined: a NUL, which the real server answers with 400.
 */
export function pathSegments(rawPath: string): string[] | undefined {
  const decoded = rawPath.replace(/^\//, '').split('/').map(decodeSegment);
  if (decoded.some((segment) => segment.includes('\0'))) return undefined;
  const kept: string[] = [];
  for (const segment of decoded) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  if (kept.at(-1) === '') kept.pop(); // a trailing slash makes no difference
  return kept;
}

const decodeSegment = (segment: string): string =>
  segment.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    run
      .split(/(%2f)/i)
      .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeRun(piece)))
      .join(''),
  );

/** Decodes the longest readable pieces of a run of escapes and leaves the others alone. */
function decodeRun(run: string): string {
  const whole = tryDecode(run);
  if (whole !== undefined) return whole;
  let out = '';
  for (let at = 0; at < run.length; ) {
    const size = [3, 6, 9, 12].find(
      (length) => at + length <= run.length && tryDecode(run.slice(at, at + length)) !== undefined,
    );
    out += size === undefined ? run.slice(at, at + 3) : tryDecode(run.slice(at, at + size));
    at += size ?? 3;
  }
  return out;
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Azure's own ceiling for HTTP triggers. Anything stricter is the app's business. */
const BODY_LIMIT = 100 * 1024 * 1024;

type Body = { readonly bytes: Buffer } | { readonly refused: 'too large' | 'gone' };

export async function readBody(request: IncomingMessage, limit = BODY_LIMIT): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return { refused: 'too large' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > limit) return { refused: 'too large' };
      chunks.push(chunk);
    }
  } catch {
    return { refused: 'gone' }; // the caller hung up half-way; there is nobody to answer
  }
  return { bytes: Buffer.concat(chunks) };
}
