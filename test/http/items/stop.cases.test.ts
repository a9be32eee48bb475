import { describe, expect, test } from 'vitest';
import { aVault, later, moves, OWNER, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

describe('stop with delete', () => {
  test('case 1: a protected machine goes to the trash and is due fourteen days after its deletion', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday');

    const { softDelete, ...item } = await vault.trash('vm');

    expect(item).toMatchObject({
      state: 'SoftDeleted',
      policy: null,
      previousPolicy: 'daily',
      softDeleteApplied: true,
    });
    expect(softDelete).toMatchObject({ purgeAt: later(softDelete.deletedAt, { days: 14 }), retentionDays: 14 });
  });

  test('case 13: the trash shows the state, the days left, that it can be undeleted and that backups are disabled', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');

    expect(await vault.get('vm')).toMatchObject({
      status: 200,
      body: {
        state: 'SoftDeleted',
        lastBackup: { status: 'Disabled' },
        softDelete: { daysLeft: 14, purgeUpcoming: false, remaining: expect.stringMatching(/^P13DT23H59M\d+S$/) },
      },
    });
    expect((await vault.send('GET', 'items/vm/explain')).body).toMatchObject({
      state: 'SoftDeleted',
      blockers: [{ code: 'SoftDeletePeriod' }],
      can: ['undelete'],
    });
  });

  test('case 26: of sixty days forty-six are charged and the last fourteen are free; of fourteen none is charged', async () => {
    const long = await aVault(service, { settings: { softDelete: { retentionDays: 60 } } });
    const usual = await aVault(service);

    const { softDelete: sixty } = await long.trash('vm');
    const { softDelete: fourteen } = await usual.trash('vm');

    expect(sixty).toMatchObject({
      retentionDays: 60,
      chargeableDays: 46,
      freeDays: 14,
      purgeAt: later(sixty.deletedAt, { days: 60 }),
      billingEndsAt: later(sixty.deletedAt, { days: 46 }),
    });
    expect(fourteen).toMatchObject({ chargeableDays: 0, freeDays: 14, billingEndsAt: fourteen.deletedAt });
  });

  test('case 42: nobody can force an early purge, whichever way they try', async () => {
    const vault = await aVault(service);
    const { deletedAt, purgeAt } = (await vault.trash('vm')).softDelete;

    expect(await vault.send('DELETE', 'items/vm', undefined, OWNER)).toMatchObject({ status: 405 });
    expect(await vault.send('POST', 'items/vm/purge', {}, OWNER)).toMatchObject({ status: 404 });
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    expect(await vault.delete('vm')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect((await vault.get('vm')).body).toMatchObject({ state: 'SoftDeleted', softDelete: { deletedAt, purgeAt } });
  });

  test('case 75: deleting three times changes neither the clock nor the generation (the alert comes with its issue)', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    for (const again of [await vault.delete('vm'), await vault.delete('vm')])
      expect(again).toMatchObject({
        status: 200,
        body: {
          generation: 1,
          softDeleteApplied: true,
          softDelete: { deletedAt: softDelete.deletedAt, purgeAt: softDelete.purgeAt },
        },
      });
    expect(moves(await vault.history('vm'))).toEqual([
      ['Protected', 'SoftDeleted'],
      [null, 'Protected'],
    ]);
  });

  test('case 78: a name confirmed in another letter case is not confirmed', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('Sql-01'));

    expect(await vault.delete('Sql-01', { confirmName: 'sql-01' })).toMatchObject(refusal(400, 'ConfirmationRequired'));
    expect(await vault.stop('Sql-01', 'delete')).toMatchObject(refusal(400, 'ConfirmationRequired'));
    expect((await vault.get('Sql-01')).body.state).toBe('Protected');
    expect(await vault.delete('Sql-01')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });

  test('case 81: a soft-deleted item is there, unless it is asked not to be', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');

    expect(await vault.get('vm')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect(await vault.send('GET', 'items/vm?includeSoftDeleted=false')).toMatchObject(refusal(404, 'ItemNotFound'));
  });

  test('case 82: an Operator may not delete, a Contributor may, and a Reader only looks', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    const confirmed = { confirmName: 'vm' };

    expect(await vault.stop('vm', 'delete', confirmed, { roles: ['Operator'] })).toMatchObject(
      refusal(403, 'Forbidden'),
    );
    expect(await vault.stop('vm', 'retain', {}, { roles: ['Reader'] })).toMatchObject(refusal(403, 'Forbidden'));
    expect(await vault.send('GET', 'items/vm', undefined, { roles: ['Reader'] })).toMatchObject({
      status: 200,
      body: { state: 'Protected' },
    });
    expect(await vault.stop('vm', 'delete', confirmed, { roles: ['Contributor'] })).toMatchObject({
      status: 200,
      body: { state: 'SoftDeleted' },
    });
    expect(await vault.undelete('vm', { roles: ['Reader'] })).toMatchObject(refusal(403, 'Forbidden'));
    expect(await vault.undelete('vm', { roles: ['Operator'] })).toMatchObject({ status: 200 });
    expect(await vault.resume('vm', 'daily', { roles: ['Operator'] })).toMatchObject({ status: 200 });
    expect(await vault.stop('vm', 'retain', {}, { roles: ['Operator'] })).toMatchObject({ status: 200 });
  });
});

describe('stop and keep', () => {
  test('case 2: a stop that retains keeps every point and puts nothing down for deletion', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday', { age: 29 });
    await vault.point('vm', 'tuesday', { age: 28 });

    const stopped = await vault.stop('vm', 'retain');

    expect(stopped).toMatchObject({
      status: 200,
      body: { state: 'ProtectionStopped', policy: null, previousPolicy: 'daily', softDelete: null },
    });
    expect(stopped.body).not.toHaveProperty('softDeleteApplied');
    expect((await vault.points('vm')).map(({ name }) => name)).toEqual(['monday', 'tuesday']);
    expect((await vault.send('GET', 'items/vm/explain')).body).toMatchObject({ notBefore: null, expectedBy: null });
  });

  test('case 65: a Recovery Services vault ages points after a stop only when it is immutable', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));

    expect(await vault.stop('vm', 'retainPerPolicy')).toMatchObject(refusal(409, 'ImmutabilityRequired'));
    ok(await vault.settings({ immutability: 'Unlocked' }));
    expect(await vault.stop('vm', 'retainPerPolicy')).toMatchObject({
      status: 200,
      body: { state: 'BackupsSuspended' },
    });
  });

  test('case 66: an immutable vault refuses to delete unexpired points, and lets protection stop', async () => {
    const vault = await aVault(service, { settings: { immutability: 'Unlocked' } });
    ok(await vault.protect('vm'));
    await vault.point('vm', 'monday');

    expect(await vault.delete('vm')).toMatchObject(refusal(409, 'ImmutabilityBlocked'));
    expect((await vault.get('vm')).body.state).toBe('Protected');
    expect(await vault.stop('vm', 'retain')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await vault.delete('vm')).toMatchObject(refusal(409, 'ImmutabilityBlocked'));
  });

  test('case 66: immutability does not keep an item whose points have all expired', async () => {
    const vault = await aVault(service, { settings: { immutability: 'Locked' } });
    ok(await vault.protect('vm'));
    await vault.point('vm', 'long-ago', { age: 40 });

    expect(await vault.delete('vm')).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });
});

describe('a running job', () => {
  for (const mode of ['retain', 'delete'])
    test(`case 3: nothing stops with mode ${mode} while a job runs; once the job is stopped it does`, async () => {
      const vault = await aVault(service);
      ok(await vault.protect('vm'));
      const { id } = ok(await vault.send<{ id: string }>('POST', 'items/vm/backup', {}));
      const confirmed = { confirmName: 'vm' };

      const locked = await vault.stop('vm', mode, confirmed);
      expect(locked).toMatchObject(refusal(409, 'ObjectLocked', { azureCode: 'BMSUserErrorObjectLocked' }));
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await vault.get('vm')).body).toMatchObject({ state: 'Protected', activeJob: { id } });

      ok(await vault.send('POST', `items/vm/jobs/${id}/complete`, { status: 'Cancelled' }));
      expect(await vault.stop('vm', mode, confirmed)).toMatchObject({ status: 200, body: { activeJob: null } });
    });

  test('case 3: a stop that says so cancels the job and goes on', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    const { id } = ok(await vault.send<{ id: string }>('POST', 'items/vm/backup', {}));

    expect(await vault.delete('vm', { cancelActiveJob: true })).toMatchObject({
      status: 200,
      body: { state: 'SoftDeleted', activeJob: null },
    });
    expect((await vault.send('GET', `items/vm/jobs/${id}`)).body).toMatchObject({ status: 'Cancelled' });
  });
});
