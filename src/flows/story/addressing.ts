/** The alerts of a change, with everyone who is told of them and where they wait to be told together. */
import type { Change, Raised } from '../../change.ts';
import { type Addressed, addressees, type Circumstances, digestFor } from '../../core/addressees.ts';
import {
  type Alert,
  idInVault,
  isQueued,
  kindToldBy,
  lookAfter,
  type Notification,
  type Waiting,
} from '../../core/alerts.ts';
import { besideItsAddress } from '../../core/mailIds.ts';
import { sameName } from '../../core/names.ts';
import type { Instant } from '../../core/time.ts';
import { uuidOf } from '../../core/uuid.ts';
import type { Vault } from '../../core/vault.ts';
import { massDeletionKey } from './raise.ts';

/**
 * The same alert and recipient always make the same id, and the mail service takes an id once: a mail that is sent again because nobody
 * knows whether it went is not a second mail. The id of an alert of before repeats where a vault is made again under an old name: so the id
 * of the vault is in it as well.
 */
export const operationIdOf = (alert: string, recipient: string, vault?: Pick<Vault, 'id'>): string =>
  uuidOf([...(vault ? [vault.id] : []), alert, recipient]);

/** A bundle is addressed when it is told, by its members. An alert of a store from before is addressed by the first change of it. */
export const needsAddressees = ({ now, again }: Raised): boolean =>
  again === true || (now.notifications === null && kindToldBy(now.type) === undefined);

/**
 * With what the transaction rests on, the alerts know in which vault they are, and who is told. Those of a digest begin to wait at once,
 * where there is room for that.
 */
export function withAddressees(change: Change, found: Omit<Circumstances, 'told' | 'contacts'>, at: Instant): Change {
  const alerts = (change.alerts ?? []).map((raised) => {
    const operators = [...found.operators, ...(raised.operators ?? [])];
    const circumstances = { ...found, operators, told: raised.told, contacts: raised.contacts };
    if (!needsAddressees(raised)) return raised;
    return { ...raised, now: addressed(inItsVault(raised, found.vault), circumstances, at) };
  });
  // Many purges fill a transaction. Their places among those who wait are made by `notify`.
  const hasRoom = (change.items?.length ?? 0) <= 1;
  const waiting = hasRoom ? alerts.flatMap(placeOf) : [];
  return { ...change, alerts, waiting: [...(change.waiting ?? []), ...waiting] };
}

/** An alert that was raised before keeps its id. */
const inItsVault = (raised: Raised, vault: Circumstances['vault']): Raised =>
  raised.was || !vault ? raised : { ...raised, now: { ...raised.now, id: idInVault(raised.now.id, vault.id) } };

const placeOf = (raised: Raised): readonly Waiting[] => {
  const { id: alert, firedAt: at, notifications } = raised.now;
  const together = notifications?.find((one) => isQueued(one) && one.together !== null)?.together;
  return together && !raised.was?.value.notifications ? [{ together, alert, at }] : [];
};

function addressed({ was, now: alert, again }: Raised, circumstances: Circumstances, now: Instant): Alert {
  const found = addressees(alert, circumstances);
  const { vault } = circumstances;
  if (again) return { ...alert, notifications: toldAgain({ alert, vault }, found, now) };
  const together = digestFor(alert, circumstances) ?? null;
  // A deletion may be one of many. Whether it is, `notify` finds out.
  const isUndecided = together === null && massDeletionKey(alert) !== undefined;
  const at = together === null ? alert.firedAt : lookAfter(together);
  // Whoever told an alert of before may have died behind its mail, so the id of that stays.
  const mailIdOf = was ? (id: string) => id : besideItsAddress;
  const to = { id: alert.id, vault, together, nextTryAt: isUndecided ? null : at, mailIdOf };
  return { ...alert, notifications: found.map((one) => notificationOf(one, to)) };
}

interface To extends Pick<Notification, 'together' | 'nextTryAt'> {
  readonly id: string;
  readonly mailIdOf: (id: string, recipient: string) => string;
  readonly vault: Pick<Vault, 'id'> | undefined;
}

const notificationOf = (
  { recipient, as, silenced }: Addressed,
  { id, vault, together, nextTryAt, mailIdOf }: To,
): Notification => ({
  recipient,
  as,
  status: silenced ? 'Suppressed' : 'Queued',
  attempts: 0,
  operationId: mailIdOf(operationIdOf(id, recipient, vault), recipient),
  sentAt: null,
  nextTryAt: silenced ? null : nextTryAt,
  failure: null,
  together: silenced ? null : together,
});

/** A mail that is still on its way says the new count as well, and one that was given up is for people to send again. */
const STAYS: readonly Notification['status'][] = ['Queued', 'DeadLettered'];

/** It happened many times more: those who were told are told again, under ids of their own. */
function toldAgain(
  { alert, vault }: { readonly alert: Alert } & Pick<To, 'vault'>,
  found: readonly Addressed[],
  at: Instant,
): readonly Notification[] {
  const before = alert.notifications ?? [];
  const to = { id: `${alert.id}#${alert.count}`, vault, together: null, nextTryAt: at, mailIdOf: besideItsAddress };
  const isOf = (address: string) => (one: { readonly recipient: string }) => sameName(one.recipient, address);
  const afresh = before.map((one) => {
    const wanted = found.find(isOf(one.recipient));
    return wanted && !STAYS.includes(one.status) ? notificationOf({ ...wanted, recipient: one.recipient }, to) : one;
  });
  const others = found.filter(({ recipient }) => !before.some(isOf(recipient)));
  return [...afresh, ...others.map((one) => notificationOf(one, to))];
}
