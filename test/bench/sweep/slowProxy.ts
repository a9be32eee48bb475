/** Stands between many processes and Azurite: every request to tables and queues takes so much longer, and those to tables are counted. */
import { Agent, createServer, request, type Server } from 'node:http';
import { portOf } from '../../../local/ports.ts';
import { endpointOf } from '../../support/faultProxy.ts';

export interface SlowProxy {
  /** The same account, reached through here. */
  readonly connectionString: string;
  tableRequests(): number;
  stop(): Promise<void>;
}

export async function startSlowProxy(connectionString: string, millis: number): Promise<SlowProxy> {
  const agent = new Agent({ keepAlive: true });
  const servers: Server[] = [];
  let seen = 0;
  let through = connectionString;
  for (const service of ['Table', 'Queue'] as const) {
    const target = new URL(endpointOf(connectionString, service));
    const server = createServer((incoming, outgoing) => {
      if (service === 'Table') seen += 1;
      const { method, url: path, headers } = incoming;
      const send = () => {
        const onward = request(
          { agent, hostname: target.hostname, port: target.port, method, path, headers },
          (back) => {
            outgoing.writeHead(back.statusCode ?? 502, back.rawHeaders);
            back.pipe(outgoing);
          },
        );
        onward.on('error', () => outgoing.destroy());
        incoming.pipe(onward);
      };
      setTimeout(send, millis);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    through = through.replace(target.origin, `http://127.0.0.1:${portOf(server)}`);
  }
  return {
    connectionString: through,
    tableRequests: () => seen,
    stop: async () => {
      agent.destroy();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}
