/** What an instance of the previous version makes of what executors are asked to destroy. */
import { beforeAll, expect, test } from 'vitest';
import type { Caller } from '../../src/core/caller.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { type Claimed, claim } from '../../src/flows/orders/claim.ts';
import { complete, refusePurge } from '../../src/flows/orders/report.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import type { Row } from '../../src/store/table.ts';
import { laidExecutor } from '../support/executors.ts';
import { memoryTables } from '../support/tables.ts';
import { aRequest, done, must, portsOver } from '../support/world.ts';
import { NEWER, readBefore } from './version2.ts';

const APP: Caller = { tid: 'local', oid: 'blobs', roles: ['Executor'], appOnly: true, secondFactor: false };
const asApp = <R>() => ({ ...aRequest<R>(), caller: APP });

let rows: readonly Row[];
beforeAll(async () => {
  const tables = memoryTables();
  const world = portsOver(tables);
  const vault = { vault: 'v' };
  await laidExecutor(world, 'blobs');
  const patch = { kind: 'RecoveryServices', softDelete: { state: 'Disabled' } } as const;
  await done(putVault(world, aRequest(), vault, { patch, mustExist: false }));
  const policy = { name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await done(putPolicy(world, aRequest(), vault, policy));
  const make = (item: string) =>
    done(protect(world, aRequest(), { ...vault, item }, { workload: 'AzureVM', policy: 'daily', sourceId: item }));
  const remove = (item: string) =>
    done(stop(world, aRequest(), { ...vault, item }, { mode: 'delete', confirmName: item }));
  for (const item of ['plain', 'alone', 'ordered', 'destroyed', 'refused']) await make(item);
  await remove('alone');
  await done(putVault(world, aRequest(), vault, { patch: { purge: { executor: 'blobs' } }, mustExist: true }));
  for (const item of ['ordered', 'destroyed', 'refused']) await remove(item);
  const ask = { executor: 'blobs', max: 32, leaseSeconds: 300 };
  const { value } = await done(claim(world, asApp<Claimed>(), ask));
  const held = (name: string) => must(value.find((one) => one.name === name)).order;
  const [one, other] = [held('destroyed'), held('refused')];
  await done(complete(world, asApp(), { order: one.id }, { token: one.token ?? 0, proof: { objects: 1 } }));
  await done(refusePurge(world, asApp(), { order: other.id }, { token: other.token ?? 0, reason: 'not mine' }));
  rows = await tables.vaults.range('v', { prefix: 'v!' });
});

const readAs = (reader: string, key: RegExp) =>
  rows.filter((row) => key.test(row.key)).map((row) => readBefore(reader, row));

test('it reads what nobody was asked to destroy, also in a vault with an executor', () => {
  expect(readAs('remains', /^v!item!(plain|alone)$/)).toEqual(['read', 'read']);
});

test.each([
  ['the vault that names an executor', 'vault', /^v!head!settings$/],
  ['what is ordered', 'remains', /^v!item!ordered$/],
  ['its twin among what is ordered', 'remains', /^v!ordered!.*!ordered$/],
  ['what was destroyed', 'remains', /^v!item!destroyed$/],
  ['what an executor refused, and knows of its order', 'remains', /^v!item!refused$/],
  ['its place in the trash', 'remains', /^v!head!trash!.*!refused$/],
] as const)('it keeps its hands off %s', (_, reader, key) => {
  expect(readAs(reader, key)).toEqual([NEWER]);
});
