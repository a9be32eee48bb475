import type { Replacement } from '../../change.ts';
import type { Alert, Notification, NotificationStatus } from '../../core/alerts.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import { settleMembers } from '../notify/members.ts';
import type { FlowPorts } from '../story/land.ts';
import { raisedOrCounted } from '../story/raise.ts';
import { rounds } from '../story/rounds.ts';

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
  flow: FlowPorts,
  deliveries: readonly Delivery[],
  now: Instant,
): Promise<Outcome<Tally>> {
  const tally = { delivered: 0, failed: 0, unchanged: 0, unknown: 0 };
  for (const delivery of deliveries) {
    const fate = await rounds(() => takeReport(flow, delivery, now));
    if (!fate.ok) return fate;
    tally[fate.value] += 1;
  }
  return ok(tally);
}

/** As operation ids are made. All other reports are about mails of somebody else. */
const OPERATION_ID = /^[0-9a-f-]{36}$/;

async function takeReport(flow: FlowPorts, delivery: Delivery, now: Instant): Promise<Outcome<Fate> | 'again'> {
  const operationId = delivery.messageId.toLowerCase();
  const about = OPERATION_ID.test(operationId) ? await flow.ledger.recall(operationId) : undefined;
  const held = about && (await flow.alerts.get(about.vault, about.alert));
  const mail = held?.value.notifications?.find((one) => one.operationId === operationId);
  if (!held || !mail) return ok('unknown');
  const after = settled(mail, delivery, now);
  if (!after) return ok('unchanged');
  const notifications = held.value.notifications?.map((one) => (one === mail ? after : one)) ?? null;
  const told: Alert = { ...held.value, notifications };
  const alerts = [{ was: held, now: told }, ...(await complaints(flow, told, after, now))];
  const { done } = await flow.land({ now, write: { vault: told.vault ?? SERVICE, id: flow.newId(), alerts } });
  if (!done) return 'again';
  // A dead letter has the id of its mail.
  if (mail.status === 'DeadLettered') await flow.ledger.exhume(operationId);
  await settleMembers({ flow, now }, told);
  return ok(after.status === 'Failed' ? 'failed' : 'delivered');
}

/** From which state a report may still lead on: what is final stays, and a mail that was never sent was not delivered. */
const OPEN: { readonly [S in 'Delivered' | 'Failed']: readonly NotificationStatus[] } = {
  // It was given up although it had gone out, and it is here after all.
  Delivered: ['Queued', 'Sent', 'DeadLettered'],
  Failed: ['Queued', 'Sent'],
};

function settled(mail: Notification, { status, reason }: Delivery, now: Instant): Notification | undefined {
  // A list of addresses took it. Each of them reports what becomes of it there.
  if (status === 'Expanded') return undefined;
  const final = status === 'Delivered' ? 'Delivered' : 'Failed';
  if (!OPEN[final].includes(mail.status)) return undefined;
  const sent = { ...mail, status: final, sentAt: mail.sentAt ?? now, nextTryAt: null } as const;
  if (final === 'Delivered') return { ...sent, failure: null };
  const failure = { code: status, reason: worded(reason), firstAt: mail.failure?.firstAt ?? now, lastAt: now };
  return { ...sent, failure };
}

const LONGEST_REASON = 300;
/** What a foreign server says is shown on pages and in mails: one line of plain characters. */
const worded = (reason: string | undefined): string =>
  (reason ?? '')
    .slice(0, 2000)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_REASON) || 'The mail service gave no reason.';

/** Somebody who should know does not. If the mail that says so fails as well, that is not told again: it would never end. */
async function complaints(
  { alerts }: FlowPorts,
  { id, type, vault }: Alert,
  { status, recipient, failure }: Notification,
  now: Instant,
): Promise<readonly Replacement<Alert>[]> {
  if (status !== 'Failed' || type === 'DeliveryFailed') return [];
  const facts = { recipient, alert: id, code: failure?.code ?? '', reason: failure?.reason ?? '' };
  return [raisedOrCounted(await alerts.about(vault, null), 'DeliveryFailed', { vault }, now, facts)];
}
