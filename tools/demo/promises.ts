/** What nobody does alone, and what can be proved: a weakening that is called off, an approval by two, a vault that comes back, a receipt. */
import { APPS, LAST, SHOP, TOLD } from './plan.ts';
import type { Demo } from './service.ts';

const GUARD = 'two-keepers';
/** It is gone for good: a disk of the operational tier has no soft delete. */
export const DESTROYED = { vault: APPS, item: 'scratch-disk' } as const;

const LEAVER = 'leaver@northwind.example';
const HOUR_MS = 3_600_000;

export async function keepPromises(demo: Demo): Promise<void> {
  await bringBack(demo);
  await callOff(demo);
  await approveByTwo(demo);
  await destroy(demo);
}

/** A vault is deleted while it is empty, and restored as it was. */
async function bringBack({ read, send }: Demo): Promise<void> {
  const { counts } = await read('getVault', { names: { vault: APPS } });
  if (counts.protected + counts.stopped + counts.softDeleted > 0) return;
  await send('dana', 'deleteVault', { names: { vault: APPS } });
  await send('dana', 'restoreVault', { names: { vault: APPS }, body: {} });
}

/** A shorter period would hold only a day later. Until then anybody who works there can stop it. */
async function callOff({ read, send }: Demo): Promise<void> {
  const names = { vault: LAST };
  await send('dana', 'patchVault', { names, body: { coolingOffHours: 24 } });
  await send('sam', 'patchVault', { names, body: { softDelete: { retentionDays: 20 } } });
  const { pendingChanges } = await read('getVault', { names });
  for (const { id } of pendingChanges) await send('omar', 'cancelPendingChange', { names: { ...names, id } });
}

/** To take an address out of a vault needs the approval of two who keep its guard, and is used up by doing it. */
async function approveByTwo({ read, send }: Demo): Promise<void> {
  const { now } = await read('getLocalClock', {});
  const names = { vault: SHOP };
  const { recipients } = TOLD;
  await send('dana', 'patchVault', { names, body: { alerts: { recipients: [...recipients, LEAVER] } } });
  await send('kim', 'putGuard', {
    names: { guard: GUARD },
    body: { quorum: 2, contacts: ['security@northwind.example'], excludedOperations: [...FREE] },
  });
  await send('dana', 'linkGuard', { names, body: { guard: GUARD } });
  const expiresAt = new Date(Date.parse(now) + HOUR_MS).toISOString();
  const body = { operation: 'reduceAlerts', vault: SHOP, expiresAt, reason: 'Lea has left us' } as const;
  const grant = await send('dana', 'grantOperation', { names: { guard: GUARD }, body });
  if (!grant) return;
  for (const keeper of ['kim', 'lee'] as const)
    await send(keeper, 'approveGrant', { names: { guard: GUARD, grant: grant.grant }, body: {} });
  await send('dana', 'patchVault', { names, body: { alerts: { recipients } } });
}

/** So that the rest of the demo needs nobody's approval. */
const FREE = [
  ...(['deleteProtection', 'reduceRetention', 'getSecurityPin', 'stopProtection', 'disableImmutability'] as const),
  ...(['removeHold', 'dismissDeadLetter', 'releaseBelt', 'endPause'] as const),
];

async function destroy({ send }: Demo): Promise<void> {
  const names = DESTROYED;
  const body = {
    workload: 'AzureDisk',
    policy: 'daily',
    sourceId: `/disks/${names.item}`,
    tier: 'Operational',
  } as const;
  await send('omar', 'protectItem', { names, body });
  await send('dana', 'stopItem', {
    names,
    body: { mode: 'delete', confirmName: names.item, reason: 'it was a trial' },
  });
}
