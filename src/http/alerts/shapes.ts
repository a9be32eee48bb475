import * as z from 'zod';
import { ALERT_STATES, type Alert, isListed, NOTIFICATION_STATUSES, type Notification } from '../../core/alerts.ts';
import { ALERT_TYPES, kindOf } from '../../core/alertTypes.ts';
import { iso } from '../../core/time.ts';
import type { Silence } from '../../core/vault.ts';
import { EXAMPLE } from '../example.ts';
import { quoted } from '../reply.ts';
import {
  answer,
  common,
  count,
  facts,
  field,
  instant,
  listOf,
  name,
  oneOf,
  page,
  request,
  says,
  type Told,
  time,
} from '../shape.ts';

const type = oneOf(
  'AlertType',
  'What happened.',
  ALERT_TYPES.filter((one) => isListed({ type: one })),
  'DeleteBackupData',
);
const state = oneOf(
  'AlertState',
  'New, then perhaps Acknowledged, then Closed. It never goes back.',
  ALERT_STATES,
  'New',
);

const notification = answer('Notification', 'One mail to one recipient.', {
  recipient: field(z.string(), 'Who gets the mail.', EXAMPLE.mailbox),
  status: oneOf('NotificationStatus', 'How far a mail has come.', NOTIFICATION_STATUSES, 'Delivered'),
  sentAt: field(instant.optional(), 'When the mail was sent.', '2026-11-21T09:00:02.000Z'),
  attempts: field(count, 'How often it was tried.', 1),
  operationId: field(z.string(), 'The id under which the mail service knows it.', EXAMPLE.mail),
});

const notificationView = (one: Notification): Told<typeof notification> => ({
  recipient: one.recipient,
  status: one.status,
  ...(one.sentAt ? { sentAt: iso(one.sentAt) } : {}),
  attempts: one.attempts,
  operationId: one.operationId,
});

export const alert = answer('Alert', 'Something that happened and that people should know.', {
  id: field(z.string(), 'Its id.', EXAMPLE.alert),
  type,
  severity: oneOf('Severity', 'How bad an alert is; Sev0 is worst.', ['Sev0', 'Sev1', 'Sev2', 'Sev3'], 'Sev0'),
  category: oneOf('AlertCategory', 'What an alert is about.', ['Security', 'Jobs', 'Service'], 'Security'),
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
  notifications: field(z.array(notification), 'The mails about it, and how far each has come.'),
});
export const alerts = listOf('AlertList', 'A page of alerts.', alert);

export const alertView = (one: Alert): Told<typeof alert> => ({
  id: one.id,
  type: one.type as Told<typeof type>,
  severity: kindOf(one.type).severity,
  category: kindOf(one.type).category,
  vault: one.vault,
  ...(one.item === null ? {} : { item: one.item }),
  ...(one.generation === null ? {} : { generation: one.generation }),
  firedAt: iso(one.firedAt),
  count: one.count,
  state: one.state,
  recommendedAction: kindOf(one.type).recommendedAction,
  facts: one.facts,
  notifications: (one.notifications ?? []).map(notificationView),
});

export const alertQuery = page.extend({
  state: field(state.optional(), 'Only those in this state.'),
  type: field(type.optional(), 'Only those of this type.'),
});

const BEGINS = 'When it begins.';
const ENDS = 'When it ends.';
const TYPES = 'Only alerts of these types; null or absent: of all types.';
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
export const silences = listOf('SilenceList', 'A page of silences.', silence);

export const silenceView = (one: Silence): Told<typeof silence> => ({
  name: one.name,
  from: iso(one.from),
  until: iso(one.until),
  types: one.types as Told<typeof silence>['types'],
  items: one.items,
  reason: one.reason,
  by: one.by,
  etag: quoted(one.etag),
});

export const silenceRequest = request('SilenceRequest', 'About what no mail is sent, why, and for how long.', {
  from: field(time, BEGINS, '2026-11-21T22:00:00Z'),
  until: field(time, ENDS, '2026-11-22T06:00:00Z'),
  types: field(z.array(type).min(1).max(ALERT_TYPES.length).nullable().default(null), TYPES, ['BackupFailure']),
  items: field(
    z.array(name).min(1).max(50).nullable().default(null),
    'Only alerts about these items; null or absent: about all.',
  ),
  reason: z.string().min(1).max(200).meta(REASON),
});
