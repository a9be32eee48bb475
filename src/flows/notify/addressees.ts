import {
  type Addressed,
  type Alert,
  addressees,
  digestOf,
  inMassDeletion,
  isDigested,
  isQueued,
  kindToldBy,
  type Notification,
  SINGLES,
  type Waiting,
  WITHIN_MS,
} from '../../core/alerts.ts';
import { kindOf } from '../../core/alertTypes.ts';
import { addMillis, DAY_MS, type Instant, instantOf } from '../../core/time.ts';
import { massDeletionKey } from '../story/raise.ts';
import { claim } from './bundles.ts';
import { operationIdOf } from './mail.ts';
import type { Turn } from './turn.ts';

/** An alert with who is told of it. */
export type AddressedAlert = Alert & { readonly notifications: readonly Notification[] };

export interface Addressing {
  readonly alert: AddressedAlert;
  /** It is told together with others, and this is its place among them. */
  readonly waits: Waiting | undefined;
  /** What others did at that moment decided this. It is written down before any mail goes out: later it might be decided otherwise. */
  readonly writeFirst: boolean;
}

/** Who is to be told of an alert. It is decided once, by the first who sets about telling it. */
export async function address(turn: Turn, alert: Alert): Promise<Addressing> {
  const known = kindToldBy(alert.type) && alert.notifications === null ? await claim(turn, alert) : alert;
  const { notifications } = known;
  if (notifications) return { alert: { ...known, notifications }, waits: undefined, writeFirst: false };
  const { vault, settings } = turn;
  const found = addressees(alert, vault?.alerts, vault?.silences ?? [], settings.operators);
  const { together, writeFirst } = found.some(({ silenced }) => !silenced) ? await company(turn, alert) : ALONE;
  return {
    alert: { ...alert, notifications: found.map((one) => notificationOf({ alert, vault }, one, together)) },
    waits: together === undefined ? undefined : { together, alert: alert.id, at: alert.firedAt, single: false },
    writeFirst,
  };
}

type Company = Pick<Addressing, 'writeFirst'> & { readonly together?: string };

const ALONE: Company = { writeFirst: false };

/** Whether an alert is told by itself, in the digest of the hour, or with the other deletions of a mass deletion. */
async function company(turn: Turn, alert: Alert): Promise<Company> {
  if (alert.vault === null || kindOf(alert.type).unlisted) return ALONE;
  if (isDigested(alert, turn.vault?.alerts)) return { together: digestOf(alert), writeFirst: false };
  const mass = massDeletionKey(alert);
  if (mass === undefined) return ALONE;
  const one = { alert: alert.id, at: alert.firedAt };
  const before = await turn.flow.alerts.waiting(alert.vault, mass, {
    from: addMillis(one.at, 1 - WITHIN_MS),
    until: one,
    limit: SINGLES,
  });
  if (inMassDeletion(one, before)) return { together: mass, writeFirst: false };
  await forgetOld(turn, alert.vault, mass, one.at);
  return { writeFirst: before.length > 0 };
}

/** Nobody looks back so far for the count of a mass deletion. */
const OLD_MS = DAY_MS;
const AT_ONCE = 90;

async function forgetOld({ flow, now }: Turn, vault: string, mass: string, at: Instant): Promise<void> {
  const until = { at: addMillis(at, -OLD_MS), alert: '' };
  const old = await flow.alerts.waiting(vault, mass, { from: instantOf(0), until, limit: AT_ONCE });
  const stopWaiting = old.filter(({ single }) => single);
  // If this loses a race, somebody else forgets them at this moment.
  if (stopWaiting.length > 0) await flow.land({ now, write: { vault, id: flow.newId(), stopWaiting } });
}

const notificationOf = (
  { alert, vault }: { readonly alert: Alert; readonly vault: Turn['vault'] },
  { recipient, as, silenced }: Addressed,
  together: string | undefined,
): Notification => ({
  recipient,
  as,
  status: silenced ? 'Suppressed' : 'Queued',
  attempts: 0,
  operationId: operationIdOf(alert.id, recipient, vault),
  sentAt: null,
  nextTryAt: silenced || together !== undefined ? null : alert.firedAt,
  failure: null,
  together: silenced ? null : (together ?? null),
});

/** A warning of a purge that will not come is not mailed any more. */
export async function unlessOvertaken({ flow }: Turn, alert: AddressedAlert): Promise<AddressedAlert> {
  if (alert.type !== 'UpcomingPurge' || alert.vault === null || alert.item === null) return alert;
  const item = (await flow.vaults.item(alert.vault, alert.item))?.value;
  if (item?.state === 'SoftDeleted' && item.generation === alert.generation) return alert;
  const notifications = alert.notifications.map((one) =>
    isQueued(one) ? ({ ...one, status: 'Suppressed', nextTryAt: null, together: null } as const) : one,
  );
  return { ...alert, notifications };
}
