import { type Alert, isUndecided, type Waiting } from '../../src/core/alerts.ts';
import { massDeletionKey } from '../../src/flows/story/raise.ts';
import { keys } from '../../src/store/keys.ts';
import { placeOf, type Surroundings, type Tell } from './terms.ts';

/** I4: everyone is told once, or it is known why not; and who waits to be told with others is waited for by the agenda. */
export function checkAlerts(
  vault: string,
  alerts: ReadonlyMap<string, Alert>,
  waiting: readonly Waiting[],
  { hints }: Surroundings,
  tell: Tell,
): void {
  for (const alert of alerts.values()) checkLedger(vault, alert, tell);
  for (const one of waiting.filter(({ single }) => !single)) {
    const key = keys.waitingOne(vault, one.together, one.at, one.alert);
    if (!alerts.has(one.alert.toLowerCase())) tell(key, 'I4', 'it waits to be told, and is not there');
    const hinted = hints.get(placeOf(vault, one.together)) ?? [];
    if (!hinted.some(({ kind }) => kind === 'together'))
      tell(key, 'I4', 'nobody will come and tell those who wait for this');
  }
}

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
