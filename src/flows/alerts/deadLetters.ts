import type { Held } from '../../change.ts';
import { type Alert, isQueued, type Notification } from '../../core/alerts.ts';
import type { Facts } from '../../core/caller.ts';
import { sameName } from '../../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { DeadLetter } from '../../ports.ts';
import { settleMembers } from '../notify/members.ts';
import { type Read, unchanged } from '../story/plan.ts';
import { unkept } from '../story/request.ts';
import { type Runs, runner, type World } from '../story/run.ts';

export interface DeadLetterPlace {
  readonly id: string;
}

interface OfLetter extends Read {
  readonly letter: DeadLetter;
}
/** The mail that a dead letter is about, and the alert that it was to tell. */
interface OfMail extends OfLetter {
  readonly alert: Held<Alert>;
  readonly mail: Notification;
}

async function readLetter({ ports, place: { id } }: World<DeadLetterPlace>): Promise<OfLetter | Refused> {
  const letter = await ports.ledger.deadLetter(id);
  return letter ? { letter } : refuse('DeadLetterNotFound', `There is no dead letter ${id}.`);
}

async function readMail(world: World<DeadLetterPlace>): Promise<OfMail | Refused> {
  const read = await readLetter(world);
  if ('ok' in read) return read;
  const { vault, alert: id, recipient } = read.letter;
  const alert = id === null ? undefined : await world.ports.alerts.get(vault, id);
  const mail = alert?.value.notifications?.find((one) => sameName(one.recipient, recipient));
  if (alert && mail) return { ...read, alert, mail };
  return refuse('InvalidTransition', `${why(read.letter)} It can only be dismissed: DELETE it.`, {
    facts: { alert: id },
  });
}

const why = ({ alert }: DeadLetter): string =>
  alert === null
    ? 'The message behind this dead letter was not understood, so nobody knows which mail it was about.'
    : 'The alert that this mail was about is gone.';

const factsOf = ({ id, alert, recipient, code }: DeadLetter): Facts => ({ deadLetter: id, alert, recipient, code });

/** Its mail is given up at this moment: until the alert says so too, a redrive would be overwritten. */
const SETTLED_MS = 60_000;

const requeue = runner<DeadLetterPlace, OfMail>({
  read: readMail,
  historyOf: (_, read) => ({ vault: read?.letter.vault ?? null, item: read?.alert.value.item ?? null }),
  refusals: 'untold',
})<undefined, { readonly letter: DeadLetter; readonly alert: Alert }>()({
  operation: 'RedriveMail',
  decide({ letter, alert, mail }, _, { now }) {
    if (isQueued(mail) && now.toMillis() - letter.lastFailedAt.toMillis() < SETTLED_MS)
      return refuse('ObjectLocked', 'This mail has just been given up. Try again in a minute.', {
        retryAfterSeconds: 60,
      });
    if (mail.status !== 'DeadLettered' && mail.status !== 'Failed') return unchanged({ letter, alert: alert.value });
    const { notifications } = alert.value;
    const after = {
      ...alert.value,
      notifications: notifications?.map((one) => (one === mail ? afresh(one, now) : one)) ?? null,
    };
    return { alert: after, facts: factsOf(letter), answer: { letter, alert: after } };
  },
});

const afresh = (one: Notification, now: Instant): Notification => ({
  ...one,
  status: 'Queued',
  attempts: 0,
  sentAt: null,
  nextTryAt: now,
  failure: null,
});

/**
 * Has a mail sent again that was given up, under the same operation id. The alert's ledger changes first, then the dead letter goes, then
 * the queue is told. After a crash in between, the mail is sent all the same, and the letter can be redriven once more.
 */
export const redrive: Runs<DeadLetterPlace, undefined, DeadLetter> = async (flow, request, place, ask) => {
  // The answer does not go into the transaction: that is in the alert's vault, and this address belongs to none.
  const queued = await requeue(flow, unkept(request), place, ask);
  if (!queued.ok) return queued;
  const { letter, alert } = queued.value;
  const { now } = request;
  await flow.ledger.exhume(place.id);
  await settleMembers({ flow, now }, alert);
  await flow.land({ now, notices: [{ notice: { vault: alert.vault, alerts: [alert.id] } }] });
  return ok(letter);
};

const renounce = runner<DeadLetterPlace, OfLetter & { readonly isHome: boolean }>({
  async read(world) {
    const read = await readLetter(world);
    if ('ok' in read) return read;
    const { vault } = read.letter;
    return { ...read, isHome: vault === null || (await world.ports.vaults.head(vault, 'fresh')) !== undefined };
  },
  historyOf: (_, read) => ({ vault: read?.letter.vault ?? null, item: null }),
  refusals: 'untold',
})<undefined, null>()({
  operation: 'DismissDeadLetter',
  decide: ({ letter, isHome }) => (isHome ? { facts: factsOf(letter), answer: null } : unchanged(null)),
});

/** Nobody will send it any more. Who decided that stands in the history of the vault, as long as there is one. */
export const dismiss: Runs<DeadLetterPlace, undefined, null> = async (
  flow,
  request,
  place,
  ask,
): Promise<Outcome<null>> => {
  const dismissed = await renounce(flow, unkept(request), place, ask);
  if (dismissed.ok) await flow.ledger.exhume(place.id);
  return dismissed;
};
