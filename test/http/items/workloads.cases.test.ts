import { describe, expect, test } from 'vitest';
import { aVault, HYBRID, later, OWNER, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

/** Everything but the second factor. */
const WITHOUT_FACTOR = { ...OWNER, mfa: false };

describe('tiers', () => {
  const SNAPSHOTS = [
    { number: 23, kind: 'Backup', workload: 'AzureBlob' },
    { number: 24, kind: 'Backup', workload: 'AzureDisk' },
    { number: 24, kind: 'RecoveryServices', workload: 'AzureVM' },
    { number: 24, kind: 'RecoveryServices', workload: 'AzureFiles' },
  ] as const;
  for (const { number, kind, workload } of SNAPSHOTS)
    test(`case ${number}: snapshots of ${workload} in the operational tier are not soft-deleted: they are gone at once`, async () => {
      const vault = await aVault(service, { kind });
      ok(await vault.protect('source', { workload, tier: 'Operational' }));
      await vault.point('source', 'snapshot');

      expect(await vault.delete('source')).toMatchObject({
        status: 200,
        body: { state: 'Purged', softDeleteApplied: false },
      });
      expect(await vault.get('source')).toMatchObject(refusal(410, 'ItemPurged'));
      expect(await vault.undelete('source')).toMatchObject(refusal(410, 'ItemPurged'));
    });

  test('an operational item stops and resumes like any other', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.protect('disk', { workload: 'AzureDisk' }));

    expect(await vault.stop('disk', 'retain')).toMatchObject({
      status: 200,
      body: { state: 'ProtectionStopped', tier: 'Operational' },
    });
    expect(await vault.resume('disk', 'daily')).toMatchObject({ status: 200, body: { state: 'Protected' } });
  });

  test('AlwaysOn does not soft-delete snapshots either', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.settings({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true }));
    ok(await vault.protect('disk', { workload: 'AzureDisk' }));

    expect(await vault.delete('disk')).toMatchObject({ status: 200, body: { softDeleteApplied: false } });
  });

  for (const [kind, workload, tier, status] of [
    ['Backup', 'AzureDisk', 'Vault', 400],
    ['Backup', 'AzureDisk', 'Operational', 201],
    ['Backup', 'AzureBlob', 'Operational', 201],
    ['Backup', 'PostgreSQL', 'Operational', 400],
    ['Backup', 'AKS', 'Operational', 400],
    ['RecoveryServices', 'AzureFiles', 'Operational', 201],
    ['RecoveryServices', 'AzureVM', 'Operational', 201],
    ['RecoveryServices', 'SQLInAzureVM', 'Operational', 400],
    ['RecoveryServices', 'SAPHanaInAzureVM', 'Operational', 400],
    ['RecoveryServices', 'MARS', 'Operational', 400],
  ] as const)
    test(`${workload} in the tier ${tier} is ${status === 201 ? 'protected' : 'refused'}`, async () => {
      const vault = await aVault(service, { kind });

      expect(await vault.protect('source', { workload, tier })).toMatchObject(
        status === 201 ? { status, body: { tier } } : refusal(400, 'InvalidRequest'),
      );
    });

  test('the tier is Vault unless it is said otherwise', async () => {
    const vault = await aVault(service, { kind: 'Backup' });

    expect(await vault.protect('blob')).toMatchObject({ status: 201, body: { tier: 'Vault' } });
  });

  test('case 25: a blob in the vault tier follows the rules of a machine', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    const { softDelete } = await vault.trash('blob');

    expect(softDelete).toMatchObject({ purgeAt: later(softDelete.deletedAt, { days: 14 }), freeDays: 14 });
    expect(await vault.restore('blob', 'any')).toMatchObject(refusal(409, 'ItemSoftDeleted'));
    expect(await vault.resume('blob', 'daily')).toMatchObject(refusal(409, 'ItemSoftDeleted'));
    expect(await vault.undelete('blob')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await vault.resume('blob', 'daily')).toMatchObject({ status: 200, body: { state: 'Protected' } });
  });
});

describe('what does not belong here', () => {
  test('case 32: soft delete of a storage account is no backup item, and its range of days is another one', async () => {
    const vault = await aVault(service, { kind: 'Backup' });

    const refused = await vault.protect('account', { workload: 'StorageSoftDelete' });

    expect(refused).toMatchObject(refusal(422, 'NotABackupItem'));
    const { message } = (refused.body as unknown as { error: { message: string } }).error;
    expect(message).toContain('7 to 365 days');
    expect(message).toContain('14 to 180 days');
    expect(await vault.get('account')).toMatchObject({ status: 404 });
  });

  for (const [workload, pointer] of [
    ['SiteRecovery', 'disable replication'],
    ['Microsoft365', 'Microsoft 365 Backup'],
  ] as const)
    test(`case 33: ${workload} is refused with a pointer to where it is handled`, async () => {
      const vault = await aVault(service);

      const refused = await vault.protect('thing', { workload });

      expect(refused).toMatchObject(refusal(422, 'NotABackupItem'));
      expect(JSON.stringify(refused.body)).toContain(pointer);
    });

  test('case 34: a machine offered to a Backup vault hears which kind of vault it needs', async () => {
    const vault = await aVault(service, { kind: 'Backup' });

    const refused = await vault.protect('vm', { workload: 'AzureVM' });

    expect(refused).toMatchObject(refusal(409, 'WrongVaultKind'));
    expect(JSON.stringify(refused.body)).toContain('RecoveryServices');
  });
});

describe('hybrid', () => {
  test('case 20: under AlwaysOn the portal cannot delete the backups of a server, second factor or not', async () => {
    const vault = await aVault(service);
    ok(await vault.settings({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true }));
    ok(await vault.protect('files', { workload: 'MARS' }));

    expect(await vault.delete('files')).toMatchObject(refusal(409, 'AlwaysOnForbidsPortalDelete'));
    expect((await vault.get('files')).body).toMatchObject({ state: 'Protected', softDelete: null });
    expect(await vault.stop('files', 'retain')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
  });

  test('a vault may let the portal soft-delete them even under AlwaysOn', async () => {
    const vault = await aVault(service);
    ok(
      await vault.settings({
        softDelete: { state: 'AlwaysOn' },
        hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' },
        confirmAlwaysOn: true,
      }),
    );
    ok(await vault.protect('files', { workload: 'MARS' }));

    expect(await vault.delete('files')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });

  for (const workload of HYBRID) {
    test(`case 48: deleting ${workload} backups needs a second factor, and without one nothing changes`, async () => {
      const vault = await aVault(service);
      ok(await vault.protect('files', { workload }));
      await vault.point('files', 'monday');

      const refused = await vault.stop('files', 'delete', { confirmName: 'files' }, WITHOUT_FACTOR);

      expect(refused).toMatchObject(refusal(401, 'StepUpRequired'));
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", acr_values="c1", max_age="600"',
      );
      expect((await vault.get('files')).body).toMatchObject({ state: 'Protected', recoveryPoints: { count: 1 } });
      expect(await vault.delete('files')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    });

    test(`case 52: stopping ${workload} and keeping its data needs no second factor`, async () => {
      const vault = await aVault(service);
      ok(await vault.protect('files', { workload }));

      expect(await vault.stop('files', 'retain', {}, WITHOUT_FACTOR)).toMatchObject({
        status: 200,
        body: { state: 'ProtectionStopped' },
      });
    });

    test(`case 59: ${workload} protected again within the window has its old points back`, async () => {
      const vault = await aVault(service);
      ok(await vault.protect('files', { workload }));
      await vault.point('files', 'monday');
      await vault.trash('files', { workload });

      expect(await vault.protect('files', { workload })).toMatchObject({
        status: 200,
        body: { state: 'Protected', policy: 'daily', softDelete: null, recoveryPoints: { count: 1 } },
      });
      expect(await vault.points('files')).toMatchObject([{ name: 'monday', state: 'Active' }]);
    });
  }

  test('case 59: a machine in the trash is not protected again by accident, only when the caller says so', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    expect(await vault.protect('vm')).toMatchObject(refusal(409, 'ItemSoftDeleted', { purgeAt: softDelete.purgeAt }));
    expect(await vault.protect('other-name', { sourceId: `${vault.name}/vm` })).toMatchObject(
      refusal(409, 'ItemSoftDeleted'),
    );
    expect(await vault.protect('vm', { recoverSoftDeleted: true })).toMatchObject({
      status: 200,
      body: { state: 'Protected', policy: 'daily', softDelete: null },
    });
  });

  test('turning the hybrid switch off needs a second factor, and without one it stays on', async () => {
    const vault = await aVault(service);

    expect(await vault.settings({ hybrid: { state: 'Disabled' } }, WITHOUT_FACTOR)).toMatchObject(
      refusal(401, 'StepUpRequired'),
    );
    expect(ok(await vault.send('GET', ''))).toMatchObject({ hybrid: { state: 'Enabled', mfaRequired: true } });
  });

  test('with the hybrid switch off a deletion is final, and asks for no second factor', async () => {
    const vault = await aVault(service);
    ok(await vault.settings({ hybrid: { state: 'Disabled' } }));
    ok(await vault.protect('files', { workload: 'MARS' }));
    ok(await vault.protect('vm'));

    expect(await vault.stop('files', 'delete', { confirmName: 'files' }, WITHOUT_FACTOR)).toMatchObject({
      status: 200,
      body: { state: 'Purged', softDeleteApplied: false },
    });
    expect(await vault.delete('vm')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });
});
