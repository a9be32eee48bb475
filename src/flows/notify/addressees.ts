import {
  type Alert,
  inMassDeletion,
  isQueued,
  isUndecided,
  type Notification,
  SINGLES,
  WITHIN_MS,
} from '../../core/alerts.ts';
import { addMillis } from '../../core/time.ts';
import { massDeletionKey } from '../story/raise.ts';
import type { Turn } from './turn.ts';

/** An alert with who is told of it. */
export type AddressedAlert = Alert & { readonly notifications: readonly Notification[] };

/** What became of a deletion that may be one of many. */
export interface Decided {
  readonly alert: AddressedAlert;
  /** The mass deletion with which it is told. */
  readonly together?: string;
  /** Others were deleted before. That is written down before any mail goes out: later it might be decided otherwise. */
  readonly writeFirst: boolean;
}

/** Whether a deletion is told by itself or with the others of a mass deletion; undefined: that is decided, or it is no deletion. */
export async function decideCompany(turn: Turn, alert: AddressedAlert): Promise<Decided | undefined> {
  const mass = massDeletionKey(alert);
  if (alert.vault === null || mass === undefined || !alert.notifications.some(isUndecided)) return undefined;
  const one = { alert: alert.id, at: alert.firedAt };
  const before = await turn.flow.alerts.counted(alert.vault, mass, {
    from: addMillis(one.at, 1 - WITHIN_MS),
    until: one,
    limit: SINGLES,
  });
  if (inMassDeletion(one, before))
    return { alert: withEach(alert, { together: mass }), together: mass, writeFirst: false };
  return { alert: withEach(alert, { nextTryAt: alert.firedAt }), writeFirst: before.length > 0 };
}

const withEach = (alert: AddressedAlert, decided: Partial<Notification>): AddressedAlert => ({
  ...alert,
  notifications: alert.notifications.map((one) => (isUndecided(one) ? { ...one, ...decided } : one)),
});

/** A warning of a purge that will not come is not mailed any more. */
export async function unlessOvertaken({ reading }: Turn, alert: AddressedAlert): Promise<AddressedAlert> {
  if (alert.type !== 'UpcomingPurge' || alert.vault === null || alert.item === null) return alert;
  const item = await reading.item(alert.vault, alert.item);
  if (item?.state === 'SoftDeleted' && item.generation === alert.generation) return alert;
  const notifications = alert.notifications.map((one) =>
    isQueued(one) ? ({ ...one, status: 'Suppressed', nextTryAt: null, together: null } as const) : one,
  );
  return { ...alert, notifications };
}
