/** Alerts, silences, dead letters and delivery reports as the contract has them (API §9, §12), through the running host. */
import { describe, expect, test } from 'vitest';
import { plantDeadLetter } from '../../support/alerts.ts';
import { call } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { startService } from '../../support/service.ts';
import { azureTables } from '../../support/tables.ts';
import { aVault, type Body, deletionOf, done, doorOf, fresh, inTrash, refused } from '../support/door.ts';

const service = await startService();
const door = doorOf(service.api);

// biome-ignore lint/suspicious/noExplicitAny: which fields are there is what the tests find out
type Any = any;
const KEY = { 'x-reprieve-webhook-key': 'local' };

/** A vault that mails to an address of its own, and a deletion in it: the alert's path and id. */
async function aDeletion(): Promise<{ vault: string; item: string; to: string; id: string; path: string }> {
  const to = `${fresh('ops')}@example.com`;
  const vault = await aVault(door, { settings: { alerts: { recipients: [to] } } });
  const item = fresh('item');
  await inTrash(door, vault, item);
  const id = await deletionOf(door, vault, item);
  return { vault, item, to, id, path: `vaults/${vault}/alerts/${id}` };
}

const alertAt = async (path: string): Promise<Any> => done(door('GET', path));
/** Until its only mail is where it should be. */
async function mailOf(path: string, status: string): Promise<Any> {
  await eventually(
    async () => (await alertAt(path)).notifications[0]?.status === status,
    async () => `${status}: ${JSON.stringify(await alertAt(path))}`,
  );
  const [mail] = (await alertAt(path)).notifications;
  return mail;
}
const faults = (body: object) => call(service.mail, 'PUT', '/faults', { body });
const inbox = async (to: string): Promise<readonly Any[]> =>
  (await call<Any>(service.mail, 'GET', `/inbox?to=${to}`)).body.value;

describe('an alert', () => {
  test('is raised by a deletion, shown in both lists, and acknowledged and closed at both addresses', async () => {
    const { vault, item, id, path, to } = await aDeletion();
    const mail = await mailOf(path, 'Sent');
    const shown = await alertAt(path);
    expect(shown).toEqual({
      id,
      type: 'DeleteBackupData',
      severity: 'Sev0',
      category: 'Security',
      vault,
      item,
      generation: 1,
      firedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      count: 1,
      state: 'New',
      recommendedAction: expect.any(String),
      facts: expect.objectContaining({ workload: 'AzureVM' }),
      evidence: { chain: `vault/${vault}/item/${item}`, seq: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      notifications: [
        {
          ...{ recipient: to, as: 'recipient', status: 'Sent', sentAt: expect.any(String), attempts: 1 },
          operationId: mail.operationId,
        },
      ],
    });
    expect((await inbox(to)).map(({ operationId }) => operationId)).toContain(mail.operationId);
    for (const list of [`vaults/${vault}/alerts?type=DeleteBackupData&state=New`, 'alerts?type=DeleteBackupData'])
      expect((await done(door('GET', list))).value).toContainEqual(shown);
    expect((await done(door('GET', `vaults/${vault}/alerts`))).value.map((one: Body) => one.id)).toEqual([id]);

    expect(await done(door('POST', `alerts/${id}/acknowledge`, { body: {} }))).toEqual({
      ...shown,
      state: 'Acknowledged',
    });
    expect(await done(door('POST', `${path}/close`, { body: {} }))).toEqual({ ...shown, state: 'Closed' });
    expect(await door('POST', `${path}/acknowledge`, { body: {} })).toMatchObject(refused(409, 'InvalidTransition'));
    const history = (await done(door('GET', `vaults/${vault}/items/${item}/history`))).value;
    expect(history.map(({ operation }) => operation).slice(0, 2)).toEqual(['CloseAlert', 'AcknowledgeAlert']);
  });

  test('by an id that is none is refused', async () => {
    for (const path of [
      'alerts/a',
      'alerts/a~b',
      'alerts/a~b~c~d~e',
      'alerts/%7E%7E%7E',
      'vaults/v/alerts/x%2Fy~a~T~1',
    ])
      expect(await door('GET', path)).toMatchObject(refused(400, 'InvalidName', { target: 'alert' }));
    expect(await door('GET', 'alerts/~~MassPurgeHeld~no')).toMatchObject(refused(404, 'AlertNotFound'));
  });
});

test('under a silence the alert exists, and its mail does not', async () => {
  const to = `${fresh('ops')}@example.com`;
  const vault = await aVault(door, { settings: { alerts: { recipients: [to] } } });
  const [from, end] = [-60_000, 3_600_000].map((millis) => new Date(Date.now() + millis).toISOString());
  const body = { from, until: end, items: ['Quiet'], reason: 'drill' };
  const made = await door('PUT', `vaults/${vault}/silences/drill`, { body });
  expect(made).toMatchObject({ status: 201, body: { name: 'drill', ...body, types: null } });
  await inTrash(door, vault, 'quiet');
  await mailOf(`vaults/${vault}/alerts/${await deletionOf(door, vault, 'quiet')}`, 'Suppressed');
  expect((await done(door('GET', `vaults/${vault}/silences`))).value).toEqual([made.body]);
  expect((await door('DELETE', `vaults/${vault}/silences/drill`)).status).toBe(204);
  expect(await door('GET', `vaults/${vault}/silences/drill`)).toMatchObject(refused(404, 'SilenceNotFound'));
});

describe('a dead letter', () => {
  const deadLetters = async () => (await done(door('GET', 'deadletters'))).value;

  test('is a warning, and a mail again when it is redriven', async () => {
    await faults({ mode: 'reject' });
    const { path, id, to } = await aDeletion();
    const { operationId } = await mailOf(path, 'DeadLettered');
    await faults({ mode: 'none' });
    expect(await deadLetters()).toContainEqual({
      id: expect.any(String),
      alert: id,
      recipient: to,
      reason: expect.any(String),
      code: expect.any(String),
      attempts: 1,
      firstFailedAt: expect.any(String),
      lastFailedAt: expect.any(String),
    });
    const letter = (await deadLetters()).find((one: Any) => one.alert === id);
    const { body } = await call<Any>(service.api, 'GET', '/api/health/ready');
    const states = Object.fromEntries(body.checks.map((check: Any) => [check.name, check.status]));
    expect(states).toMatchObject({
      storage: 'ok',
      queue: 'ok',
      mail: 'ok',
      clock: 'ok',
      deadLetters: 'warn',
      paused: 'ok',
    });
    expect(Object.keys(states)).toEqual(expect.arrayContaining(['lastSweep', 'oldestOverdue']));
    expect(await door('POST', `deadletters/${letter?.id}/redrive`, { body: {} })).toMatchObject({
      status: 202,
      body: letter as object,
    });
    expect(await mailOf(path, 'Sent')).toMatchObject({ operationId, attempts: 1 });
    expect((await inbox(to)).filter((one) => one.operationId === operationId)).toHaveLength(1);
    expect(await door('POST', `deadletters/${letter?.id}/redrive`, { body: {} })).toMatchObject(
      refused(404, 'DeadLetterNotFound'),
    );
  });

  test('may be dismissed', async () => {
    const id = await plantDeadLetter(azureTables(service.storage), await aVault(door));
    expect((await deadLetters()).map((one) => one.id)).toContain(id);
    expect((await door('DELETE', `deadletters/${id}`)).status).toBe(204);
    expect((await deadLetters()).map((one) => one.id)).not.toContain(id);
  });
});

describe('delivery reports', () => {
  const report = (messageId: string, status: string) => ({
    eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
    data: {
      sender: 's@example.com',
      recipient: 'r@example.com',
      messageId,
      status,
      deliveryStatusDetails: { statusMessage: 'said so' },
    },
  });
  const send = (body: unknown, headers: Record<string, string> = KEY) =>
    door('POST', 'alerts/deliveryReports', { body, headers });

  test('take the key that the subscription brings, and shake hands', async () => {
    const event = { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'abc' } };
    for (const headers of [{}, { 'x-reprieve-webhook-key': 'Local' }])
      expect(await send([event], headers)).toMatchObject(refused(401, 'Unauthenticated'));
    expect(await send([event])).toMatchObject({ status: 200, body: { validationResponse: 'abc' } });
    expect(await send({ not: 'a list' })).toMatchObject(refused(400, 'InvalidRequest'));
    expect(await send('[', { ...KEY, 'content-type': 'application/json; charset=utf-8' })).toMatchObject(
      refused(400, 'InvalidRequest'),
    );
  });

  test('say what became of a mail; a failure is told to others once', async () => {
    const [good, bad] = [await aDeletion(), await aDeletion()];
    const [one, two] = [await mailOf(good.path, 'Sent'), await mailOf(bad.path, 'Sent')];
    const events = [
      report(one.operationId, 'Delivered'),
      report(two.operationId, 'Bounced'),
      report('no/bo#dy?\\', 'Failed'),
    ];
    expect(await send(events)).toMatchObject({
      status: 200,
      body: { delivered: 1, failed: 1, unchanged: 0, unknown: 1 },
    });
    expect(await send([...events].reverse())).toMatchObject({ status: 200, body: { unchanged: 2, unknown: 1 } });
    expect((await alertAt(good.path)).notifications[0].status).toBe('Delivered');
    expect((await alertAt(bad.path)).notifications[0].status).toBe('Failed');
    const { value } = await done(door('GET', `vaults/${bad.vault}/alerts?type=DeliveryFailed`));
    expect(value).toMatchObject([
      { count: 1, facts: { alert: bad.id, recipient: bad.to, code: 'Bounced', reason: 'said so' } },
    ]);
  });
});
