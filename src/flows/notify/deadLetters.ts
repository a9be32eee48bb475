import { createHash } from 'node:crypto';
import { type Alert, isTold, type Notification } from '../../core/alerts.ts';
import { tellHint } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import type { DeadLetter, MailLedger } from '../../ports.ts';
import { landAlerts } from '../story/land.ts';
import { address } from './addressees.ts';
import { settleMembers } from './bundles.ts';
import { isDue } from './mail.ts';
import type { Turn } from './turn.ts';

const isDead = ({ status }: Notification): boolean => status === 'DeadLettered';

/** The dead letter comes first, then the ledger: a mail that was given up is always found where people look for it. */
export async function bury(ledger: MailLedger, alert: Alert, before: readonly Notification[]): Promise<void> {
  for (const one of alert.notifications ?? []) {
    const was = before.find(({ recipient }) => recipient === one.recipient);
    if (isDead(one) && !(was && isDead(was))) await ledger.bury(deadLetterOf(alert, one));
  }
}

/** We gave mails up, and somebody else had sent them: what the row's ledger says by now is right. */
export async function exhume(
  ledger: MailLedger,
  buried: readonly Notification[],
  { notifications }: Alert,
): Promise<void> {
  for (const { operationId } of buried.filter(isDead)) {
    const now = notifications?.find((one) => one.operationId === operationId);
    if (now && !isDead(now)) await ledger.exhume(operationId);
  }
}

/**
 * An alert was told before we came. The process that told it may have died before the members heard of it, or between a dead letter and
 * the ledger.
 */
export async function settleTold(turn: Turn, told: Alert): Promise<void> {
  for (const one of told.notifications ?? []) if (!isDead(one)) await turn.flow.ledger.exhume(one.operationId);
  await settleMembers(turn, told);
}

/** Makes dead letters of the mails about an alert that should have gone out by now. */
export async function giveUp(turn: Turn, vault: string | null, id: string): Promise<void> {
  const { flow, now } = turn;
  const held = await flow.alerts.get(vault, id);
  if (!held) return;
  if (isTold(held.value)) return settleTold(turn, held.value);
  const { alert, waits } = await address(turn, held.value);
  // It only has to be given its place among those that wait: the next sweep has that tried again.
  if (waits) return void (await flow.land({ now, again: [tellHint(alert, now)] }));
  const failure = { code: 'Poison', reason: 'Telling it failed again and again.', firstAt: now, lastAt: now };
  const notifications = alert.notifications.map((one) =>
    isDue(one, now)
      ? ({ ...one, status: 'DeadLettered', nextTryAt: null, failure: one.failure ?? failure } as const)
      : one,
  );
  const after = { ...alert, notifications };
  await bury(flow.ledger, after, alert.notifications);
  const { done } = await landAlerts(flow, now, [{ was: held, now: after }]);
  if (!done) throw new Error(`${id} changed meanwhile`);
  if (isTold(after)) await settleMembers(turn, after);
}

/** A message of which nobody knows what it should have told. */
export async function buryUnknown(ledger: MailLedger, message: unknown, now: Instant): Promise<void> {
  const text = JSON.stringify(message) ?? 'nothing';
  await ledger.bury({
    id: createHash('sha256').update(text).digest('hex').slice(0, 32),
    vault: null,
    alert: null,
    recipient: null,
    code: 'NotUnderstood',
    reason: `A message of ${text.length} characters could not be understood.`,
    attempts: 1,
    firstFailedAt: now,
    lastFailedAt: now,
  });
}

/** Its id is the operation's: for one alert and one recipient there is one dead letter, however often they fail. */
const deadLetterOf = ({ id, vault, firedAt }: Alert, one: Notification): DeadLetter => ({
  id: one.operationId,
  vault,
  alert: id,
  recipient: one.recipient,
  reason: one.failure?.reason ?? 'It could not be processed.',
  code: one.failure?.code ?? 'Poison',
  attempts: one.attempts,
  firstFailedAt: one.failure?.firstAt ?? firedAt,
  lastFailedAt: one.failure?.lastAt ?? firedAt,
});
