import { expect, test } from 'vitest';
import { startMail } from '../../local/mail/start.ts';
import { mailReach } from '../../src/mail/communication.ts';
import { queueNotices, waitingNotices } from '../../src/store/azure.ts';
import { startAzurite } from '../support/azurite.ts';

test('a queue tells how many notices wait, also before there is one; one that is gone does not answer', async () => {
  const azurite = await startAzurite();
  const waiting = waitingNotices(azurite.connectionString);
  expect(await waiting()).toBe(0);
  for (const id of ['a', 'b']) await queueNotices(azurite.connectionString).send({ vault: 'v', alerts: [id] });
  expect(await waiting()).toBe(2);
  await azurite.stop();
  await expect(waiting()).rejects.toThrow();
});

test('a mail service is there when it answers, whatever it says to somebody without a key', async () => {
  const mail = await startMail(0);
  const reach = mailReach({ connectionString: mail.connectionString });
  await expect(reach()).resolves.toBeUndefined();
  await expect(mailReach({ endpoint: `${mail.origin}/nothing-here` })()).resolves.toBeUndefined();
  await mail.stop();
  await expect(reach()).rejects.toThrow();
});
