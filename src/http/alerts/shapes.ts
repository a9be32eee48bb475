import * as z from 'zod';
import { ALERT_STATES, type Alert, isListed, NOTIFICATION_STATUSES, REASONS } from '../../core/alerts.ts';
import { ALERT_TYPES, kindOf, SILENCEABLE } from '../../core/alertTypes.ts';
import { DELIVERIES, type Delivery } from '../../flows/alerts/mails.ts';
import {
  answer,
  chainHead,
  common,
  count,
  EXAMPLE,
  facts,
  field,
  instant,
  listOf,
  loose,
  name,
  oneOf,
  page,
  request,
  said,
  says,
  shape,
  time,
} from '../shape.ts';
import { viewOf } from '../view.ts';

const type = oneOf(
  'AlertType',
  'What happened.',
  ALERT_TYPES.filter((one) => isListed({ type: one })),
);
const silenceable = oneOf('SilenceableType', 'What a silence can be about. Security is never silenced.', SILENCEABLE);
const state = oneOf('AlertState', 'New, then perhaps Acknowledged, then Closed. It never goes back.', ALERT_STATES);

const notification = answer('Notification', 'One mail to one recipient.', {
  recipient: field(z.string(), 'Who gets the mail.', EXAMPLE.mailbox),
  as: oneOf('AddressedAs', 'Why this address gets the mail.', REASONS, 'recipient'),
  status: oneOf('NotificationStatus', 'How far a mail has come.', NOTIFICATION_STATUSES, 'Delivered'),
  sentAt: field(instant.optional(), 'When the mail was sent.', '2026-11-21T09:00:02.000Z'),
  attempts: field(count, 'How often it was tried.', 1),
  operationId: field(z.string(), 'The id under which the mail service knows it.', EXAMPLE.mail),
});

const evidence = answer('Evidence', 'An entry of a history.', {
  chain: field(z.string(), 'The chain in which it stands.', 'vault/contoso/item/sql-01'),
  ...chainHead.shape,
});

export const alert = answer('Alert', 'Something that happened and that people should know.', {
  id: field(z.string(), 'Its id.', EXAMPLE.alert),
  type,
  severity: oneOf('Severity', 'How bad an alert is; Sev0 is worst.', ['Sev0', 'Sev1', 'Sev2', 'Sev3']),
  category: oneOf('AlertCategory', 'What an alert is about.', ['Security', 'Jobs', 'Service']),
  vault: field(z.string().nullable(), 'The vault it is about; null: the service as a whole.', EXAMPLE.vault),
  item: field(z.string().optional(), 'The name of the item.', EXAMPLE.item),
  generation: field(count.optional(), 'How often the item had been deleted.', 1),
  firedAt: field(instant, 'When it was raised.', EXAMPLE.deletedAt),
  count: field(z.int().min(1), 'How often it happened while the alert was open.', 1),
  state,
  recommendedAction: field(
    z.string(),
    'What to do about it.',
    'If this was not intended, undelete the item before it is purged.',
  ),
  facts: field(facts, 'More details.', { by: EXAMPLE.oid, purgeAt: EXAMPLE.purgeAt }),
  evidence: field(evidence.nullable(), 'The entry of the history that was written with it; null: there is none.'),
  notifications: field(z.array(notification), 'The mails about it, and how far each has come.'),
});
export const alerts = listOf('AlertList', 'A page of alerts.', alert);

export const alertView = viewOf(alert, (one: Alert) => {
  const { severity, category, recommendedAction } = kindOf(one.type);
  return {
    ...one,
    severity,
    category,
    recommendedAction,
    evidence: one.evidence ?? null,
    notifications: one.notifications ?? [],
  };
});

export const alertQuery = page.extend({
  state: field(state.optional(), 'Only those in this state.'),
  type: field(type.optional(), 'Only those of this type.'),
});

const BEGINS = 'When it begins.';
const ENDS = 'When it ends.';
const TYPES = 'Only alerts of these types; null or absent: of all types that can be silenced.';
const REASON = says('Why.', 'The storage is being moved');

export const silence = answer('Silence', 'For a while no mail is sent about some alerts.', {
  name: common.name(EXAMPLE.silence),
  from: field(instant, BEGINS, '2026-11-21T22:00:00.000Z'),
  until: field(instant, ENDS, '2026-11-22T06:00:00.000Z'),
  types: field(z.array(type).nullable(), TYPES, ['BackupFailure']),
  items: field(z.array(z.string()).nullable(), 'Only alerts about these items; null: about all.', null),
  reason: z.string().meta(REASON),
  by: common.by,
  etag: common.etag,
});

export const silenceView = viewOf(silence);

export const silenceRequest = request('SilenceRequest', 'About what no mail is sent, why, and for how long.', {
  from: field(time, BEGINS, '2026-11-21T22:00:00Z'),
  until: field(time, ENDS, '2026-11-22T06:00:00Z'),
  types: field(z.array(silenceable).min(1).max(SILENCEABLE.length).nullable().default(null), TYPES, ['BackupFailure']),
  items: field(
    z.array(name).min(1).max(50).nullable().default(null),
    'Only alerts about these items; null or absent: about all.',
  ),
  reason: said(200).min(1).meta(REASON),
});

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

export const deadLetterView = viewOf(deadLetter);

const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const REPORT = 'Microsoft.Communication.EmailDeliveryReportReceived';
const event = says('The kind of event.', REPORT);

const SAID = 'What the mail server of the recipient said.';

/** Loose, all of them: the sender may add fields. Only those that are used are looked at. */
const details = loose('DeliveryStatusDetails', SAID, {
  statusMessage: field(z.string().max(32_768).nullish(), SAID, 'No error.'),
});
const report = loose('DeliveryReport', 'What became of one mail.', {
  messageId: field(z.string().min(1).max(200), 'The id under which the mail service knows the mail.', EXAMPLE.mail),
  recipient: field(z.string().max(320), 'Who should get it.', EXAMPLE.mailbox),
  status: oneOf('DeliveryStatus', 'What became of a mail, in the words of the mail service.', DELIVERIES),
  deliveryStatusDetails: field(details.nullish(), SAID),
});
const validation = loose('ValidationEventData', 'The code of the handshake.', {
  validationCode: field(z.string().min(1).max(200), 'The code to send back.'),
});

const gridEvent = z.union([
  loose('ValidationEvent', 'Event Grid asks whether this address wants its events.', {
    eventType: z.literal(VALIDATION).meta({ description: event.description }),
    data: validation,
  }),
  loose('OtherEvent', 'An event of another kind. It is accepted and ignored.', {
    eventType: z
      .string()
      .max(200)
      .refine((type): type is 'other' => type !== VALIDATION && type !== REPORT)
      .transform(() => 'other' as const)
      .meta({ description: event.description }),
  }),
  loose('DeliveryReportEvent', 'The mail service reports what became of a mail.', {
    eventType: z.literal(REPORT).meta(event),
    data: report,
  }),
]);
type GridEvent = z.output<typeof gridEvent>;

export const gridEvents = shape('GridEventsRequest', 'Events of Event Grid.', z.array(gridEvent).min(1).max(1000));

export const deliveriesIn = (events: readonly GridEvent[]): readonly Delivery[] =>
  events.flatMap((one) => {
    if (one.eventType !== REPORT) return [];
    const { messageId, recipient, status, deliveryStatusDetails } = one.data;
    return [{ messageId, recipient, status, reason: deliveryStatusDetails?.statusMessage ?? undefined }];
  });

export const validationCode = (events: readonly GridEvent[]): string | undefined =>
  events.find((one) => one.eventType === VALIDATION)?.data.validationCode;

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
