import { type Alert, isUndecided, nextTry, type Waiting } from '../../src/core/alerts.ts';
import { ITSELF, SERVICE } from '../../src/core/hints.ts';
import { addDays, addMillis, HOUR_MS, type Instant, iso, later } from '../../src/core/time.ts';
import { massDeletionKey } from '../../src/flows/story/raise.ts';
import { keys } from '../../src/store/keys.ts';
import { placeOf, type Surroundings, type Tell } from './terms.ts';

/** I4: everyone is told once, or it is known why not; and who waits to be told with others is waited for by the agenda. */
export function checkAlerts(
  vault: string,
  alerts: ReadonlyMap<string, Alert>,
  waiting: readonly Waiting[],
  around: Surroundings,
  tell: Tell,
): void {
  const { hints } = around;
  for (const alert of alerts.values()) {
    checkLedger(vault, alert, tell);
    checkTelling(vault, alert, around, tell);
  }
  for (const one of waiting) {
    const key = keys.waitingOne(vault, one.together, one.at, one.alert);
    if (!alerts.has(one.alert.toLowerCase())) tell(key, 'I4', 'it waits to be told, and is not there');
    const hinted = hints.get(placeOf(vault, one.together));
    if (!hinted.some(({ kind }) => kind === 'together'))
      tell(key, 'I4', 'nobody will come and tell those who wait for this');
  }
}

/** Whoever finds a hint when its time has come writes the next one this much later. */
const AGAIN_MS = HOUR_MS;

/**
 * Who must be told still is looked after by the agenda: by a hint no later than the next try, by the one of the bundle in which it waits,
 * or by the purge hint that a deletion left ahead, on which the alert of an undelete rides. What failed is tried again within a day.
 */
export function checkTelling(vault: string, alert: Alert, { hints, now }: Surroundings, tell: Tell): void {
  const next = nextTry(alert);
  if (!next || isHandedOver(alert, next, now)) return;
  const last = addMillis(later(next, now), AGAIN_MS);
  const about = hints.get(placeOf(vault, alert.item ?? ITSELF));
  const leads = about.some(
    ({ kind, due, tries = 0 }) =>
      kind === 'purge' || (kind === 'tell' && (due <= last || (tries > 0 && due <= addDays(now, 1)))),
  );
  const waits = (alert.notifications ?? []).some(
    ({ together }) =>
      together !== null && [vault, SERVICE].some((home) => hints.get(placeOf(home, together)).length > 0),
  );
  if (!leads && !waits)
    tell(keys.alert(vault, alert.id), 'I4', `somebody must be told of it, and no hint leads to that by ${iso(next)}`);
}

/** Long before this a message has been tried, or was left to the sweep. */
const IN_QUEUE_DAYS = 1;

/**
 * What nobody has tried yet may wait in the queue, and nobody sees into it: what a sweep raises has no hint from then on. So it is believed
 * for a while, and no longer, for a message that is lost looks the same.
 */
const isHandedOver = ({ notifications }: Alert, next: Instant, now: Instant): boolean =>
  next > addDays(now, -IN_QUEUE_DAYS) && (notifications ?? []).every(({ attempts }) => attempts === 0);

function checkLedger(vault: string, alert: Alert, tell: Tell): void {
  const key = keys.alert(vault, alert.id);
  const notifications = alert.notifications ?? [];
  const people = new Set(notifications.map(({ recipient }) => recipient.toLowerCase()));
  if (people.size < notifications.length) tell(key, 'I4', 'somebody is to be told twice');
  for (const one of notifications) {
    // Whether a deletion is one of many is decided by whoever tells it.
    if (isUndecided(one) && massDeletionKey(alert) === undefined)
      tell(key, 'I4', `${one.status}, and nobody will ever try`);
    if (one.status === 'DeadLettered' && one.failure === null) tell(key, 'I4', 'given up, and nobody knows why');
    if ((one.status === 'Sent' || one.status === 'Delivered') && one.sentAt === null)
      tell(key, 'I4', `${one.status}, and nobody knows when`);
  }
}
