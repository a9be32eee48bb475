import { tellHint } from '../../core/agenda.ts';
import { alertId } from '../../core/alerts.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { daysLeft } from '../../core/retention.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { HeldHead, Ports } from '../../ports.ts';
import { itemAlert } from '../alerting.ts';
import { told } from './expire.ts';

export type TellPorts = Pick<Ports, 'vaults' | 'agenda' | 'notices' | 'alerts' | 'newId'>;

/**
 * Agenda first, then the alert with its cause, then the notice; a crash in between is told again. Done is done, also when it
 * could not be told: then the hint stays. So it does when nothing was raised: another sweep may be telling by the same hint.
 */
export async function telling(
  { agenda, notices }: Pick<TellPorts, 'agenda' | 'notices'>,
  item: Item,
  alert: string,
  now: Instant,
  raise: () => Promise<boolean>,
): Promise<boolean> {
  const hint = tellHint({ vault: item.vault, item: item.name }, now);
  await agenda.write([hint]);
  if (!(await raise())) return false;
  const sent = await notices.send({ vault: item.vault, alerts: [alert] }).then(
    () => true,
    () => false,
  );
  if (sent) await agenda.strike([hint]);
  return true;
}

/**
 * Two days before the purge. The alert is the warning's identity: it is raised once, whatever is repeated. Only where the purge was
 * put off after somebody had been warned, there is a second one, named after the day that it is about.
 */
export async function warn(
  ports: TellPorts,
  head: HeldHead,
  item: ItemIn<'SoftDeleted'>,
  due: Instant,
  now: Instant,
): Promise<'warned' | 'known' | undefined> {
  const { vault, name, generation } = item;
  for (const occurrence of [generation, `${generation}-${due.toISODate()}`]) {
    const id = alertId('UpcomingPurge', { vault, item: name }, occurrence);
    if (await warnAs(ports, head, item, id, due, now)) return 'warned';
    const raised = await ports.alerts.get(vault, id);
    if (!raised) return undefined;
    if (raised.value.facts['purgeAt'] === iso(due)) return 'known';
  }
  return 'known';
}

function warnAs(
  ports: TellPorts,
  head: HeldHead,
  item: ItemIn<'SoftDeleted'>,
  id: string,
  due: Instant,
  now: Instant,
): Promise<boolean> {
  const facts = { purgeAt: iso(due), daysLeft: daysLeft(due, now) };
  return telling(ports, item, id, now, () =>
    ports.vaults.commit({
      vault: item.vault,
      id: ports.newId(),
      fence: head.fence,
      stillInTrash: [item],
      alerts: [{ ...itemAlert('UpcomingPurge', item, now, facts), id }],
      entries: [told(item.name, now, 'WarnUpcomingPurge', { from: item.state, to: item.state }, { purgeAt: iso(due) })],
    }),
  );
}
