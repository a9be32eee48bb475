import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Neighbours, strangerStatus } from '../../neighbours.ts';
import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import type { HttpData } from '../app/protocol.ts';
import { describe, type Print, stamp } from '../output.ts';
import type { Work } from '../work.ts';
import { type Administration, administer, isOfHost } from './admin.ts';
import { listen, strictServer } from './connections.ts';
import { refusalOf } from './refusals.ts';
import { decodedPath, readBody, segmentsOf, targetOf, toHttpData } from './request.ts';
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
  readonly homepage: boolean;
  readonly admin: Administration;
  readonly work: Work;
  readonly print: Print;
  readonly neighbours: Neighbours;
}

export interface HttpServer {
  readonly port: number;
  /** No new connections, idle ones closed; answers in work go out and end their connection. */
  stop(): void;
}

export async function serve(site: Site, port: number): Promise<HttpServer> {
  let stopping = false;
  const server = strictServer((request, reply) => {
    if (stopping) reply.setHeader('connection', 'close');
    void site.work.track(labelOf(request), answer(site, request, reply));
  });
  const bound = await listen(server, port);
  site.neighbours.add(bound);
  return {
    port: bound,
    stop() {
      stopping = true;
      server.close(); // closes idle keep-alive connections too
    },
  };
}

const labelOf = (request: IncomingMessage): string => `${request.method} ${targetOf(request).path}`;

/** Never rejects: whatever a request does, the host goes on. */
async function answer(site: Site, request: IncomingMessage, reply: ServerResponse): Promise<void> {
  try {
    await dispatch(site, request, reply);
  } catch (error) {
    site.print(stamp(`The host failed to answer ${labelOf(request)}: ${describe(error)}`));
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
  const refused = refusalOf(request);
  if (refused !== undefined) return sendEmpty(reply, refused, { connection: 'close' });
  const stranger = strangerStatus(request.headers, request.socket.localPort ?? 0, site.neighbours);
  if (stranger !== undefined) return sendEmpty(reply, stranger, { connection: 'close' });
  const path = decodedPath(targetOf(request).path) ?? '';
  const segments = segmentsOf(path);
  if (isOfHost(segments)) return administer(site.admin, segments, request, reply);
  const hit = site.route(method, segments);
  if (!hit) return path === '/' && method === 'GET' ? home(site, reply) : sendEmpty(reply, 404);
  const body = await readBody(request, reply);
  if ('bytes' in body) return run(site, hit, toHttpData(request, path, hit.values, body.bytes), reply);
  if (body.refused === 'gone') return void reply.destroy();
  sendEmpty(reply, 500, { connection: 'close' });
}

/** The real host has a welcome page here; uptime checks look at its 200. */
function home({ homepage }: Site, reply: ServerResponse): void {
  if (homepage) reply.writeHead(200, { 'content-type': 'text/html' }).end(WELCOME);
  else reply.writeHead(204).end();
}

const WELCOME = '<p>Your Functions 4.0 app is up and running</p>\n';

async function run(
  { invoke, print }: Site,
  { route: { called } }: Hit<HttpRoute>,
  http: HttpData,
  reply: ServerResponse,
) {
  const outcome = await invoke(called, {
    reason: 'This function was programmatically called via the host APIs.',
    input: { http },
  });
  if (!outcome.ok) return sendEmpty(reply, 500); // nothing of our inside leaves the house
  try {
    send(reply, httpOutput(called, outcome.response));
  } catch (error) {
    print(stamp(`The answer of Functions.${called.name} cannot be sent: ${describe(error)}`));
    if (!reply.headersSent) sendEmpty(reply, 500);
  }
}
