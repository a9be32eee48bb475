/** Node's HTTP server with the manners of the real one: what it refuses, when it closes, what it says of what cannot be read. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { KEPT_ALIVE } from '../../ports.ts';
import { fatal } from '../output.ts';
import { readFirstHeads } from './front.ts';
import { isChunked } from './request.ts';

const OPTIONS = {
  ...KEPT_ALIVE,
  /** Beyond what is refused, so that the status is ours to choose. */
  maxHeaderSize: 64 * 1024,
};

export function strictServer(take: (request: IncomingMessage, reply: ServerResponse) => void): Server {
  const replies = new WeakMap<Duplex, ServerResponse>();
  const request = (request: IncomingMessage, reply: ServerResponse): void => {
    replies.set(request.socket, reply);
    reply.on('error', () => undefined); // the caller hung up; the function has run, there is nothing to undo
    if (!reply.shouldKeepAlive && isUnread(request)) endAfterBody(request, reply);
    take(request, reply);
  };
  const server = createServer(OPTIONS, request);
  readFirstHeads(server);
  server.on('checkContinue', request).on('checkExpectation', request);
  server.on('connect', (_request, socket) => refuse(socket, 400));
  server.on('clientError', (error, socket) => {
    const status = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    // what cannot be read comes after a request that could: that one is answered first
    const before = replies.get(socket);
    if (before && !before.writableFinished && hasItsBody(before.req))
      before.once('finish', () => refuse(socket, status));
    else refuse(socket, status);
  });
  return server;
}

const hasItsBody = (request: IncomingMessage): boolean => request.complete || isChunked(request);

/** Who waits for a `100 Continue` sends nothing more. */
const isUnread = (request: IncomingMessage): boolean => isChunked(request) && request.headers.expect === undefined;

const DRAIN_MS = 5_000;

/** A body that no function gets is read away for a while before the connection ends, or the end would take the answer with it. */
function endAfterBody(request: IncomingMessage, reply: ServerResponse): void {
  reply.shouldKeepAlive = true;
  reply.removeHeader('connection');
  const end = (): void => void request.socket.end();
  reply.once('finish', () => {
    if (request.complete) return end();
    request.once('end', end);
    setTimeout(end, DRAIN_MS).unref();
  });
}

function refuse(socket: Duplex, status: number): void {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  if (socket.writable) socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  else socket.destroy();
}

export const listen = (server: Server, port: number): Promise<number> =>
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
