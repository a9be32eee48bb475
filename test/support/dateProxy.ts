/** Stands in front of Azurite's tables and changes one thing: what time the storage service says it is. */
import { createServer, request } from 'node:http';
import { portOf } from '../../local/ports.ts';

export interface DateProxy {
  /** The same account, its tables reached through here. */
  readonly connectionString: string;
  /** From now on the service's `Date` is so many seconds ahead of real time; negative: behind it. */
  shift(seconds: number): void;
  stop(): Promise<void>;
}

export async function startDateProxy(connectionString: string): Promise<DateProxy> {
  const [, endpoint] = /TableEndpoint=([^;]+)/.exec(connectionString) ?? [];
  if (endpoint === undefined) throw new Error('the connection string names no TableEndpoint');
  const { origin, hostname, port } = new URL(endpoint);
  let seconds = 0;

  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (back) => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      outgoing.writeHead(back.statusCode ?? 502, { ...back.headers, date });
      back.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    connectionString: connectionString.replace(origin, `http://127.0.0.1:${portOf(server)}`),
    shift: (to) => {
      seconds = to;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
