import { beforeEach, describe, expect, test } from 'vitest';
import { mailingOf } from '../../host/support/mailing.ts';
import { later, ok } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const s = mailingOf(serviceInMemory());

describe('case 57: the hourly digest', () => {
  const hour = 3_600_000;
  const endOfHour = async () => new Date((Math.floor(Date.parse(await s.now()) / hour) + 1) * hour).toISOString();
  // whatever the time of day: what is raised here is in one hour
  beforeEach(async () => s.at(later(await endOfHour(), { seconds: 60 })));

  test('a deletion is mailed at once all the same; the rest at the end of the hour, in one mail', async () => {
    const vault = await s.vault({ alerts: { mode: 'HourlyDigest' } });
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    await vault.settled();
    await s.sweepAt(later(purgeAt, { days: -2 }));
    await s.sweepAt(await endOfHour());
    expect(await vault.told()).toEqual([
      'DeleteBackupData ops',
      'DeleteBackupData owner',
      'Digest ops',
      'UpcomingPurge ops',
    ]);
    expect((await vault.mails()).filter(({ to }) => to.includes(vault.ops))).toHaveLength(2);
  });

  test('what was raised and closed within the hour is not in it', async () => {
    const vault = await s.vault({ alerts: { mode: 'HourlyDigest' } });
    ok(await vault.protect('vm'));
    const { headers } = await vault.send('POST', 'items/vm/backup', {});
    const job = headers.get('operation-location')?.split('/').at(-1);
    ok(await vault.send('POST', `items/vm/jobs/${job}/complete`, { status: 'Failed' }));
    const failure = (await vault.alerts()).find(({ type }) => type === 'BackupFailure');
    ok(await vault.send('POST', `alerts/${failure?.id}/close`, {}));
    await s.sweepAt(later(await s.now(), { hours: 2 }));
    expect(await vault.told()).toEqual([]);
  });
});
