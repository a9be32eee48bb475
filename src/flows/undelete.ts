import type { Item, ItemIn } from '../core/item.ts';
import { decide, undeleted } from '../core/lifecycle.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Held, Ports } from '../ports.ts';
import { type Asking, entry, type ItemResult, type Place } from './asking.ts';
import { onItem } from './onItem.ts';

type UndeletePorts = Pick<Ports, 'vaults' | 'newId'>;

const OPERATION = 'Undelete';

/** Out of the trash, into "protection stopped, data retained". Never guarded, never blocked, and it starts no backup. */
export const undelete = (
  ports: UndeletePorts,
  asking: Asking<ItemResult>,
  place: Place,
): Promise<Outcome<ItemResult>> =>
  onItem({ ports, asking, place, operation: OPERATION }, (held) => undeleteItem(ports, asking, held));

async function undeleteItem(
  ports: UndeletePorts,
  asking: Asking<ItemResult>,
  held: Held<Item>,
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
  const next = undeleted(item as ItemIn<'SoftDeleted'>, ports.newId());
  const result = { item: next };
  const done = await ports.vaults.commit({
    vault: item.vault,
    id: next.etag,
    items: [{ was: held, now: next }],
    entries: [
      entry(asking, item.name, { operation: OPERATION, from: item, to: next, facts: { generation: item.generation } }),
    ],
    answer: asking.keep?.(result),
  });
  return done ? ok(result) : 'again';
}
