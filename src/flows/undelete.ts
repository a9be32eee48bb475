import type { Item, ItemIn } from '../core/item.ts';
import { decide, undeleted } from '../core/lifecycle.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Held, Ports } from '../ports.ts';
import { callerFacts, itemAlert, tellSoon } from './alerting.ts';
import { type Asking, entry, type ItemResult, type Place } from './asking.ts';
import { withContainer } from './container.ts';
import { onItem } from './onItem.ts';

export type UndeletePorts = Pick<Ports, 'vaults' | 'registry' | 'notices' | 'agenda' | 'newId'>;

const OPERATION = 'Undelete';

/** Out of the trash, into "protection stopped, data retained". Never guarded, and it starts no backup. */
export const undelete = (
  ports: UndeletePorts,
  asking: Asking<ItemResult>,
  place: Place,
): Promise<Outcome<ItemResult>> => {
  let round = 0;
  return onItem({ ports, asking, place, operation: OPERATION }, (held) => {
    round += 1;
    return undeleteItem(ports, asking, held, round > 1);
  });
};

async function undeleteItem(
  ports: UndeletePorts,
  asking: Asking<ItemResult>,
  held: Held<Item>,
  fresh: boolean,
): Promise<Outcome<ItemResult> | 'again'> {
  const { now } = asking;
  const item = held.value;
  let decision = decide('undelete', item, { now });
  // The vault may have lengthened the period since: only its head can say that the window is really closed.
  if (!decision.ok && decision.refusal.code === 'UndeleteWindowClosed') {
    const head = await ports.vaults.head(item.vault, 'fresh');
    decision = decide('undelete', item, { now, vault: head?.vault });
  }
  if (!decision.ok) return decision;
  if (!decision.changes) return ok({ item });
  const container = await withContainer(ports, asking, item, fresh);
  if (!container.ok) return container;
  const next = undeleted(item as ItemIn<'SoftDeleted'>, ports.newId());
  const result = { item: next };
  const alerts = [itemAlert('ItemUndeleted', item, now, { ...callerFacts(asking), from: item.state, to: next.state })];
  const done = await container.value({
    vault: item.vault,
    id: next.etag,
    items: [{ was: held, now: next }],
    alerts,
    entries: [
      entry(asking, item.name, { operation: OPERATION, from: item, to: next, facts: { generation: item.generation } }),
    ],
    answer: asking.keep?.(result),
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}
