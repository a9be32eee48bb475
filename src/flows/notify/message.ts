import type { Instant } from '../../core/time.ts';
import type { Notice } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { tellTogether } from './bundles.ts';
import { buryUnknown, giveUp } from './deadLetters.ts';
import { deliver } from './deliver.ts';
import type { NotifySettings, Turn } from './turn.ts';

/** A message as the queue brings it: it is parsed, never believed. */
function parse(message: unknown): Notice | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { vault, alerts, together } = message as Readonly<Record<string, unknown>>;
  if (vault !== null && typeof vault !== 'string') return undefined;
  const ids = Array.isArray(alerts) ? alerts.filter((id) => typeof id === 'string') : undefined;
  if (ids === undefined && typeof together !== 'string') return undefined;
  return { vault, ...(ids ? { alerts: ids } : {}), ...(typeof together === 'string' ? { together } : {}) };
}

/** A message of the queue. When this throws, the queue brings the message again a few times, and then hands it to `buryNotice`. */
export async function takeNotice(flow: FlowPorts, settings: NotifySettings, message: unknown): Promise<void> {
  const notice = parse(message);
  if (!notice) throw new Error('a notification message could not be understood');
  await notify(flow, settings, notice, flow.clock.now());
}

/** Tells the alerts that a notice names, or those that wait to be told together. A notice may come twice. */
export async function notify(
  flow: FlowPorts,
  settings: NotifySettings,
  { vault, alerts = [], together }: Notice,
  now: Instant,
): Promise<void> {
  if (vault !== null && together !== undefined) await tellTogether(flow, vault, together, now);
  if (alerts.length === 0) return;
  const turn = await turnFor(flow, settings, vault, now);
  const failures: unknown[] = [];
  // An alert that cannot be told does not keep the others from being told.
  for (const id of alerts) await deliver(turn, vault, id).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/**
 * A notice that failed again and again. The mails that it should have sent become dead letters. Alerts that wait to be told together
 * keep their hint in the agenda: the next sweep has them told.
 */
export async function buryNotice(flow: FlowPorts, settings: NotifySettings, message: unknown): Promise<void> {
  const notice = parse(message);
  const now = flow.clock.now();
  if (!notice) return buryUnknown(flow.ledger, message, now);
  const { vault, alerts = [] } = notice;
  if (alerts.length === 0) return;
  const turn = await turnFor(flow, settings, vault, now);
  for (const id of alerts) await giveUp(turn, vault, id);
}

async function turnFor(flow: FlowPorts, settings: NotifySettings, vault: string | null, now: Instant): Promise<Turn> {
  const head = vault === null ? undefined : await flow.vaults.head(vault, 'fresh');
  return { flow, settings, vault: head?.vault, now };
}
