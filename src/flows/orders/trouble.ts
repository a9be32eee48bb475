/** What people hear when an order is not done: its first failure is told, what follows is counted there, and an order that is blocked is told at once. */
import type { Raised } from '../../change.ts';
import { alert, alertId } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { Facts } from '../../core/caller.ts';
import type { Ordered } from '../../core/orders.ts';
import type { Instant } from '../../core/time.ts';
import type { About } from '../../ports/alerts.ts';
import { itemAlert, raisedOrCounted, subjectOf } from '../story/raise.ts';

/** Of an item there may be many orders, and each attempt ends once. */
const occurrenceOf = ({ generation, order }: Ordered): string =>
  `${generation}-${order.id.split('~').at(-1)}-${order.attempts}`;

export const orderFacts = ({ order: { id, executor, attempts } }: Ordered) => ({
  ...{ order: id, executor, tries: attempts },
});

/** A person has to look. */
export function stuck(item: Ordered, now: Instant, facts: Facts): Raised {
  const type: AlertType = 'PurgeStuck';
  const raised = itemAlert(type, item, now, { ...orderFacts(item), ...facts });
  return { was: undefined, now: { ...raised, id: alertId(type, subjectOf(item), occurrenceOf(item)) } };
}

/**
 * A failure after the first of its order is counted in the alert that was raised of it, unless a person has closed that since. `before`:
 * the alerts about the item. undefined: they have to be read.
 */
export function failing(
  was: Ordered,
  next: Ordered,
  before: About | undefined,
  now: Instant,
  facts: Facts,
): Raised | undefined {
  if (next.order.isBlocked) return stuck(next, now, facts);
  const type: AlertType = 'PurgeFailed';
  const subject = { vault: next.vault, item: next.name };
  const said = { ...orderFacts(next), ...facts };
  const raised: Raised = { was: undefined, now: alert(type, subject, now, said, occurrenceOf(next)) };
  if (was.order.lastFailure === null) return raised;
  const open = before?.found.find(
    ({ value }) => value.type === type && value.state !== 'Closed' && value.facts['order'] === next.order.id,
  );
  if (!before) return undefined;
  return open ? raisedOrCounted({ ...before, found: [open] }, type, subject, now, said) : raised;
}
