import { SERVICE, tellHint } from '../core/agenda.ts';
import type { Alert } from '../core/alerts.ts';
import type { Notification } from '../core/ledger.ts';
import { sameName } from '../core/names.ts';
import { isQueued } from '../core/notification.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { DeadLetter, Ports } from '../ports.ts';
import { tellSoon } from './alerting.ts';
import { type Asking, entry, rounds } from './asking.ts';
import { settleMembers } from './notify/together.ts';

type RedrivePorts = Pick<Ports, 'vaults' | 'alerts' | 'agenda' | 'ledger' | 'notices' | 'newId'>;

const noLetter = (id: string): Refused => refuse('DeadLetterNotFound', `There is no dead letter ${id}.`);

/** Its mail is given up at this moment: until the alert says so too, a redrive would be overwritten. */
const SETTLED_MS = 60_000;

/**
 * Has a mail sent again that was given up, under the same operation id. The hint first, then the alert's ledger, then the dead
 * letter goes: whoever dies in between has the mail sent all the same, and the letter can be redriven once more.
 */
export async function redrive(
  ports: RedrivePorts,
  asking: Asking<DeadLetter>,
  id: string,
): Promise<Outcome<DeadLetter>> {
  const letter = await ports.ledger.deadLetter(id);
  if (!letter) return noLetter(id);
  const queued = await rounds((): Promise<Outcome<Alert> | 'again'> => requeue(ports, asking, letter));
  if (!queued.ok) return queued;
  await ports.ledger.exhume(id);
  await settleMembers(ports, queued.value);
  tellSoon(ports, [queued.value]);
  return ok(letter);
}

async function requeue(
  ports: RedrivePorts,
  asking: Asking<DeadLetter>,
  letter: DeadLetter,
): Promise<Outcome<Alert> | 'again'> {
  const held = letter.alert === null ? undefined : await ports.alerts.get(letter.vault, letter.alert);
  const mail = held?.value.notifications?.find(({ recipient }) => sameName(recipient, letter.recipient));
  if (!held || !mail)
    return refuse('InvalidTransition', `${why(letter)} It can only be dismissed: DELETE it.`, {
      facts: { alert: letter.alert },
    });
  const { value: alert } = held;
  if (isQueued(mail) && asking.now.toMillis() - letter.lastFailedAt.toMillis() < SETTLED_MS)
    return refuse('ObjectLocked', 'This mail has just been given up. Try again in a minute.', {
      retryAfterSeconds: 60,
    });
  if (mail.status !== 'DeadLettered' && mail.status !== 'Failed') return ok(alert);
  await ports.agenda.write([tellHint(alert, asking.now)]);
  const notifications = alert.notifications?.map((one) => (one === mail ? afresh(one, asking.now) : one)) ?? null;
  const now = { ...alert, notifications };
  const done = await ports.vaults.commit({
    vault: alert.vault ?? SERVICE,
    id: ports.newId(),
    recounts: [{ was: held, now }],
    entries: [told(asking, 'RedriveMail', alert.item, letter)],
  });
  return done ? ok(now) : 'again';
}

const why = ({ alert }: DeadLetter): string =>
  alert === null
    ? 'The message behind this dead letter was not understood, so nobody knows which mail it was about.'
    : 'The alert that this mail was about is gone.';

const afresh = (one: Notification, now: Instant): Notification => ({
  ...one,
  status: 'Queued',
  attempts: 0,
  sentAt: null,
  nextTryAt: now,
  failure: null,
});

const told = (asking: Asking<never>, operation: string, item: string | null, letter: DeadLetter) =>
  entry(asking, item, {
    operation,
    facts: { deadLetter: letter.id, alert: letter.alert, recipient: letter.recipient, code: letter.code },
  });

/** Nobody will send it any more. Who decided that stands in the history of the vault, as long as there is one. */
export async function dismiss(
  ports: Pick<Ports, 'vaults' | 'ledger' | 'newId'>,
  asking: Asking<null>,
  id: string,
): Promise<Outcome<null>> {
  const letter = await ports.ledger.deadLetter(id);
  if (!letter) return noLetter(id);
  const vault = letter.vault ?? SERVICE;
  if (letter.vault === null || (await ports.vaults.head(vault, 'fresh')))
    await ports.vaults.commit({
      vault,
      id: ports.newId(),
      entries: [told(asking, 'DismissDeadLetter', null, letter)],
    });
  await ports.ledger.exhume(id);
  return ok(null);
}
