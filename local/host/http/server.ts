import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describe, fatal } from '../fatal.ts';
import { type Print, stamp } from '../print.ts';
import type { Work } from '../work.ts';
import { type Administration, administer } from './admin.ts';
import { readBody } from './body.ts';
import type { Values } from './match.ts';
import { pathSegments } from './path.ts';
import { rawPathOf } from './request.ts';
import { sendEmpty } from './response.ts';
import type { Hit, Route } from './routes.ts';

export interface HttpFunction extends Route {
  readonly run: (request: IncomingMessage, reply: ServerResponse, params: Values, body: Buffer) => Promise<void>;
}

interface Site {
  readonly route: (method: string, path: readonly string[]) => Hit<HttpFunction> | undefined;
  readonly admin: Administration;
  readonly work: Work;
  readonly print: Print;
}

export interface HttpServer {
  readonly port: number;
  /** No new connections, idle ones closed; answers in work go out and end their connection. */
  stop(): void;
}

export async function serve(site: Site, port: number): Promise<HttpServer> {
  let stopping = false;
  const server = createServer((request, reply) => {
    if (stopping) reply.setHeader('connection', 'close');
    reply.on('error', () => undefined); // the caller hung up; the function has run, there is nothing to undo
    void site.work.track(`${request.method} ${rawPathOf(request)}`, answer(site, request, reply));
  });
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

async function dispatch({ route, admin }: Site, request: IncomingMessage, reply: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const path = pathSegments(rawPathOf(request));
  if (!path) return sendEmpty(reply, 400);
  if (path[0]?.toLowerCase() === 'admin') return administer(admin, path, request, reply);
  const hit = route(method, path);
  if (!hit) return path.length === 0 && method === 'GET' ? home(reply) : sendEmpty(reply, 404);
  const body = await readBody(request);
  if ('bytes' in body) return hit.route.run(request, reply, hit.values, body.bytes);
  if (body.refused === 'gone') return void reply.destroy();
  reply.setHeader('connection', 'close');
  reply.writeHead(413, { connection: 'close', 'content-length': 0 }).end();
}

/** The real host has a welcome page here; uptime checks look at its 200. */
const home = (reply: ServerResponse): void =>
  void reply.writeHead(200, { 'content-type': 'text/html' }).end('<p>Your Functions 4.0 app is up and running</p>\n');

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
