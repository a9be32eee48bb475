/** A service in memory with an executor, its items, and what people and the executor do about their orders. */
import { Duration } from 'luxon';
import { done, RETENTION } from '../../host/support/door.ts';
import { call } from '../../support/call.ts';
import { must } from '../../support/world.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

export const PROOF = {
  objects: 3,
  bytes: 4096,
  method: 'DeleteBlob',
  remaining: [{ what: 'soft-deleted blobs of the account', until: '2026-12-12' }, { what: 'a copy on tape' }],
};
export const APP = { tid: 'local', oid: 'destroyer' };

interface Mailed {
  readonly subject: string;
  readonly text: string;
}
export interface Ordered {
  readonly order: string;
  readonly token: number;
  readonly [field: string]: unknown;
}

/** `executor` null: nobody is asked. */
export async function aStage({
  executor = 'blobs',
  softDelete = true,
}: {
  executor?: string | null;
  softDelete?: boolean;
} = {}) {
  const service = serviceInMemory({ operators: ['operators@contoso.com'] });
  const { door } = service;
  const app = await service.token({ sub: APP.oid, roles: ['Executor'], appOnly: true });
  const ada = await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true });
  let days = 0;
  const send = (method: string, path: string, body?: object) =>
    door(method, path, { token: ada, ...(body ? { body } : {}) });
  const asApp = (path: string, body: object) => door('POST', `purgeOrders/${path}`, { token: app, body });
  const sweep = () => done(send('POST', 'sweeps', {}));
  const contacts = ['data@contoso.com'];
  await done(send('PUT', 'executors/blobs', { callers: [APP], contacts }));
  const alerts = { recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] };
  const settings = softDelete ? {} : { softDelete: { state: 'Disabled' } };
  await done(send('PUT', 'vaults/contoso', { kind: 'RecoveryServices', alerts, ...settings }));
  await done(send('PATCH', 'vaults/contoso', { purge: { executor } }));
  await done(
    send('PUT', 'vaults/contoso/policies/daily', {
      ...{ workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION },
    }),
  );
  /** Time passes, and nobody sweeps. */
  const without = async (more: number) => {
    days += more;
    await done(send('PUT', 'local/clock', { offset: Duration.fromObject({ days }).toISO() }));
  };
  return {
    ...service,
    send,
    sweep,
    without,
    /** Time passes, a day at a time, and what falls due is done. */
    async pass(more: number) {
      for (let day = 0; day < more; day += 1) {
        await without(1);
        await sweep();
      }
    },
    async deleted(item: string) {
      const path = `vaults/contoso/items/${item}`;
      await done(send('PUT', path, { workload: 'AzureVM', policy: 'daily', sourceId: `/vm/${item}` }));
      await done(send('POST', `${path}/stop`, { mode: 'delete', confirmName: item, reason: 'contract ended' }));
    },
    async claimed(): Promise<Ordered> {
      const { value } = await done(asApp('claim', { executor: 'blobs' }));
      return must((value as unknown as readonly Ordered[])[0]);
    },
    async orderOf(item: string): Promise<string> {
      const { purgeOrder } = (await done(send('GET', `vaults/contoso/items/${item}`))) as unknown as {
        purgeOrder: Ordered;
      };
      return purgeOrder.order;
    },
    asApp,
    async receipt(item: string) {
      const { body } = await send('GET', `vaults/contoso/items/${item}/receipt`);
      return body as unknown as {
        hash: string;
        receipt: { entries: readonly never[]; head: never; [field: string]: unknown };
      };
    },
    async mails(to = 'ops@contoso.com'): Promise<readonly Mailed[]> {
      await sweep();
      const { body } = await call<{ value: readonly Mailed[] }>(service.mail, 'GET', `/inbox?to=${to}`);
      return body.value;
    },
  };
}
export type Stage = Awaited<ReturnType<typeof aStage>>;
