import { type Alert, kindOf } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import { type Addressed, addressees, isDigested } from '../../core/notification.ts';
import { DAY_MS, type Instant, instantOf } from '../../core/time.ts';
import { digestOf, isOneOfMany, SINGLES, WITHIN_MS } from '../../core/together.ts';
import type { Vault } from '../../core/vault.ts';
import type { Ports, Waiting } from '../../ports.ts';
import { massKey } from '../mass.ts';
import { operationIdOf } from './operationId.ts';

export interface Addressing {
  readonly notifications: readonly Notification[];
  /** It waits with others, and this is its place among them. */
  readonly waits: Waiting | undefined;
}

/** Who is told of an alert, and whether each by itself or together with others. */
export async function address(
  { alerts }: Pick<Ports, 'alerts'>,
  alert: Alert,
  vault: Vault | undefined,
  operators: readonly string[],
): Promise<Addressing> {
  const found = addressees(alert, vault?.alerts, vault?.silences ?? [], operators);
  const together = found.some(({ silenced }) => !silenced) ? await togetherWith(alerts, alert, vault) : undefined;
  return {
    notifications: found.map((one) => notificationOf(alert, one, together)),
    waits: together === undefined ? undefined : { together, alert: alert.id, at: alert.firedAt, single: false },
  };
}

async function togetherWith(alerts: Ports['alerts'], alert: Alert, vault: Vault | undefined) {
  if (alert.vault === null || kindOf(alert.type).unlisted) return undefined;
  if (isDigested(alert, vault?.alerts)) return digestOf(alert);
  const mass = massKey(alert);
  if (mass === undefined) return undefined;
  const one = { alert: alert.id, at: alert.firedAt };
  const before = await alerts.waiting(alert.vault, mass, {
    from: instantOf(one.at.toMillis() - WITHIN_MS + 1),
    until: one,
    limit: SINGLES,
  });
  if (isOneOfMany(one, before)) return mass;
  await forgetOld(alerts, alert.vault, mass, one.at);
  return undefined;
}

/** Counted longer ago than anybody looks back. */
const OLD_MS = DAY_MS;
const AT_ONCE = 90;

async function forgetOld(alerts: Ports['alerts'], vault: string, mass: string, now: Instant): Promise<void> {
  const until = { at: instantOf(now.toMillis() - OLD_MS), alert: '' };
  const old = await alerts.waiting(vault, mass, { from: instantOf(0), until, limit: AT_ONCE });
  const over = old.filter(({ single }) => single);
  // lost to somebody who forgets them at this moment
  if (over.length > 0) await alerts.write(vault, { stopWaiting: over });
}

const notificationOf = (
  alert: Alert,
  { recipient, as, silenced }: Addressed,
  together: string | undefined,
): Notification => ({
  recipient,
  as,
  status: silenced ? 'Suppressed' : 'Queued',
  attempts: 0,
  operationId: operationIdOf(alert.id, recipient),
  sentAt: null,
  nextTryAt: silenced || together !== undefined ? null : alert.firedAt,
  failure: null,
  together: silenced ? null : (together ?? null),
});
