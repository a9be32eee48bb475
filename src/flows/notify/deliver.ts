import { tellHint } from '../../core/agenda.ts';
import { type Alert, alertId } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import { isQueued, isTold, nextTry } from '../../core/notification.ts';
import { isTeller } from '../../core/together.ts';
import { letter } from '../../letters/letter.ts';
import type { Held } from '../../ports.ts';
import { inParallel } from '../inParallel.ts';
import { attempt, isDue, isLost } from './attempt.ts';
import { type Addressed, type Begun, begin, resolve, unlessOvertaken } from './begin.ts';
import { bury, exhume } from './bury.ts';
import { isSoon, secondsUntil } from './pause.ts';
import { settleMembers, settleTold, waitWithOthers } from './together.ts';
import type { Turn } from './turn.ts';

/** What this turn did for each recipient, whether or not it could write that down. */
type Done = Map<string, Notification>;

const ROUNDS = 8;

/**
 * Tells everyone who is still to be told of one alert. The ledger in the alert's row is written after the mails: whoever dies
 * in between sends them again under the same operation ids, which the mail service takes once.
 */
export async function deliver(turn: Turn, id: string, vault: string | null): Promise<void> {
  const { alerts } = turn.ports;
  const done: Done = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = await alerts.get(vault, id);
    if (!held) return;
    await exhume(turn.ports, [...done.values()], held.value);
    if (isTold(held.value) && ![...done.values()].some((one) => isSentAfterAll(one, held.value)))
      return settleTold(turn.ports, held.value);
    if (await deliverOnce(turn, held, done)) return;
  }
  throw new Error(`${id} kept changing`);
}

/** false: the row changed meanwhile, or there is more to do. What was done stays in `done`, and is not done again. */
async function deliverOnce(turn: Turn, held: Held<Alert>, done: Done): Promise<boolean> {
  const { value: alert } = held;
  if (alert.notifications === null && alert.type === 'ItemUndeleted') await resolve(turn.ports, alert);
  const begun = await begin(turn, alert);
  if (begun.waits) return waitTogether(turn, held, begun);
  if (begun.close) return writeDown(turn, held, begun);
  if (done.size === 0 && alert.notifications?.some((one) => isDue(one, turn.now)) === false) return rearm(turn, alert);
  return deliverTo(turn, held, begun.alert, done);
}

async function deliverTo(turn: Turn, was: Held<Alert>, alert: Addressed, done: Done): Promise<boolean> {
  const { ports, now } = turn;
  const { notifications: before } = alert;
  const current = await unlessOvertaken(turn, alert);
  const context = await contextOf(turn, current);
  const notifications: Notification[] = [];
  for (const one of current.notifications) {
    const compose = () => letter({ ...context, as: one.as });
    const next = known(one, done.get(one.recipient)) ?? (await attempt(turn, one, compose, alert));
    done.set(one.recipient, next);
    notifications.push(next);
  }
  const told: Alert = { ...alert, notifications };
  await bury(ports, told, before);
  const again = nextTry(told);
  if (again) await ports.agenda.write([tellHint(told, again)]);
  if (!(await ports.alerts.write(told.vault, { replace: [{ was, now: told }] }))) return false;
  await exhume(ports, before, told);
  if (notifications.some(isLost)) return false;
  if (again) await ports.notices.send({ vault: told.vault, alerts: [told.id] }, secondsUntil(again, now));
  if (isTold(told)) await settleMembers(ports, told);
  return true;
}

const OVERRULED: readonly Notification['status'][] = ['Queued', 'DeadLettered'];

/** We have sent it, and somebody wrote meanwhile that it was not. */
const isSentAfterAll = (ours: Notification, { notifications }: Pick<Alert, 'notifications'>): boolean =>
  ours.status === 'Sent' &&
  (notifications ?? []).some((one) => one.operationId === ours.operationId && OVERRULED.includes(one.status));

/** What is known about it without trying (again): what went out went out; what is lost is given up; what was tried was tried. */
function known(one: Notification, ours: Notification | undefined): Notification | undefined {
  if (ours && isSentAfterAll(ours, { notifications: [one] })) return ours;
  if (isLost(one)) return { ...one, status: 'DeadLettered', nextTryAt: null };
  if (!ours || !isQueued(one) || !isQueued(ours)) return undefined;
  return ours.attempts >= one.attempts ? ours : one;
}

/** Nothing is mailed yet: the next round does that, from what stands in the row then. */
const writeDown = async ({ ports }: Turn, was: Held<Alert>, { alert }: Begun): Promise<false> => {
  await ports.alerts.write(alert.vault, { replace: [{ was, now: alert }] });
  return false;
};

/** Came too early: it is told again when its time has come. */
async function rearm({ ports, now }: Turn, alert: Alert): Promise<true> {
  const again = nextTry(alert);
  if (again && isSoon(again, now))
    await ports.notices.send({ vault: alert.vault, alerts: [alert.id] }, secondsUntil(again, now));
  return true;
}

function waitTogether({ ports, now }: Turn, was: Held<Alert>, { alert, waits }: Begun): Promise<boolean> {
  const { vault } = alert;
  if (vault === null || !waits) return Promise.resolve(true);
  const write = () => ports.alerts.write(vault, { replace: [{ was, now: alert }], wait: [waits] });
  return waitWithOthers(ports, vault, waits, write, now);
}

async function contextOf({ ports, settings, now }: Turn, alert: Alert) {
  const { vault, item, generation, members: ids } = alert;
  const of = async (id: string) => (await ports.alerts.get(vault, id))?.value;
  const loaded = isTeller(alert.type) ? await inParallel(ids, of) : [];
  const warning =
    alert.type === 'PurgeComplete' ? await of(alertId('UpcomingPurge', { vault, item }, generation ?? 0)) : undefined;
  const warned = warning?.notifications?.some(({ sentAt }) => sentAt !== null) ?? false;
  const members = loaded.filter((one) => one !== undefined);
  return { alert, now, members, warned, resourceGroup: settings.resourceGroup };
}
