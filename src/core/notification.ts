import { type Alert, kindOf } from './alerts.ts';
import type { Notification } from './ledger.ts';
import type { Silence } from './silence.ts';
import { earliest, type Instant } from './time.ts';
import type { AlertSettings } from './vault.ts';

export const isQueued = ({ status }: Notification): boolean => status === 'Queued';

/** Every mail about the alert is settled. */
export const isTold = ({ notifications }: Pick<Alert, 'notifications'>): boolean =>
  notifications !== null && !notifications.some(isQueued);

/** When the next mail about the alert is due; undefined when none is. */
export const nextTry = ({ notifications, firedAt }: Pick<Alert, 'notifications' | 'firedAt'>): Instant | undefined =>
  notifications === null
    ? firedAt
    : earliest(notifications.filter(isQueued).flatMap(({ nextTryAt }) => (nextTryAt ? [nextTryAt] : [])));

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const covers = ({ from, until, types, items }: Silence, alert: Alert): boolean =>
  from <= alert.firedAt &&
  alert.firedAt < until &&
  (types?.includes(alert.type) ?? true) &&
  (items?.some((item) => sameAddress(item, alert.item ?? '')) ?? true);

const isCritical = (alert: Alert): boolean => {
  const { critical } = kindOf(alert.type);
  return critical === 'always' || (critical === 'hybrid' && alert.facts['hybrid'] === true);
};

export interface Addressed {
  readonly recipient: string;
  readonly as: Notification['as'];
  readonly silenced: boolean;
}

/** Who is mailed about an alert, each address once. No silence keeps a critical hybrid operation from the owners. */
export function addressees(
  alert: Alert,
  settings: AlertSettings | undefined,
  silences: readonly Silence[],
  operators: readonly string[],
): readonly Addressed[] {
  const named = alert.facts['recipients'];
  const groups: Record<Notification['as'], readonly string[]> = {
    owner: kindOf(alert.type).owners ? (settings?.owners ?? []) : [],
    recipient: settings?.recipients ?? [],
    operator: settings ? [] : operators,
  };
  const silenced = silences.some((silence) => covers(silence, alert));
  const mayBeSilent = (as: Notification['as']) => silenced && !(as === 'owner' && isCritical(alert));
  // A welcome goes only to new addresses.
  if (Array.isArray(named)) return onceEach(named.map((recipient) => welcomed(recipient, settings)));
  return onceEach(
    (['owner', 'recipient', 'operator'] as const).flatMap((as) =>
      groups[as].map((recipient) => ({ recipient, as, silenced: mayBeSilent(as) })),
    ),
  );
}

const onceEach = (all: readonly Addressed[]): readonly Addressed[] =>
  all.filter((one, index) => all.findIndex(({ recipient }) => sameAddress(recipient, one.recipient)) === index);

const welcomed = (recipient: string, settings: AlertSettings | undefined): Addressed => ({
  recipient,
  as: settings?.recipients.some((one) => sameAddress(one, recipient)) ? 'recipient' : 'owner',
  silenced: false,
});

/** Does the alert wait for the hourly digest? */
export const isDigested = (alert: Alert, settings: AlertSettings | undefined): boolean =>
  settings?.mode === 'HourlyDigest' && kindOf(alert.type).urgent !== true;
