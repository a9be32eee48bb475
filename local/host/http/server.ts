import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import { describe, fatal, type Print, stamp } from '../output.ts';
import type { Work } from '../work.ts';
import { type Administration, administer } from './admin.ts';
import { pathSegments, rawPathOf, readBody, toHttpData } from './request.ts';
import { httpOutput, send, sendEmpty } from './response.ts';
import { type Hit, type Route, router } from './routes.ts';

interface HttpRoute extends Route {
  readonly called: HostedFunction;
}

/** The routes of the functions that take part: a disabled function or one in error has none, so it answers 404. */
export const routerOf = (functions: readonly HostedFunction[]) =>
  router(
    functions.flatMap((called): HttpRoute[] =>
      called.trigger.kind === 'http' && !called.disabled ? [{ ...called.trigger, name: called.name, called }] : [],
    ),
  );

interface Site {
  readonly route: ReturnType<typeof routerOf>;
  readonly invoke: Invoke;
  readonly origin: () => string;
  readonly admin: Administration;
  readonly work: Work;
  readonly print: Print;
}

export interface HttpServer {
  readonly port: number;
  /** No new connections, idle ones closed; answers in work go out and end their connection. */
  stop(): void;
}

/** As the real server: what is closed sooner meets the next request of a caller who was slow. */
const KEEP_ALIVE_MS = 130_000;

export async function serve(site: Site, port: number): Promise<HttpServer> {
  let stopping = false;
  const server = createServer((request, reply) => {
    if (stopping) reply.setHeader('connection', 'close');
    reply.on('error', () => undefined); // the caller hung up; the function has run, there is nothing to undo
    void site.work.track(`${request.method} ${rawPathOf(request)}`, answer(site, request, reply));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  const bound = await listen(server, port);
  return {
    port: bound,
    stop() {
      stopping = true;
      server.close(); // closes idle keep-alive connections too
    },
  };
}

/** Never rejects: whatever a request does, the host goes on. */
async function answer(site: Site, request: IncomingMessage, reply: ServerResponse): Promise<void> {
  try {
    await dispatch(site, request, reply);
  } catch (error) {
    site.print(stamp(`The host failed to answer ${request.method} ${rawPathOf(request)}: ${describe(error)}`));
    if (reply.headersSent) reply.destroy();
    else sendEmpty(reply, 500);
  }
  await finished(reply);
}

/** An answer counts as given when its last byte has left, so that shutting down cuts nobody off. */
const finished = (reply: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (reply.writableFinished || reply.destroyed) resolve();
    else reply.once('close', resolve);
  });

async function dispatch(site: Site, request: IncomingMessage, reply: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const path = pathSegments(rawPathOf(request));
  if (!path) return sendEmpty(reply, 400);
  if (path[0]?.toLowerCase() === 'admin') return administer(site.admin, path, request, reply);
  const hit = site.route(method, path);
  if (!hit) return path.length === 0 && method === 'GET' ? home(reply) : sendEmpty(reply, 404);
  const body = await readBody(request);
  if ('bytes' in body) return run(site, hit, body.bytes, request, reply);
  if (body.refused === 'gone') return void reply.destroy();
  reply.writeHead(413, { connection: 'close', 'content-length': 0 }).end();
}

/** The real host has a welcome page here; uptime checks look at its 200. */
const home = (reply: ServerResponse): void =>
  void reply.writeHead(200, { 'content-type': 'text/html' }).end('<p>Your Functions 4.0 app is up and running</p>\n');

async function run(
  { invoke, origin, print }: Site,
  { route: { called }, values }: Hit<HttpRoute>,
  body: Buffer,
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const outcome = await invoke(called, {
    reason: 'This function was programmatically called via the host APIs.',
    input: { http: toHttpData(request, origin(), values, body) },
  });
  if (!outcome.ok) return sendEmpty(reply, 500); // nothing of our inside leaves the house
  try {
    send(reply, httpOutput(called, outcome.response));
  } catch (error) {
    print(stamp(`The answer of Functions.${called.name} cannot be sent: ${describe(error)}`));
    if (!reply.headersSent) sendEmpty(reply, 500);
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(fatal(refusal(error, port))));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

const refusal = (error: Error, port: number): string =>
  'code' in error && error.code === 'EADDRINUSE'
    ? `Port ${port} is already in use: choose another with --port, or 0 for a free one.`
    : `The host cannot listen on 127.0.0.1:${port}: ${error.message}.`;
