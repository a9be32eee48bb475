/** Stands between the executor and what it calls. A test sees each call, and decides when it is done and when it is answered. */
import { Agent, createServer, type IncomingMessage } from 'node:http';
import { portOf } from '../../../local/ports.ts';
import { atEnd } from '../../support/atEnd.ts';
import { type Passage, passage } from '../../support/faultProxy.ts';
import { endpointOf } from '../../support/proxied.ts';

/** What is done with a call, given what it is in words: `list`, `delete data/0.txt`, `lease acquire`, `claim`. */
export type Look = (call: string, passage: Passage) => Promise<unknown>;

export const pass: Look = async (_, { forward, answer }) => answer(await forward());

export interface Between {
  readonly connection: string;
  readonly door: string;
  look: Look;
}

export async function between(connection: string, door: string): Promise<Between> {
  const { origin } = new URL(endpointOf(connection, 'Blob'));
  const here: { look: Look } = { look: pass };
  const blobs = await standIn(origin, blobCall, here);
  return Object.assign(here, {
    connection: connection.replace(origin, blobs),
    door: await standIn(door, doorCall, here),
  });
}

async function standIn(origin: string, callOf: (request: IncomingMessage) => string, here: { readonly look: Look }) {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const held = passage(incoming, outgoing, new URL(origin), agent);
    here.look(callOf(incoming), held).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${portOf(server)}`;
}

const doorCall = ({ url = '' }: IncomingMessage): string => url.split('/').at(-1) ?? '';

function blobCall({ method = '', url = '', headers }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, 'http://storage');
  const name = decodeURIComponent(pathname.split('/').slice(3).join('/'));
  const comp = searchParams.get('comp');
  const include = searchParams.get('include')?.split(',').sort().join(' ');
  if (comp === 'list') return include ? `list ${include}` : 'list';
  if (comp === 'lease') return `lease ${headers['x-ms-lease-action']}`;
  return (
    { DELETE: `delete ${name}`, GET: `read ${name}`, HEAD: `look at ${name}`, PUT: `write ${comp} of ${name}` }[
      method
    ] ?? method
  );
}
