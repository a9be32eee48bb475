/** Tokens grow also where the clocks of two machines of the service are apart. */
import { expect, test } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { type Claimed, claim } from '../../../src/flows/orders/claim.ts';
import { complete } from '../../../src/flows/orders/report.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { later, NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done, must, portsOver } from '../../support/world.ts';
import { appOf } from './town.ts';

const PLACE = { vault: 'Contoso', item: 'acme' };

test('an item that is protected anew and ordered again has a greater token than all those of its tombstone', async () => {
  const tables = memoryTables();
  const at = (real: Instant) => portsOver(tables, { realNow: () => real });
  const world = at(NOON);
  await laidExecutor(world, 'blobs');
  await done(putKind(world, aRequest(), { kind: 'Tenant' }, {}));
  const patch = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: 'blobs' } } as const;
  await done(putVault(world, aRequest(), PLACE, { patch, mustExist: false }));

  const tokenAt = async (real: Instant) => {
    const there = at(real);
    await done(protect(there, aRequest(), PLACE, { workload: 'Tenant', sourceId: '/acme' }));
    await done(stop(there, aRequest(), PLACE, { mode: 'delete', confirmName: PLACE.item }));
    const asApp = <R>() => ({ ...aRequest<R>(), caller: appOf('blobs') });
    const ask = { executor: 'blobs', max: 1, leaseSeconds: 300 };
    const { order } = must((await done(claim(there, asApp<Claimed>(), ask))).value[0]);
    const token = order.token ?? 0;
    await done(complete(there, asApp(), { order: order.id }, { token, proof: { objects: 0 } }));
    return token;
  };
  const first = await tokenAt(NOON);
  expect(first).toBe(NOON.toMillis());
  expect(await tokenAt(later(0, -60_000))).toBe(first + 1);
});
