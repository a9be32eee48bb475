import { expect } from 'vitest';
import { between } from './between.ts';
import { aService } from './service.ts';
import { aTenant, dataUnder, someTenants, type Tenant } from './tenants.ts';

/** So many tenants to destroy, a wire to their data and to the service that can be broken, and a neighbour whose data nobody may touch. */
export async function aGround(howMany: number) {
  const tenants = await someTenants(howMany);
  const service = await aService();
  const proxy = await between(tenants.connection, service.url);
  const neighbour = await aTenant(tenants.container, 'neighbour');
  const untouched = await dataUnder(tenants.container, neighbour.prefix);
  return {
    tenants,
    service,
    proxy,
    /** All of the tenant is gone, nothing else is, and that is what was proved. */
    async expectPurged(tenant: Tenant, order: string) {
      const proof = await service.proofOf(order);
      expect(proof).toMatchObject({ ...tenant.totals, remaining: [] });
      expect(await dataUnder(tenants.container, tenant.prefix)).toEqual({});
      expect(await dataUnder(tenants.container, neighbour.prefix)).toEqual(untouched);
      return proof;
    },
  };
}
