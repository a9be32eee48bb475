/** Rows of alerts and their mails. */
import * as z from 'zod';
import { ALERT_STATES, MOST_MEMBERS, NOTIFICATION_STATUSES, REASONS } from '../../core/alerts.ts';
import { ALERT_TYPES } from '../../core/alertTypes.ts';
import { list, text } from '../limited.ts';
import { instant, readerOf } from '../table.ts';
import { address, alertId, change, count, day, facts, hash, name } from './parts.ts';

/** The id of a bundle: no item, and a hash of what it bundles. */
const bundleId = text(110);
/** A hundred who were told before a change, and a hundred after it. */
const MOST_TOLD = 200;
const notification = z.object({
  recipient: address,
  as: z.enum(REASONS),
  status: z.enum(NOTIFICATION_STATUSES),
  attempts: count,
  operationId: text(36),
  sentAt: instant.nullable(),
  nextTryAt: instant.nullable(),
  failure: z
    .object({
      code: text(40),
      reason: text(300),
      firstAt: instant,
      lastAt: instant,
      final: z.boolean().exactOptional(),
    })
    .nullable(),
  together: bundleId.nullable(),
  droppedAt: instant.exactOptional(),
});

export const alertRows = {
  alert: readerOf({
    id: alertId,
    type: z.enum(ALERT_TYPES),
    vault: name.nullable(),
    item: name.nullable(),
    generation: count.nullable(),
    firedAt: instant,
    count,
    state: z.enum(ALERT_STATES),
    facts,
    members: list(alertId, MOST_MEMBERS.alerts, MOST_MEMBERS.characters),
    notifications: list(notification, MOST_TOLD).nullable(),
    rides: list(
      z.object({ kind: z.enum(['purge', 'warn']), due: instant, by: change.exactOptional() }),
      2,
    ).exactOptional(),
    evidence: z.object({ chain: text(150), seq: count, hash }).exactOptional(),
    endsOn: day,
  }),
  counted: readerOf({ together: alertId, alert: alertId, at: instant }),
  /** `single`: a deletion that was only counted. In a store of before they lie here as well. */
  waiting: readerOf({ together: alertId, alert: alertId, at: instant, single: z.boolean().exactOptional() }),
};
