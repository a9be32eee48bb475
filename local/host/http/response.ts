import type { ServerResponse } from 'node:http';
import type { RegisteredFunction } from '../app/core.ts';
import type { HttpData, InvocationResponse, TypedData } from '../app/protocol.ts';

/** What the function gave its http output, wherever it is bound; undefined when it returned nothing. */
export function httpOutput({ bindings }: RegisteredFunction, response: InvocationResponse): HttpData | undefined {
  const isHttp = (name: string | undefined): boolean => bindings[name ?? '']?.type.toLowerCase() === 'http';
  if (isHttp('$return')) return response.returnValue?.http;
  return response.outputData?.find(({ name }) => isHttp(name))?.data?.http;
}

/** These describe the connection, which is the host's. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade']);

/** Azure answers 204 when the function returned nothing. Throws, with nothing sent, when a header is not sendable. */
export function send(reply: ServerResponse, http: HttpData | undefined): void {
  if (!http) {
    reply.writeHead(204).end();
    return;
  }
  if (http.cookies && http.cookies.length > 0) throw new Error('the local host sends no cookies');
  const body = bytesOf(http.body);
  const status = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {}))
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) reply.setHeader(name, value);
  if (!BODILESS.has(status)) reply.setHeader('content-length', body.length);
  reply.statusCode = status;
  reply.end(body); // node leaves the body of a HEAD answer away by itself
}

const BODILESS = new Set([204, 205, 304]);

const bytesOf = (body: TypedData | null | undefined): Uint8Array =>
  body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? '');

export function sendEmpty(reply: ServerResponse, status: number): void {
  for (const name of reply.getHeaderNames()) reply.removeHeader(name);
  reply.writeHead(status, { 'content-length': 0 }).end();
}
