import * as z from 'zod';
import { iso } from '../../core/time.ts';
import { DELIVERIES, type Delivery } from '../../flows/alerts/mails.ts';
import type { DeadLetter } from '../../ports.ts';
import { EXAMPLE } from '../example.ts';
import { answer, count, field, instant, listOf, oneOf, says, shape, type Told } from '../shape.ts';

export const deadLetter = answer('DeadLetter', 'A mail that the service gave up.', {
  id: field(z.string(), 'Its id.', EXAMPLE.letter),
  alert: field(z.string().nullable(), 'The id of the alert; null: it is not known.', EXAMPLE.alert),
  recipient: field(z.string().nullable(), 'Who should have got it; null: it is not known.', 'gone@contoso.com'),
  reason: field(z.string(), 'Why.', 'The mailbox does not exist'),
  code: field(z.string(), 'The kind of failure.', 'InvalidRecipient'),
  attempts: field(count, 'How often it was tried.', 1),
  firstFailedAt: field(instant, 'When it failed first.', '2026-11-21T09:00:02.000Z'),
  lastFailedAt: field(instant, 'When it failed last.', '2026-11-21T09:00:02.000Z'),
});
export const deadLetters = listOf('DeadLetterList', 'A page of mails that the service gave up.', deadLetter);

export const deadLetterView = (one: DeadLetter): Told<typeof deadLetter> => ({
  id: one.id,
  alert: one.alert,
  recipient: one.recipient,
  reason: one.reason,
  code: one.code,
  attempts: one.attempts,
  firstFailedAt: iso(one.firstFailedAt),
  lastFailedAt: iso(one.lastFailedAt),
});

const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const REPORT = 'Microsoft.Communication.EmailDeliveryReportReceived';
const event = says('The kind of event.', REPORT);

/** Loose: the sender may add fields. Only those that are used are looked at. */
const report = shape(
  'DeliveryReport',
  'What became of one mail.',
  z.looseObject({
    messageId: field(z.string().min(1).max(200), 'The id under which the mail service knows the mail.', EXAMPLE.mail),
    recipient: field(z.string().max(320), 'Who should get it.', EXAMPLE.mailbox),
    status: oneOf(
      'DeliveryStatus',
      'What became of a mail, in the words of the mail service.',
      DELIVERIES,
      'Delivered',
    ),
    deliveryStatusDetails: field(
      shape(
        'DeliveryStatusDetails',
        'What the mail server of the recipient said.',
        z.looseObject({
          statusMessage: field(z.string().nullish(), 'What the mail server of the recipient said.', 'No error.'),
        }),
      ).nullish(),
      'What the mail server of the recipient said.',
    ),
  }),
);

const gridEvent = z.union([
  shape(
    'ValidationEvent',
    'Event Grid asks whether this address wants its events.',
    z.looseObject({
      eventType: z.literal(VALIDATION).meta({ description: event.description }),
      data: shape(
        'ValidationEventData',
        'The code of the handshake.',
        z.looseObject({ validationCode: field(z.string().min(1).max(200), 'The code to send back.') }),
      ),
    }),
  ),
  shape(
    'OtherEvent',
    'An event of another kind. It is accepted and ignored.',
    z.looseObject({
      eventType: z
        .string()
        .max(200)
        .refine((type): type is 'other' => type !== VALIDATION && type !== REPORT)
        .transform(() => 'other' as const)
        .meta({ description: event.description }),
    }),
  ),
  shape(
    'DeliveryReportEvent',
    'The mail service reports what became of a mail.',
    z.looseObject({ eventType: z.literal(REPORT).meta(event), data: report }),
  ),
]);
type GridEvent = z.output<typeof gridEvent>;

export const gridEvents = shape('GridEventsRequest', 'Events of Event Grid.', z.array(gridEvent).min(1).max(1000));

export const deliveriesIn = (events: readonly GridEvent[]): readonly Delivery[] =>
  events.flatMap((one) => {
    if (one.eventType !== REPORT) return [];
    const { messageId, recipient, status, deliveryStatusDetails } = one.data;
    return [{ messageId, recipient, status, reason: deliveryStatusDetails?.statusMessage ?? undefined }];
  });

export const validationCode = (events: readonly GridEvent[]): string | undefined => {
  for (const one of events) if (one.eventType === VALIDATION) return one.data.validationCode;
  return undefined;
};

export const deliveryTally = answer('DeliveryTally', 'How many mails were reported on.', {
  delivered: field(count, 'Mails that have arrived.', 1),
  failed: field(count, 'Mails that have not arrived and will not.', 0),
  unchanged: field(count, 'Mails about which this was known already.', 0),
  unknown: field(count, 'Mails that this service did not send.', 0),
});
export const handshake = answer('EventGridHandshake', 'The answer to a new subscription of Event Grid.', {
  validationResponse: field(
    z.string(),
    'The code of the handshake, sent back.',
    '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
  ),
});
