import { describe, expect, test } from 'vitest';
import { keys } from '../../../src/store/keys.ts';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { aVault, type Estate, later, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);

/** Points that are kept thirty days: one with a day to live, one of today. */
async function twoPoints(kind: 'RecoveryServices' | 'Backup' = 'RecoveryServices'): Promise<Estate> {
  const vault = await aVault(service, { kind });
  ok(await vault.protect('vm'));
  await vault.point('vm', 'old', { age: 29 });
  await vault.point('vm', 'today');
  return vault;
}

const names = async (vault: Estate) => (await vault.points('vm')).map(({ name }) => name);

/** What is physically there, whether it can be seen or not. */
async function stored(vault: Estate): Promise<readonly string[]> {
  const row = await service.tables.vaults.get(vault.name, keys.item(vault.name, 'vm'));
  const text = JSON.stringify(Object.values(row?.cells ?? {}));
  return ['old', 'today', 'log'].filter((name) => text.includes(`\\"name\\":\\"${name}\\"`));
}

describe('the sweep and recovery points', () => {
  test('a point of a protected item goes at its end, and its history tells', async () => {
    const vault = await twoPoints();
    const [old] = await vault.points('vm');
    await s.sweepAt(later(old?.expiresAt ?? '', { hours: -1 }));
    expect(await stored(vault)).toEqual(['old', 'today']);

    const swept = await s.sweepAt(old?.expiresAt ?? '');

    expect(swept.expired).toBeGreaterThanOrEqual(1);
    expect(await stored(vault)).toEqual(['today']);
    expect(await names(vault)).toEqual(['today']);
    expect(await vault.history('vm')).toMatchObject([
      { operation: 'ExpireRecoveryPoints', facts: { recoveryPoints: ['old'] }, from: 'Protected', to: 'Protected' },
      {},
      {},
      {},
    ]);
  });

  test('case 11: what expires in the trash is there after the undelete, however many sweeps came by', async () => {
    const vault = await twoPoints();
    const { deletedAt } = ok(await vault.delete('vm')).softDelete ?? { deletedAt: '' };
    for (const days of [2, 5, 13]) await s.sweepAt(later(deletedAt, { days }));

    ok(await vault.undelete('vm'));
    await s.sweep();

    expect(await names(vault)).toEqual(['old', 'today']);
  });

  test('case 84: stopped, an expired point can be restored for as long as one likes; the resume ends that', async () => {
    const vault = await twoPoints();
    const { deletedAt } = ok(await vault.delete('vm')).softDelete ?? { deletedAt: '' };
    await s.sweepAt(later(deletedAt, { days: 10 }));
    ok(await vault.undelete('vm'));
    for (const days of [12, 40]) await s.sweepAt(later(deletedAt, { days }));

    const { id } = ok(await vault.restore('vm', 'old')) as { readonly id: string };
    ok(await vault.send('POST', `items/vm/jobs/${id}/complete`, { status: 'Completed' }));
    ok(await vault.resume('vm', 'daily'));
    expect(await vault.restore('vm', 'old')).toMatchObject(refusal(404, 'RecoveryPointNotFound'));
    await s.sweep();
    expect(await stored(vault)).toEqual([]);
  });

  test('case 64: suspended, points age out and the newest survives for ever; then it can be resumed', async () => {
    const vault = await twoPoints('Backup');
    ok(await vault.stop('vm', 'retainPerPolicy'));
    const begin = await s.now();

    await s.sweepAt(later(begin, { days: 2 }));
    expect(await stored(vault)).toEqual(['today']);
    for (const days of [31, 60]) await s.sweepAt(later(begin, { days }));
    expect(await names(vault)).toEqual(['today']);
    expect(await vault.restore('vm', 'today')).toMatchObject({ status: 202 });

    ok(await vault.resume('vm'));
    expect((await vault.get('vm')).body.state).toBe('Protected');
  });

  test('case 64: a newest point that is over does not keep the older ones that outlive it', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    ok(await vault.protect('vm'));
    const now = await s.now();
    await vault.point('vm', 'old', { age: 2, expiresAt: later(now, { days: 40 }) });
    await vault.point('vm', 'today');
    ok(await vault.stop('vm', 'retainPerPolicy'));

    await s.sweepAt(later(now, { days: 31 }));
    expect(await stored(vault)).toEqual(['old', 'today']);
    await s.sweepAt(later(now, { days: 41 }));
    expect(await stored(vault)).toEqual(['today']);
  });

  test('case 70: what a shorter policy cost is really gone when the days of the vault are over', async () => {
    const vault = await twoPoints();
    ok(await vault.policy('daily', { daily: 20 }));
    const purgeAt = (await vault.points('vm'))[0]?.purgeAt ?? '';

    await s.sweep();
    await s.sweepAt(later(purgeAt, { hours: -1 }));
    expect(await stored(vault)).toEqual(['old', 'today']);
    await s.sweepAt(purgeAt);
    expect(await stored(vault)).toEqual(['today']);
  });

  test('case 70: lost log points are not only hidden, the sweep takes them at once', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm', { workload: 'SQLInAzureVM' }));
    await vault.point('vm', 'log', { age: 10, rung: 'log' });
    await vault.point('vm', 'today');
    ok(await vault.policy('daily', { daily: 7 }));

    await s.sweep();
    await s.sweepAt(later(await s.now(), { seconds: 90 }));

    expect(await stored(vault)).toEqual(['today']);
  });

  test('a point in a page of its own goes at its end like any other', async () => {
    const vault = await aVault(service);
    ok(await vault.protect('vm'));
    await vault.point('vm', 'old', { age: 29 });
    for (let number = 0; number < 150; number += 1) await vault.point('vm', `point-${number}`);
    expect((await vault.get('vm')).body.recoveryPoints.count).toBe(151);

    await s.sweepAt(later(await s.now(), { days: 2 }));

    expect((await vault.get('vm')).body.recoveryPoints.count).toBe(150);
    expect(await names(vault)).not.toContain('old');
  });
});

test('what the sweep left behind is in order', () => s.check());
