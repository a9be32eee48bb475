import type { Instant } from '../../core/time.ts';
import type { Notice } from '../../ports.ts';
import { deliver } from './deliver.ts';
import { tellTogether } from './together.ts';
import type { NotifyPorts, NotifySettings } from './turn.ts';

/** What a notice asks for: alerts to be told, or those who wait to be told together. Hearing it twice is hearing it once. */
export async function notify(
  ports: NotifyPorts,
  settings: NotifySettings,
  { vault, alerts = [], together }: Notice,
  now: Instant,
): Promise<void> {
  if (vault !== null && together !== undefined) await tellTogether(ports, vault, together, now);
  if (alerts.length === 0) return;
  const head = vault === null ? undefined : await ports.vaults.head(vault, 'fresh');
  const turn = { ports, settings, vault: head?.vault, now };
  const failures: unknown[] = [];
  // one that cannot be told keeps no other from being told
  for (const id of alerts) await deliver(turn, id, vault).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
