import { describe, expect, test } from 'vitest';
import { aVault, type Estate, later, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

/** A database with a point of yesterday, one ten days old and the log of that day, kept thirty days. */
async function aDatabase(): Promise<Estate> {
  const vault = await aVault(service);
  ok(await vault.protect('db', { workload: 'SQLInAzureVM' }));
  await vault.point('db', 'yesterday', { age: 1 });
  await vault.point('db', 'older', { age: 10 });
  await vault.point('db', 'older-log', { age: 10, rung: 'log' });
  return vault;
}

const byName = async (vault: Estate) =>
  Object.fromEntries((await vault.points('db')).map((point) => [point.name, point]));

describe('a policy shortened from thirty days to seven', () => {
  test('case 70: its lost points are soft-deleted for the days of the vault, and can be restored', async () => {
    const vault = await aDatabase();
    ok(await vault.settings({ softDelete: { retentionDays: 20 } }));

    const before = new Date().toISOString();
    ok(await vault.policy('daily', { daily: 7 }));
    const after = new Date().toISOString();

    const { yesterday, older } = await byName(vault);
    expect(yesterday).toMatchObject({ state: 'Active' });
    expect(yesterday).not.toHaveProperty('purgeAt');
    expect(older?.state).toBe('SoftDeleted');
    expect(older?.purgeAt && older.purgeAt >= later(before, { days: 20 })).toBe(true);
    expect(older?.purgeAt && older.purgeAt <= later(after, { days: 20 })).toBe(true);
    expect(await vault.restore('db', 'older')).toMatchObject({ status: 202, body: { operation: 'Restore' } });
  });

  test('case 70: lengthened again within the window, they are active as before', async () => {
    const vault = await aDatabase();
    const [original] = (await vault.points('db')).filter(({ name }) => name === 'older');
    ok(await vault.policy('daily', { daily: 7 }));

    ok(await vault.policy('daily', { daily: 30 }));

    const { older } = await byName(vault);
    expect(older).toEqual(original);
    expect(older?.state).toBe('Active');
  });

  test('case 70: lost log points are gone at once, and no longer policy brings them back', async () => {
    const vault = await aDatabase();
    const gone = async () => {
      expect(Object.keys(await byName(vault))).toEqual(['older', 'yesterday']);
      expect(await vault.send('GET', 'items/db/recoveryPoints/older-log')).toMatchObject(
        refusal(404, 'RecoveryPointNotFound'),
      );
      expect(await vault.restore('db', 'older-log')).toMatchObject(refusal(404, 'RecoveryPointNotFound'));
      expect((await vault.get('db')).body.recoveryPoints.count).toBe(2);
    };

    ok(await vault.policy('daily', { daily: 7 }));
    await gone();
    ok(await vault.policy('daily', { daily: 30 }));
    await gone();
    ok(await vault.stop('db', 'retain'));
    await gone();
  });

  test('a point that was given its own end keeps it, whatever the policy becomes', async () => {
    const vault = await aDatabase();
    const expiresAt = later(new Date().toISOString(), { days: 100 });
    await vault.point('db', 'by-hand', { age: 10, rung: 'onDemand', expiresAt });

    ok(await vault.policy('daily', { daily: 7 }));

    expect((await byName(vault))['by-hand']).toMatchObject({ state: 'Active', expiresAt });
  });
});

test('case 70: an item that moves to a shorter policy loses its points the same way, and gets them back the same way', async () => {
  const vault = await aDatabase();
  ok(await vault.policy('weekly', { daily: 7 }));

  ok(await vault.send('POST', 'items/db/changePolicy', { policy: 'weekly' }));
  expect((await byName(vault))['older']).toMatchObject({ state: 'SoftDeleted', purgeAt: expect.any(String) });

  ok(await vault.send('POST', 'items/db/changePolicy', { policy: 'daily' }));
  expect((await byName(vault))['older']).toMatchObject({ state: 'Active' });
});

test('case 70: soft-deleted points are hidden with their item, and are soft-deleted still after its undelete', async () => {
  const vault = await aDatabase();
  ok(await vault.policy('daily', { daily: 7 }));
  const { older } = await byName(vault);
  ok(await vault.delete('db'));

  expect(await vault.points('db')).toEqual([]);
  ok(await vault.undelete('db'));
  expect((await byName(vault))['older']).toEqual(older);
});
