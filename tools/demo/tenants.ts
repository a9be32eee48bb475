/** The tenants of the demo: a kind of its own, whose data lies in blobs. When their time is over an executor destroys it. */
import { BlobServiceClient } from '@azure/storage-blob';
import { EXECUTOR } from '../../local/executor/part.ts';
import type { Deed } from './plan.ts';
import type { Demo } from './service.ts';

export const CUSTOMERS = 'customers';
const KIND = 'tenant';
const TOLD = { recipients: ['ops@northwind.example'], owners: ['owner@northwind.example'] };

export const TENANTS = [
  ...['adatum', 'alpine', 'bellows', 'contoso', 'fabrikam', 'fourthcoffee'],
  ...['litware', 'lucerne', 'proseware', 'tailspin', 'trey', 'wingtip'],
];
const LEAVERS = ['bellows', 'trey'];
const FILES = ['invoices/2025.json', 'invoices/2026.json', 'logo.svg', 'orders.csv', 'settings.json'];

export const hasExecutor = async ({ read }: Demo): Promise<boolean> =>
  (await read('listExecutors', {})).value.some(({ name }) => name === EXECUTOR.name);

const prefixOf = (tenant: string): string => `tenants/${tenant}/`;
const placeOf = (item: string) => ({ vault: CUSTOMERS, item });

/** Writes the data of a tenant, as far as it is not there. */
export type Plant = (tenant: string) => Promise<unknown>;

export function plantIn(storage: string): Plant {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(EXECUTOR.container);
  const write = (name: string, text: string) =>
    container
      .getBlockBlobClient(name)
      .upload(text, text.length, { conditions: { ifNoneMatch: '*' } })
      .catch((error: { readonly statusCode?: number }) => {
        if (error.statusCode !== 409 && error.statusCode !== 412) throw error;
      });
  return async (tenant) => {
    const prefix = prefixOf(tenant);
    await write(`${prefix}.reprieve`, JSON.stringify(placeOf(tenant))); // whose it is, before there is anything
    await Promise.all(FILES.map((file) => write(`${prefix}${file}`, `${file} of ${tenant}\n`)));
  };
}

export async function welcome({ send }: Demo, plant: Plant): Promise<void> {
  const kind = { executor: EXECUTOR.name, title: 'Tenant' };
  await send('dana', 'putKind', { names: { kind: KIND }, body: kind });
  await send('dana', 'putVault', { names: { vault: CUSTOMERS }, body: { kind: 'Generic', alerts: TOLD } });
  for (const tenant of TENANTS) {
    const sourceId = `${EXECUTOR.container}/${prefixOf(tenant)}`;
    const isLiving = await send('omar', 'protectItem', { names: placeOf(tenant), body: { workload: KIND, sourceId } });
    if (isLiving) await plant(tenant);
  }
}

/** They leave on the first day, so that they are due on the day after the last. */
export const FAREWELLS: readonly Deed[] = LEAVERS.map((item) => ({
  day: 0,
  who: 'dana',
  step: ({ send }, who) =>
    send(who, 'stopItem', {
      names: placeOf(item),
      body: { mode: 'delete', confirmName: item, reason: 'the contract ended' },
    }),
}));
