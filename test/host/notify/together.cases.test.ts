import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { later, ok } from '../../support/estate.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { BY_HAND, noticesOf } from '../support/byHand.ts';
import { type Mailing, mailingOf } from '../support/mailing.ts';

let service: Service;
let s: Mailing;

beforeAll(async () => {
  service = await startService();
  s = mailingOf(service);
});

const names = (count: number) => Array.from({ length: count }, (_, n) => `vm-${String(n).padStart(3, '0')}`);

test('case 80: two hundred items deleted by one caller: nine mails, and then one that lists all the others', async () => {
  const byHand = await startService({ env: BY_HAND });
  const mailing = mailingOf(byHand);
  const notices = noticesOf(byHand);
  const vault = await mailing.vault();
  const items = names(200);
  for (let at = 0; at < items.length; at += 10)
    await Promise.all(items.slice(at, at + 10).map((item) => vault.protect(item)));
  for (const item of items) ok(await vault.delete(item));

  // every deletion is given its place before anybody looks whether those who wait are complete
  await notices.takeAll(({ together }) => together === undefined);
  await mailing.sweepAt(later(await mailing.now(), { seconds: 120 }));
  await notices.takeAll();
  const toOwner = (await vault.mails()).filter(({ to }) => to.includes(vault.owner));
  expect(toOwner).toHaveLength(10);
  const mass = toOwner.filter(({ subject }) => subject.includes('Many items'));
  expect(mass).toHaveLength(1);
  const single = toOwner.filter((mail) => !mass.includes(mail)).map(({ subject }) => subject);
  for (const item of items)
    expect([item, mass[0]?.text.includes(item) || single.some((subject) => subject.includes(item))]).toEqual([
      item,
      true,
    ]);
  expect((await vault.alerts()).filter(({ type }) => type === 'DeleteBackupData')).toHaveLength(200);
});

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
