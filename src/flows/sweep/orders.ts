/** What a sweep does about orders: it makes them, and tells people of those that nobody has confirmed. */
import type { HeldHead } from '../../change.ts';
import { alertId } from '../../core/alerts.ts';
import { ordered } from '../../core/lifecycle.ts';
import { failureFacts, isRecallable, newOrder, orderId } from '../../core/orders.ts';
import { executorFor } from '../../core/purgeSettings.ts';
import { effectiveDays } from '../../core/retention.ts';
import { HOUR_MS, iso } from '../../core/time.ts';
import { toldLines } from '../../core/told.ts';
import { askingFor } from '../items/asking.ts';
import { itemAlert } from '../story/raise.ts';
import { byItself, type Plan, type Read, type TaskOf } from './plans.ts';
import type { Run } from './run.ts';
import type { Judged } from './told.ts';

/** What may be purged is ordered instead, where its vault or its kind names an executor. */
export async function whoDestroys(
  { flow, kinds }: Pick<Run, 'flow' | 'kinds'>,
  task: Judged,
  head: HeldHead,
): Promise<Judged | TaskOf<'order'>> {
  if (task.task === 'warn') return whoWillDestroy(flow, task, head);
  if (task.task !== 'purge') return task;
  const asks = await askingFor(flow, await kinds(), task.item, head);
  if (!asks) return task;
  // It is tried again, and who waits for it sees why.
  if ('gone' in asks) throw new Error(`Executor ${asks.gone} is to destroy it, and is not there.`);
  return { ...task, task: 'order', asks };
}

/**
 * People who are reminded of a purge are told who will be asked, as the kinds were within the last minute. Where that cannot be found out
 * they are reminded all the same.
 */
async function whoWillDestroy(
  { kinds }: Pick<Run['flow'], 'kinds'>,
  task: TaskOf<'warn'>,
  { vault }: HeldHead,
): Promise<TaskOf<'warn'>> {
  const kind = await kinds
    .known()
    .then((all) => all.of(task.item.workload))
    .catch(() => undefined);
  return kind ? { ...task, executor: executorFor(vault.purge, kind)?.executor ?? null } : task;
}

/**
 * An executor is asked to destroy what it stands for. The item keeps all that it has, and nobody has to be told: so the hint that led here is
 * struck as soon as this has landed.
 */
export function order({ item, due, told, asks }: TaskOf<'order'>, read: Read): Plan {
  const { head, now, id, tag } = read;
  const { mark, alerts, untold } = told;
  const made = newOrder({ id: orderId(item, id), ...asks, softDeleteApplied: true }, now);
  const retentionDays = effectiveDays(item.deletion, head.vault.extensions);
  const next = ordered(item, item.terms, { ...item.deletion, retentionDays }, made, id);
  const facts = {
    ...{ order: made.id, executor: made.executor, confirmBy: iso(made.confirmBy) },
    ...{ purgeAt: iso(due), generation: item.generation },
    ...(mark && alerts.length === 0
      ? {}
      : {
          told: toldLines(
            alerts.map(({ value }) => value),
            item,
            due,
          ),
        }),
  };
  const unchanged = alerts.map((was) => ({ was, now: was.value }));
  const { order: name, executor, confirmBy, purgeAt } = facts;
  const asked = { order: name, executor, confirmBy, purgeAt, recallable: true };
  const missed = untold ? [{ was: undefined, now: itemAlert('PurgedUntold', item, now, asked) }] : [];
  const landing = byItself(
    read,
    item,
    { operation: 'PurgeOrdered', to: next, facts },
    {
      items: [{ was: { value: item, tag }, now: next }],
      ...(mark ? { dropMarks: [mark] } : {}),
      alerts: [...unchanged, ...missed],
    },
  );
  return { landing, hint: 'struck', counts: { as: 'ordered', count: 1 } };
}

/** The alert is the step's identity: it is raised once, whatever is repeated. */
export function unconfirmed({ item, steps }: TaskOf<'unconfirmed'>, { contacts, ...read }: Read): Plan {
  const { now, tag, id } = read;
  const { order } = item;
  const type = steps === 1 ? 'PurgeUnconfirmed' : 'PurgeUnconfirmedEscalated';
  const facts = { order: order.id, executor: order.executor, confirmBy: iso(order.confirmBy) };
  const { attempts, lastFailure } = order;
  const raised = itemAlert(type, item, now, {
    ...{ ...facts, lateHours: Math.floor((+now - +order.confirmBy) / HOUR_MS) },
    ...{ attempts, blocked: order.isBlocked, recallable: isRecallable(order, now) },
    ...(lastFailure ? failureFacts(lastFailure) : {}),
  });
  const occurrence = `${item.generation}-${order.id.split('~').at(-1)}-${steps}`;
  const alert = { ...raised, id: alertId(type, { vault: item.vault, item: item.name }, occurrence) };
  const next = { ...item, order: { ...order, steps }, etag: id };
  const landing = byItself(
    read,
    item,
    { operation: 'PurgeUnconfirmed', to: next, facts },
    { items: [{ was: { value: item, tag }, now: next }], alerts: [{ was: undefined, now: alert, contacts }] },
  );
  return { landing, hint: 'struck', counts: { as: 'warned', count: 1 } };
}
