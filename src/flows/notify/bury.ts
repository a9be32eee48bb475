import type { Alert } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import type { DeadLetter, Ports } from '../../ports.ts';

type LedgerPort = Pick<Ports, 'ledger'>;

const isDead = ({ status }: Notification): boolean => status === 'DeadLettered';

/** The dead letter first, then the ledger: a mail that was given up is never without its place where people look. */
export async function bury({ ledger }: LedgerPort, alert: Alert, before: readonly Notification[]): Promise<void> {
  for (const one of alert.notifications ?? []) {
    const was = before.find(({ recipient }) => recipient === one.recipient);
    if (isDead(one) && !(was && isDead(was))) await ledger.bury(deadLetterOf(alert, one));
  }
}

/** We buried, and somebody else's mail had gone out: what the ledger says by now is right. */
export async function exhume(
  { ledger }: LedgerPort,
  buried: readonly Notification[],
  { notifications }: Alert,
): Promise<void> {
  for (const { operationId } of buried.filter(isDead)) {
    const now = notifications?.find((one) => one.operationId === operationId);
    if (now && !isDead(now)) await ledger.exhume(operationId);
  }
}

/** Its id is the operation's: one alert and one recipient have one dead letter, however often they fail. */
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
