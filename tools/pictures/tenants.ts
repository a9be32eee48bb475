/** The tenants that the pictures of purge orders show, due after a fortnight in the trash. */
import type { Client } from '../../client/client.ts';
import { createClient } from '../../client/client.ts';
import { until } from '../../local/until.ts';
import type { Service } from '../../test/support/launch.ts';
import { orderTenants } from '../../test/support/orderedTenants.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATIENCE_MS = 120_000;
const VAULT = { vault: 'customers' };

const now = async (api: Client): Promise<number> => Date.parse((await api.call('getLocalClock')).now);

async function moveTo(api: Client, instant: number): Promise<void> {
  const ahead = Math.max(0, (instant - Date.now()) / 1000);
  await api.call('putLocalClock', { body: { offset: `PT${ahead.toFixed(3)}S` } });
}

const sweep = (api: Client): Promise<unknown> => api.call('runSweep', { body: {} });

/** Nothing is purged that nobody was told of: the mails of the sweep before have to be out. */
async function isTold(api: Client): Promise<boolean> {
  const { value } = await api.call('listVaultAlerts', { names: VAULT, query: { top: 200 } });
  const upcoming = value.filter(({ type }) => type === 'UpcomingPurge');
  return upcoming.length > 0 && upcoming.every((one) => one.notifications?.every(({ status }) => status !== 'Queued'));
}

async function fallDue(api: Client, items: readonly string[]): Promise<void> {
  const read = () => Promise.all(items.map((item) => api.call('getItem', { names: { ...VAULT, item } })));
  const due = Math.max(...(await read()).map(({ softDelete }) => Date.parse(softDelete?.purgeAt ?? '')));
  if ((await now(api)) < due - 2 * DAY_MS) {
    await moveTo(api, due - 2 * DAY_MS + HOUR_MS);
    await sweep(api);
    await until(() => isTold(api), PATIENCE_MS);
  }
  await moveTo(api, due + 60_000);
  await until(async () => {
    await sweep(api);
    return (await read()).every(({ state }) => state === 'Purging');
  }, PATIENCE_MS);
}

/** Answers where the order of each tenant is shown. */
export async function picturedOrders(service: Service): Promise<(item: string) => string> {
  const token = await service.token({ sub: 'dana', roles: ['Contributor'], mfa: true });
  const api = createClient({ url: service.api, token });
  await orderTenants(service, {
    settings: {},
    later: async () => moveTo(api, (await now(api)) + HOUR_MS / 2),
    fallDue: (items) => fallDue(api, items),
  });
  const orders = await api.all('listPurgeOrders', { query: VAULT });
  return (item) => `#/orders/${orders.find((one) => one.item === item)?.order}`;
}
