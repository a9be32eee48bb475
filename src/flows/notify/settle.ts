import type { Alert } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import type { Ports } from '../../ports.ts';
import { changeMembers } from './members.ts';

/** Writes into each member's ledger what became of the mail that tells them all. */
export const settle = (ports: Pick<Ports, 'alerts'>, bundle: Alert): Promise<unknown> =>
  changeMembers(ports, bundle, (member) => ({ now: followed(member, bundle) }));

function followed(member: Alert, bundle: Alert): Alert {
  const before = member.notifications ?? [];
  const notifications = before.map((one) => follow(one, bundle));
  return notifications.every((one, index) => one === before[index]) ? member : { ...member, notifications };
}

function follow(one: Notification, bundle: Alert): Notification {
  const mail = bundle.notifications?.find(({ recipient }) => recipient.toLowerCase() === one.recipient.toLowerCase());
  if (one.together !== bundle.id || !mail) return one;
  const { status, attempts, sentAt, failure, operationId } = mail;
  if (one.status === status && one.attempts === attempts && one.operationId === operationId) return one;
  return { ...one, status, attempts, sentAt, failure, operationId };
}
