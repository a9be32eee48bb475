import { type Alert, alertId, RESOLVED_BY_UNDELETE } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import { isQueued } from '../../core/notification.ts';
import { isTeller } from '../../core/together.ts';
import type { Ports, Waiting } from '../../ports.ts';
import { address } from './address.ts';
import { claim } from './claim.ts';
import type { Turn } from './turn.ts';

/** An alert with who is told of it. */
export type Addressed = Alert & { readonly notifications: readonly Notification[] };

export interface Begun {
  readonly alert: Addressed;
  readonly waits: Waiting | undefined;
  readonly close: boolean;
}

/** Who is to be told of an alert; looked up when somebody first sets about telling it. */
export async function begin({ ports, settings, vault }: Turn, alert: Alert): Promise<Begun> {
  const known = isTeller(alert.type) && alert.notifications === null ? await claim(ports, alert) : alert;
  if (known.notifications)
    return { alert: { ...known, notifications: known.notifications }, waits: undefined, close: false };
  const { notifications, waits, close } = await address(ports, alert, vault, settings.operators);
  return { alert: { ...alert, notifications }, waits, close };
}

/** A warning that somebody has heeded needs not be mailed any more. */
export async function unlessOvertaken({ ports }: Turn, alert: Addressed): Promise<Addressed> {
  if (alert.type !== 'UpcomingPurge' || alert.vault === null || alert.item === null) return alert;
  const item = (await ports.vaults.item(alert.vault, alert.item))?.value;
  if (item?.state === 'SoftDeleted' && item.generation === alert.generation) return alert;
  const notifications = alert.notifications.map((one) =>
    isQueued(one) ? ({ ...one, status: 'Suppressed', nextTryAt: null, together: null } as const) : one,
  );
  return { ...alert, notifications };
}

const ROUNDS = 5;

/** An undelete settles what was raised about the deletion. */
export async function resolve({ alerts }: Pick<Ports, 'alerts'>, { vault, item, generation }: Alert): Promise<void> {
  for (const type of RESOLVED_BY_UNDELETE) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const held = await alerts.get(vault, alertId(type, { vault, item }, generation ?? 0));
      if (!held || held.value.state === 'Closed') break;
      if (await alerts.write(vault, { replace: [{ was: held, now: { ...held.value, state: 'Closed' } }] })) break;
    }
  }
}
