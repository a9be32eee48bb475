import { QueueClient } from '@azure/storage-queue';
import { expect, test } from 'vitest';
import { startMail } from '../../local/mail/start.ts';
import { mailReach } from '../../src/mail/communication.ts';
import { queueCounts, queueNotices } from '../../src/store/azure.ts';
import { startAzurite } from '../support/azurite.ts';

test('the queues tell how many messages lie in them, also before there is one; one that is gone does not answer', async () => {
  const azurite = await startAzurite();
  const counts = queueCounts(azurite.connectionString);
  expect(await counts()).toEqual({ notices: 0, shares: 0, poison: 0 });
  for (const id of ['a', 'b']) await queueNotices(azurite.connectionString).send({ vault: 'v', alerts: [id] });
  // one that has to come later counts as well
  await queueNotices(azurite.connectionString).send({ vault: 'v', alerts: ['c'] }, 3600);
  await queueNotices(azurite.connectionString).send({ vault: 'v', operation: 'w1' });
  for (const name of ['sweep-shards', 'notifications-poison', 'sweep-shards-poison']) {
    const queue = new QueueClient(azurite.connectionString, name);
    await queue.createIfNotExists();
    await queue.sendMessage('not base64!');
  }
  expect(await counts()).toEqual({ notices: 3, shares: 2, poison: 2 });
  await azurite.stop();
  await expect(counts()).rejects.toThrow();
});

test('a mail service is there when it answers, whatever it says to somebody without a key', async () => {
  const mail = await startMail(0);
  const reach = mailReach({ connectionString: mail.connectionString });
  await expect(reach()).resolves.toBeUndefined();
  await expect(mailReach({ endpoint: `${mail.origin}/nothing-here` })()).resolves.toBeUndefined();
  await mail.stop();
  await expect(reach()).rejects.toThrow();
});
