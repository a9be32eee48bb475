/** How alerts begin to wait for company: for a digest, for a mass deletion, or for the next bundle of an address that had its single mails. */
import type { Held } from '../../change.ts';
import {
  type Alert,
  type BundleKind,
  isQueued,
  kindOfBundle,
  lookAfter,
  type Notification,
  readyAt,
  slotEnd,
  type Waiting,
} from '../../core/alerts.ts';
import { bundleHint, SERVICE } from '../../core/hints.ts';
import { addressKey } from '../../core/mailIds.ts';
import { addMillis, HOUR_MS, type Instant, secondsUntil } from '../../core/time.ts';
import type { Turn } from './turn.ts';

/** The crowd of an address gathers among the service's rows, because its alerts are of many vaults. All others gather in their vault. */
export const homeOf = (together: string, vault: string): string =>
  kindOfBundle(together) === 'address' ? SERVICE : vault;

/** Where a mail waits whose address has had its single mails of the hour. The sweep looks whether it was told. */
export function crowdOf(recipient: string, now: Instant): Pick<Notification, 'together' | 'nextTryAt'> {
  const together = `address~${addressKey(recipient)}~${slotEnd(now).toMillis()}`;
  return { together, nextTryAt: lookAfter(together) };
}

/** The bundles for which an alert waits, by what its row says. */
export const awaitedBy = ({ notifications }: Alert): readonly string[] => [
  ...new Set(
    (notifications ?? []).flatMap((one) =>
      isQueued(one) && one.together !== null && kindOfBundle(one.together) !== undefined ? [one.together] : [],
    ),
  ),
];

/** If somebody waits since a moment ago, there is a message on its way that comes back for all of them. */
const COMPANY_MS: Readonly<Record<BundleKind, number>> = { digest: HOUR_MS, mass: 5000, address: HOUR_MS };
/** Itself and another one. */
const LOOKED_AT = 2;

/**
 * One more alert waits, and has a place among those who do. It sends a message, and leaves a hint, only if it is the first of them: for a
 * thousand that wait, one is enough. `change`: what its row says from now on; without it the row says so already, and its place may have been made.
 */
export const waitWithOthers = (
  turn: Turn,
  alert: Held<Alert>,
  together: string,
  change?: Alert,
): Promise<'done' | undefined> => turn.inLine(`company ${together}`, () => join(turn, alert, together, change));

async function join(
  { flow, now }: Turn,
  alert: Held<Alert>,
  together: string,
  change: Alert | undefined,
): Promise<'done' | undefined> {
  const { id, firedAt: at, vault } = alert.value;
  const home = homeOf(together, vault ?? SERVICE);
  const from = addMillis(at, -COMPANY_MS[kindOfBundle(together) ?? 'mass']);
  // Behind its own place, so that it is among them.
  const until = { at, alert: `${id}~` };
  const found = await flow.alerts.waiting(home, together, { from, until, limit: LOOKED_AT });
  const isThere = found.some((one) => one.alert === id);
  const ready = readyAt(together, [{ alert: id, at }]);
  const notice = { vault: home === SERVICE ? null : home, together };
  const first = found.every((one) => one.alert === id)
    ? { again: [bundleHint(home, together, ready)], notices: [{ notice, delaySeconds: secondsUntil(ready, now) }] }
    : {};
  const waiting: readonly Waiting[] = isThere ? [] : [{ together, alert: id, at }];
  // The row is written with its place, so that nobody waits for a bundle that has been told.
  const isOfVault = kindOfBundle(together) !== 'address';
  const rows = isOfVault && (change || !isThere) ? [{ was: alert, now: change ?? alert.value }] : [];
  const isNothing = waiting.length + rows.length === 0;
  const write = isNothing ? undefined : { vault: home, id: flow.newId(), alerts: rows, waiting };
  const landed = await flow.land({ now, write, ...first });
  if (!landed.done) return undefined;
  await landed.told();
  return 'done';
}
