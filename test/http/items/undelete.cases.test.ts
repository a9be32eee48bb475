import { describe, expect, test } from 'vitest';
import { aVault, HYBRID, moves, ok, refusal, type VaultKind } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

const namesOf = (points: readonly { readonly name: string }[]) => points.map(({ name }) => name);

describe('while it is in the trash', () => {
  test('case 6: nothing can be restored before it is undeleted', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday');
    const { softDelete } = await vault.trash('vm');

    expect(await vault.restore('vm', 'monday')).toMatchObject(
      refusal(409, 'ItemSoftDeleted', { purgeAt: softDelete.purgeAt }),
    );
  });

  test('case 12: it shows no recovery points, and all of them again after the undelete', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    for (const day of ['monday', 'tuesday', 'wednesday']) await vault.point('vm', day);
    await vault.trash('vm');

    expect(await vault.points('vm')).toEqual([]);
    expect((await vault.get('vm')).body.recoveryPoints).toEqual({ count: 0 });
    expect(await vault.send('GET', 'items/vm/recoveryPoints/monday')).toMatchObject(
      refusal(404, 'RecoveryPointNotFound'),
    );

    expect(await vault.undelete('vm')).toMatchObject({ status: 200, body: { recoveryPoints: { count: 3 } } });
    expect(namesOf(await vault.points('vm'))).toEqual(['monday', 'tuesday', 'wednesday']);
  });
});

describe('what is not in the trash', () => {
  test('case 28: a machine that was never backed up is not in the trash: there is nothing to recover', async () => {
    const vault = await aVault(service);

    expect(await vault.get('vm')).toMatchObject(refusal(404, 'ItemNotFound'));
    expect(await vault.undelete('vm')).toMatchObject(refusal(404, 'ItemNotFound'));
    expect(await vault.send('GET', 'items/vm/recoveryPoints')).toMatchObject(refusal(404, 'ItemNotFound'));
  });

  test('case 29: what is protected cannot be undeleted, and resuming it changes nothing or is refused', async () => {
    const vault = await aVault(service);
    ok(await vault.policy('weekly', { weekly: 12 }));
    ok(await vault.protect('vm'));

    expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'ItemNotSoftDeleted'));
    expect(await vault.resume('vm', 'daily')).toMatchObject({ status: 200, body: { state: 'Protected' } });
    expect(await vault.resume('vm', 'weekly')).toMatchObject(refusal(409, 'AlreadyProtected'));
    expect((await vault.get('vm')).body).toMatchObject({ state: 'Protected', policy: 'daily' });
  });
});

describe('undelete', () => {
  test('case 7: it ends in stopped with the data retained, and any point can be restored then', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday');
    await vault.point('vm', 'tuesday');
    await vault.trash('vm');

    expect(await vault.undelete('vm')).toMatchObject({
      status: 200,
      body: { state: 'ProtectionStopped', policy: null, softDelete: null },
    });
    expect(await vault.restore('vm', 'monday')).toMatchObject({
      status: 202,
      body: { operation: 'Restore', status: 'InProgress', item: 'vm' },
    });
    expect((await vault.get('vm')).body.state).toBe('ProtectionStopped');
  });

  test('case 83: afterwards the item has no policy, and no backup of it can be started', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');
    ok(await vault.undelete('vm'));

    expect((await vault.get('vm')).body).toMatchObject({
      state: 'ProtectionStopped',
      policy: null,
      previousPolicy: 'daily',
    });
    expect(await vault.send('POST', 'items/vm/backup', {})).toMatchObject(refusal(409, 'ProtectionStopped'));
  });

  test('case 45: deleted once more it gets a whole new window and the next generation', async () => {
    const vault = await aVault(service);
    const first = await vault.trash('vm');
    ok(await vault.undelete('vm'));
    ok(await vault.settings({ softDelete: { retentionDays: 20 } }));

    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { state: 'SoftDeleted', generation: first.generation + 1, softDelete: { retentionDays: 20, daysLeft: 20 } },
    });
    const { softDelete } = (await vault.get('vm')).body;
    expect(Date.parse(softDelete?.deletedAt ?? '')).toBeGreaterThan(Date.parse(first.softDelete.deletedAt));
  });

  test('an undelete that is repeated changes nothing; of an item that was never in the trash it is refused', async () => {
    const vault = await aVault(service);
    await vault.trash('recovered');
    ok(await vault.undelete('recovered'));
    ok(await vault.protect('paused'));
    ok(await vault.stop('paused', 'retain'));

    expect(await vault.undelete('recovered')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await vault.undelete('paused')).toMatchObject(refusal(409, 'ItemNotSoftDeleted'));
  });

  const VAULTED: readonly (readonly [VaultKind, string])[] = [
    ['RecoveryServices', 'AzureVM'],
    ['RecoveryServices', 'SQLInAzureVM'],
    ['RecoveryServices', 'SAPHanaInAzureVM'],
    ['RecoveryServices', 'AzureFiles'],
    ...HYBRID.map((workload) => ['RecoveryServices', workload] as const),
    ['Backup', 'AzureBlob'],
    ['Backup', 'PostgreSQL'],
    ['Backup', 'AKS'],
  ];
  for (const [kind, workload] of VAULTED)
    test(`case 30: undelete alone never protects: ${workload}`, async () => {
      const vault = await aVault(service, { kind });
      await vault.trash('source', { workload });

      expect(await vault.undelete('source')).toMatchObject({
        status: 200,
        body: { state: 'ProtectionStopped', policy: null, softDelete: null },
      });
      expect((await vault.get('source')).body.state).toBe('ProtectionStopped');
    });

  test('case 30: there is nothing to undelete of a disk, whose snapshots are never soft-deleted', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.protect('disk', { workload: 'AzureDisk' }));
    ok(await vault.delete('disk'));

    expect(await vault.undelete('disk')).toMatchObject(refusal(410, 'ItemPurged'));
  });
});

describe('resume', () => {
  test('case 9: it protects under the policy that the caller chose, not under the old one', async () => {
    const vault = await aVault(service);
    ok(
      await vault.send('PUT', 'policies/nightly', {
        workloads: ['AzureVM'],
        schedule: '0 0 23 * * *',
        retention: { daily: 90 },
      }),
    );
    await vault.trash('vm', { policy: 'daily' });
    ok(await vault.undelete('vm'));

    expect(await vault.resume('vm', 'nightly')).toMatchObject({
      status: 200,
      body: { state: 'Protected', policy: 'nightly', previousPolicy: 'daily', softDelete: null },
    });
    const { expiresAt } = await vault.point('vm', 'monday', { age: 0 });
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(90);
  });

  test('case 31: delete, undelete, restore, resume: stopped throughout the restore, protected at the end', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday');
    const states: string[] = [];
    const look = async () => states.push((await vault.get('vm')).body.state);

    ok(await vault.delete('vm'));
    await look();
    ok(await vault.undelete('vm'));
    await look();
    const { id } = ok(await vault.send<{ id: string }>('POST', 'items/vm/restore', { recoveryPoint: 'monday' }));
    await look();
    ok(await vault.send('POST', `items/vm/jobs/${id}/complete`, { status: 'Completed' }));
    await look();
    ok(await vault.resume('vm', 'daily'));
    await look();

    expect(states).toEqual(['SoftDeleted', 'ProtectionStopped', 'ProtectionStopped', 'ProtectionStopped', 'Protected']);
    expect(moves(await vault.history('vm'))).toEqual([
      ['ProtectionStopped', 'Protected'],
      ['SoftDeleted', 'ProtectionStopped'],
      ['Protected', 'SoftDeleted'],
      [null, 'Protected'],
    ]);
  });

  test('an item in the trash cannot be resumed before it is undeleted', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    expect(await vault.resume('vm', 'daily')).toMatchObject(
      refusal(409, 'ItemSoftDeleted', { purgeAt: softDelete.purgeAt }),
    );
  });

  test('case 64: a suspended item of a Backup vault resumes under its own policy (the ageing comes with the sweep)', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.protect('blob'));

    expect(await vault.stop('blob', 'retainPerPolicy')).toMatchObject({
      status: 200,
      body: { state: 'BackupsSuspended', softDelete: null },
    });
    expect(await vault.resume('blob')).toMatchObject({ status: 200, body: { state: 'Protected', policy: 'daily' } });
  });
});
