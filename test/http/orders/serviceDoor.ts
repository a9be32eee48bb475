/** A service with a vault whose purges an executor is asked to do: one in memory, or the running one. */
import { Duration } from 'luxon';
import type { DoorToTest } from '../../executor/support/door.ts';
import { aVault, type Door, done } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const KNOWN = { tid: 'local', oid: 'destroyer' };

interface Asked extends Pick<DoorToTest, 'url' | 'fetch'> {
  readonly door: Door;
  readonly token: (claims: { sub: string; roles: string[]; mfa?: boolean; appOnly?: boolean }) => Promise<string>;
}

/** In memory any name will do, for nothing goes over a wire; but a token goes in the clear to this machine only. */
export const serviceDoor = (name: string): Promise<DoorToTest> =>
  doorInto({ ...serviceInMemory(), url: 'http://localhost' }, name);

/** Where soft delete does not apply the stop itself makes the order, so no clock has to be moved for one. */
export async function doorInto(service: Asked, name: string): Promise<DoorToTest> {
  const { door } = service;
  const executor = `blobs-${name.slice(0, 8)}`;
  const tokens = {
    executor: await service.token({ sub: KNOWN.oid, roles: ['Executor'], appOnly: true }),
    person: await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true }),
    stranger: await service.token({ sub: 'mallory', roles: ['Executor'], appOnly: true }),
  };
  await done(door('PUT', `executors/${executor}`, { body: { callers: [KNOWN] } }));
  const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
  await done(door('PATCH', `vaults/${vault}`, { body: { purge: { executor } }, token: tokens.person }));
  let offset = 0;
  let items = 0;
  await done(door('PUT', 'local/clock', { body: { offset: 'PT0S' } }));
  return {
    url: service.url,
    fetch: service.fetch,
    executor,
    token: (who) => tokens[who],
    async makeDue(sourceId) {
      items += 1;
      const item = `${vault}/items/vm-${items}`;
      const body = { workload: 'AzureVM', policy: 'daily', sourceId: sourceId ?? `customers/vm-${items}/` };
      await done(door('PUT', `vaults/${item}`, { body }));
      const stop = { mode: 'delete', confirmName: `vm-${items}` };
      await done(door('POST', `vaults/${item}/stop`, { body: stop }));
      const { value } = await done(door('GET', `purgeOrders?vault=${vault}&top=200`));
      const orders = value as unknown as readonly { readonly order: string; readonly item: string }[];
      return orders.find((one) => one.item === `vm-${items}`)?.order ?? '';
    },
    now: () => Date.now() + offset,
    async advance(ms) {
      offset += ms;
      await done(door('PUT', 'local/clock', { body: { offset: Duration.fromMillis(Math.round(offset)).toISO() } }));
    },
    pause: async () => {
      const until = new Date(Date.now() + offset + 86_400_000).toISOString();
      await done(door('PUT', 'pause', { body: { reason: 'restore test', until }, token: tokens.person }));
    },
    endPause: async () => {
      await done(door('DELETE', 'pause', { token: tokens.person }));
    },
  };
}
