/** Requests byte for byte, as no client library sends them, and what comes back. */
import { connect } from 'node:net';

export interface RawAnswer {
  /** 0: the connection ended without a word. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const PATIENCE_MS = 60_000;

/**
 * The server has to end the connection: let the request ask for that, or be one that no server can go on after, or hang up:
 * then nothing more will come.
 */
export const sendRaw = (api: string, request: Buffer, { hangUp = false } = {}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api);
    const said: Buffer[] = [];
    const done = (): void => resolve(read(Buffer.concat(said)));
    const socket = connect(Number(port), hostname, () => (hangUp ? socket.end(request) : socket.write(request)));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => said.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? done() : reject(error),
    );
    socket.on('close', done);
  });

function read(said: Buffer): RawAnswer {
  const end = said.indexOf('\r\n\r\n');
  const [first = '', ...lines] = said.toString('latin1', 0, Math.max(end, 0)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const rest = said.subarray(end < 0 ? said.length : end + 4);
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: bodyOf(headers, rest) };
}

/** What comes behind it is what the server has to say of a next request that is none. */
function bodyOf(headers: Readonly<Record<string, string>>, rest: Buffer): Buffer {
  if (headers['transfer-encoding'] !== 'chunked')
    return rest.subarray(0, Number(headers['content-length'] ?? Infinity));
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    if (line < 0 || !(size > 0)) return Buffer.concat(chunks);
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
