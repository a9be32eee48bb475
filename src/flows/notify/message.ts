import type { Held } from '../../change.ts';
import {
  type Alert,
  isQueued,
  isTold,
  kindToldBy,
  type Notification,
  nextTry,
  RESOLVED_BY_UNDELETE,
  vaultOfAlert,
} from '../../core/alerts.ts';
import type { Hint } from '../../core/hints.ts';
import { builtInKind } from '../../core/kinds.ts';
import { keyOf } from '../../core/names.ts';
import { faultOf } from '../../core/problems.ts';
import { type Instant, secondsUntil } from '../../core/time.ts';
import { remindedAt } from '../../core/told.ts';
import type { CalledByName } from '../../letters/blocks.ts';
import { letter } from '../../letters/letter.ts';
import { NOTHING_RAISED, type Notice } from '../../ports/alerts.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { inParallel, lanes, untilDone } from '../story/rounds.ts';
import { type AddressedAlert, decideCompany, unlessOvertaken } from './addressees.ts';
import { claim, settleMembers, tellBundle } from './bundles.ts';
import { awaitedBy, waitWithOthers } from './crowds.ts';
import { bury, exhume, exhumeSent } from './deadLetters.ts';
import { admissions, attempt, isDue, isLost, isSoon } from './mail.ts';
import { writeTickets } from './marks.ts';
import { readMembers } from './read.ts';
import { strikeRidden } from './ridden.ts';
import { announce, type NotifySettings, type Turn, type Untold } from './turn.ts';
import { type Wave, waveOf, wavesOf } from './wave.ts';

/** Tells the alerts that a notice names, each of its own vault, or those that wait together. A notice may come twice. The answer is what failed. */
export async function notify(
  flow: FlowPorts,
  settings: NotifySettings,
  notice: Notice,
  now: Instant,
): Promise<Untold | undefined> {
  const { vault, alerts = [], together, ...rest } = notice;
  try {
    if (together !== undefined) await tellBundle(flow, vault, together, now);
    const { failed, why } = await tellAlerts(flow, settings, alerts, now);
    return failed.length > 0 ? { notice: { vault, alerts: failed, ...rest }, why } : undefined;
  } catch (error) {
    return { notice, why: faultOf(error).why };
  }
}

/** An alert that cannot be told does not keep the others from being told. */
async function tellAlerts(flow: FlowPorts, settings: NotifySettings, ids: readonly string[], now: Instant) {
  const [told, tickets, failed]: [Alert[], Hint[], string[]] = [[], [], []];
  let why = '';
  const fails = (some: readonly string[]) => (error: unknown) => {
    failed.push(...some);
    why ||= faultOf(error).why;
  };
  const later = (hints: readonly Hint[]) => void tickets.push(...hints);
  const base = { flow, settings, now, inLine: lanes(1), later };
  for (const some of wavesOf(ids)) {
    const wave = waveOf(base, some);
    const tell = (id: string) => deliver(wave, id).then((alert) => void (alert && told.push(alert)), fails([id]));
    await inParallel(some, tell, some.length);
  }
  await writeTickets(flow, now, tickets);
  await strikeRidden(flow, now, told).catch(fails(told.map(({ id }) => id)));
  return { failed, why };
}

/** What this turn did for each recipient, whether or not it could write that down. */
type Done = Map<string, Notification>;

/** The alert, where everybody is told of it by now. undefined: the row changed meanwhile, or there is more to do. */
type Step = Promise<Alert | 'done' | undefined>;

/**
 * Tells everyone who is still to be told of one alert. The ledger in the alert's row is written after the mails. If the process dies in
 * between, they are sent again under the same operation ids, and the mail service takes each of those once.
 */
async function deliver(wave: Wave, id: string): Promise<Alert | undefined> {
  const done: Done = new Map();
  let turn = wave.turnOf(id);
  const end = await untilDone(id, async () => {
    const step = await deliverRound(turn, id, done).finally(() => wave.leave(id));
    turn = wave.alone;
    return step;
  });
  return end === 'done' ? undefined : end;
}

async function deliverRound(turn: Turn, id: string, done: Done): Step {
  const { ledger } = turn.flow;
  const held = await turn.reading.alert(vaultOfAlert(id) ?? null, id);
  if (!held) return 'done';
  const ours = [...done.values()];
  await (ours.length > 0 ? exhume(ledger, ours, held.value) : exhumeSent(ledger, held.value));
  if (isNew(held.value) && held.value.type === 'ItemUndeleted') await resolve(turn, held.value);
  if (!isTold(held.value) || ours.some((one) => isSentAfterAll(one, held.value.notifications ?? [])))
    return deliverOnce(turn, held, done);
  // Who told it may have died before the members heard of it.
  await settleMembers(turn, held.value);
  return held.value;
}

/** Nobody has set about telling it. */
const isNew = ({ notifications }: Alert): boolean => notifications?.every(({ attempts }) => attempts === 0) ?? true;

/** What was done stays in `done`, and is not done again in the next round. */
async function deliverOnce(turn: Turn, held: Held<Alert>, done: Done): Step {
  const { flow, now } = turn;
  const alert = await withMembers(turn, held.value);
  if (!isAddressed(alert)) {
    // Of a store from before. Its addressees are decided as it is written, and told in the next round.
    await landAlerts(flow, now, [{ was: held, now: alert }]);
    return undefined;
  }
  for (const together of awaitedBy(held.value)) if (!(await waitWithOthers(turn, held, together))) return undefined;
  const decided = await decideCompany(turn, alert);
  if (decided?.together) return waitWithOthers(turn, held, decided.together, decided.alert);
  if (decided?.writeFirst) {
    // The next round sends the mails, by what the row says then.
    await landAlerts(flow, now, [{ was: held, now: decided.alert }]);
    return undefined;
  }
  const known = decided?.alert ?? alert;
  if (done.size === 0 && held.value.notifications && !known.notifications.some((one) => isDue(one, now)))
    return comeAgain(turn, known);
  return deliverTo(turn, held, known, done);
}

const isAddressed = (alert: Alert): alert is AddressedAlert => alert.notifications !== null;

/** A bundle is addressed when it is told, by the members that wait for it. */
const withMembers = async (turn: Turn, alert: Alert): Promise<Alert> =>
  kindToldBy(alert.type) && alert.notifications === null ? claim(turn, alert) : alert;

async function deliverTo(turn: Turn, was: Held<Alert>, alert: AddressedAlert, done: Done): Step {
  const { flow, now } = turn;
  const { ledger } = flow;
  const { notifications: before } = alert;
  const notifications = await tryAll(turn, await unlessOvertaken(turn, alert), done);
  const told: Alert = { ...alert, notifications };
  // Their places come first: a mail that waits for nothing that comes would never be told.
  for (const together of awaitedBy(told))
    if (!awaitedBy(alert).includes(together)) await waitWithOthers(turn, was, together);
  await bury(ledger, told, before);
  const again = nextMail(told);
  const isUnfinished = notifications.some(isLost);
  const notices = again && !isUnfinished ? [noticeAt(told, again, now)] : [];
  const landed = await turn.land({ written: { was, now: told }, notices });
  if (!landed.done) return undefined;
  await exhume(ledger, before, told);
  if (isUnfinished) return undefined;
  await landed.told();
  if (isTold(told)) await settleMembers(turn, told);
  return told;
}

async function tryAll(turn: Turn, alert: AddressedAlert, done: Done): Promise<readonly Notification[]> {
  const context = await contextOf(turn, alert);
  const due = alert.notifications.filter((one) => isDue(one, turn.now) && !knownAlready(one, done.get(one.recipient)));
  const said = await admissions(turn, alert, due);
  const notifications: Notification[] = [];
  for (const one of alert.notifications) {
    const compose = () => letter({ ...context, as: one.as });
    const next =
      knownAlready(one, done.get(one.recipient)) ??
      (await attempt(turn, one, compose, alert, said.get(one.operationId)));
    done.set(one.recipient, next);
    notifications.push(next);
  }
  return notifications;
}

const OVERRULED: readonly Notification['status'][] = ['Queued', 'DeadLettered'];

/** We have sent it, and somebody wrote meanwhile that it was not. */
const isSentAfterAll = (ours: Notification, written: readonly Notification[]): boolean =>
  ours.status === 'Sent' &&
  written.some((one) => one.operationId === ours.operationId && OVERRULED.includes(one.status));

/** What is known without another try: a mail went out, or it is given up, or this turn has tried it already. */
function knownAlready(one: Notification, ours: Notification | undefined): Notification | undefined {
  if (ours && isSentAfterAll(ours, [one])) return ours;
  if (isLost(one)) return { ...one, status: 'DeadLettered', nextTryAt: null };
  if (!ours || !isQueued(one) || !isQueued(ours)) return undefined;
  return ours.attempts >= one.attempts ? ours : one;
}

/** When the alert's next mail of its own is due. For what waits for others a message of theirs is on its way. */
const nextMail = (alert: Alert): Instant | undefined =>
  nextTry({ ...alert, notifications: alert.notifications?.filter((one) => one.together === null) ?? null });

const noticeAt = ({ vault, id }: Alert, at: Instant, now: Instant) => ({
  notice: { vault, alerts: [id] },
  delaySeconds: secondsUntil(at, now),
});

/** The message came too early: it is sent again for the right time. */
async function comeAgain({ flow, now }: Turn, alert: Alert): Step {
  const at = nextMail(alert);
  if (at && isSoon(at, now)) await announce(flow, { now, notices: [noticeAt(alert, at, now)] });
  return 'done';
}

/** What a letter says besides the alert itself. */
async function contextOf({ flow, settings, now, reading }: Turn, alert: Alert) {
  const { vault, item, generation, members: ids } = alert;
  const membersOf = (all: readonly string[]) => readMembers(flow, all);
  const loaded = kindToldBy(alert.type) ? await membersOf(ids) : [];
  // A bundle that is told in another one: its members are named there as well.
  const nested = await membersOf(loaded.flatMap((one) => (kindToldBy(one.type) ? one.members : [])));
  const about =
    alert.type === 'PurgeComplete' && vault !== null && item !== null
      ? await reading.about(vault, item)
      : NOTHING_RAISED;
  const reminded = remindedAt(
    about.found.map(({ value }) => value),
    generation,
  );
  const members = [...loaded, ...nested];
  const { resourceGroup, portal } = settings;
  const called = await calledFor(flow, [alert, ...members]);
  return { alert, now, members, reminded, called, resourceGroup, portal };
}

/** The words for kinds of your own. Nothing is read where it is about built-in workloads only; a mail goes out without the words, too. */
async function calledFor({ kinds }: FlowPorts, alerts: readonly Alert[]): Promise<CalledByName | undefined> {
  const named = alerts.map(({ facts }) => facts['workload']).filter((one) => typeof one === 'string');
  if (named.every((one) => builtInKind(one))) return undefined;
  const { all } = await kinds.known();
  return new Map(all.filter(({ builtIn }) => !builtIn).map((kind) => [keyOf(kind.name), kind]));
}

/** An undelete closes what was raised about the deletion. */
async function resolve({ flow, now }: Turn, { vault, item, generation }: Alert): Promise<void> {
  await untilDone(`what was raised about ${item}`, async () => {
    const open = (await flow.alerts.about(vault, item)).found.filter(
      ({ value }) =>
        RESOLVED_BY_UNDELETE.some((type) => type === value.type) &&
        value.generation === generation &&
        value.state !== 'Closed',
    );
    if (open.length === 0) return 'done';
    const closed = open.map((was) => ({ was, now: { ...was.value, state: 'Closed' } as const }));
    return (await landAlerts(flow, now, closed)).done ? 'done' : undefined;
  });
}
