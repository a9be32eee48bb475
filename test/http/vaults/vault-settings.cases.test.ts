import { describe, expect, test } from 'vitest';
import { aVault, later, OWNER, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

const ALWAYS_ON = { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true };

describe('the soft-delete period', () => {
  test('case 14: it is a whole number of days from 14 to 180', async () => {
    const vault = await aVault(service);
    const period = (retentionDays: number) => vault.settings({ softDelete: { retentionDays } });

    for (const days of [13, 181, 14.5]) {
      const refused = await period(days);
      expect(refused).toMatchObject(refusal(400, 'InvalidRequest'));
      expect(refused.body).toMatchObject({ error: { details: [{ target: '$.softDelete.retentionDays' }] } });
    }
    for (const days of [14, 180])
      expect(await period(days)).toMatchObject({ status: 200, body: { softDelete: { retentionDays: days } } });
  });

  for (const kind of ['RecoveryServices', 'Backup'] as const)
    test(`case 15: a new ${kind} vault soft-deletes, for fourteen days`, async () => {
      const vault = await aVault(service, { kind });

      expect(ok(await vault.send('GET', ''))).toMatchObject({
        softDelete: { state: 'Enabled', retentionDays: 14, retentionScope: 'ExtendExisting' },
        hybrid: kind === 'Backup' ? null : { state: 'Enabled' },
        immutability: 'Disabled',
        guard: null,
      });
    });

  test('case 35: a shorter period cuts nothing that was promised', async () => {
    const vault = await aVault(service, { settings: { softDelete: { retentionDays: 60 } } });
    const { softDelete } = await vault.trash('vm');

    ok(await vault.settings({ softDelete: { retentionDays: 14 } }));

    expect((await vault.get('vm')).body.softDelete).toMatchObject({
      retentionDays: 60,
      purgeAt: later(softDelete.deletedAt, { days: 60 }),
    });
  });

  test('case 36: with the scope FutureDeletions a longer period does not reach what is deleted already', async () => {
    const vault = await aVault(service, { settings: { softDelete: { retentionScope: 'FutureDeletions' } } });
    const { softDelete } = await vault.trash('vm');

    ok(await vault.settings({ softDelete: { retentionDays: 180 } }));

    expect((await vault.get('vm')).body.softDelete).toMatchObject({ retentionDays: 14, purgeAt: softDelete.purgeAt });
    expect((await vault.trash('later')).softDelete).toMatchObject({ retentionDays: 180 });
  });

  test('case 37: a longer period reaches every item in the trash, cloud and hybrid; a shorter one then takes nothing back', async () => {
    const vault = await aVault(service);
    const deletions = [await vault.trash('vm'), await vault.trash('files', { workload: 'MARS' })];

    ok(await vault.settings({ softDelete: { retentionDays: 30 } }));
    const longer = await Promise.all(deletions.map(({ name }) => vault.get(name)));
    ok(await vault.settings({ softDelete: { retentionDays: 14 } }));
    const after = await Promise.all(deletions.map(({ name }) => vault.get(name)));

    for (const [index, { softDelete }] of deletions.entries())
      for (const { body } of [longer[index], after[index]].filter((reply) => reply !== undefined))
        expect(body.softDelete).toMatchObject({
          retentionDays: 30,
          purgeAt: later(softDelete.deletedAt, { days: 30 }),
          chargeableDays: 16,
          billingEndsAt: later(softDelete.deletedAt, { days: 16 }),
        });
  });
});

describe('soft delete turned off', () => {
  test('case 43: what is in the trash keeps its clock and can still be undeleted', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));

    expect((await vault.get('vm')).body).toMatchObject({
      state: 'SoftDeleted',
      softDelete: { purgeAt: softDelete.purgeAt },
    });
    expect(await vault.undelete('vm')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
  });

  test('case 44: undeleted and deleted again, it is gone at once', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    ok(await vault.undelete('vm'));

    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { state: 'Purged', softDeleteApplied: false },
    });
    expect(await vault.get('vm')).toMatchObject(refusal(410, 'ItemPurged', { purgedAt: expect.any(String) }));
    expect(await vault.undelete('vm')).toMatchObject(refusal(410, 'ItemPurged'));
    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { state: 'Purged', softDeleteApplied: false },
    });
  });
});

describe('AlwaysOn', () => {
  test('case 16: it has to be confirmed in the same body', async () => {
    const vault = await aVault(service);

    expect(await vault.settings({ softDelete: { state: 'AlwaysOn' } })).toMatchObject(
      refusal(400, 'ConfirmationRequired'),
    );
    expect(await vault.settings({ ...ALWAYS_ON, confirmAlwaysOn: false })).toMatchObject(
      refusal(400, 'ConfirmationRequired'),
    );
    expect(await vault.settings(ALWAYS_ON)).toMatchObject({
      status: 200,
      body: { softDelete: { state: 'AlwaysOn' }, hybrid: { state: 'AlwaysOn' } },
    });
  });

  test('case 17: not even the owner can leave it, for cloud or hybrid', async () => {
    const vault = await aVault(service);
    ok(await vault.settings(ALWAYS_ON));

    for (const state of ['Disabled', 'Enabled', null])
      for (const patch of [{ softDelete: { state } }, { hybrid: { state } }])
        expect(await vault.settings(patch, OWNER)).toMatchObject(refusal(409, 'AlwaysOnIrreversible'));
    expect(ok(await vault.send('GET', ''))).toMatchObject({
      softDelete: { state: 'AlwaysOn' },
      hybrid: { state: 'AlwaysOn', mfaRequired: true, alertsEnabled: true },
    });
  });

  test('AlwaysOn leaves the number of days free', async () => {
    const vault = await aVault(service);
    ok(await vault.settings(ALWAYS_ON));

    expect(await vault.settings({ softDelete: { retentionDays: 90 } })).toMatchObject({
      status: 200,
      body: { softDelete: { state: 'AlwaysOn', retentionDays: 90 } },
    });
  });

  test('case 22: the answer warns of every registered hybrid server by name', async () => {
    const vault = await aVault(service);
    const servers = [await vault.server('MARS'), await vault.server('DPM')];

    const { warnings } = ok(await vault.settings(ALWAYS_ON)) as { readonly warnings: readonly string[] };

    expect(warnings).toHaveLength(2);
    for (const server of servers) expect(warnings.join('\n')).toContain(server);
    expect(ok(await vault.send('GET', ''))).not.toHaveProperty('warnings');
  });
});

describe('the hybrid switch', () => {
  test('case 18: turned on, it reads back with second factor and alerts on', async () => {
    const vault = await aVault(service);
    expect(ok(await vault.settings({ hybrid: { state: 'Disabled' } }))).toMatchObject({
      hybrid: { mfaRequired: false, alertsEnabled: false },
    });

    expect(ok(await vault.settings({ hybrid: { state: 'Enabled' } }))).toMatchObject({
      hybrid: { state: 'Enabled', mfaRequired: true, alertsEnabled: true },
    });
  });

  test('case 19: it cannot be on without alerts or without the second factor', async () => {
    const vault = await aVault(service);

    for (const part of ['alertsEnabled', 'mfaRequired'])
      expect(await vault.settings({ hybrid: { state: 'Enabled', [part]: false } })).toMatchObject(
        refusal(400, 'InvalidRequest'),
      );
  });
});

describe('policies', () => {
  test('case 55: hybrid points live at least 7 days, 4 weeks, 3 months and 1 year', async () => {
    const vault = await aVault(service);
    const floors = { daily: 7, weekly: 4, monthly: 3, yearly: 1 };

    for (const [rung, minimum] of Object.entries(floors))
      expect(await vault.policy('hybrid', { [rung]: minimum - 1 }, ['MARS'])).toMatchObject(
        refusal(422, 'MinimumRetention', { rung, given: minimum - 1, minimum }),
      );
    expect(await vault.policy('hybrid', floors, ['MARS', 'DPM', 'MABS'])).toMatchObject({ status: 201 });
    expect(await vault.policy('cloud', { daily: 6 }, ['AzureVM'])).toMatchObject({ status: 201 });
  });

  test('case 71: a Backup vault keeps a policy that an item in the trash is still tied to', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    await vault.trash('blob');

    expect(await vault.send('DELETE', 'policies/daily')).toMatchObject(
      refusal(409, 'PolicyInUse', { azureCode: 'UserErrorPolicyAssociatedWithSoftDeletedItems' }),
    );
    expect(await vault.send('GET', 'policies/daily')).toMatchObject({ status: 200 });
    expect(await vault.resume('blob')).toMatchObject(refusal(409, 'ItemSoftDeleted'));
    ok(await vault.undelete('blob'));
    expect(await vault.resume('blob')).toMatchObject({ status: 200, body: { policy: 'daily' } });
  });
});

describe('deleting the vault', () => {
  test('case 4: an item in the trash is in the way, and the refusal says until when', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    expect(await vault.send('DELETE', '', undefined, OWNER)).toMatchObject(
      refusal(409, 'VaultHasSoftDeletedItems', {
        blockers: [{ kind: 'item', name: 'vm', purgeAt: softDelete.purgeAt }],
      }),
    );
    expect(ok(await vault.send('GET', ''))).toMatchObject({ counts: { protected: 0, stopped: 0, softDeleted: 1 } });
  });

  test('case 5: after an undelete and a removal for good it can be deleted (the purge comes with the sweep)', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    ok(await vault.undelete('vm'));
    expect(await vault.send('DELETE', '', undefined, OWNER)).toMatchObject(
      refusal(409, 'VaultNotEmpty', { blockers: [{ kind: 'item', name: 'vm' }] }),
    );

    ok(await vault.delete('vm'));

    expect(await vault.send('DELETE', '', undefined, OWNER)).toMatchObject({ status: 204 });
    expect(await vault.send('GET', '')).toMatchObject(refusal(410, 'VaultDeleted'));
  });
});
