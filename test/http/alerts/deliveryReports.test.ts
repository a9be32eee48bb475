import { beforeEach, describe, expect, test } from 'vitest';
import { mailRoutes } from '../../../src/http/alerts/routes.ts';
import { type Answer, aDeadLetter, aMail, anAlert, aWorld, OPERATION, type World } from '../../support/alerts.ts';
import { NOON } from '../../support/builders.ts';

const PURGED = 'Contoso~sql-01~PurgeComplete~1';
const KEY = { 'x-reprieve-webhook-key': 'local' };

let world: World;
beforeEach(async () => {
  world = await aWorld();
});

/** As Event Grid sends it. */
const report = (status: string, over: object = {}) => ({
  id: 'e1',
  topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/communicationServices/c',
  subject: `sender/DoNotReply@contoso.com/message/${OPERATION}`,
  eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
  data: {
    sender: 'DoNotReply@contoso.com',
    recipient: 'ops@contoso.com',
    messageId: OPERATION,
    status,
    deliveryStatusDetails: { statusMessage: '550 5.1.1 no such mailbox' },
    deliveryAttemptTimeStamp: '2026-03-01T12:00:03.123Z',
    ...over,
  },
  dataVersion: '1.0',
  metadataVersion: '1',
  eventTime: '2026-03-01T12:00:04Z',
});
const send = (events: unknown, headers: Record<string, string> = KEY) =>
  world.ask('takeDeliveryReports', '', { body: events as object, headers });
const NONE = { delivered: 0, failed: 0, unchanged: 0, unknown: 0 };
const code = ({ status, body }: Answer) => [status, body?.error?.code];

const sentAbout = async (one = anAlert('PurgeComplete', { item: 'sql-01', generation: 1 }), mail = aMail()) => {
  await world.raise({ ...one, notifications: [mail] });
  await world.ports.ledger.remember(mail.operationId, { vault: one.vault, alert: one.id }, NOON);
};
const mails = async (id = PURGED, vault: string | null = 'Contoso') =>
  (await world.ports.alerts.get(vault, id))?.value.notifications;
const complaints = async (vault: string | null = 'Contoso') =>
  (await world.ports.alerts.about(vault, null)).found
    .map(({ value }) => value)
    .filter(({ type }) => type === 'DeliveryFailed');

describe('the door', () => {
  test.for([
    {},
    { 'x-reprieve-webhook-key': 'wrong' },
    { 'x-reprieve-webhook-key': '' },
    { authorization: 'Bearer x' },
  ])('stays shut for %j, whatever is brought', async (headers) => {
    for (const body of [[report('Delivered')], [], 'nonsense'])
      expect(code(await send(body, headers))).toEqual([401, 'Unauthenticated']);
  });

  test('answers the handshake of a subscription', async () => {
    const event = {
      id: 'v',
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      data: { validationCode: '512d38b6-c7b8-40c8', validationUrl: 'https://example.com/v' },
    };
    expect(await send([event])).toMatchObject({ status: 200, body: { validationResponse: '512d38b6-c7b8-40c8' } });
    expect(code(await send([event], {}))).toEqual([401, 'Unauthenticated']);
  });

  test.for([
    {},
    [],
    'text',
    [7],
    [{}],
    [{ eventType: 7 }],
    [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: {} }],
    [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'x'.repeat(201) } }],
    [{ eventType: 'Microsoft.Communication.EmailDeliveryReportReceived' }],
    [report('Teleported')],
    [report('Delivered', { messageId: undefined })],
    [report('Delivered', { messageId: 'x'.repeat(201) })],
    [report('Delivered', { recipient: 'x'.repeat(321) })],
    [report('Delivered', { deliveryStatusDetails: { statusMessage: 7 } })],
    [report('Delivered'), report('Delivered', { status: 1 })],
  ])('%j is malformed, and nothing of it is done', async (body) => {
    await sentAbout();
    expect(code(await send(body))).toEqual([400, 'InvalidRequest']);
    expect(await mails()).toEqual([aMail()]);
  });

  test('events of other kinds do no harm', async () => {
    const other = { ...report('x'), eventType: 'Microsoft.Communication.EmailEngagementTrackingReportReceived' };
    expect(await send([other])).toMatchObject({ status: 200, body: NONE });
  });
});

describe('a report', () => {
  test('says that a mail was delivered', async () => {
    await sentAbout();
    const told = report('Delivered', { messageId: OPERATION.toUpperCase() });
    expect(await send([told])).toMatchObject({ status: 200, body: { ...NONE, delivered: 1 } });
    expect(await mails()).toEqual([aMail({ status: 'Delivered' })]);
    expect(await complaints()).toEqual([]);
  });

  test.for(['Bounced', 'Failed', 'Suppressed', 'Quarantined', 'FilteredSpam'])(
    'says that it was not (%s): then somebody else hears of it',
    async (status) => {
      await sentAbout();
      expect(await send([report(status)])).toMatchObject({ status: 200, body: { ...NONE, failed: 1 } });
      const failure = { code: status, reason: '550 5.1.1 no such mailbox', firstAt: NOON, lastAt: NOON };
      expect(await mails()).toEqual([aMail({ status: 'Failed', failure })]);
      const [alert] = await complaints();
      expect(alert).toMatchObject({
        vault: 'Contoso',
        item: null,
        facts: { recipient: 'ops@contoso.com', alert: PURGED, code: status, reason: '550 5.1.1 no such mailbox' },
      });
      expect(world.notices).toEqual([{ vault: 'Contoso', alerts: [alert?.id] }]);
      expect(await world.hints()).toEqual(['tell Contoso ~']);
    },
  );

  test('that a list of addresses took it changes nothing', async () => {
    await sentAbout();
    expect((await send([report('Expanded')])).body).toEqual({ ...NONE, unchanged: 1 });
    expect(await mails()).toEqual([aMail()]);
  });

  test('about a mail that nobody knows is counted, and that is all', async () => {
    await sentAbout();
    await world.ports.ledger.remember(
      '11111111-1111-5111-8111-111111111111',
      { vault: 'Gone', alert: 'Gone~~X~1' },
      NOON,
    );
    const ids = ['11111111-1111-5111-8111-111111111111', '22222222-2222-5222-8222-222222222222', 'a/b#?\\', '~'];
    const { status, body } = await send(ids.map((messageId) => report('Bounced', { messageId })));
    expect([status, body]).toEqual([200, { ...NONE, unknown: 4 }]);
  });

  test('may be long and strange: what is kept of it is one short line', async () => {
    await sentAbout();
    const statusMessage = `550\r\n<script>\u0000\u202e${'x'.repeat(5000)}`;
    await send([report('Bounced', { deliveryStatusDetails: { statusMessage } })]);
    const reason = (await mails())?.[0]?.failure?.reason ?? '';
    expect(reason).toMatch(/^550 <script> x+$/);
    expect(reason).toHaveLength(300);
  });

  test.for([{ deliveryStatusDetails: null }, { deliveryStatusDetails: {} }, { deliveryStatusDetails: undefined }])(
    'without a reason: %j',
    async (over) => {
      await sentAbout();
      await send([report('Bounced', over)]);
      expect((await mails())?.[0]?.failure?.reason).toBe('The mail service gave no reason.');
    },
  );
});

describe('reports in any order', () => {
  const statusAfter = async (...statuses: string[]) => {
    await sentAbout();
    for (const status of statuses) await send([report(status)]);
    return (await mails())?.[0]?.status;
  };

  test('what is final stays', async () => {
    expect(await statusAfter('Delivered', 'Bounced', 'Delivered', 'Failed')).toBe('Delivered');
    expect(await complaints()).toEqual([]);
  });

  test('a failure told twice is one complaint', async () => {
    expect(await statusAfter('Bounced', 'Bounced', 'Delivered', 'Expanded')).toBe('Failed');
    expect(await complaints()).toMatchObject([{ count: 1 }]);
    expect(world.notices).toHaveLength(1);
  });

  test('one that comes before the ledger is written counts', async () => {
    await sentAbout(undefined, aMail({ status: 'Queued', sentAt: null, nextTryAt: NOON, attempts: 0 }));
    await send([report('Delivered')]);
    expect(await mails()).toMatchObject([{ status: 'Delivered', sentAt: NOON, nextTryAt: null }]);
  });

  test('what was given up and arrived all the same is no dead letter', async () => {
    await sentAbout(undefined, aMail({ status: 'DeadLettered', sentAt: null }));
    await world.ports.ledger.bury(aDeadLetter());
    expect((await send([report('Bounced')])).body).toEqual({ ...NONE, unchanged: 1 });
    expect((await send([report('Delivered')])).body).toEqual({ ...NONE, delivered: 1 });
    expect(await world.ports.ledger.deadLetter(OPERATION)).toBeUndefined();
  });

  test('what was never sent was not delivered', async () => {
    await sentAbout(undefined, aMail({ status: 'Suppressed', sentAt: null }));
    expect((await send([report('Delivered')])).body).toEqual({ ...NONE, unchanged: 1 });
  });

  test('all at once', async () => {
    await sentAbout();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send([report('Bounced')])));
    expect(answers.map(({ body }) => body.failed).toSorted()).toEqual([0, 0, 0, 0, 0, 1]);
    expect(await complaints()).toMatchObject([{ count: 1 }]);
  });
});

describe('complaints', () => {
  test('about more mails are counted on the open one', async () => {
    await sentAbout();
    const second = '33333333-3333-5333-8333-333333333333';
    await sentAbout(anAlert('RetentionChanged'), aMail({ operationId: second, recipient: 'b@contoso.com' }));
    await send([report('Bounced'), report('Failed', { messageId: second })]);
    expect(await complaints()).toMatchObject([{ count: 2, facts: { recipient: 'b@contoso.com' } }]);
    expect(world.notices).toHaveLength(1);
  });

  test('about a mail that was itself one are not made', async () => {
    await sentAbout(anAlert('DeliveryFailed'));
    expect((await send([report('Bounced')])).body).toEqual({ ...NONE, failed: 1 });
    expect(await complaints()).toMatchObject([{ count: 1, notifications: [{ status: 'Failed' }] }]);
    expect(world.notices).toEqual([]);
  });

  test('about the service’s own mails are the service’s', async () => {
    await sentAbout(anAlert('MassPurgeHeld', { vault: null }));
    await send([report('Bounced')]);
    expect(await complaints(null)).toMatchObject([{ vault: null, facts: { alert: '~~MassPurgeHeld~0' } }]);
  });

  test('and the report are written together or not at all', async () => {
    await sentAbout();
    const { commit } = world.ports;
    const broken: typeof commit = (write) => ('alerts' in write ? Promise.reject(new Error('gone')) : commit(write));
    const without = await aWorld({ ...world.ports, commit: broken });
    const answer = await without.ask('takeDeliveryReports', '', { body: [report('Bounced')], headers: KEY });
    expect(answer.status).toBe(500);
    expect((await send([report('Bounced')])).body).toEqual({ ...NONE, failed: 1 });
  });
});

test('the members of a digest share what became of its mail', async () => {
  const id = 'Contoso~~Digest~1-2';
  const member = anAlert('RetentionChanged', {}, { notifications: [aMail({ together: id })] });
  await world.raise(member);
  await sentAbout(anAlert('Digest', {}, { id, members: [member.id] }));
  await send([report('Delivered')]);
  expect(await mails(member.id)).toMatchObject([{ status: 'Delivered', together: id }]);
});

test('without a key of its own a service believes nobody', () => {
  const [route] = mailRoutes(undefined).filter(({ admits }) => admits);
  for (const key of ['', 'undefined', 'local'])
    expect(route?.admits?.(new Headers({ 'x-reprieve-webhook-key': key }))).toMatchObject({ ok: false });
});
