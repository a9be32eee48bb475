import { describe, expect, test } from 'vitest';
import { aVault, moves, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

describe('one source, two vaults', () => {
  test('case 60: what lies in the trash may be protected in another vault, and is purged on its own date', async () => {
    const [old, other] = [await aVault(service), await aVault(service)];
    const { softDelete } = await old.trash('vm', { sourceId: 'machine-60' });

    expect(await other.protect('vm', { sourceId: 'MACHINE-60' })).toMatchObject({
      status: 201,
      body: { state: 'Protected', generation: 0, recoveryPoints: { count: 0 } },
    });

    const { deletedAt, purgeAt } = softDelete;
    expect((await old.get('vm')).body).toMatchObject({ state: 'SoftDeleted', softDelete: { deletedAt, purgeAt } });
  });

  test('case 61: protected elsewhere meanwhile, the old copy can be undeleted but not resumed', async () => {
    const [old, other] = [await aVault(service), await aVault(service)];
    await old.trash('vm', { sourceId: 'machine-61' });
    ok(await other.protect('vm', { sourceId: 'machine-61' }));

    expect(await old.undelete('vm')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await old.resume('vm', 'daily')).toMatchObject(refusal(409, 'ActiveElsewhere'));
    expect((await old.get('vm')).body.state).toBe('ProtectionStopped');
    expect((await other.get('vm')).body.state).toBe('Protected');
  });

  test('case 61: once it is deleted there, the old copy can be resumed', async () => {
    const [old, other] = [await aVault(service), await aVault(service)];
    await old.trash('vm', { sourceId: 'machine-61b' });
    ok(await other.protect('vm', { sourceId: 'machine-61b' }));
    ok(await old.undelete('vm'));
    ok(await other.delete('vm'));

    expect(await old.resume('vm', 'daily')).toMatchObject({ status: 200, body: { state: 'Protected' } });
    ok(await other.undelete('vm'));
    expect(await other.resume('vm', 'daily')).toMatchObject(refusal(409, 'ActiveElsewhere'));
  });

  test('a source that is only stopped here is not protected anywhere else', async () => {
    const [here, other] = [await aVault(service), await aVault(service)];
    ok(await here.protect('vm', { sourceId: 'machine-one' }));
    expect(await other.protect('vm', { sourceId: 'machine-one' })).toMatchObject(refusal(409, 'ActiveElsewhere'));
    ok(await here.stop('vm', 'retain'));
    expect(await other.protect('vm', { sourceId: 'machine-one' })).toMatchObject(refusal(409, 'ActiveElsewhere'));
  });
});

describe('two callers, one item', () => {
  const ROUNDS = 10;

  for (const [mode, state] of [
    ['delete', 'SoftDeleted'],
    ['retain', 'ProtectionStopped'],
  ] as const)
    test(`case 72: of two stops with mode ${mode} at once one writes, and the other finds its wish fulfilled`, async () => {
      const vault = await aVault(service);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const item = `vm-${round}`;
        const confirmed = mode === 'delete' ? { confirmName: item } : {};
        ok(await vault.protect(item));

        const answers = await Promise.all([vault.stop(item, mode, confirmed), vault.stop(item, mode, confirmed)]);

        for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { name: item, state } });
        expect((await vault.get(item)).body.generation).toBe(mode === 'delete' ? 1 : 0);
        expect(moves(await vault.history(item))).toEqual([
          ['Protected', state],
          [null, 'Protected'],
        ]);
      }
      const trashed = mode === 'delete' ? ROUNDS : 0;
      expect(ok(await vault.send('GET', ''))).toMatchObject({
        counts: { protected: 0, stopped: ROUNDS - trashed, softDeleted: trashed },
      });
    });

  test('case 72: a stop that retains and one that deletes: the item ends in the trash, and who came too late is told so', async () => {
    const vault = await aVault(service);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const item = `vm-${round}`;
      ok(await vault.protect(item));

      const [retain, remove] = await Promise.all([vault.stop(item, 'retain'), vault.delete(item)]);

      expect(remove).toMatchObject({ status: 200, body: { state: 'SoftDeleted', generation: 1 } });
      expect((await vault.get(item)).body).toMatchObject({ state: 'SoftDeleted', generation: 1 });
      const happened = moves(await vault.history(item)).map((move) => move.join(' to '));
      if (retain.status === 200) {
        expect(retain.body.state).toBe('ProtectionStopped');
        // the history goes by when each was asked, and these two were asked at once
        expect(happened.toSorted()).toEqual([
          ' to Protected',
          'Protected to ProtectionStopped',
          'ProtectionStopped to SoftDeleted',
        ]);
      } else {
        expect(retain).toMatchObject(refusal(409, 'ItemSoftDeleted'));
        expect(happened).toEqual(['Protected to SoftDeleted', ' to Protected']);
      }
    }
    expect(ok(await vault.send('GET', ''))).toMatchObject({
      counts: { protected: 0, stopped: 0, softDeleted: ROUNDS },
    });
  });
});
