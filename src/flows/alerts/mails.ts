import type { Held, Replacement } from '../../change.ts';
import {
  type Alert,
  isQueued,
  kindToldBy,
  type Notification,
  type NotificationStatus,
  wordsOf,
} from '../../core/alerts.ts';
import type { Facts } from '../../core/caller.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Mark } from '../../core/told.ts';
import type { DeadLetter } from '../../ports/alerts.ts';
import type { Reads } from '../../ports.ts';
import { settleMembers } from '../notify/bundles.ts';
import { deadLetterOf } from '../notify/deadLetters.ts';
import { isAwaited, isKnown, markUnder, unmarksOf } from '../notify/marks.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { firstOf, type Listed, type Page } from '../story/pages.ts';
import { type Read, unchanged } from '../story/plan.ts';
import { raisedOrCounted } from '../story/raise.ts';
import { unkept } from '../story/request.ts';
import { rounds } from '../story/rounds.ts';
import { type Runs, runner, type World } from '../story/run.ts';

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

type Fate = 'delivered' | 'failed' | 'unchanged' | 'unknown';

/** Writes into the ledger of each alert what became of its mails. Reports may come twice, late, and in any order. */
export async function takeReports(
  flow: FlowPorts,
  deliveries: readonly Delivery[],
  now: Instant,
): Promise<Outcome<Readonly<Record<Fate, number>>>> {
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
  const about = OPERATION_ID.test(operationId) ? await flow.ledger.recall(operationId, now) : undefined;
  const held = about && (await flow.alerts.get(about.vault, about.alert));
  const mail = held?.value.notifications?.find((one) => one.operationId === operationId);
  if (!held || !mail) return ok('unknown');
  const after = settled(mail, delivery, now);
  if (!after) return ok('unchanged');
  const told = withMail(held.value, mail, after);
  const changed = { was: held, now: told };
  const alerts = [changed, ...(await complaints(flow, told, after, now))];
  const untold = await unmarksOf({ flow, now }, [changed]);
  if (isLost(told, after)) await flow.ledger.bury(deadLetterOf(told, after));
  const { done } = await landAlerts(flow, now, alerts, untold);
  if (!done) return 'again';
  // A dead letter has the id of its mail.
  if (mail.status === 'DeadLettered') await flow.ledger.exhume(operationId);
  await settleMembers({ flow, now }, told);
  return ok(after.status === 'Failed' ? 'failed' : 'delivered');
}

/** The alert with what its ledger says of one mail by now. */
export const withMail = (alert: Alert, mail: Notification, now: Notification): Alert => ({
  ...alert,
  notifications: alert.notifications?.map((one) => (one === mail ? now : one)) ?? null,
});

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
  const failure = {
    code: status,
    reason: wordsOf(reason ?? '') || 'The mail service gave no reason.',
    firstAt: mail.failure?.firstAt ?? now,
    lastAt: now,
  };
  return { ...sent, failure };
}

/** Nobody knows of it any more: a person has to send this mail again, or to let it go. */
const isLost = (told: Alert, { status }: Notification): boolean =>
  status === 'Failed' && (isAwaited(told) || kindToldBy(told.type) !== undefined) && !isKnown(told);

/** Somebody who should know does not. If the mail that says so fails as well, that is not told again: it would never end. */
async function complaints(
  { alerts }: FlowPorts,
  { id, type, vault }: Alert,
  { status, recipient, failure }: Notification,
  now: Instant,
): Promise<readonly Replacement<Alert>[]> {
  if (status !== 'Failed' || type === 'DeliveryFailed') return [];
  const facts = { recipient, alert: id, code: failure?.code ?? '', reason: failure?.reason ?? '' };
  const before = await alerts.newest(vault, null, 'DeliveryFailed');
  return [raisedOrCounted(before, 'DeliveryFailed', { vault }, now, facts)];
}

export interface DeadLetterPlace {
  readonly id: string;
}

export interface OfLetter extends Read {
  readonly letter: DeadLetter;
}
/** The mail that a dead letter is about, and the alert that it was to tell. */
export interface OfMail extends OfLetter {
  readonly alert: Held<Alert>;
  readonly mail: Notification;
}

export async function listDeadLetters(
  { ledger }: Pick<Reads, 'ledger'>,
  { after, top }: Page,
): Promise<Outcome<Listed<DeadLetter>>> {
  return ok(firstOf(await ledger.dead({ after, limit: top + 1 }), ({ id }) => keyOf(id), top));
}

export async function readLetter({ flow, place: { id } }: World<DeadLetterPlace>): Promise<OfLetter | Refused> {
  const letter = await flow.ledger.deadLetter(id);
  return letter ? { letter } : refuse('DeadLetterNotFound', `There is no dead letter ${id}.`);
}

async function readMail(world: World<DeadLetterPlace>): Promise<OfMail | Refused> {
  const read = await readLetter(world);
  if ('ok' in read) return read;
  const found = await mailOf(world, read.letter);
  if (found) return { ...read, ...found };
  return refuse('InvalidTransition', `${why(read.letter)} It can only be dismissed: DELETE it.`, {
    facts: { alert: read.letter.alert },
  });
}

export async function mailOf(
  { flow }: Pick<World<unknown>, 'flow'>,
  { vault, alert: id, recipient }: DeadLetter,
): Promise<Pick<OfMail, 'alert' | 'mail'> | undefined> {
  const alert = id === null ? undefined : await flow.alerts.get(vault, id);
  const mail = alert?.value.notifications?.find((one) => sameName(one.recipient, recipient));
  return alert && mail && { alert, mail };
}

const why = ({ alert }: DeadLetter): string =>
  alert === null
    ? 'The message behind this dead letter was not understood, so nobody knows which mail it was about.'
    : 'The alert that this mail was about is gone.';

export const factsOf = ({ id, alert, recipient, code }: DeadLetter): Facts => ({
  deadLetter: id,
  alert,
  recipient,
  code,
});

/** Its mail is given up at this moment: until the alert says so too, a redrive would be overwritten. */
const SETTLED_MS = 60_000;

/** Who sends a mail again that a purge waits for takes the purge's mark back. */
interface OfRequeued extends OfMail {
  readonly mark?: Mark | undefined;
}

const requeue = runner<DeadLetterPlace, OfRequeued>({
  read: async (world) => {
    const read = await readMail(world);
    return 'ok' in read ? read : { ...read, mark: (await markUnder(world.flow, read.alert.value))?.mark };
  },
  historyOf: (_, read) => ({ vault: read?.letter.vault ?? null, item: read?.alert.value.item ?? null }),
  refusals: 'untold',
})<undefined, { readonly letter: DeadLetter; readonly alert: Alert }>()({
  operation: 'RedriveMail',
  decide({ letter, alert, mail, mark }, _, { now }) {
    if (isQueued(mail) && now.toMillis() - letter.lastFailedAt.toMillis() < SETTLED_MS)
      return refuse('ObjectLocked', 'This mail has just been given up. Try again in a minute.', {
        retryAfterSeconds: 60,
      });
    if (mail.status !== 'DeadLettered' && mail.status !== 'Failed') return unchanged({ letter, alert: alert.value });
    const after = withMail(alert.value, mail, afresh(mail, now));
    const dropMarks = mark ? [mark] : [];
    return { alert: after, dropMarks, facts: factsOf(letter), answer: { letter, alert: after } };
  },
});

const afresh = ({ droppedAt: _, ...one }: Notification, now: Instant): Notification => ({
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
