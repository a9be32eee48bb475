/**
 * The head of a connection's first request, before Node's parser sees it. Of two lengths (`Content-Length` beside
 * `Transfer-Encoding`) the real server renames the first and goes on; Node's parser gives up. Later requests of
 * the same connection are not read here: they get Node's 400.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';
/** Beyond any head that is taken. */
const ENOUGH = 64 * 1024;

export function readFirstHeads(server: Server): void {
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) =>
    firstHead(socket, (seen) => {
      socket.unshift(withoutSecondLength(seen));
      for (const listener of accept) listener.call(server, socket);
      socket.resume();
    }),
  );
}

function firstHead(socket: Socket, then: (seen: Buffer) => void): void {
  let seen = Buffer.alloc(0);
  const gone = (): void => void socket.destroy();
  const look = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    if (seen.length < ENOUGH && !seen.includes(END_OF_HEAD)) return;
    socket.off('data', look).off('end', gone).off('error', gone).pause();
    then(seen);
  };
  socket.on('data', look).on('end', gone).on('error', gone);
}

function withoutSecondLength(seen: Buffer): Buffer {
  const end = seen.indexOf(END_OF_HEAD);
  const head = seen.toString('latin1', 0, end < 0 ? 0 : end);
  if (!/\r\ntransfer-encoding:/i.test(head)) return seen;
  const renamed = head.replace(/\r\ncontent-length:/gi, '\r\nx-content-length:');
  return Buffer.concat([Buffer.from(renamed, 'latin1'), seen.subarray(head.length)]);
}
