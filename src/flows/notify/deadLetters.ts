import { type Alert, isTold, type Notification, type NotificationStatus } from '../../core/alerts.ts';
import type { DeadLetter, MailLedger } from '../../ports/alerts.ts';

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
 * Mails that went out before we came. Whoever gave one of them up may have died between its dead letter and the ledger. One that bounced
 * may have its letter for good reason: nobody else knows what it told.
 */
export async function exhumeSent(ledger: MailLedger, alert: Alert): Promise<void> {
  for (const { status, operationId } of alert.notifications ?? [])
    if (wentOut(status) || (status === 'Suppressed' && isTold(alert))) await ledger.exhume(operationId);
}

const wentOut = (status: NotificationStatus): boolean => status === 'Sent' || status === 'Delivered';

/** Its id is the operation's: for one alert and one recipient there is one dead letter, however often they fail. */
export const deadLetterOf = ({ id, vault, firedAt }: Alert, one: Notification): DeadLetter => ({
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
