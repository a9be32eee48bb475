/** Many who claim at once: each order goes to exactly one of them, in whatever order their requests to storage are done. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ordered } from '../../../src/core/orders.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { type Claimed, claim } from '../../../src/flows/orders/claim.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { plant, rowsOf } from '../../faults/seeds.ts';
import { NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done, portsOver } from '../../support/world.ts';
import { appOf } from './town.ts';

const ORDERS = 12;
const CALLERS = 'abcdefghijklmnop';

let made: Awaited<ReturnType<typeof rowsOf>>;
beforeAll(async () => {
  const tables = memoryTables();
  const world = portsOver(tables);
  await laidExecutor(world, 'blobs');
  await done(putKind(world, aRequest(), { kind: 'Tenant' }, {}));
  const patch = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: 'blobs' } } as const;
  await done(putVault(world, aRequest(), { vault: 'v' }, { patch, mustExist: false }));
  for (let at = 0; at < ORDERS; at += 1) {
    const place = { vault: 'v', item: `item-${at}` };
    await done(protect(world, aRequest(), place, { workload: 'Tenant', sourceId: `/${at}` }));
    await done(stop(world, aRequest(), place, { mode: 'delete', confirmName: place.item }));
  }
  made = await rowsOf(tables);
});

describe('of sixteen who claim the orders of one vault at once', () => {
  test.each(Array.from({ length: 200 }, (_, seed) => seed))('one gets each, seed %i', async (seed) => {
    const random = randomOf(seed);
    const tables = memoryTables();
    await plant(tables, made);
    const given: Ordered[] = [];
    const claims = async (over: typeof tables, max: number) => {
      const request = { ...aRequest<Claimed>(), caller: appOf('blobs') };
      const { value } = await done(claim(portsOver(over), request, { executor: 'blobs', max, leaseSeconds: 300 }));
      given.push(...value);
    };
    const callers = interleaving(tables, random);
    for (const letter of CALLERS) {
      const max = random.int(1, 5);
      callers.add(letter, (over) => claims(over, max));
    }
    await callers.run();
    const ids = given.map(({ order }) => order.id);
    expect(new Set(ids).size).toBe(ids.length);
    // whoever lost every race has left some: nobody else has got them
    await claims(tables, 32);
    const all = given.map(({ order }) => order.id).toSorted();
    expect(new Set(all).size).toBe(ORDERS);
    expect((await checkStore(scanTables(tables), NOON)).findings).toEqual([]);
  });
});
