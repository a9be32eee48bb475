import type { ServerResponse } from 'node:http';
import type { RegisteredFunction } from '../app/core.ts';
import type { HttpData, InvocationResponse, TypedData } from '../app/protocol.ts';

/** What the function gave its http output, wherever it is bound; undefined when it returned nothing. */
export function httpOutput({ bindings }: RegisteredFunction, response: InvocationResponse): HttpData | undefined {
  const isHttp = (name: string | undefined): boolean => bindings[name ?? '']?.type.toLowerCase() === 'http';
  if (isHttp('$return')) return response.returnValue?.http;
  return response.outputData?.find(({ name }) => isHttp(name))?.data?.http;
}

/** These describe the connection, which is the host's. A length is the function's to say: without one the answer is chunked. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'upgrade']);

/** The real server sends nothing else in a header. */
const PRINTABLE = /^[\t\x20-\x7e]*$/;

/** Azure answers 204 when the function returned nothing. Throws, with nothing sent, when a header is not sendable. */
export function send(reply: ServerResponse, http: HttpData | undefined): void {
  if (!http) {
    reply.writeHead(204).end();
    return;
  }
  if (http.cookies && http.cookies.length > 0) throw new Error('the local host sends no cookies');
  reply.removeHeader('content-length'); // or node would count the body and send its length
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!PRINTABLE.test(value)) throw new Error(`the header ${name} is not ASCII`);
    if (/^transfer-encoding$/i.test(name)) throw new Error(`on Azure the header ${name} makes an answer unreadable`);
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) reply.setHeader(name, value);
  }
  reply.statusCode = Number(http.statusCode ?? 200);
  reply.end(bytesOf(http.body)); // node leaves the body of a HEAD answer away by itself
}

const bytesOf = (body: TypedData | null | undefined): Uint8Array =>
  body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? '');

export function sendEmpty(reply: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  for (const name of reply.getHeaderNames()) reply.removeHeader(name);
  const length = reply.req.method === 'HEAD' ? {} : { 'content-length': 0 };
  reply.writeHead(status, { ...length, ...headers }).end();
}
