import type { Held } from '../../change.ts';
import {
  type Alert,
  alertId,
  isQueued,
  isTeller,
  isTold,
  type Notification,
  nextTry,
  RESOLVED_BY_UNDELETE,
} from '../../core/alerts.ts';
import type { Instant } from '../../core/time.ts';
import { letter } from '../../letters/letter.ts';
import { inParallel, untilDone } from '../story/rounds.ts';
import { type AddressedAlert, address, unlessOvertaken } from './addressees.ts';
import { attempt, isDue, isLost, isSoon, secondsUntil } from './attempt.ts';
import { waitWithOthers } from './bundles.ts';
import { bury, exhume, settleTold } from './deadLetters.ts';
import { settleMembers } from './members.ts';
import { announce, type Turn, writeAlert } from './turn.ts';

/** What this turn did for each recipient, whether or not it could write that down. */
type Done = Map<string, Notification>;

/** undefined: the row changed meanwhile, or there is more to do. */
type Step = Promise<'done' | undefined>;

/**
 * Tells everyone who is still to be told of one alert. The ledger in the alert's row is written after the mails. If the process dies in
 * between, they are sent again under the same operation ids, and the mail service takes each of those once.
 */
export async function deliver(turn: Turn, vault: string | null, id: string): Promise<void> {
  const { alerts, ledger } = turn.flow;
  const done: Done = new Map();
  await untilDone(id, async () => {
    const held = await alerts.get(vault, id);
    if (!held) return 'done';
    await exhume(ledger, [...done.values()], held.value);
    if (!isTold(held.value) || [...done.values()].some((one) => isSentAfterAll(one, held.value)))
      return deliverOnce(turn, held, done);
    await settleTold(turn, held.value);
    return 'done';
  });
}

/** What was done stays in `done`, and is not done again in the next round. */
async function deliverOnce(turn: Turn, held: Held<Alert>, done: Done): Step {
  const { value: alert } = held;
  if (alert.notifications === null && alert.type === 'ItemUndeleted') await resolve(turn, alert);
  const { alert: addressed, waits, writeFirst } = await address(turn, alert);
  if (waits) return waitWithOthers(turn, held, addressed, waits);
  if (writeFirst) {
    // The next round sends the mails, by what the row says then.
    await writeAlert(turn, held, addressed);
    return undefined;
  }
  if (done.size === 0 && alert.notifications?.some((one) => isDue(one, turn.now)) === false)
    return comeAgain(turn, alert);
  return deliverTo(turn, held, addressed, done);
}

async function deliverTo(turn: Turn, was: Held<Alert>, alert: AddressedAlert, done: Done): Step {
  const { ledger } = turn.flow;
  const { notifications: before } = alert;
  const notifications = await tryAll(turn, await unlessOvertaken(turn, alert), done);
  const told: Alert = { ...alert, notifications };
  await bury(ledger, told, before);
  const again = nextTry(told);
  const isUnfinished = notifications.some(isLost);
  const notices = again && !isUnfinished ? [noticeAt(told, again, turn.now)] : [];
  const landed = await writeAlert(turn, was, told, { notices });
  if (!landed.done) return undefined;
  await exhume(ledger, before, told);
  if (isUnfinished) return undefined;
  await landed.told();
  if (isTold(told)) await settleMembers(turn, told);
  return 'done';
}

async function tryAll(turn: Turn, alert: AddressedAlert, done: Done): Promise<readonly Notification[]> {
  const context = await contextOf(turn, alert);
  const notifications: Notification[] = [];
  for (const one of alert.notifications) {
    const compose = () => letter({ ...context, as: one.as });
    const next = knownAlready(one, done.get(one.recipient)) ?? (await attempt(turn, one, compose, alert));
    done.set(one.recipient, next);
    notifications.push(next);
  }
  return notifications;
}

const OVERRULED: readonly Notification['status'][] = ['Queued', 'DeadLettered'];

/** We have sent it, and somebody wrote meanwhile that it was not. */
const isSentAfterAll = (ours: Notification, { notifications }: Pick<Alert, 'notifications'>): boolean =>
  ours.status === 'Sent' &&
  (notifications ?? []).some((one) => one.operationId === ours.operationId && OVERRULED.includes(one.status));

/** What is known without another try: a mail went out, or it is given up, or this turn has tried it already. */
function knownAlready(one: Notification, ours: Notification | undefined): Notification | undefined {
  if (ours && isSentAfterAll(ours, { notifications: [one] })) return ours;
  if (isLost(one)) return { ...one, status: 'DeadLettered', nextTryAt: null };
  if (!ours || !isQueued(one) || !isQueued(ours)) return undefined;
  return ours.attempts >= one.attempts ? ours : one;
}

const noticeAt = ({ vault, id }: Alert, at: Instant, now: Instant) => ({
  notice: { vault, alerts: [id] },
  delaySeconds: secondsUntil(at, now),
});

/** The message came too early: it is sent again for the right time. */
async function comeAgain({ flow, now }: Turn, alert: Alert): Step {
  const at = nextTry(alert);
  if (at && isSoon(at, now)) await announce(flow, { now, notices: [noticeAt(alert, at, now)] });
  return 'done';
}

/** What a letter says besides the alert itself. */
async function contextOf({ flow, settings, now }: Turn, alert: Alert) {
  const { vault, item, generation, members: ids } = alert;
  const of = async (id: string) => (await flow.alerts.get(vault, id))?.value;
  const loaded = isTeller(alert.type) ? await inParallel(ids, of) : [];
  const warning =
    alert.type === 'PurgeComplete' ? await of(alertId('UpcomingPurge', { vault, item }, generation ?? 0)) : undefined;
  const warned = warning?.notifications?.some(({ sentAt }) => sentAt !== null) ?? false;
  const members = loaded.filter((one) => one !== undefined);
  return { alert, now, members, warned, resourceGroup: settings.resourceGroup };
}

/** An undelete closes what was raised about the deletion. */
async function resolve(turn: Turn, { vault, item, generation }: Alert): Promise<void> {
  for (const type of RESOLVED_BY_UNDELETE) {
    const id = alertId(type, { vault, item }, generation ?? 0);
    await untilDone(id, async () => {
      const held = await turn.flow.alerts.get(vault, id);
      if (!held || held.value.state === 'Closed') return 'done';
      const { done } = await writeAlert(turn, held, { ...held.value, state: 'Closed' });
      return done ? 'done' : undefined;
    });
  }
}
