/**
 * Event Grid knocks as Azure's documentation shows it: the events and their headers are those of learn.microsoft.com, "Endpoint
 * validation with Event Grid event schema" and "Azure Communication Services as an Event Grid source", with our static header beside
 * them. No event from Azure was recorded so far (docs/deploy.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CODE, TEXTS } from '../../infra/broken.ts';
import { aMail, anAlert, aWorld, type World } from '../../support/alerts.ts';
import { NOON } from '../../support/builders.ts';

interface Shape {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly { readonly data: Readonly<Record<string, unknown>> }[];
}
const SHAPES: Readonly<Record<'handshake' | 'report', Shape>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'eventGrid.json'), 'utf8'),
);
const KEY = { [CODE.webhook.header]: 'local' };
const CODE_BACK = { status: 200, body: { validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' } };

const send = (world: World, { headers, body }: Shape, key: Record<string, string> = KEY) =>
  world.ask('takeDeliveryReports', '', { body, headers: { ...headers, ...key } });

test('the handshake is answered with the header that the subscription brings, and with nothing but the code', async () => {
  expect(TEXTS.get('infra/main.json')).toContain(`"name": "${CODE.webhook.header}"`);
  expect(await send(await aWorld(), SHAPES.handshake)).toMatchObject(CODE_BACK);
  expect((await send(await aWorld(), SHAPES.handshake)).body).toEqual(CODE_BACK.body);
});

test.for([{}, { [CODE.webhook.header]: 'of somebody else' }])('without our header, %j, it is not', async (key) => {
  expect(await send(await aWorld(), SHAPES.handshake, key)).toMatchObject({ status: 401 });
});

test('it is answered each time anew, by any instance, also one that has just begun: nobody remembers it', async () => {
  const one = await aWorld();
  expect(await send(one, SHAPES.handshake)).toMatchObject(CODE_BACK);
  expect(await send(one, SHAPES.handshake)).toMatchObject(CODE_BACK);
  const restarted = await aWorld(one.ports);
  expect(await send(restarted, SHAPES.handshake)).toMatchObject(CODE_BACK);
  const [event] = SHAPES.handshake.body;
  const again = { ...event, data: { ...event?.data, validationCode: 'another' } };
  expect((await send(restarted, { ...SHAPES.handshake, body: [again] })).body).toEqual({
    validationResponse: 'another',
  });
});

test('a report in the documented shape is believed', async () => {
  const world = await aWorld();
  const alert = anAlert('PurgeComplete', { item: 'sql-01', generation: 1 });
  const mail = aMail({ operationId: '00000000-0000-0000-0000-000000000000', recipient: 'receiver@azure.com' });
  await world.raise({ ...alert, notifications: [mail] });
  await world.ports.ledger.remember(mail.operationId, { vault: alert.vault, alert: alert.id }, NOON);
  expect(await send(world, SHAPES.report)).toMatchObject({ status: 200, body: { delivered: 1, unknown: 0 } });
  const kept = (await world.ports.alerts.get(alert.vault, alert.id))?.value.notifications;
  expect(kept).toMatchObject([{ status: 'Delivered' }]);
});
