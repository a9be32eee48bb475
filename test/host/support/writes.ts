/** Every writing route of the service, each with a request that would succeed, and with the resource whose etag counts. */
import { movableClock } from '../../../src/clock.ts';
import { instantOf } from '../../../src/core/time.ts';
import type { Route } from '../../../src/http/route.ts';
import { routesOf } from '../../../src/http/routes.ts';
import { plantDeadLetter } from '../../support/alerts.ts';
import { storesOver } from '../../support/stores.ts';
import type { Tables } from '../../support/tables.ts';
import {
  aKind,
  anExecutor,
  anItem,
  aPoint,
  aServer,
  aVault,
  type Door,
  deletion,
  deletionOf,
  done,
  fresh,
  inTrash,
  protection,
} from './door.ts';
import { type ALease, type AnOrder, aLease, anOrder, FAILURE, PROOF } from './orders.ts';

export interface Write {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** Where the etag is read that If-Match is compared with; undefined: there is none. */
  readonly of?: string;
  /** Absent: whoever a local run lets in without one. */
  readonly token?: string;
}

const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };
export const ROUTES = routesOf(movableClock(), LIMITS).filter(({ method }) => method !== 'ANY');
export const writingRoutes: readonly string[] = ROUTES.filter(
  ({ method, who }) => method !== 'GET' && who !== 'anyone',
).map(({ name }) => name);

/** `tables` for what no call makes by itself: a mail that was given up. */
type Prepare = (door: Door, tables: Tables, token: Tokens) => Promise<Write>;
type Tokens = (claims: { sub: string; roles: string[]; mfa?: boolean; appOnly?: boolean }) => Promise<string>;

/** What these act on is no resource, or has no etag, since it can only ever go forward. */
export const UNCONDITIONAL: ReadonlySet<string> = new Set([
  ...['runSweep', 'redriveDeadLetter', 'dismissDeadLetter', 'retryQuarantined'],
  ...['acknowledgeAlert', 'acknowledgeVaultAlert', 'closeAlert', 'closeVaultAlert'],
  ...['approveGrant', 'denyGrant', 'revokeGrant', 'claimPurgeOrders'],
]);

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

const aSilence = () => ({ from: new Date().toISOString(), until: new Date(Date.now() + 86_400_000).toISOString() });
const onSilence = (method: string, body?: object): Prepare =>
  onVault(async (vault, door) => {
    const path = '/silences/quiet';
    await done(door('PUT', `vaults/${vault}${path}`, { body: { ...aSilence(), reason: 'test' } }));
    return { method, path, ...(body ? { body } : {}) };
  });

const onAlert =
  (verb: string, where: 'in its vault' | 'anywhere'): Prepare =>
  async (door) => {
    const [, vault = '', , item = ''] = (await inTrash(door, await aVault(door))).split('/');
    const path = `alerts/${await deletionOf(door, vault, item)}/${verb}`;
    return { method: 'POST', path: where === 'anywhere' ? path : `vaults/${vault}/${path}`, body: {} };
  };

const CONTRIBUTOR = { sub: 'ada', roles: ['Contributor', 'Reader'], mfa: true };
const KEEPER = { sub: 'keeper', roles: ['GuardAdmin'], mfa: true };
const OTHER_KEEPER = { ...KEEPER, sub: 'other-keeper' };

/** A guard that guards a vault once `link` says so. */
const onGuard =
  (
    make: (guard: string, vault: string) => Omit<Write, 'of' | 'token'>,
    who: typeof CONTRIBUTOR | typeof KEEPER,
    link = false,
  ): Prepare =>
  async (door, _, token) => {
    const [guard, vault] = [fresh('guard'), await aVault(door)];
    const keeper = await token(KEEPER);
    await done(door('PUT', `guards/${guard}`, { body: {}, token: keeper }));
    if (link) {
      const body = {
        operation: 'removeGuard',
        vault,
        grantee: 'ada',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      await done(door('PUT', `vaults/${vault}/guard`, { body: { guard }, token: await token(CONTRIBUTOR) }));
      await done(door('POST', `guards/${guard}/grants`, { body, token: keeper }));
    }
    const write = make(guard, vault);
    const of = write.path.startsWith('vaults') ? `vaults/${vault}` : `guards/${guard}`;
    return { ...write, of, token: await token(who) };
  };

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

/** What somebody asked for under a guard. */
const onRequest =
  (method: string, tail: string): Prepare =>
  async (door, _, token) => {
    const [guard, vault] = [fresh('guard'), await aVault(door)];
    const keeper = await token(KEEPER);
    await done(door('PUT', `guards/${guard}`, { body: {}, token: keeper }));
    const body = { operation: 'stopProtection', vault, expiresAt: soon() };
    const ada = await token(CONTRIBUTOR);
    const { grant } = (await done(door('POST', `guards/${guard}/grants`, { body, token: ada }))) as {
      readonly grant?: string;
    };
    const path = `guards/${guard}/grants/${grant}${tail}`;
    return { method, path, ...(method === 'POST' ? { body: {} } : {}), token: keeper };
  };

/** A loosening of a guard that guards something. */
const onLoosening =
  (method: string, tail: string): Prepare =>
  async (door, _, token) => {
    const [guard, vault] = [fresh('guard'), await aVault(door)];
    const keeper = await token(KEEPER);
    await done(door('PUT', `guards/${guard}`, { body: { quorum: 2 }, token: keeper }));
    await done(door('PUT', `vaults/${vault}/guard`, { body: { guard }, token: await token(CONTRIBUTOR) }));
    const looser = await done(door('PUT', `guards/${guard}`, { body: { quorum: 1 }, token: keeper }));
    const { pendingChanges } = looser as { readonly pendingChanges?: readonly { readonly id: string }[] };
    const of = `guards/${guard}`;
    const path = `${of}/pendingChanges/${pendingChanges?.[0]?.id}${tail}`;
    return { method, path, ...(method === 'POST' ? { body: {} } : {}), of, token: await token(OTHER_KEEPER) };
  };

/** The service, under a guard that lets it go, or under none. */
const onService =
  (method: string): Prepare =>
  async (door, _, token) => {
    const [guard, of] = [fresh('guard'), 'service/guard'];
    const [keeper, ada] = [await token(KEEPER), await token(CONTRIBUTOR)];
    const grant = (name: string) =>
      done(
        door('POST', `guards/${name}/grants`, {
          body: { operation: 'removeGuard', vault: null, grantee: 'ada', expiresAt: soon() },
          token: keeper,
        }),
      );
    await done(door('PUT', `guards/${guard}`, { body: {}, token: keeper }));
    const before = (await door('GET', of)).body as { readonly guard?: string | null };
    if (before.guard) {
      await grant(before.guard);
      await done(door('DELETE', of, { token: ada }));
    }
    if (method === 'PUT') return { method, path: of, body: { guard }, of, token: ada };
    await done(door('PUT', of, { body: { guard }, token: ada }));
    await grant(guard);
    return { method, path: of, of, token: ada };
  };

const onServer =
  (method: string, tail: string): Prepare =>
  async (door, _, token) => {
    const vault = await aVault(door);
    const of = `vaults/${vault}/servers/${await aServer(door, vault)}`;
    return {
      method,
      path: `${of}${tail}`,
      of,
      token: await token(CONTRIBUTOR),
      ...(method === 'POST' ? { body: {} } : {}),
    };
  };

const onDeadLetter =
  (method: string, tail: string): Prepare =>
  async (door, tables) => {
    const path = `deadletters/${await plantDeadLetter(tables, await aVault(door))}`;
    return method === 'DELETE' ? { method, path } : { method, path: `${path}${tail}`, body: {} };
  };

/** What its holder says of an order, or a person about one that nobody holds. */
const onOrder =
  (verb: string, body: object): Prepare =>
  async (door, _, token) => {
    const { of, app, lease }: ALease = await aLease(door, token);
    return { method: 'POST', path: `${of}/${verb}`, body: { token: lease, ...body }, of, token: app };
  };
const byPerson =
  (verb: string, body: (item: string) => object): Prepare =>
  async (door, _, token) => {
    const { of, item, person }: AnOrder = await anOrder(door, token);
    const name = item.split('/').at(-1) ?? '';
    return { method: 'POST', path: `${of}/${verb}`, body: body(name), of, token: person };
  };

export const WRITES: Readonly<Record<string, Prepare>> = {
  // No order is given out in a pause, and a guard may keep the one that is set below from being ended.
  claimPurgeOrders: async (door, _, token) => {
    const { executor, app } = await anOrder(door, token);
    return { method: 'POST', path: 'purgeOrders/claim', body: { executor }, token: app };
  },
  renewPurgeOrder: onOrder('renew', { checkpoint: { done: 7 } }),
  completePurgeOrder: onOrder('complete', { proof: PROOF }),
  failPurgeOrder: onOrder('fail', FAILURE),
  refusePurgeOrder: onOrder('refuse', { reason: 'not mine' }),
  recallPurgeOrder: byPerson('recall', () => ({ reason: 'a restore test' })),
  resolvePurgeOrder: byPerson('resolve', (confirmName) => ({ outcome: 'abandoned', reason: 'gone', confirmName })),
  runSweep: async () => ({ method: 'POST', path: 'sweeps', body: {} }),
  putPause: async (door) => ({ method: 'PUT', ...(await onPause(door)), body: { ...aPause(), reason: 'longer' } }),
  deletePause: async (door) => ({ method: 'DELETE', ...(await onPause(door)) }),
  putSilence: onSilence('PUT', { ...aSilence(), reason: 'another' }),
  deleteSilence: onSilence('DELETE'),
  acknowledgeAlert: onAlert('acknowledge', 'anywhere'),
  acknowledgeVaultAlert: onAlert('acknowledge', 'in its vault'),
  closeAlert: onAlert('close', 'anywhere'),
  closeVaultAlert: onAlert('close', 'in its vault'),
  redriveDeadLetter: onDeadLetter('POST', '/redrive'),
  dismissDeadLetter: onDeadLetter('DELETE', ''),
  putVault: onVault(async () => ({ method: 'PUT', body: { softDelete: { retentionDays: 20 } } })),
  patchVault: onVault(async () => ({ method: 'PATCH', body: { softDelete: { retentionDays: 21 } } })),
  restoreVault: async (door) => {
    const vault = await aVault(door);
    await done(door('DELETE', `vaults/${vault}`));
    const path = `deletedVaults/${vault}`;
    return { method: 'POST', path: `${path}/restore`, body: {}, of: path };
  },
  deleteVault: onVault(async () => ({ method: 'DELETE' })),
  cancelPendingChange: async (door, _, token) => {
    const of = `vaults/${await aVault(door)}`;
    await done(door('PATCH', of, { body: { coolingOffHours: 24 } }));
    const off = { softDelete: { state: 'Disabled' } };
    const waiting: unknown = await done(door('PATCH', of, { body: off, token: await token(CONTRIBUTOR) }));
    const { pendingChanges } = waiting as { readonly pendingChanges: readonly [{ readonly id: string }] };
    return { method: 'DELETE', path: `${of}/pendingChanges/${pendingChanges[0].id}`, of };
  },
  retryQuarantined: async (door, tables) => {
    const [, vault = '', , item = ''] = (await inTrash(door, await aVault(door))).split('/');
    const since = instantOf(Date.now());
    const { control } = storesOver(tables);
    await control.quarantine({
      vault,
      item,
      why: 'test',
      since,
      tries: 6,
      nextTryAt: since,
      kind: 'purge',
      isUnreadable: false,
      toldAt: null,
    });
    return { method: 'POST', path: `quarantine/${vault}/${item}/retry`, body: {} };
  },
  undeleteItems: onVault(async (vault, door) => {
    await inTrash(door, vault);
    return { method: 'POST', path: '/undelete', of: '', body: { all: true } };
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
  deleteServer: onServer('DELETE', ''),
  changePassphrase: onServer('POST', '/changePassphrase'),
  issueSecurityPin: async (door, _, token) => {
    const of = `vaults/${await aVault(door)}`;
    return { method: 'POST', path: `${of}/securityPin`, body: {}, of, token: await token(CONTRIBUTOR) };
  },
  putGuard: onGuard(
    (guard) => ({ method: 'PUT', path: `guards/${guard}`, body: { excludedOperations: ['stopProtection'] } }),
    KEEPER,
  ),
  putKind: async (door) => {
    const path = `kinds/${await aKind(door)}`;
    return { method: 'PUT', path, body: { title: 'Tenant' }, of: path };
  },
  deleteKind: async (door) => {
    const path = `kinds/${await aKind(door)}`;
    return { method: 'DELETE', path, of: path };
  },
  putExecutor: async (door) => {
    const path = `executors/${await anExecutor(door)}`;
    return { method: 'PUT', path, body: { confirmWithinHours: 48 }, of: path };
  },
  deleteExecutor: async (door) => {
    const path = `executors/${await anExecutor(door)}`;
    return { method: 'DELETE', path, of: path };
  },
  deleteGuard: onGuard((guard) => ({ method: 'DELETE', path: `guards/${guard}` }), KEEPER),
  grantOperation: onGuard(
    (guard, vault) => ({
      method: 'POST',
      path: `guards/${guard}/grants`,
      body: {
        operation: 'stopProtection',
        vault,
        grantee: 'ada',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
    }),
    KEEPER,
  ),
  approveGuardChange: onLoosening('POST', '/approve'),
  cancelGuardChange: onLoosening('DELETE', ''),
  approveGrant: onRequest('POST', '/approve'),
  denyGrant: onRequest('POST', '/deny'),
  revokeGrant: onRequest('DELETE', ''),
  linkServiceGuard: onService('PUT'),
  unlinkServiceGuard: onService('DELETE'),
  linkGuard: onGuard(
    (guard, vault) => ({ method: 'PUT', path: `vaults/${vault}/guard`, body: { guard } }),
    CONTRIBUTOR,
  ),
  unlinkGuard: onGuard((_, vault) => ({ method: 'DELETE', path: `vaults/${vault}/guard` }), CONTRIBUTOR, true),
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

/** What is named by an id that says where it lies. */
const IDS: Readonly<Record<string, string>> = {
  alert: 'any-vault~any~PurgeComplete~1',
  operation: 'any-vault~any~any',
  order: 'any-vault~any~any',
};
/** A good name for a part of any path, of nothing that is there. */
export const anyName = (part: string): string => IDS[part] ?? `any-${part}`;

/** Whoever may call a route: of orders apps speak that destroy, of all else one person who may do everything. */
export async function callersOf({ token }: { readonly token: Tokens }): Promise<(route: Pick<Route, 'who'>) => string> {
  const person = await token({ sub: 'all', roles: ['Contributor', 'GuardAdmin'] });
  const app = await token({ sub: 'app', roles: ['Executor'], appOnly: true });
  return ({ who }) => (who === 'Executor' ? app : person);
}

/** A request for every route, with names that fit its path. */
export const pathOf = (path: string, name: (part: string) => string): string =>
  path.replace(/\{(\w+)\}/g, (_, part: string) => name(part));
