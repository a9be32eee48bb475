import { describe, expect, test } from 'vitest';
import { anItem, aVault, deletion, refused } from '../../host/support/door.ts';
import { pathOf, ROUTES } from '../../host/support/writes.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;

/** Who may do what, by hand from the contract: every route and the least role it takes. */
const LEAST: Readonly<Record<string, 'anyone' | 'Reader' | 'Operator' | 'Contributor' | 'GuardAdmin' | 'Executor'>> = {
  live: 'anyone',
  ready: 'anyone',
  getLocalClock: 'anyone',
  putLocalClock: 'anyone',
  getApiDocument: 'anyone',
  getApiPage: 'anyone',
  getApiStyle: 'anyone',
  getVault: 'Reader',
  listVaults: 'Reader',
  listDeletedVaults: 'Reader',
  getDeletedVault: 'Reader',
  getPolicy: 'Reader',
  listPolicies: 'Reader',
  getServer: 'Reader',
  listServers: 'Reader',
  getItem: 'Reader',
  listItems: 'Reader',
  itemHistory: 'Reader',
  itemReceipt: 'Reader',
  vaultHistory: 'Reader',
  guardHistory: 'Reader',
  explainItem: 'Reader',
  getHold: 'Reader',
  getJob: 'Reader',
  getOperation: 'Reader',
  listOperationResults: 'Reader',
  getRecoveryPoint: 'Reader',
  listRecoveryPoints: 'Reader',
  listSweeps: 'Reader',
  forecast: 'Reader',
  getPause: 'Reader',
  getQuarantine: 'Reader',
  serviceHistory: 'Reader',
  getAlert: 'Reader',
  getVaultAlert: 'Reader',
  listAlerts: 'Reader',
  listVaultAlerts: 'Reader',
  getSilence: 'Reader',
  listSilences: 'Reader',
  listDeadLetters: 'Reader',
  acknowledgeAlert: 'Operator',
  acknowledgeVaultAlert: 'Operator',
  cancelPendingChange: 'Operator',
  closeAlert: 'Operator',
  closeVaultAlert: 'Operator',
  protectItem: 'Operator',
  stopItem: 'Operator',
  undeleteItem: 'Operator',
  undeleteItems: 'Operator',
  resumeItem: 'Operator',
  changePolicy: 'Operator',
  startBackup: 'Operator',
  restoreItem: 'Operator',
  completeJob: 'Operator',
  putRecoveryPoint: 'Operator',
  putVault: 'Contributor',
  patchVault: 'Contributor',
  deleteVault: 'Contributor',
  restoreVault: 'Contributor',
  putPolicy: 'Contributor',
  deletePolicy: 'Contributor',
  putServer: 'Contributor',
  putSilence: 'Contributor',
  deleteSilence: 'Contributor',
  redriveDeadLetter: 'Contributor',
  dismissDeadLetter: 'Contributor',
  deleteServer: 'Contributor',
  changePassphrase: 'Contributor',
  issueSecurityPin: 'Contributor',
  linkGuard: 'Contributor',
  unlinkGuard: 'Contributor',
  linkServiceGuard: 'Contributor',
  unlinkServiceGuard: 'Contributor',
  getKind: 'Reader',
  listKinds: 'Reader',
  putKind: 'Contributor',
  deleteKind: 'Contributor',
  getExecutor: 'Reader',
  listExecutors: 'Reader',
  putExecutor: 'Contributor',
  deleteExecutor: 'Contributor',
  getServiceGuard: 'Reader',
  getGuard: 'Reader',
  listGuards: 'Reader',
  putGuard: 'GuardAdmin',
  deleteGuard: 'GuardAdmin',
  approveGuardChange: 'GuardAdmin',
  cancelGuardChange: 'GuardAdmin',
  grantOperation: 'Operator',
  getGrant: 'Reader',
  listGrants: 'Reader',
  approveGrant: 'GuardAdmin',
  denyGrant: 'GuardAdmin',
  revokeGrant: 'Operator',
  putHold: 'Contributor',
  deleteHold: 'Contributor',
  runSweep: 'Contributor',
  putPause: 'Contributor',
  deletePause: 'Contributor',
  retryQuarantined: 'Contributor',
  getPurgeOrder: 'Reader',
  listPurgeOrders: 'Reader',
  listPurgeOrderPoints: 'Reader',
  recallPurgeOrder: 'Operator',
  resolvePurgeOrder: 'Contributor',
  claimPurgeOrders: 'Executor',
  renewPurgeOrder: 'Executor',
  completePurgeOrder: 'Executor',
  failPurgeOrder: 'Executor',
  refusePurgeOrder: 'Executor',
};

/** What an executor may call at all: of the orders of others it hears that there are none. */
const EXECUTORS = new Set(['getPurgeOrder', 'listPurgeOrders', 'listPurgeOrderPoints']);

/** What an agent may call at all: its own servers, and what lies on them. */
const AGENTS = new Set([
  ...['putServer', 'getServer', 'protectItem', 'getItem', 'stopItem', 'undeleteItem', 'resumeItem', 'changePolicy'],
  ...['itemHistory', 'itemReceipt', 'explainItem', 'startBackup', 'restoreItem', 'getJob', 'completeJob'],
  ...['putRecoveryPoint', 'getRecoveryPoint', 'listRecoveryPoints', 'deleteServer', 'changePassphrase'],
]);

/** Guards are kept by others than those whose vaults they guard. */
const KEEPERS = new Set([
  ...['putGuard', 'getGuard', 'listGuards', 'deleteGuard', 'approveGuardChange', 'cancelGuardChange'],
  ...[
    'grantOperation',
    'getGrant',
    'listGrants',
    'approveGrant',
    'denyGrant',
    'revokeGrant',
    'getServiceGuard',
    'guardHistory',
  ],
]);

/** The others have a key of their own. */
const TOKENED = ROUTES.filter(({ admits }) => !admits);

const EVERYONE = ['anyone', 'Reader', 'Operator', 'Contributor'] as const;
const upTo = (role: (typeof EVERYONE)[number]) => (route: string) => {
  const allowed: readonly unknown[] = EVERYONE.slice(0, EVERYONE.indexOf(role) + 1);
  return allowed.includes(LEAST[route]);
};
const orKeeper = (may: Person['may']) => (route: string) => may(route) || KEEPERS.has(route);

const tokenOf = (sub: string, ...roles: string[]) => service.token({ sub, roles });

interface Person {
  readonly token: string | undefined;
  readonly may: (route: string) => boolean;
}

const PEOPLE: Readonly<Record<string, () => Promise<Person>>> = {
  'no token (a local run)': async () => ({ token: undefined, may: upTo('Contributor') }),
  Reader: async () => ({ token: await tokenOf('reader', 'Reader'), may: upTo('Reader') }),
  Operator: async () => ({ token: await tokenOf('operator', 'Operator'), may: upTo('Operator') }),
  Contributor: async () => ({ token: await tokenOf('contributor', 'Contributor'), may: upTo('Contributor') }),
  'Reader and GuardAdmin': async () => ({
    token: await service.token({ sub: 'both', roles: ['Reader', 'GuardAdmin'], mfa: true }),
    may: orKeeper(upTo('Reader')),
  }),
  // What keepers write takes the second factor besides.
  GuardAdmin: async () => ({
    token: await service.token({ sub: 'guard', roles: ['GuardAdmin'], mfa: true }),
    may: orKeeper(upTo('anyone')),
  }),
  'no role': async () => ({ token: await tokenOf('nobody'), may: upTo('anyone') }),
  'a role nobody knows': async () => ({
    token: await tokenOf('owner', 'Owner', 'reader', '__proto__'),
    may: upTo('anyone'),
  }),
  'Agent that is a person': async () => ({ token: await tokenOf('agent', 'Agent'), may: upTo('anyone') }),
  Agent: async () => ({
    token: await service.token({ sub: 'agent', roles: ['Agent'], appOnly: true }),
    may: (route) => AGENTS.has(route) || LEAST[route] === 'anyone',
  }),
  'Executor that is a person': async () => ({
    token: await service.token({ sub: 'destroyer', roles: ['Executor'], mfa: true }),
    may: upTo('anyone'),
  }),
  Executor: async () => ({
    token: await service.token({ sub: 'destroyer', roles: ['Executor'], appOnly: true }),
    may: (route) => EXECUTORS.has(route) || LEAST[route] === 'Executor' || LEAST[route] === 'anyone',
  }),
  'an app that is Contributor': async () => ({
    token: await service.token({ sub: 'app', roles: ['Contributor'], appOnly: true }),
    may: upTo('Contributor'),
  }),
};

test('no route is forgotten here', () => {
  expect(Object.keys(LEAST).toSorted()).toEqual(TOKENED.map(({ name }) => name).toSorted());
});

describe.for(Object.entries(PEOPLE))('%s', ([, make]) => {
  test('passes exactly the doors that are theirs', async () => {
    const { token, may } = await make();
    for (const { name, method, path, body } of TOKENED) {
      const answer = await door(
        method,
        pathOf(path, () => 'no-such'),
        {
          ...(token === undefined ? {} : { token }),
          ...(body ? { body: {} } : {}),
        },
      );
      const closed = answer.status === 401 || answer.status === 403;
      expect([name, closed]).toEqual([name, !may(name)]);
      if (!closed) continue;
      expect(answer).toMatchObject(refused(403, 'Forbidden', { innererror: { requiredRole: LEAST[name] } }));
    }
  });
});

describe('stop', () => {
  test('with delete takes a Contributor; with retain an Operator will do', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    const [operator, contributor] = [await tokenOf('o', 'Operator'), await tokenOf('c', 'Contributor')];
    const stop = (body: object, token: string) => door('POST', `${path}/stop`, { body, token });
    expect(await stop(deletion(path), operator)).toMatchObject(
      refused(403, 'Forbidden', { innererror: { requiredRole: 'Contributor' } }),
    );
    expect((await door('GET', path)).body.state).toBe('Protected');
    expect(await stop({ mode: 'retain' }, operator)).toMatchObject({ status: 200 });
    expect(await stop(deletion(path), contributor)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect((await door('GET', path)).body.softDelete['deletedBy']).toBe('c');
    expect(await door('POST', `${path}/undelete`, { body: {}, token: operator })).toMatchObject({ status: 200 });
  });

  test.for(['reader', 'nobody'])('a closed door tells %s nothing about what is behind it', async (sub) => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    const token = await tokenOf(sub, ...(sub === 'reader' ? ['Reader'] : []));
    const ask = async (target: string) => (await door('POST', `${target}/stop`, { body: { x: 1 }, token })).body;
    expect(await ask(path)).toEqual(await ask('vaults/no-such/items/no-such'));
  });
});

test('a guard is kept by persons: an app with the role GuardAdmin is refused', async () => {
  const guard = async (appOnly: boolean) => {
    const token = await service.token({ sub: 'keeper', roles: ['GuardAdmin'], appOnly, mfa: true });
    return door('PUT', 'guards/of-persons', { token, body: { excludedOperations: [] } });
  };
  expect(await guard(true)).toMatchObject(refused(403, 'Forbidden'));
  expect(await guard(false)).toMatchObject({ status: 201 });
});
