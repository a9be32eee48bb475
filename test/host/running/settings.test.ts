import { QueueClient } from '@azure/storage-queue';
import { expect, test } from 'vitest';
import { startMail } from '../../../local/mail/start.ts';
import { NOTIFICATIONS } from '../../../src/store/azure.ts';
import { atEnd } from '../../support/atEnd.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { startHostOver } from '../../support/ownHost.ts';
import { BY_HAND, MASTER_KEY } from '../support/byHand.ts';
import { aVault, doorOf, inTrash } from '../support/door.ts';
import { sweepingOf } from '../support/sweeping.ts';

const storage = await aLocalStore();
const mail = await startMail(0);
atEnd(mail.stop);
const right = { MAIL_CONNECTION_STRING: mail.connectionString };

const inbox = async (): Promise<readonly unknown[]> => {
  const { value }: { readonly value: readonly unknown[] } = JSON.parse(
    await (await fetch(`${mail.origin}/inbox`)).text(),
  );
  return value;
};
const waiting = async () => (await new QueueClient(storage, NOTIFICATIONS).getProperties()).approximateMessagesCount;

test('with wrong settings the service says which and touches nothing; put right, it does all that waited', async () => {
  const before = await startHostOver(storage, { ...right, ...BY_HAND });
  const door = doorOf(before.api);
  const item = await inTrash(door, await aVault(door, { settings: { alerts: { recipients: ['ada@example.com'] } } }));
  const { store } = sweepingOf({ api: before.api, storage });
  await before.end();
  const [rows, notices] = [await store(), await waiting()];
  expect(notices).toBeGreaterThan(0);

  for (const [name, wrong] of [
    ['SWEEP_SCHEDULE', '0 0 0 * * 7'],
    ['IDENTITY_JWKS', 'http://login.example.com/wr0ng'],
    ['DATA_STORAGE', ''],
  ] as const) {
    const host = await startHostOver(storage, { ...right, [name]: wrong });
    const refuse = doorOf(host.api);
    for (const [method, path] of [
      ...[['GET', item] as const, ['GET', 'openapi.json'] as const, ['POST', 'sweeps'] as const],
      ['POST', `${item}/undelete`] as const,
    ]) {
      const { status, body } = await refuse(method, path, method === 'POST' ? { body: {} } : {});
      expect([status, body.error.code, body.error.details?.[0]?.target]).toEqual([503, 'NotConfigured', name]);
    }
    for (const path of ['portal/', 'api/no/such/place']) expect((await fetch(`${host.api}/${path}`)).status).toBe(503);
    expect((await refuse('GET', 'health/live')).status).toBe(200);
    expect((await refuse('GET', 'health/ready')).body).toMatchObject({
      checks: [{ name: 'settings', status: 'fail', detail: expect.stringContaining(name) }],
    });
    await fetch(`${host.api}/admin/functions/sweep`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...MASTER_KEY },
      body: '{"input":""}',
    });
    await eventually(
      () => /Executed 'Functions\.sweep' \(Failed/.test(host.output()),
      () => host.output(),
    );
    expect(host.output()).toMatch(new RegExp(`The settings are not right.*${name} `));
    expect(host.output()).not.toMatch(/wr0ng|AccountKey/);
    await host.end();
    expect([await store(), await waiting()]).toEqual([rows, notices]);
  }

  const after = await startHostOver(storage, right);
  await eventually(async () => (await inbox()).length > 0, after.output);
  const sweeping = sweepingOf({ api: after.api, storage });
  expect((await sweeping.ready()).checks['settings']).toMatchObject({ status: 'ok' });
  await sweeping.at(new Date(Date.now() + 15 * 86_400_000).toISOString());
  expect(await sweeping.sweep()).toMatchObject({ complete: true, purged: 1, failed: 0 });
  expect((await doorOf(after.api)('GET', item)).status).toBe(410);
  await sweeping.check();
});

test('a name that nobody reads is a warning of readiness', async () => {
  const { api } = await startHostOver(storage, { ...right, SWEEP_SHEDULE: '0 0 3 * * *' });
  const { checks } = await sweepingOf({ api, storage }).ready();
  expect(checks['settings']).toMatchObject({ status: 'warn', detail: expect.stringContaining('SWEEP_SHEDULE') });
});
