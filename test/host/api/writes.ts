/** Every writing route of the service, each with a request that would succeed, and with the resource whose etag counts. */
import { movableClock } from '../../../src/clock.ts';
import { routesOf } from '../../../src/http/routes.ts';
import { anItem, aPoint, aServer, aVault, type Door, deletion, done, fresh, inTrash, protection } from './door.ts';

export interface Write {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** Where the etag is read that If-Match is compared with; undefined: there is none. */
  readonly of?: string;
}

const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };
export const ROUTES = routesOf(movableClock(), LIMITS).filter(({ method }) => method !== 'ANY');
export const writingRoutes: readonly string[] = ROUTES.filter(
  ({ method, who }) => method !== 'GET' && who !== 'anyone',
).map(({ name }) => name);

type Prepare = (door: Door) => Promise<Write>;

const onVault =
  (prepare: (vault: string, door: Door) => Promise<Omit<Write, 'path' | 'of'> & { path?: string; of?: string }>) =>
  async (door: Door): Promise<Write> => {
    const vault = await aVault(door);
    const url = `vaults/${vault}`;
    const { path = '', of = path, ...rest } = await prepare(vault, door);
    return { path: `${url}${path}`, of: `${url}${of}`, ...rest };
  };

const onItem =
  (method: string, tail: string, body: object, make: typeof anItem = anItem): Prepare =>
  async (door) => {
    const path = await make(door, await aVault(door));
    return { method, path: `${path}${tail}`, body, of: path };
  };

const hold = { reason: 'legal' };
const aPause = () => ({ reason: 'quarter end', until: new Date(Date.now() + 86_400_000).toISOString() });
const onPause = async (door: Door) => {
  await done(door('PUT', 'pause', { body: aPause() }));
  return { path: 'pause', of: 'pause' };
};

export const WRITES: Readonly<Record<string, Prepare>> = {
  runSweep: async () => ({ method: 'POST', path: 'sweeps', body: {} }),
  putPause: async (door) => ({ method: 'PUT', ...(await onPause(door)), body: { ...aPause(), reason: 'longer' } }),
  deletePause: async (door) => ({ method: 'DELETE', ...(await onPause(door)) }),
  putVault: onVault(async () => ({ method: 'PUT', body: { softDelete: { retentionDays: 20 } } })),
  patchVault: onVault(async () => ({ method: 'PATCH', body: { softDelete: { retentionDays: 21 } } })),
  deleteVault: onVault(async () => ({ method: 'DELETE' })),
  undeleteItems: onVault(async (vault, door) => {
    await inTrash(door, vault);
    return { method: 'POST', path: '/undelete', of: '', body: {} };
  }),
  putPolicy: onVault(async () => ({ method: 'PUT', path: '/policies/daily', body: { retention: { daily: 31 } } })),
  deletePolicy: onVault(async () => ({ method: 'DELETE', path: '/policies/other' })),
  putServer: onVault(async (vault, door) => ({
    method: 'PUT',
    path: `/servers/${await aServer(door, vault)}`,
    body: { agentVersion: '2.0.9999' },
  })),
  protectItem: async (door) => {
    const vault = await aVault(door);
    const item = fresh('item');
    const path = await anItem(door, vault, item);
    await done(door('POST', `${path}/stop`, { body: { mode: 'retain' } }));
    return { method: 'PUT', path, body: protection(vault, item), of: path };
  },
  stopItem: async (door) => {
    const path = await anItem(door, await aVault(door));
    return { method: 'POST', path: `${path}/stop`, body: deletion(path), of: path };
  },
  undeleteItem: onItem('POST', '/undelete', {}, inTrash),
  resumeItem: async (door) => {
    const path = await anItem(door, await aVault(door));
    await done(door('POST', `${path}/stop`, { body: { mode: 'retain' } }));
    return { method: 'POST', path: `${path}/resume`, body: { policy: 'other' }, of: path };
  },
  changePolicy: onItem('POST', '/changePolicy', { policy: 'other' }),
  startBackup: onItem('POST', '/backup', {}),
  restoreItem: async (door) => {
    const path = await anItem(door, await aVault(door));
    const { name } = await aPoint(door, path);
    return { method: 'POST', path: `${path}/restore`, body: { recoveryPoint: name }, of: path };
  },
  completeJob: async (door) => {
    const path = await anItem(door, await aVault(door));
    const { id } = await done(door('POST', `${path}/backup`, { body: {} }));
    return { method: 'POST', path: `${path}/jobs/${id}/complete`, body: { status: 'Completed' }, of: path };
  },
  putRecoveryPoint: async (door) => {
    const path = await anItem(door, await aVault(door));
    const point = { createdAt: '2026-01-01T00:00:00.000Z', rung: 'daily', expiresAt: '2099-01-01T00:00:00.000Z' };
    const { name } = await aPoint(door, path, 'point', point);
    const target = `${path}/recoveryPoints/${name}`;
    return { method: 'PUT', path: target, body: point, of: target };
  },
  putHold: async (door) => {
    const path = `${await inTrash(door, await aVault(door))}/holds/legal`;
    await done(door('PUT', path, { body: hold }));
    return { method: 'PUT', path, body: { reason: 'another' }, of: path };
  },
  deleteHold: async (door) => {
    const path = `${await inTrash(door, await aVault(door))}/holds/legal`;
    await done(door('PUT', path, { body: hold }));
    return { method: 'DELETE', path, of: path };
  },
};

/** A request for every route, with names that fit its path. */
export const pathOf = (path: string, name: (part: string) => string): string =>
  path.replace(/\{(\w+)\}/g, (_, part: string) => name(part));
