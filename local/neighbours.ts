/**
 * Who may speak to the servers of a local run. Any page that a browser on this machine shows can reach them, and callers need no token
 * there: so a page of a stranger is refused before anything is read. By its name: DNS can point any name here, so only loopback's own
 * names count. By where it comes from: the browser says so, and pages cannot change that.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** The ports of the servers that make one local run. Each adds its own when it has one. */
export type Neighbours = Set<number>;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const;

const isHere = (host: string | undefined, port: number): boolean =>
  LOOPBACK.some((name) => host?.toLowerCase() === `${name}:${port}` || (port === 80 && host?.toLowerCase() === name));

const isNeighbour = (origin: string, ports: ReadonlySet<number>): boolean =>
  LOOPBACK.some((name) => [...ports].some((port) => origin === new URL(`http://${name}:${port}`).origin));

/** 421: it was meant for another server. 403: a page of a stranger sent it. undefined: it may come in. */
export function strangerStatus(
  { host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders,
  ownPort: number,
  neighbours: ReadonlySet<number>,
): 421 | 403 | undefined {
  if (!isHere(host, ownPort)) return 421;
  if (origin !== undefined) return isNeighbour(origin, neighbours) ? undefined : 403;
  return site === 'cross-site' ? 403 : undefined;
}

export const STRANGER_SENTENCES = {
  421: 'This server answers to 127.0.0.1, localhost and [::1] with its own port only.',
  403: 'This server answers to no page of another site.',
} as const;

/** How a child is told who its neighbours are. */
export const NEIGHBOURS_SETTING = 'LOCAL_RUN_PORTS';
export const neighboursIn = (env: Readonly<Record<string, string | undefined>>): Neighbours =>
  new Set(
    (env[NEIGHBOURS_SETTING] ?? '')
      .split(',')
      .map(Number)
      .filter((port) => port > 0),
  );
