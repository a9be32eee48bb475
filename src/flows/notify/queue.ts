import { createHash } from 'node:crypto';
import { tellHint } from '../../core/agenda.ts';
import { isTold } from '../../core/notification.ts';
import type { Instant } from '../../core/time.ts';
import type { Notice, Ports } from '../../ports.ts';
import { isDue } from './attempt.ts';
import { begin } from './begin.ts';
import { bury } from './bury.ts';
import { notify } from './notify.ts';
import { settleMembers, settleTold } from './together.ts';
import type { NotifyPorts, NotifySettings, Turn } from './turn.ts';

/** A message as the queue brings it: parsed, never believed. */
function parse(message: unknown): Notice | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { vault, alerts, together } = message as Readonly<Record<string, unknown>>;
  if (vault !== null && typeof vault !== 'string') return undefined;
  const ids = Array.isArray(alerts) ? alerts.filter((id) => typeof id === 'string') : undefined;
  if (ids === undefined && typeof together !== 'string') return undefined;
  return { vault, ...(ids ? { alerts: ids } : {}), ...(typeof together === 'string' ? { together } : {}) };
}

type QueuePorts = NotifyPorts & Pick<Ports, 'clock'>;

export async function takeNotice(ports: QueuePorts, settings: NotifySettings, message: unknown): Promise<void> {
  const notice = parse(message);
  // thrown, it comes back a few times and ends among the dead letters
  if (!notice) throw new Error('a notification message could not be understood');
  await notify(ports, settings, notice, ports.clock.now());
}

/** A notice that failed again and again: those it should have told are dead letters now. */
export async function buryNotice(ports: QueuePorts, settings: NotifySettings, message: unknown): Promise<void> {
  const notice = parse(message);
  const now = ports.clock.now();
  if (!notice) return buryUnknown(ports, message, now);
  const { vault, alerts = [] } = notice;
  const head = vault === null || alerts.length === 0 ? undefined : await ports.vaults.head(vault, 'fresh');
  for (const id of alerts) await giveUp({ ports, settings, vault: head?.vault, now }, vault, id);
  // Those who wait together keep their hint in the agenda, which has them told by the next sweep.
}

async function giveUp(turn: Turn, vault: string | null, id: string): Promise<void> {
  const { ports, now } = turn;
  const held = await ports.alerts.get(vault, id);
  if (!held) return;
  if (isTold(held.value)) return settleTold(ports, held.value);
  const { alert, waits } = await begin(turn, held.value);
  // It has only to be given its place among those who wait: the next sweep tries.
  if (waits) return ports.agenda.write([tellHint(alert, now)]);
  const failure = { code: 'Poison', reason: 'Telling it failed again and again.', firstAt: now, lastAt: now };
  const notifications = alert.notifications.map((one) =>
    isDue(one, now)
      ? ({ ...one, status: 'DeadLettered', nextTryAt: null, failure: one.failure ?? failure } as const)
      : one,
  );
  const after = { ...alert, notifications };
  await bury(ports, after, alert.notifications);
  if (!(await ports.alerts.write(vault, { replace: [{ was: held, now: after }] })))
    throw new Error(`${id} changed meanwhile`);
  if (isTold(after)) await settleMembers(ports, after);
}

async function buryUnknown({ ledger }: QueuePorts, message: unknown, now: Instant): Promise<void> {
  const text = JSON.stringify(message) ?? 'nothing';
  await ledger.bury({
    id: createHash('sha256').update(text).digest('hex').slice(0, 32),
    vault: null,
    alert: null,
    recipient: null,
    code: 'NotUnderstood',
    reason: `A message of ${text.length} characters could not be understood.`,
    attempts: 1,
    firstFailedAt: now,
    lastFailedAt: now,
  });
}
