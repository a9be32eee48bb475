/** What a caller sent, as the real server presents it: the address, the headers, the body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpData, NullableText } from '../app/protocol.ts';
import type { Values } from './routes.ts';

/** A node request as the host describes it to the library. `path`: the decoded one. */
export const toHttpData = (request: IncomingMessage, path: string, params: Values, bytes: Buffer): HttpData => ({
  method: request.method ?? 'GET',
  url: `http://${request.headers.host}${encodedPath(path)}${targetOf(request).query}`,
  nullableHeaders: nullable(headersOf(request)),
  nullableQuery: nullable(queryOf(targetOf(request).query)),
  nullableParams: nullable(Object.entries(params)),
  body: bytes.length > 0 ? { bytes } : null,
});

interface Target {
  /** Only where the caller wrote the whole URL into the request line. */
  readonly authority: string | undefined;
  readonly path: string;
  /** As it was sent, with its question mark. */
  readonly query: string;
}

export function targetOf({ url = '/' }: IncomingMessage): Target {
  const [, authority, path = '', query = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/([^/?]*))?([^?]*)(.*)$/is.exec(url) ?? [];
  return { authority, path, query };
}

type Pairs = ReadonlyArray<readonly [string, string]>;

/** Repeated headers arrive as one value, joined as .NET joins them. */
const headersOf = (request: IncomingMessage): Pairs =>
  Object.entries(request.headersDistinct).map(([name, values = []]) => [
    name,
    tryUtf8(values.join(name === 'cookie' ? '; ' : ',')) ?? '',
  ]);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Node reads the bytes of a header as Latin-1, .NET reads them as UTF-8. undefined: they are not. */
export function tryUtf8(latin1: string): string | undefined {
  try {
    return UTF8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** As .NET presents a query: names compare without case, repeated values are joined by a comma. */
function queryOf(query: string): Pairs {
  const merged = new Map<string, readonly [string, string]>();
  for (const pair of query.slice(1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = queryText(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : queryText(pair.slice(equals + 1));
    const known = merged.get(name.toLowerCase());
    merged.set(name.toLowerCase(), known ? [known[0], `${known[1]},${value}`] : [name, value]);
  }
  return [...merged.values()];
}

const queryText = (text: string): string => decodeText(text.replaceAll('+', ' '));

const nullable = (pairs: Pairs): Record<string, NullableText> =>
  Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));

/**
 * The path as the real server presents it to routing: every segment decoded once, `%2F` left as text so that it can
 * never become a separator, dot segments removed. Escapes that are not UTF-8 stay as they came; decoding never
 * throws. undefined: a NUL, which the real server refuses.
 */
export function decodedPath(sent: string): string | undefined {
  const decoded = sent.replace(/^\//, '').split('/').map(decodeSegment);
  if (decoded.some((segment) => segment.includes('\0'))) return undefined;
  const kept: string[] = [];
  for (const segment of decoded) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** A trailing slash makes no difference. */
export const segmentsOf = (path: string): readonly string[] => {
  const tidy = path.replace(/^\//, '').replace(/\/$/, '');
  return tidy === '' ? [] : tidy.split('/');
};

/** The address that a function is told: written anew from the decoded path, in which escapes that were left as text stay escapes. */
const encodedPath = (path: string): string =>
  path.replace(/%[0-9a-f]{2}|[^\w\-.~!$&'()*+,;=:@/]/giu, (piece) =>
    piece.length === 3 ? piece : encodeURIComponent(piece),
  );

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

const decodeSegment = (segment: string): string =>
  segment.replace(ESCAPES, (run) =>
    run
      .split(/(%2f)/i)
      .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeRun(piece)))
      .join(''),
  );

const decodeText = (text: string): string => text.replace(ESCAPES, decodeRun);

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

export const isChunked = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] !== undefined;

/** Only a body whose length is declared is read: a chunked one stays outside, and the function gets an empty one. */
export async function readBody(request: IncomingMessage, reply: ServerResponse): Promise<Body> {
  if (isChunked(request)) return { bytes: Buffer.alloc(0) };
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) return { refused: 'too large' };
  await letItCome(request, reply);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return { refused: 'gone' }; // the caller hung up half-way; there is nobody to answer
  }
  return { bytes: Buffer.concat(chunks) };
}

/** Who waits for a `100 Continue` before he sends gets one. Who has sent already does not. */
async function letItCome(request: IncomingMessage, reply: ServerResponse): Promise<void> {
  if (!/^100-continue$/i.test(request.headers.expect ?? '')) return;
  await new Promise(setImmediate); // what came with the head has arrived by then
  if (request.readableLength === 0 && !request.complete) reply.writeContinue();
}
