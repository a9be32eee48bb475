import { expect, test } from 'vitest';
import type { Notification } from '../../../src/core/alerts.ts';
import { type Delivery, takeReports } from '../../../src/flows/alerts/mails.ts';
import { aMail, OPERATION } from '../../support/alerts.ts';
import { NOON } from '../../support/builders.ts';
import { room } from './room.ts';

const ID = 'Contoso~sql-01~PurgeComplete~1';
const report = (status: Delivery['status']): Delivery => ({
  ...{ messageId: OPERATION, recipient: 'ops@contoso.com', status },
  reason: undefined,
});

async function sent(mail: Notification = aMail()) {
  const at = await room();
  await at.raise('PurgeComplete', { item: 'sql-01', generation: 1 }, { notifications: [mail] });
  await at.flow.ledger.remember(OPERATION, { vault: 'Contoso', alert: ID }, NOON);
  return at;
}

test('a mail that arrived is delivered, and nobody is told of it', async () => {
  const at = await sent();
  const told = await takeReports(at.flow, [report('Delivered'), report('Delivered')], NOON);
  expect(told).toMatchObject({ ok: true, value: { delivered: 1, unchanged: 1 } });
  expect((await at.alert(ID))?.notifications).toMatchObject([{ status: 'Delivered' }]);
  expect([at.notices, await at.hints()]).toEqual([[], []]);
});

test('a mail that did not arrive is an alert, with its hint and its notice', async () => {
  const at = await sent();
  expect(await takeReports(at.flow, [report('Bounced')], NOON)).toMatchObject({ ok: true, value: { failed: 1 } });
  expect((await at.alert(ID))?.notifications).toMatchObject([{ status: 'Failed', failure: { code: 'Bounced' } }]);
  const [complaint] = (await at.flow.alerts.about('Contoso', null)).found.map(({ value }) => value);
  expect(complaint).toMatchObject({ type: 'DeliveryFailed', facts: { alert: ID, code: 'Bounced' } });
  expect(at.notices).toEqual([{ vault: 'Contoso', alerts: [complaint?.id] }]);
  expect(await at.hints()).toEqual(['tell ~']);
});

test('a mail that had been given up and arrived after all has no dead letter any more', async () => {
  const at = await sent(aMail({ status: 'DeadLettered', sentAt: null }));
  const when = { firstFailedAt: NOON, lastFailedAt: NOON };
  const about = { vault: 'Contoso', alert: ID, recipient: 'ops@contoso.com' };
  await at.flow.ledger.bury({ id: OPERATION, ...about, reason: 'no', code: 'Poison', attempts: 1, ...when });
  expect(await takeReports(at.flow, [report('Delivered')], NOON)).toMatchObject({ value: { delivered: 1 } });
  expect(await at.flow.ledger.deadLetter(OPERATION)).toBeUndefined();
});
