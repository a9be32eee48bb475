import type { Alert } from '../core/alerts.ts';
import type { Facts } from '../core/history.ts';
import type { Notification, NotificationStatus } from '../core/ledger.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { Ports } from '../ports.ts';
import { hintsToTell, type Raising, raiseOrCount, tellSoon } from './alerting.ts';
import { rounds } from './asking.ts';
import { settleMembers } from './notify/together.ts';

type ReportPorts = Pick<Ports, 'alerts' | 'agenda' | 'notices' | 'ledger'>;

export const DELIVERIES = [
  'Delivered',
  'Bounced',
  'Failed',
  'Suppressed',
  'Quarantined',
  'FilteredSpam',
  'Expanded',
] as const;

/** What the mail service says became of one mail. */
export interface Delivery {
  readonly messageId: string;
  readonly recipient: string;
  readonly status: (typeof DELIVERIES)[number];
  readonly reason: string | undefined;
}

const FATES = ['delivered', 'failed', 'unchanged', 'unknown'] as const;
type Fate = (typeof FATES)[number];
export type Tally = { readonly [F in Fate]: number };

/** Writes into the ledger of each alert what became of its mails. Reports may come twice, late, and in any order. */
export async function takeReports(
  ports: ReportPorts,
  deliveries: readonly Delivery[],
  now: Instant,
): Promise<Outcome<Tally>> {
  const tally = { delivered: 0, failed: 0, unchanged: 0, unknown: 0 };
  for (const delivery of deliveries) {
    const fate = await rounds(() => takeReport(ports, delivery, now));
    if (!fate.ok) return fate;
    tally[fate.value] += 1;
  }
  return ok(tally);
}

/** As operation ids are made. Whatever else is reported is about a mail of somebody else's. */
const OPERATION_ID = /^[0-9a-f-]{36}$/;

async function takeReport(ports: ReportPorts, delivery: Delivery, now: Instant): Promise<Outcome<Fate> | 'again'> {
  const operationId = delivery.messageId.toLowerCase();
  const about = OPERATION_ID.test(operationId) ? await ports.ledger.recall(operationId) : undefined;
  const held = about && (await ports.alerts.get(about.vault, about.alert));
  const mail = held?.value.notifications?.find((one) => one.operationId === operationId);
  if (!held || !mail) return ok('unknown');
  const after = settled(mail, delivery, now);
  if (!after) return ok('unchanged');
  const notifications = held.value.notifications?.map((one) => (one === mail ? after : one)) ?? null;
  const told: Alert = { ...held.value, notifications };
  const raised = after.status === 'Failed' ? await complaint(ports, told, after, now) : NOTHING;
  await ports.agenda.write(hintsToTell(raised.alerts));
  const replace = [{ was: held, now: told }, ...raised.recounts];
  if (!(await ports.alerts.write(told.vault, { replace, insert: raised.alerts }))) return 'again';
  // a dead letter has the id of its mail
  if (mail.status === 'DeadLettered') await ports.ledger.exhume(operationId);
  await settleMembers(ports, told);
  tellSoon(ports, raised.alerts);
  return ok(after.status === 'Failed' ? 'failed' : 'delivered');
}

/** From which state a report may still lead on: what is final stays, and what was never sent was not delivered. */
const OPEN: { readonly [S in 'Delivered' | 'Failed']: readonly NotificationStatus[] } = {
  // given up although it had gone out: then it is here after all
  Delivered: ['Queued', 'Sent', 'DeadLettered'],
  Failed: ['Queued', 'Sent'],
};

function settled(mail: Notification, { status, reason }: Delivery, now: Instant): Notification | undefined {
  // a list of addresses took it; what becomes of it there, each of them reports
  if (status === 'Expanded') return undefined;
  const final = status === 'Delivered' ? 'Delivered' : 'Failed';
  if (!OPEN[final].includes(mail.status)) return undefined;
  const sent = { ...mail, status: final, sentAt: mail.sentAt ?? now, nextTryAt: null } as const;
  if (final === 'Delivered') return { ...sent, failure: null };
  const failure = { code: status, reason: worded(reason), firstAt: mail.failure?.firstAt ?? now, lastAt: now };
  return { ...sent, failure };
}

const LONGEST_REASON = 300;
/** What a foreign server says ends up on pages and in mails: one line of plain characters. */
const worded = (reason: string | undefined): string =>
  (reason ?? '')
    .slice(0, 2000)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_REASON) || 'The mail service gave no reason.';

const NOTHING: Raising = { alerts: [], recounts: [] };

/** Somebody who should know does not. That the mail which says so failed as well would be said for ever. */
async function complaint(ports: ReportPorts, about: Alert, mail: Notification, now: Instant): Promise<Raising> {
  if (about.type === 'DeliveryFailed') return NOTHING;
  const { code = '', reason = '' } = mail.failure ?? {};
  const facts: Facts = { recipient: mail.recipient, alert: about.id, code, reason };
  return raiseOrCount(ports, 'DeliveryFailed', { vault: about.vault }, now, facts);
}
