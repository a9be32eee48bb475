/** A vault of tenants that an executor is asked to destroy, each order in another state. */
import type { Service } from './launch.ts';

const VAULT = 'customers';
const nothing = async () => undefined;

interface Claimed {
  readonly value: readonly { readonly order: string; readonly item: string; readonly token: number }[];
}

const PROOF = {
  objects: 1204,
  bytes: 734_003_200,
  hash: `sha256:${'5e9c'.repeat(16)}`,
  method: 'DeleteBlob with If-Match',
  remaining: [{ what: 'soft-deleted blobs of the account', until: '2026-12-12' }],
};

type Send = (method: string, path: string, body: object) => Promise<unknown>;

/** What each tenant's order comes to. Who is not here waits for the executor. */
const SAID: Readonly<Record<string, (say: Send, order: string, token: number) => Promise<unknown>>> = {
  globex: (say, order, token) =>
    say('POST', `purgeOrders/${order}/renew`, { token, leaseSeconds: 3600, checkpoint: { deleted: 1200, of: 1204 } }),
  initech: (say, order, token) =>
    say('POST', `purgeOrders/${order}/fail`, {
      ...{ token, code: 'AccountBusy', message: 'the account does not answer' },
      ...{ destroyed: 'nothing', retryAfterSeconds: 86_400 },
    }),
  umbrella: (say, order, token) =>
    say('POST', `purgeOrders/${order}/fail`, {
      ...{ token, code: 'NewData', message: 'new data under the prefix' },
      ...{ destroyed: 'some', permanent: true },
    }),
  hooli: (say, order, token) => say('POST', `purgeOrders/${order}/complete`, { token, proof: PROOF }),
};

const FIRST = Object.keys(SAID);
/** Nobody has claimed these. */
export const WAITING = ['acme', 'stark', 'wayne'] as const;

export interface Tenants {
  /** The settings of their vault. Where soft delete is off, the stop itself makes the order. */
  readonly settings?: object;
  /** Between those who are ordered first, and the others. */
  readonly later?: () => Promise<unknown>;
  /** Lets their time in the trash pass. */
  readonly fallDue?: (items: readonly string[]) => Promise<unknown>;
}

/** Each order in its state, by the name of its tenant. */
export async function orderTenants(
  { api, token }: Pick<Service, 'api' | 'token'>,
  { settings = { softDelete: { state: 'Disabled' } }, later = nothing, fallDue = nothing }: Tenants = {},
): Promise<void> {
  const sender = (bearer: string) => async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const answer = await fetch(`${api}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as unknown;
  };
  const send = sender(await token({ sub: 'dana', roles: ['Contributor'], mfa: true }));
  const say = sender(await token({ sub: 'blobs', roles: ['Executor'], appOnly: true }));
  const executor = { callers: [{ tid: 'local', oid: 'blobs' }], confirmWithinHours: 24 };
  await send('PUT', 'executors/blobs', { ...executor, contacts: ['data@northwind.example'] });
  await send('PUT', 'kinds/tenant', { title: 'Tenant', executor: 'blobs', parameters: { account: 'customers' } });
  await send('PUT', `vaults/${VAULT}`, {
    ...{ kind: 'Generic', alerts: { recipients: ['ops@northwind.example'] } },
    ...settings,
  });
  for (const name of [...FIRST, ...WAITING])
    await send('PUT', `vaults/${VAULT}/items/${name}`, { workload: 'tenant', sourceId: `customers/${name}/` });
  const stop = (name: string) =>
    send('POST', `vaults/${VAULT}/items/${name}/stop`, {
      ...{ mode: 'delete', confirmName: name, reason: 'contract ended' },
    });
  for (const name of FIRST) await stop(name);
  await later();
  for (const name of WAITING) await stop(name);
  await fallDue(FIRST);
  const max = FIRST.length;
  const { value } = (await say('POST', 'purgeOrders/claim', { executor: 'blobs', max, leaseSeconds: 3600 })) as Claimed;
  if (value.length !== max) throw new Error(`${value.length} of ${max} orders were claimed`);
  for (const { order, item, token: said } of value) await SAID[item]?.(say, order, said);
  await fallDue(WAITING);
}
