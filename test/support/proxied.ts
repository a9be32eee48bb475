/** An account that is reached through servers of a test: one for each of these services, which pass on what comes as the test says. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { portOf } from '../../local/ports.ts';

export type Service = 'Table' | 'Queue';

export interface Proxied {
  /** The same account, or another one there, reached through here. */
  through(connectionString: string): string;
  stop(): Promise<void>;
}

/** `handler`: what a server does with a request, given where it goes. */
export async function proxied(
  connectionString: string,
  services: readonly Service[],
  handler: (target: URL, service: Service) => RequestListener,
): Promise<Proxied> {
  const servers = new Map<Service, Server>();
  for (const service of services) {
    const server = createServer(handler(new URL(endpointOf(connectionString, service)), service));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.set(service, server);
  }
  return {
    through: (given) =>
      [...servers].reduce((text, [service, server]) => {
        const { origin } = new URL(endpointOf(text, service));
        return text.replace(origin, `http://127.0.0.1:${portOf(server)}`);
      }, given),
    stop: async () => {
      const closed = [...servers.values()].map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      });
      await Promise.all(closed);
    },
  };
}

export function endpointOf(connectionString: string, service: string): string {
  const [, endpoint] = new RegExp(`${service}Endpoint=([^;]+)`).exec(connectionString) ?? [];
  if (endpoint === undefined) throw new Error(`the connection string names no ${service}Endpoint`);
  return endpoint;
}

interface How {
  readonly agent?: RequestOptions['agent'];
  /** Instead of those of the answer. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** Passes on what comes, and what comes back. */
export function passOn(incoming: IncomingMessage, outgoing: ServerResponse, target: URL, { agent, headers }: How = {}) {
  const { hostname, port } = target;
  const { method, url: path } = incoming;
  const onward = request({ agent, hostname, port, method, path, headers: incoming.headers }, (back) => {
    outgoing.writeHead(back.statusCode ?? 502, { ...back.headers, ...headers?.() });
    back.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
