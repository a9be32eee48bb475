/** A vault of a test's own, spoken to as its callers do: what is there before the act, and the acts themselves. */
import { call, type Reply } from './call.ts';
import type { Service } from './launch.ts';

/** What the API shows of an item (API §6), as far as tests look into it. */
export interface ItemBody {
  readonly name: string;
  readonly state: string;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly generation: number;
  readonly lastBackup: { readonly status: string; readonly at: string | null };
  readonly activeJob: { readonly id: string } | null;
  readonly recoveryPoints: { readonly count: number };
  readonly softDelete: {
    readonly deletedAt: string;
    readonly purgeAt: string;
    readonly retentionDays: number;
    readonly daysLeft: number;
    readonly remaining: string;
    readonly purgeUpcoming: boolean;
    readonly billingEndsAt: string;
    readonly chargeableDays: number;
    readonly freeDays: number;
  } | null;
  readonly softDeleteApplied?: boolean;
  readonly recoveryPointsRemoved?: readonly string[];
}

/** A soft-deleted item. */
export type TrashBody = ItemBody & { readonly softDelete: NonNullable<ItemBody['softDelete']> };

export interface PointBody {
  readonly name: string;
  readonly state: string;
  readonly expiresAt: string;
  readonly purgeAt?: string;
}

export interface HistoryBody {
  readonly outcome: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface Refusal {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly innererror?: object } };
}

/** What a refusal looks like, for `toMatchObject`. */
export const refusal = (status: number, code: string, facts?: object): Refusal => ({
  status,
  body: { error: { code, ...(facts ? { innererror: facts } : {}) } },
});

/** The changes of state in a history, newest first. */
export const moves = (history: readonly HistoryBody[]): readonly (readonly [string | null, string | null])[] =>
  history.filter(({ from, to }) => from !== to).map(({ from, to }) => [from, to]);

/** The body of an answer that had to be a success. */
export function ok<T>({ status, body }: Reply<T>): T {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

interface Person {
  readonly roles: readonly string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
}

/** Everything a human can be, second factor and all. */
export const OWNER: Person = { roles: ['Reader', 'Operator', 'Contributor', 'GuardAdmin'], mfa: true };

export const HYBRID = ['MARS', 'DPM', 'MABS'] as const;
const CLOUD = {
  RecoveryServices: ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles'],
  Backup: ['AzureBlob', 'AzureDisk', 'PostgreSQL', 'AKS'],
} as const;

export type VaultKind = keyof typeof CLOUD;

export interface ProtectWish {
  readonly workload?: string;
  readonly policy?: string;
  readonly sourceId?: string;
  readonly tier?: string;
  readonly server?: string;
  readonly recoverSoftDeleted?: boolean;
}

export interface PointWish {
  readonly rung?: string;
  /** How many days before the present it was made. */
  readonly age?: number;
  readonly expiresAt?: string;
}

export interface Estate {
  readonly name: string;
  /** A request inside the vault: `send('GET', 'items/vm')`; `send('GET', '')` is the vault itself. */
  send<T = ItemBody>(method: string, path: string, body?: unknown, who?: Person): Promise<Reply<T>>;
  settings(patch: object, who?: Person): Promise<Reply<unknown>>;
  policy(name: string, retention: object, workloads?: readonly string[]): Promise<Reply<unknown>>;
  server(kind: string): Promise<string>;

  protect(item: string, wish?: ProtectWish): Promise<Reply<ItemBody>>;
  point(item: string, name: string, wish?: PointWish): Promise<PointBody>;
  points(item: string): Promise<readonly PointBody[]>;
  stop(item: string, mode: string, more?: object, who?: Person): Promise<Reply<ItemBody>>;
  /** Stop with delete, by its owner. */
  delete(item: string, more?: object): Promise<Reply<ItemBody>>;
  undelete(item: string, who?: Person): Promise<Reply<ItemBody>>;
  resume(item: string, policy?: string, who?: Person): Promise<Reply<ItemBody>>;
  restore(item: string, recoveryPoint: string): Promise<Reply<unknown>>;
  get(item: string): Promise<Reply<ItemBody>>;
  /** The item, protected and then deleted; it has to be in the trash. */
  trash(item: string, wish?: ProtectWish): Promise<TrashBody>;
  history(item: string): Promise<readonly HistoryBody[]>;
}

let made = 0;

/** A new vault with the policy "daily" (30 days) for every workload that it takes. */
export async function aVault(
  service: Pick<Service, 'api' | 'token'>,
  { kind = 'RecoveryServices', settings = {} }: { kind?: VaultKind; settings?: object } = {},
): Promise<Estate> {
  made += 1;
  const name = `estate-${made}`;
  const url = `/api/vaults/${name}`;
  const every = kind === 'Backup' ? CLOUD.Backup : [...CLOUD.RecoveryServices, ...HYBRID];

  const send: Estate['send'] = async (method, path, body, who) =>
    call(service.api, method, path === '' ? url : `${url}/${path}`, {
      ...(body === undefined ? {} : { body }),
      ...(who ? { token: await service.token({ sub: `person-${who.roles.join('-')}`, ...who }) } : {}),
    });

  const estate: Estate = {
    name,
    send,
    settings: (patch, who = OWNER) => send('PATCH', '', patch, who),
    policy: (policy, retention, workloads = every) =>
      send('PUT', `policies/${policy}`, { workloads, schedule: '0 0 2 * * *', retention }),
    server: async (serverKind) => {
      const server = `${name}-${serverKind}`;
      ok(await send('PUT', `servers/${server}`, { kind: serverKind, agentVersion: '99.0.0.0' }));
      return server;
    },
    protect: async (item, wish = {}) => {
      const { workload = kind === 'Backup' ? 'AzureBlob' : 'AzureVM', ...rest } = wish;
      const hybrid = HYBRID.some((one) => one === workload);
      const server = hybrid && !rest.server ? { server: await estate.server(workload) } : {};
      return send('PUT', `items/${item}`, {
        workload,
        policy: 'daily',
        sourceId: `${name}/${item}`,
        ...server,
        ...rest,
      });
    },
    point: async (item, point, { rung = 'daily', age = 0, expiresAt } = {}) => {
      const { now } = ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock'));
      const body = { createdAt: later(now, { days: -age }), rung, ...(expiresAt ? { expiresAt } : {}) };
      return ok(await send<PointBody>('PUT', `items/${item}/recoveryPoints/${point}`, body));
    },
    points: async (item) =>
      ok(await send<{ value: readonly PointBody[] }>('GET', `items/${item}/recoveryPoints`)).value,
    stop: (item, mode, more = {}, who = OWNER) => send('POST', `items/${item}/stop`, { mode, ...more }, who),
    delete: (item, more = {}) => estate.stop(item, 'delete', { confirmName: item, ...more }),
    undelete: (item, who) => send('POST', `items/${item}/undelete`, {}, who),
    resume: (item, policy, who) => send('POST', `items/${item}/resume`, policy === undefined ? {} : { policy }, who),
    restore: (item, recoveryPoint) => send('POST', `items/${item}/restore`, { recoveryPoint }),
    get: (item) => send('GET', `items/${item}`),
    trash: async (item, wish) => {
      ok(await estate.protect(item, wish));
      return inTrash(ok(await estate.delete(item)));
    },
    history: async (item) => ok(await send<{ value: readonly HistoryBody[] }>('GET', `items/${item}/history`)).value,
  };

  ok(await call(service.api, 'PUT', url, { body: { kind, ...settings } }));
  ok(await estate.policy('daily', { daily: 30 }));
  return estate;
}

/** A vault whose deletions are mailed to nobody: so no purge waits for a mail. */
export async function aQuietVault(...[service, wish]: Parameters<typeof aVault>): Promise<Estate> {
  const vault = await aVault(service, wish);
  const { now } = ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock'));
  const silence = {
    from: now,
    until: later(now, { days: 29 }),
    types: ['DeleteBackupData'],
    reason: 'no mails wanted',
  };
  ok(await vault.send('PUT', 'silences/quiet', silence));
  return vault;
}

/** Says so when it is not. */
export function inTrash(item: ItemBody): TrashBody {
  const { softDelete } = item;
  if (!softDelete || item.state !== 'SoftDeleted') throw new Error(`not soft-deleted: ${JSON.stringify(item)}`);
  return { ...item, softDelete };
}

interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly seconds?: number;
}

/** That instant, moved; a day is 24 hours. */
export const later = (instant: string, { days = 0, hours = 0, seconds = 0 }: Span): string =>
  new Date(Date.parse(instant) + ((days * 24 + hours) * 3600 + seconds) * 1000).toISOString();

/** The service's clock. It only ever ticks on, so it stands at the wished instant or a moment after it. */
export const clockOf = ({ api }: Pick<Service, 'api'>) => ({
  moveTo: async (instant: string): Promise<void> => {
    const seconds = (Date.parse(instant) - Date.now()) / 1000;
    ok(await call(api, 'PUT', '/api/local/clock', { body: { offset: `PT${seconds.toFixed(3)}S` } }));
  },
  /** Back to real time. */
  reset: async (): Promise<void> => {
    ok(await call(api, 'PUT', '/api/local/clock', { body: { offset: 'PT0S' } }));
  },
});
