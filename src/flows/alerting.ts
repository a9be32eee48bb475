import { type Hint, tellHint } from '../core/agenda.ts';
import { type Alert, type AlertType, alert, type Subject } from '../core/alerts.ts';
import { channelOf } from '../core/caller.ts';
import type { Facts } from '../core/history.ts';
import type { Item } from '../core/item.ts';
import { type Instant, iso } from '../core/time.ts';
import { workloadRow } from '../core/workloads.ts';
import type { Held, Ports } from '../ports.ts';
import type { Asking } from './asking.ts';

/** What whoever reads the mail wants to know about the item. */
const itemFacts = (item: Item): Facts => {
  const created = item.points.map(({ createdAt }) => createdAt).toSorted((a, b) => a.toMillis() - b.toMillis());
  const [oldest, newest] = [item.pagedPoints > 0 ? undefined : created[0], created.at(-1)];
  const deletion = item.state === 'SoftDeleted' || item.state === 'Purging' ? item.deletion : null;
  return {
    workload: item.workload,
    hybrid: workloadRow(item.workload).class === 'Hybrid',
    sourceId: item.sourceId,
    ...(item.server === null ? {} : { server: item.server }),
    points: item.points.length + item.pagedPoints,
    oldestPoint: oldest ? iso(oldest) : null,
    newestPoint: newest ? iso(newest) : null,
    ...(deletion
      ? {
          deletedAt: iso(deletion.deletedAt),
          deletedBy: deletion.deletedBy,
          retentionDays: deletion.retentionDays,
          reason: deletion.reason,
          comment: deletion.comment,
        }
      : {}),
  };
};

/** And about who did it. */
export const callerFacts = ({ caller, requestId, clientAddress = '' }: Asking<never>): Facts => ({
  by: caller.oid,
  tenant: caller.tid,
  roles: caller.roles,
  channel: channelOf(caller),
  secondFactor: caller.secondFactor,
  requestId,
  ...(clientAddress === '' ? {} : { clientAddress }),
});

export const subjectOf = ({ vault, name, generation }: Item): Subject => ({ vault, item: name, generation });

/** An alert about an item, told with all that is known about it. */
export const itemAlert = (type: AlertType, item: Item, at: Instant, facts: Facts = {}): Alert =>
  alert(type, subjectOf(item), at, { ...itemFacts(item), ...facts });

/** An alert about the vault itself. */
export const vaultAlert = (
  type: AlertType,
  asking: Asking<never>,
  { name }: { readonly name: string },
  facts: Facts,
  occurrence: string | number,
): Alert => alert(type, { vault: name }, asking.now, { ...callerFacts(asking), ...facts }, occurrence);

/** The hints that must stand before these alerts are raised. */
export const hintsToTell = (alerts: readonly Alert[]): readonly Hint[] => {
  const hints = alerts.map((one) => tellHint(one, one.firedAt));
  return hints.filter((hint, index) => hints.findIndex(({ item }) => item === hint.item) === index);
};

/**
 * Sets off the mails for what has just been raised. Nobody waits for it, and it may fail: then the hints in the agenda have
 * everything told by the next sweep. They were written before, or (where a verb has no request to spare) are written now.
 */
export function tellSoon({ notices, agenda }: Pick<Ports, 'notices' | 'agenda'>, alerts: readonly Alert[]): void {
  const [first] = alerts;
  if (!first) return;
  notices
    .send({ vault: first.vault, alerts: alerts.map(({ id }) => id) })
    .catch(() => agenda.write(hintsToTell(alerts)))
    .catch(() => undefined);
}

/** How a change writes an alert of a type that collapses: as a new row, or as one more on the row that is open. */
export interface Raising {
  readonly alerts: readonly Alert[];
  readonly recounts: readonly { readonly was: Held<Alert>; readonly now: Alert }[];
}

/** The same trouble again while its alert is open is counted there, and mailed no second time. */
export async function raiseOrCount(
  { alerts }: Pick<Ports, 'alerts'>,
  type: AlertType,
  subject: Subject,
  at: Instant,
  facts: Facts,
): Promise<Raising> {
  const before = (await alerts.about(subject.vault, subject.item ?? null)).filter(({ value }) => value.type === type);
  const open = before.find(({ value }) => value.state !== 'Closed');
  if (open) {
    const now = {
      ...open.value,
      count: open.value.count + 1,
      facts: { ...open.value.facts, ...facts, lastAt: iso(at) },
    };
    return { alerts: [], recounts: [{ was: open, now }] };
  }
  return { alerts: [alert(type, subject, at, facts, before.length + 1)], recounts: [] };
}

/** Raises an alert that no change goes with. Losing the race to raise it is fine: then it is raised. */
export async function raise(ports: Pick<Ports, 'alerts' | 'agenda' | 'notices'>, one: Alert): Promise<void> {
  await ports.agenda.write(hintsToTell([one]));
  if (await ports.alerts.write(one.vault, { insert: [one] })) tellSoon(ports, [one]);
}

/** The same for types that collapse. A lost race is another's count. */
export async function raiseAgain(
  ports: Pick<Ports, 'alerts' | 'agenda' | 'notices'>,
  type: AlertType,
  subject: Subject,
  at: Instant,
  facts: Facts,
): Promise<void> {
  const { alerts, recounts } = await raiseOrCount(ports, type, subject, at, facts);
  const [fresh] = alerts;
  if (fresh) return raise(ports, fresh);
  await ports.alerts.write(subject.vault, { replace: recounts });
}
