import { describe, expect, test } from 'vitest';
import { mailingOf } from '../../host/support/mailing.ts';
import { HYBRID, later, ok } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const s = mailingOf(serviceInMemory());

const CLOUD = ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles'];
const BACKUP = ['AzureBlob', 'PostgreSQL', 'AKS'];
const EVERY = [...CLOUD, ...HYBRID, ...BACKUP];

describe('the three mails of a deleted item', () => {
  test('case 38: one when it is deleted, one two days before the purge, one when it is purged, and no more', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    expect(await vault.told()).toEqual(['DeleteBackupData ops', 'DeleteBackupData owner']);

    await s.sweepAt(later(purgeAt, { days: -2 }));
    await s.sweep();
    await vault.settled();
    await s.sweepAt(purgeAt);
    await s.sweep();

    const subjects = (await vault.mails()).filter(({ to }) => to.includes(vault.ops)).map(({ subject }) => subject);
    expect(subjects).toEqual([
      expect.stringContaining('Backup data deleted'),
      expect.stringContaining('will be purged soon'),
      expect.stringMatching(/purged.*PURGED/i),
    ]);
    expect(await vault.told()).toEqual([
      'DeleteBackupData ops',
      'DeleteBackupData owner',
      'PurgeComplete ops',
      'UpcomingPurge ops',
    ]);
  });

  test('case 39: the warning comes 48 hours before, once; not a moment earlier', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await s.sweepAt(later(purgeAt, { days: -2, hours: -1 }));
    expect((await vault.get('vm')).body.softDelete?.purgeUpcoming).toBe(false);
    expect(await vault.told()).not.toContain('UpcomingPurge ops');

    await s.sweepAt(later(purgeAt, { days: -2 }));
    await s.sweep();
    expect((await vault.get('vm')).body.softDelete?.purgeUpcoming).toBe(true);
    expect((await vault.told()).filter((one) => one === 'UpcomingPurge ops')).toHaveLength(1);
  });

  test('an undelete cancels what is outstanding, and says so itself', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await vault.settled();
    ok(await vault.undelete('vm'));
    await s.sweepAt(purgeAt);
    expect(await vault.told()).toEqual(['DeleteBackupData ops', 'DeleteBackupData owner', 'ItemUndeleted ops']);
    expect((await vault.alerts()).find(({ type }) => type === 'DeleteBackupData')).toMatchObject({ state: 'Closed' });
  });

  test('a warning that comes late tells the days that are truly left', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await s.sweepAt(later(purgeAt, { days: -1, seconds: 60 }));
    const [warning] = (await vault.mails()).filter(({ subject }) => subject.includes('soon'));
    expect(warning?.subject).toMatch(/1 day/);
  });

  test('case 76: a warning that was missed is said in the final mail', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await s.sweepAt(later(purgeAt, { days: 5 }));
    const [last] = (await vault.mails()).filter(({ subject }) => /PURGED/.test(subject));
    expect(last?.text).toMatch(/no reminder of this purge went out/i);
    expect(await vault.told()).not.toContain('UpcomingPurge ops');
  });

  test('case 75: deleting three times changes nothing, and is told once', async () => {
    const vault = await s.vault();
    const { deletedAt, purgeAt } = (await vault.trash('vm')).softDelete;
    for (let again = 0; again < 2; again += 1)
      expect(ok(await vault.delete('vm')).softDelete).toMatchObject({ deletedAt, purgeAt });
    expect(await vault.told()).toEqual(['DeleteBackupData ops', 'DeleteBackupData owner']);
  });
});

test.for(EVERY)('every workload has the same three mails: %s', async (workload) => {
  const kind = BACKUP.includes(workload) ? 'Backup' : 'RecoveryServices';
  const vault = await s.vault({ kind });
  const { purgeAt } = (await vault.trash('it', { workload })).softDelete;
  await s.sweepAt(later(purgeAt, { days: -2 }));
  await vault.settled();
  await s.sweepAt(purgeAt);
  expect(await vault.told()).toEqual([
    'DeleteBackupData ops',
    'DeleteBackupData owner',
    'PurgeComplete ops',
    'UpcomingPurge ops',
  ]);
});
