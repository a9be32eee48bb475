import { describe, expect, test } from 'vitest';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { call } from '../../support/call.ts';
import { aVault, HYBRID, later, moves, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);

/** Enough for a few requests on any machine; the exact boundaries are tested without a network. */
const SHORTLY = { hours: -1 };
const gone = refusal(410, 'ItemPurged', { purgedAt: expect.any(String) });

describe('purge', () => {
  test('case 40: not before its instant, however often the sweep looks; then it goes, and cannot be had back', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;

    await s.sweepAt(later(purgeAt, SHORTLY));
    await s.sweep();
    expect((await vault.get('vm')).body.state).toBe('SoftDeleted');

    await s.sweepAt(purgeAt);
    expect(await vault.get('vm')).toMatchObject(gone);
    expect(await vault.undelete('vm')).toMatchObject(gone);
    expect(moves(await vault.history('vm'))).toEqual([
      ['SoftDeleted', 'Purged'],
      ['Protected', 'SoftDeleted'],
      [null, 'Protected'],
    ]);
    expect(await s.alerts(vault)).toContain('purgecomplete vm 1');
  });

  test('case 35: deleted for sixty days it stays sixty days, although the vault says fourteen now', async () => {
    const vault = await aVault(service, { settings: { softDelete: { retentionDays: 60 } } });
    const { purgeAt, deletedAt } = (await vault.trash('vm')).softDelete;
    ok(await vault.settings({ softDelete: { retentionDays: 14 } }));

    await s.sweepAt(later(deletedAt, { days: 15 }));
    await s.sweepAt(later(purgeAt, SHORTLY));
    expect((await vault.get('vm')).body).toMatchObject({ state: 'SoftDeleted', softDelete: { purgeAt } });
    await s.sweepAt(purgeAt);
    expect(await vault.get('vm')).toMatchObject(gone);
  });

  test('case 36: with FutureDeletions a longer period does not reach what was deleted before', async () => {
    const vault = await aVault(service, { settings: { softDelete: { retentionScope: 'FutureDeletions' } } });
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    ok(await vault.settings({ softDelete: { retentionDays: 180 } }));

    await s.sweepAt(purgeAt);

    expect(await vault.get('vm')).toMatchObject(gone);
  });

  test('case 37: a longer period saves every item of the vault, cloud and hybrid, until its new date', async () => {
    const vault = await aVault(service);
    const items = ['AzureVM', ...HYBRID];
    for (const workload of items) await vault.trash(workload, { workload });
    const { purgeAt, deletedAt } = (await vault.get('AzureVM')).body.softDelete ?? { purgeAt: '', deletedAt: '' };
    await s.sweepAt(later(purgeAt, { hours: -1 }));
    ok(await vault.settings({ softDelete: { retentionDays: 30 } }));
    ok(await vault.settings({ softDelete: { retentionDays: 14 } }));

    await s.sweepAt(later(purgeAt, { days: 1 }));
    await s.sweepAt(later(deletedAt, { days: 30, ...SHORTLY }));
    for (const item of items) expect((await vault.get(item)).body.state, item).toBe('SoftDeleted');
    const last = (await vault.get('MABS')).body.softDelete?.purgeAt ?? '';
    await s.sweepAt(last);
    for (const item of items) expect(await vault.get(item), item).toMatchObject(gone);
  });

  test('case 41: the days left count down to nothing, and then the sweep comes', async () => {
    const vault = await aVault(service);
    const { deletedAt, purgeAt } = (await vault.trash('vm')).softDelete;
    for (const [days, left] of [
      [0, 14],
      [1, 13],
      [13, 1],
    ] as const) {
      await s.sweepAt(later(deletedAt, { days, seconds: 1 }));
      expect((await vault.get('vm')).body.softDelete?.daysLeft, `${days} days`).toBe(left);
    }
    await s.at(purgeAt);
    expect((await vault.get('vm')).body.softDelete?.daysLeft).toBe(0);
    await s.sweep();
    expect(await vault.get('vm')).toMatchObject(gone);
  });

  test('case 42: no sweep that is asked for, however, purges early', async () => {
    const vault = await aVault(service);
    await vault.trash('vm');
    for (const ask of [{}, { dryRun: true }, { dryRun: false }]) await s.sweep(ask);
    expect(await s.try({ acknowledgeBelt: 'whatever' })).toMatchObject(refusal(409, 'BeltTokenInvalid'));
    expect(await s.try({ force: true })).toMatchObject(refusal(400, 'InvalidRequest'));
    expect(await s.try({ now: later(await s.now(), { days: 20 }) })).toMatchObject(refusal(400, 'InvalidRequest'));
    const token = await service.token({ sub: 'reader', roles: ['Reader', 'Operator'] });
    expect(await call(service.api, 'POST', '/api/sweeps', { body: {}, token })).toMatchObject(
      refusal(403, 'Forbidden'),
    );
    expect((await vault.get('vm')).body.state).toBe('SoftDeleted');
  });

  test('case 45: undeleted and deleted again it stays a full new window, and is purged as generation two', async () => {
    const vault = await aVault(service);
    const first = (await vault.trash('vm')).softDelete;
    await s.at(later(first.purgeAt, SHORTLY));
    ok(await vault.undelete('vm'));
    const again = ok(await vault.delete('vm')).softDelete?.purgeAt ?? '';

    await s.sweepAt(later(first.purgeAt, { days: 1 }));
    await s.sweepAt(later(again, SHORTLY));
    expect((await vault.get('vm')).body).toMatchObject({ state: 'SoftDeleted', generation: 2 });
    await s.sweepAt(again);
    expect(await vault.get('vm')).toMatchObject(gone);
    expect((await s.alerts(vault)).filter((alert) => alert.startsWith('purgecomplete'))).toEqual([
      'purgecomplete vm 2',
    ]);
  });

  test('case 60: the old copy of what another vault protects now is purged on its own date; the new one stays', async () => {
    const [old, other] = [await aVault(service), await aVault(service)];
    const { purgeAt } = (await old.trash('vm', { sourceId: 'machine-60' })).softDelete;
    ok(await other.protect('vm', { sourceId: 'machine-60' }));

    await s.sweepAt(later(purgeAt, SHORTLY));
    expect((await old.get('vm')).body.state).toBe('SoftDeleted');
    await s.sweepAt(purgeAt);
    expect(await old.get('vm')).toMatchObject(gone);
    expect((await other.get('vm')).body.state).toBe('Protected');
  });

  test('case 75: a deletion repeated on the last day changes nothing about its date, and there is one alert', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await s.at(later(purgeAt, { hours: -1 }));
    for (let time = 0; time < 3; time += 1) ok(await vault.delete('vm'));

    await s.sweepAt(purgeAt);

    expect(await vault.get('vm')).toMatchObject(gone);
    expect((await s.alerts(vault)).filter((alert) => alert.startsWith('purgecomplete'))).toHaveLength(1);
  });

  test('case 5: a vault is free to go once the purge has taken the last item out of it', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await s.at(purgeAt);
    expect(await vault.send('DELETE', '')).toMatchObject(
      refusal(409, 'VaultHasSoftDeletedItems', { blockers: [{ name: 'vm', purgeAt }] }),
    );

    await s.sweep();

    expect(await vault.send('DELETE', '')).toMatchObject({ status: 204 });
    expect(await vault.send('GET', '')).toMatchObject(refusal(410, 'VaultDeleted'));
    await s.sweepAt(later(purgeAt, { days: 91 }));
  });

  test('case 76: down for five days, it purges all that is overdue, nothing early, and says how late it is', async () => {
    const vault = await aVault(service);
    await s.sweep();
    const { purgeAt } = (await vault.trash('due')).softDelete;
    await s.told(vault);
    await s.at(later(purgeAt, { days: -13 }));
    await vault.trash('due-too');
    await s.told(vault);
    await s.at(later(purgeAt, { days: -1 }));
    await vault.trash('young');

    const swept = await s.sweepAt(later(purgeAt, { days: 5 }));

    expect(swept).toMatchObject({ purged: 2, failed: 0, complete: true });
    expect(swept.oldestOverdue).toMatchObject({ item: 'due', purgeAt });
    const late = swept.oldestOverdue?.lateSeconds;
    expect(late).toBeGreaterThanOrEqual(5 * 86_400);
    expect(late).toBeLessThanOrEqual((Date.parse(swept.finishedAt) - Date.parse(purgeAt)) / 1000);
    expect((await s.sweep()).oldestOverdue).toBeNull();
    // it was too late to warn
    expect(await s.alerts(vault)).toEqual(['purgecomplete due 1', 'purgecomplete due-too 1']);
    expect((await vault.get('young')).body.state).toBe('SoftDeleted');
  });
});

test('what the sweep left behind is in order', () => s.check());
