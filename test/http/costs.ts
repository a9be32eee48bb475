/**
 * What every call may ask of storage. A route without a row here does not compile. The ceilings are promises: the figures beside them are
 * counted in a small store and in a large one by test/http/costs.test.ts, and by `npm run bench any-call`.
 */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../client/types.ts';
import { instantOf } from '../../src/core/time.ts';
import {
  anExecutor,
  anItem,
  aPoint,
  aServer,
  aVault,
  type Door,
  deletionOf,
  done,
  fresh,
  inTrash,
} from '../host/support/door.ts';
import { type AnOrder, anOrder } from '../host/support/orders.ts';
import { storesOver } from '../support/stores.ts';
import type { Tables } from '../support/tables.ts';

export interface Cost {
  /** The most requests. */
  readonly most: number;
  /** So many more for each entry that is shown. */
  readonly shown?: number;
  /** What is read, made first; absent where WRITES of the host's tests says what is written. */
  readonly read?: Prepare;
  /** It acts on a vault of its own beside the large one: it would change, or take away, what the calls after it need. */
  readonly alone?: true;
}

type Prepare = (door: Door, token: (who: Who) => Promise<string>, tables: Tables) => Promise<Read>;

interface Who {
  readonly sub: string;
  readonly roles: string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
}

export interface Read {
  readonly path: string;
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

const KEEPER = { sub: 'keeper', roles: ['GuardAdmin'], mfa: true };
const AUDITOR = { sub: 'auditor', roles: ['Reader', 'GuardAdmin', 'Contributor', 'Operator'], mfa: true };

const at =
  (path: string): Prepare =>
  async () => ({ path });
const inVault =
  (path: string): Prepare =>
  async (door) => ({ path: `vaults/${await aVault(door)}${path}` });
const ofItem =
  (path: string): Prepare =>
  async (door) => ({ path: `${await anItem(door, await aVault(door))}${path}` });
const ofDeleted =
  (path: (item: string) => string): Prepare =>
  async (door) => ({ path: path(await inTrash(door, await aVault(door))) });

const ofDeletion =
  (path: (alert: string, vault: string) => string): Prepare =>
  async (door) => {
    const [, vault = '', , item = ''] = (await inTrash(door, await aVault(door))).split('/');
    return { path: path(await deletionOf(door, vault, item), vault) };
  };

/** Of a mail that is remembered. The months are looked through from the one in which it is in an hour. */
async function ofReport(door: Door, _: unknown, tables: Tables): Promise<Read> {
  const recipient = 'ada@contoso.com';
  const vault = await aVault(door, { settings: { alerts: { recipients: [recipient] } } });
  const [, , , item = ''] = (await inTrash(door, vault)).split('/');
  const alert = await deletionOf(door, vault, item);
  const { notifications } = (await done(door('GET', `vaults/${vault}/alerts/${alert}`))) as {
    readonly notifications?: readonly { readonly operationId: string }[];
  };
  const messageId = notifications?.[0]?.operationId ?? '';
  const soon = instantOf(Date.now() + 3_600_000);
  await storesOver(tables).ledger.remember(messageId, { vault, alert }, soon);
  const told = { id: randomUUID(), eventType: 'Microsoft.Communication.EmailDeliveryReportReceived' };
  const form = { subject: 's', topic: 't', dataVersion: '1.0', metadataVersion: '1' };
  return {
    ...{ method: 'POST', path: 'alerts/deliveryReports', headers: { 'x-reprieve-webhook-key': DELIVERY_KEY } },
    body: [
      {
        ...{ ...told, ...form, eventTime: new Date().toISOString() },
        data: { messageId, sender: 'a@b.c', recipient, status: 'Delivered' },
      },
    ],
  };
}

const ofGuard =
  (path: (guard: string, grant: string) => string): Prepare =>
  async (door, token) => {
    const [guard, vault, keeper] = [fresh('guard'), await aVault(door), await token(KEEPER)];
    await done(door('PUT', `guards/${guard}`, { body: {}, token: keeper }));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { operation: 'stopProtection', vault, grantee: 'ada', expiresAt };
    const made = await done(door('POST', `guards/${guard}/grants`, { body, token: keeper }));
    const { grant = '' } = made as { readonly grant?: string };
    return { path: path(guard, grant), token: await token(AUDITOR) };
  };

const ofExecutor =
  (path: (executor: string) => string): Prepare =>
  async (door) => ({ path: path(await anExecutor(door)) });

const ofOrder =
  (path: (order: AnOrder) => string): Prepare =>
  async (door, token) => {
    const order = await anOrder(door, token);
    return { path: path(order) };
  };

const aSilence: Prepare = async (door) => {
  const path = `vaults/${await aVault(door)}/silences/quiet`;
  const [from, until] = [new Date(), new Date(Date.now() + 86_400_000)].map((one) => one.toISOString());
  await done(door('PUT', path, { body: { from, until, reason: 'test' } }));
  return { path };
};

const aJob: Prepare = async (door) => {
  const item = await anItem(door, await aVault(door));
  const { id } = await done(door('POST', `${item}/backup`, { body: {} }));
  const path = `${item}/jobs/${id}`;
  await done(door('POST', `${path}/complete`, { body: { status: 'Failed' } }));
  return { path };
};

const aShorterPolicy: Prepare = async (door) => {
  const policy = `vaults/${await aVault(door)}/policies/daily`;
  const answer = await door('PUT', policy, {
    body: { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 7 } },
  });
  const { pathname } = new URL(answer.headers.get('operation-location') ?? '');
  return { path: pathname.replace('/api/', '') };
};

const aLargeUndelete: Prepare = async (door) => {
  const items = Array.from({ length: 201 }, (_, index) => `gone-${index}`);
  const answer = await door('POST', `vaults/${await aVault(door)}/undelete`, { body: { items } });
  const { pathname } = new URL(answer.headers.get('operation-location') ?? '');
  return { path: `${pathname.replace('/api/', '')}/results?top=20` };
};

/** They answer with files, and ask nothing of storage. */
type Documents = 'getApiDocument' | 'getApiPage' | 'getApiStyle';

export const COSTS: { readonly [O in Exclude<Operation, Documents>]: Cost } = {
  // Before there is anything for it to do.
  runSweep: {
    most: 20,
    read: async (door) => {
      // The first of a day also tidies what belongs to no vault.
      await done(door('POST', 'sweeps', { body: {} }));
      return { method: 'POST', path: 'sweeps', body: {} };
    },
  },
  listSweeps: { most: 1, read: at('sweeps') },
  forecast: { most: 64, read: at('forecast') },
  putVault: { most: 3 },
  patchVault: { most: 3 },
  getVault: { most: 1, read: inVault('') },
  deleteVault: { most: 6, alone: true },
  listVaults: {
    most: 1,
    shown: 1,
    async read(door) {
      // The line of a vault that was deleted just now is read, and shows nothing, until a sweep has struck it.
      await done(door('POST', 'sweeps', { body: {} }));
      return { path: 'vaults?top=20' };
    },
  },
  cancelPendingChange: { most: 3, alone: true },
  undeleteItems: { most: 5, alone: true },
  listDeletedVaults: { most: 1, shown: 1, read: at('deletedVaults?top=20') },
  getDeletedVault: {
    most: 2,
    alone: true,
    read: async (door) => {
      const vault = await aVault(door);
      await done(door('DELETE', `vaults/${vault}`));
      return { path: `deletedVaults/${vault}` };
    },
  },
  restoreVault: { most: 8, alone: true },
  putPolicy: { most: 3 },
  getPolicy: { most: 1, read: inVault('/policies/daily') },
  deletePolicy: { most: 4 },
  listPolicies: { most: 1, read: inVault('/policies?top=20') },
  putServer: { most: 6 },
  getServer: {
    most: 2,
    read: async (door) => {
      const vault = await aVault(door);
      return { path: `vaults/${vault}/servers/${await aServer(door, vault)}` };
    },
  },
  deleteServer: { most: 6 },
  listServers: { most: 1, shown: 1, read: inVault('/servers?top=20') },
  changePassphrase: { most: 5 },
  issueSecurityPin: { most: 4 },
  putGuard: {
    most: 2,
    read: async (_, token) => ({
      method: 'PUT',
      path: `guards/${fresh('guard')}`,
      body: {},
      token: await token(KEEPER),
    }),
  },
  getGuard: { most: 1, read: ofGuard((guard) => `guards/${guard}`) },
  // Itself, what it guards in vaults and in the service, and its end; one more where refusals or grants were noted in its history since. And
  // what its links cost, see costs.test.ts.
  deleteGuard: { most: 4 },
  listGuards: { most: 1, read: ofGuard(() => 'guards?top=20') },
  // Its number is read with all kinds.
  putKind: { most: 4 },
  getKind: { most: 1, read: at('kinds/AzureVM') },
  listKinds: { most: 1, read: at('kinds?top=20') },
  // It is retired, listed vaults are looked at, and its end is told before it goes.
  deleteKind: { most: 10 },
  putExecutor: { most: 4 },
  // Its orders are counted, those that wait for a person apart. Of more than a thousand: four more at the most.
  getExecutor: { most: 3, read: ofExecutor((executor) => `executors/${executor}`) },
  listExecutors: { most: 1, read: ofExecutor(() => 'executors?top=20') },
  // Its links are looked at first, and its gate goes last.
  deleteExecutor: { most: 8 },
  // One order of one vault; nothing there is one, and the caller and when it was seen are read and written once a minute.
  claimPurgeOrders: { most: 8, alone: true },
  renewPurgeOrder: { most: 2, alone: true },
  failPurgeOrder: { most: 4, alone: true },
  completePurgeOrder: { most: 5, alone: true },
  refusePurgeOrder: { most: 5, alone: true },
  recallPurgeOrder: { most: 5, alone: true },
  resolvePurgeOrder: { most: 5, alone: true },
  getPurgeOrder: { most: 2, alone: true, read: ofOrder(({ of }) => of) },
  listPurgeOrders: {
    most: 1,
    shown: 1,
    alone: true,
    read: ofOrder(({ executor }) => `purgeOrders?executor=${executor}&top=20`),
  },
  listPurgeOrderPoints: { most: 2, alone: true, read: ofOrder(({ of }) => `${of}/recoveryPoints`) },
  approveGuardChange: { most: 6, alone: true },
  cancelGuardChange: { most: 6, alone: true },
  grantOperation: { most: 6 },
  listGrants: { most: 1, shown: 1, read: ofGuard((guard) => `guards/${guard}/grants?top=20`) },
  // What became of it lies where it was used.
  getGrant: { most: 3, read: ofGuard((guard, grant) => `guards/${guard}/grants/${grant}`) },
  revokeGrant: { most: 6 },
  approveGrant: { most: 6 },
  denyGrant: { most: 6 },
  linkGuard: { most: 6, alone: true },
  // As to link it; two more because it is guarded.
  unlinkGuard: { most: 6 + 2, alone: true },
  linkServiceGuard: { most: 6 },
  getServiceGuard: { most: 1, read: at('service/guard') },
  unlinkServiceGuard: { most: 6 },
  protectItem: { most: 4 },
  getItem: { most: 2, read: ofItem('') },
  listItems: { most: 3, read: inVault('/items?top=20') },
  // One of them reads the kinds, which a process does once a minute.
  stopItem: { most: 4 },
  undeleteItem: { most: 2 },
  resumeItem: { most: 3 },
  changePolicy: { most: 3 },
  // What is overdue may have been set aside: one more.
  explainItem: { most: 4, read: ofDeleted((item) => `${item}/explain`) },
  putHold: { most: 4 },
  getHold: {
    most: 2,
    read: async (door) => {
      const path = `${await inTrash(door, await aVault(door))}/holds/legal`;
      await done(door('PUT', path, { body: { reason: 'test' } }));
      return { path };
    },
  },
  deleteHold: { most: 4 },
  startBackup: { most: 2 },
  restoreItem: { most: 5 },
  // The last one of an item, whether it runs or is over. An earlier one: one more.
  getJob: { most: 1, read: aJob },
  completeJob: { most: 5 },
  putRecoveryPoint: {
    most: 3,
    read: async (door) => {
      const path = `${await anItem(door, await aVault(door))}/recoveryPoints/${fresh('point')}`;
      return { method: 'PUT', path, body: { createdAt: new Date().toISOString(), rung: 'daily' } };
    },
  },
  getRecoveryPoint: {
    most: 3,
    read: async (door) => {
      const item = await anItem(door, await aVault(door));
      const { name } = await aPoint(door, item);
      return { path: `${item}/recoveryPoints/${name}` };
    },
  },
  listRecoveryPoints: { most: 3, read: ofItem('/recoveryPoints?top=20') },
  getOperation: { most: 1, read: aShorterPolicy },
  listOperationResults: { most: 2, read: aLargeUndelete },
  // The end of a chain is known by its subject, which lies elsewhere (decision 17).
  itemHistory: { most: 2, read: ofItem('/history?top=20') },
  vaultHistory: { most: 2, read: inVault('/history?top=20') },
  guardHistory: { most: 2, read: ofGuard((guard) => `guards/${guard}/history?top=20`) },
  serviceHistory: { most: 2, read: async (_, token) => ({ path: 'history?top=20', token: await token(AUDITOR) }) },
  itemReceipt: {
    most: 3,
    alone: true,
    read: async (door) => {
      const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
      return { path: `${await inTrash(door, vault)}/receipt` };
    },
  },
  getVaultAlert: { most: 1, read: ofDeletion((alert, vault) => `vaults/${vault}/alerts/${alert}`) },
  acknowledgeVaultAlert: { most: 2 },
  closeVaultAlert: { most: 2 },
  getAlert: { most: 1, read: ofDeletion((alert) => `alerts/${alert}`) },
  acknowledgeAlert: { most: 2 },
  closeAlert: { most: 2 },
  listVaultAlerts: { most: 6, read: ofDeleted((item) => `${item.split('/items/')[0]}/alerts?top=20`) },
  listAlerts: { most: 40, read: at('alerts?top=20') },
  putSilence: { most: 3 },
  getSilence: { most: 1, read: aSilence },
  deleteSilence: { most: 3 },
  listSilences: { most: 1, read: inVault('/silences?top=20') },
  listDeadLetters: { most: 1, read: at('deadletters?top=20') },
  redriveDeadLetter: { most: 6 },
  dismissDeadLetter: { most: 6 },
  takeDeliveryReports: { most: 4, alone: true, read: ofReport },
  putPause: { most: 2 },
  getPause: {
    most: 1,
    read: async (door) => {
      const until = new Date(Date.now() + 86_400_000).toISOString();
      await done(door('PUT', 'pause', { body: { reason: 'test', until } }));
      return { path: 'pause' };
    },
  },
  // Whether the service is guarded stands beside the pause, and so does the hint to the alert.
  deletePause: { most: 2 },
  getQuarantine: { most: 1, read: at('quarantine') },
  retryQuarantined: { most: 12, alone: true },

  live: { most: 0, read: at('health/live') },
  ready: { most: 24, read: at('health/ready') },
  getLocalClock: { most: 0, read: at('local/clock') },
  putLocalClock: {
    most: 0,
    read: async () => ({ method: 'PUT', path: 'local/clock', body: { offset: 'PT0S' } }),
  },
};

export const LARGE = 'large';
export const DELIVERY_KEY = 'delivery-key-of-the-test';
