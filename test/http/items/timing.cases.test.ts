import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aVault, clockOf, type Estate, later, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
let clock: ReturnType<typeof clockOf>;

/** Enough for a few requests on any machine; the exact boundaries are tested without a network. */
const SHORTLY = { hours: -1 };

beforeAll(async () => {
  clock = clockOf(service);
});

afterEach(() => clock.reset());

const namesOf = async (vault: Estate) => (await vault.points('vm')).map(({ name }) => name);

/** Points that are kept thirty days: one with a day to live, one of today. */
async function twoPoints(): Promise<Estate> {
  const vault = await aVault(service);
  ok(await vault.protect('vm'));
  await vault.point('vm', 'old', { age: 29 });
  await vault.point('vm', 'today');
  return vault;
}

describe('the window', () => {
  test('case 40: shortly before its end an undelete is accepted', async () => {
    const vault = await aVault(service);
    const { softDelete } = await vault.trash('vm');

    await clock.moveTo(later(softDelete.purgeAt, SHORTLY));

    expect(await vault.undelete('vm')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
  });

  test('case 40: from its end on an undelete is refused, even if nothing was swept', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;

    await clock.moveTo(purgeAt);

    expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'UndeleteWindowClosed', { purgeAt }));
    expect((await vault.get('vm')).body).toMatchObject({ state: 'SoftDeleted', softDelete: { purgeAt } });
    expect(await vault.protect('vm', { recoverSoftDeleted: true })).toMatchObject({ status: 409 });
  });

  test('case 40: a longer period moves the end, for an undelete too', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    ok(await vault.settings({ softDelete: { retentionDays: 30 } }));

    await clock.moveTo(later(purgeAt, { days: 10 }));

    expect(await vault.undelete('vm')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
  });

  test('case 37: a period made longer after the window had closed does not open it again', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await clock.moveTo(purgeAt);

    ok(await vault.settings({ softDelete: { retentionDays: 30 } }));

    expect((await vault.get('vm')).body.softDelete).toMatchObject({ purgeAt, daysLeft: 0 });
    expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'UndeleteWindowClosed'));
  });

  test('case 45: a new deletion starts a full window, however late in the first one it was undeleted', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await clock.moveTo(later(purgeAt, SHORTLY));
    ok(await vault.undelete('vm'));

    const { softDelete, generation } = ok(await vault.delete('vm'));

    expect(generation).toBe(2);
    expect(softDelete).toMatchObject({ daysLeft: 14, purgeAt: later(softDelete?.deletedAt ?? '', { days: 14 }) });
    expect(Date.parse(softDelete?.purgeAt ?? '')).toBeGreaterThan(Date.parse(later(purgeAt, { days: 13 })));
  });

  test('case 75: a deletion repeated days later does not restart the clock', async () => {
    const vault = await aVault(service);
    const { deletedAt, purgeAt } = (await vault.trash('vm')).softDelete;
    await clock.moveTo(later(deletedAt, { days: 5 }));

    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { generation: 1, softDelete: { deletedAt, purgeAt, daysLeft: 9 } },
    });
  });

  const LEFT = [
    { since: 'one second', at: { seconds: 1 }, daysLeft: 14 },
    { since: 'not quite a day', at: { days: 1, ...SHORTLY }, daysLeft: 14 },
    { since: 'a day', at: { days: 1 }, daysLeft: 13 },
    { since: 'not quite thirteen days', at: { days: 13, ...SHORTLY }, daysLeft: 2 },
    { since: 'thirteen days and a second', at: { days: 13, seconds: 1 }, daysLeft: 1 },
    { since: 'not quite fourteen days', at: { days: 14, ...SHORTLY }, daysLeft: 1 },
    { since: 'fourteen days', at: { days: 14 }, daysLeft: 0 },
    { since: 'twenty days', at: { days: 20 }, daysLeft: 0 },
  ];
  for (const { since, at, daysLeft } of LEFT)
    test(`case 41: ${since} after the deletion the days left are ${daysLeft}`, async () => {
      const vault = await aVault(service);
      const { deletedAt } = (await vault.trash('vm')).softDelete;

      await clock.moveTo(later(deletedAt, at));

      expect((await vault.get('vm')).body.softDelete).toMatchObject({ daysLeft });
    });

  test('case 39: a purge is announced as upcoming from forty-eight hours before it (its mail comes with the alerts)', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    const warnAt = later(purgeAt, { hours: -48 });

    await clock.moveTo(later(warnAt, SHORTLY));
    expect((await vault.get('vm')).body.softDelete).toMatchObject({ purgeUpcoming: false, daysLeft: 3 });
    await clock.moveTo(warnAt);
    expect((await vault.get('vm')).body.softDelete).toMatchObject({ purgeUpcoming: true, daysLeft: 2 });
  });
});

describe('what time does to points', () => {
  test('case 11: a point that expires in the trash is there after the undelete', async () => {
    const vault = await twoPoints();
    const { deletedAt } = (await vault.trash('vm')).softDelete;

    await clock.moveTo(later(deletedAt, { days: 10 }));
    ok(await vault.undelete('vm'));

    expect(await namesOf(vault)).toEqual(['old', 'today']);
  });

  test('case 10: resuming removes what has expired and leaves the rest, as its preview said', async () => {
    const vault = await twoPoints();
    const { deletedAt } = (await vault.trash('vm')).softDelete;
    await clock.moveTo(later(deletedAt, { days: 10 }));
    ok(await vault.undelete('vm'));

    expect(await vault.send('POST', 'items/vm/resume?preview=true', { policy: 'daily' })).toMatchObject({
      status: 200,
      body: { preview: true, recoveryPointsToRemove: [{ name: 'old' }] },
    });
    expect((await vault.get('vm')).body.state).toBe('ProtectionStopped');
    expect(await namesOf(vault)).toEqual(['old', 'today']);

    expect(await vault.resume('vm', 'daily')).toMatchObject({
      status: 200,
      body: { state: 'Protected', recoveryPointsRemoved: ['old'], recoveryPoints: { count: 1 } },
    });
    expect(await namesOf(vault)).toEqual(['today']);
  });

  test('case 84: an expired point can be restored between undelete and resume, and no longer after it', async () => {
    const vault = await twoPoints();
    const { deletedAt } = (await vault.trash('vm')).softDelete;
    await clock.moveTo(later(deletedAt, { days: 10 }));
    ok(await vault.undelete('vm'));

    const { id } = ok(await vault.restore('vm', 'old')) as { readonly id: string };
    ok(await vault.send('POST', `items/vm/jobs/${id}/complete`, { status: 'Completed' }));
    ok(await vault.resume('vm', 'daily'));

    expect(await vault.restore('vm', 'old')).toMatchObject(refusal(404, 'RecoveryPointNotFound'));
    expect(await vault.restore('vm', 'today')).toMatchObject({ status: 202 });
  });

  test('case 2: a stop that retains keeps points far beyond their end', async () => {
    const vault = await twoPoints();
    ok(await vault.stop('vm', 'retain'));

    await clock.moveTo(later(new Date().toISOString(), { days: 400 }));

    expect(await namesOf(vault)).toEqual(['old', 'today']);
    expect(await vault.restore('vm', 'old')).toMatchObject({ status: 202 });
  });

  test('case 70: a point that a shorter policy cost is gone for good when the days of the vault are over', async () => {
    const vault = await twoPoints();
    ok(await vault.policy('daily', { daily: 20 }));
    const [old] = await vault.points('vm');
    expect(old).toMatchObject({ name: 'old', state: 'SoftDeleted' });

    await clock.moveTo(later(old?.purgeAt ?? '', SHORTLY));
    expect(await vault.points('vm')).toMatchObject([{ name: 'old', state: 'SoftDeleted' }, { name: 'today' }]);
    await clock.moveTo(old?.purgeAt ?? '');
    expect(await namesOf(vault)).toEqual(['today']);
    expect(await vault.restore('vm', 'old')).toMatchObject(refusal(404, 'RecoveryPointNotFound'));
  });
});

test('case 8: no backup starts after an undelete, although the old schedule comes due', async () => {
  const vault = await aVault(service);
  await vault.trash('vm');
  ok(await vault.undelete('vm'));
  const { lastBackup } = (await vault.get('vm')).body;
  const history = await vault.history('vm');

  await clock.moveTo(later(new Date().toISOString(), { days: 2 }));

  expect((await vault.get('vm')).body).toMatchObject({ state: 'ProtectionStopped', activeJob: null, lastBackup });
  expect(await vault.history('vm')).toHaveLength(history.length);
});
