/** Ports on the loopback: free ones on demand, and whether a wished one can be had. */
import { createServer, type Server } from 'node:net';
import { until } from './until.ts';

const LOOPBACK = '127.0.0.1';
// what a killed run left behind is finishing its work and gives its ports back within this time
const PATIENCE_MS = 3000;

/** As the real host does: a connection that is closed sooner meets the next request of a caller who was slow. */
export const KEPT_ALIVE = { keepAliveTimeout: 130_000 } as const;

/** `count` different free ports: all are held at once, then let go together. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  const ports = held.map(portOf);
  await Promise.all(held.map(release));
  return ports;
}

export const becomesFree = (port: number): Promise<boolean> => until(() => isFree(port), PATIENCE_MS);

export const portInUse = (port: number, option: string): string =>
  `Port ${port} is in use: stop what listens there, or choose another with --${option} (0 takes a free one).`;

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address.port;
}

const isFree = (port: number): Promise<boolean> =>
  hold(port).then(
    (server) => release(server).then(() => true),
    () => false,
  );

const hold = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });

const release = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
