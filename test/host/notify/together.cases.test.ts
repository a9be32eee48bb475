import { expect, test } from 'vitest';
import { later, ok } from '../../support/estate.ts';
import { startService } from '../../support/service.ts';
import { BY_HAND, noticesOf } from '../support/byHand.ts';
import { mailingOf } from '../support/mailing.ts';

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
