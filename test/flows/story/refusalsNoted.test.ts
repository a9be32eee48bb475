/** A refusal is noted only in a vault that is there: nothing writes into the partition of one that was removed. */
import { expect, test } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { restoreVault } from '../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { later } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, overtaken, portsOver, type World } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const VAULT = { vault: 'Contoso' };
const POLICY = { name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 7 } } as const;

async function aVault(tables: Tables): Promise<World> {
  const ports = portsOver(tables);
  const patch = { kind: 'RecoveryServices', immutability: 'Unlocked' } as const;
  await done(putVault(ports, aRequest(), VAULT, { patch, mustExist: false }));
  await done(putPolicy(ports, aRequest(), VAULT, POLICY));
  return ports;
}
const remove = (ports: World) => done(deleteVault(ports, aRequest(), VAULT));
const swept = (tables: Tables, now: Instant) => sweeperOver(tables, { operators: [] }).sweep(now);
const shorter = (ports: World) => putPolicy(ports, aRequest(), VAULT, { ...POLICY, retention: { daily: 1 } });
const rows = async ({ vaults }: Tables) =>
  (await vaults.range('contoso', { prefix: '', before: '~' })).map(({ key }) => key);

test('one that is refused while its vault is deleted and removed leaves nothing behind', async () => {
  const tables = memoryTables();
  const ports = await aVault(tables);
  let left: readonly string[] = [];
  const late = overtaken(ports, async () => {
    await remove(portsOver(tables));
    await swept(tables, later(60));
    left = await rows(tables);
  });
  expect(await shorter(late)).toMatchObject({ refusal: { code: 'ImmutabilityBlocked' } });
  expect(left).toContain('contoso!head!grave');
  expect(left).not.toContain('contoso!head!settings');
  expect(await rows(tables)).toEqual(left);
});

test('one that rests on a head of before is noted in the vault as it is', async () => {
  const tables = memoryTables();
  const ports = await aVault(tables);
  const patch = { coolingOffHours: 1 };
  const late = overtaken(ports, () => done(putVault(portsOver(tables), aRequest(), VAULT, { patch, mustExist: true })));
  expect(await shorter(late)).toMatchObject({ ok: false });
  expect((await historyIn(ports, 'Contoso', null))[0]).toMatchObject({ code: 'ImmutabilityBlocked' });
});

test('a deleted vault that can no longer be restored notes that; one that is gone notes nothing', async () => {
  const tables = memoryTables();
  const ports = await aVault(tables);
  await remove(ports);
  const late = later(20);
  expect(await restoreVault(ports, aRequest(late), VAULT)).toMatchObject({ refusal: { code: 'UndeleteWindowClosed' } });
  expect((await historyIn(ports, 'Contoso', null))[0]).toMatchObject({ operation: 'RestoreVault', outcome: 'Refused' });
  await swept(tables, later(60));
  const before = await rows(tables);
  expect(
    await resume(ports, aRequest(late), { ...VAULT, item: 'vm' }, { verb: 'resume', policy: 'daily' }),
  ).toMatchObject({
    ok: false,
  });
  expect(await rows(tables)).toEqual(before);
});
