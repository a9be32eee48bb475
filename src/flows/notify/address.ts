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
  /** It was decided by what others did at that moment, and must stand before anything goes out: later it might be decided otherwise. */
  readonly close: boolean;
}

/** Who is told of an alert, and whether each by itself or together with others. */
export async function address(
  { alerts }: Pick<Ports, 'alerts'>,
  alert: Alert,
  vault: Vault | undefined,
  operators: readonly string[],
): Promise<Addressing> {
  const found = addressees(alert, vault?.alerts, vault?.silences ?? [], operators);
  const { together, close } = found.some(({ silenced }) => !silenced)
    ? await togetherWith(alerts, alert, vault)
    : ALONE;
  return {
    notifications: found.map((one) => notificationOf(alert, one, together)),
    close,
    waits: together === undefined ? undefined : { together, alert: alert.id, at: alert.firedAt, single: false },
  };
}

interface Company {
  readonly together: string | undefined;
  readonly close: boolean;
}

const ALONE: Company = { together: undefined, close: false };

async function togetherWith(alerts: Ports['alerts'], alert: Alert, vault: Vault | undefined): Promise<Company> {
  if (alert.vault === null || kindOf(alert.type).unlisted) return ALONE;
  if (isDigested(alert, vault?.alerts)) return { together: digestOf(alert), close: false };
  const mass = massKey(alert);
  if (mass === undefined) return ALONE;
  const one = { alert: alert.id, at: alert.firedAt };
  const before = await alerts.waiting(alert.vault, mass, {
    from: instantOf(one.at.toMillis() - WITHIN_MS + 1),
    until: one,
    limit: SINGLES,
  });
  if (isOneOfMany(one, before)) return { together: mass, close: false };
  await forgetOld(alerts, alert.vault, mass, one.at);
  return { together: undefined, close: before.length > 0 };
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
