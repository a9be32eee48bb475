import type { Item, ItemIn } from '../core/item.ts';
import { decide, undeleted } from '../core/lifecycle.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Held, Ports } from '../ports.ts';
import {
  type Asking,
  entry,
  type ItemResult,
  missing,
  type Place,
  purged,
  rounds,
  stale,
  tellRefusal,
} from './asking.ts';

type UndeletePorts = Pick<Ports, 'vaults' | 'newId'>;

const OPERATION = 'Undelete';

/** Out of the trash, into "protection stopped, data retained". Never guarded, never blocked, and it starts no backup. */
export async function undelete(
  ports: UndeletePorts,
  asking: Asking<ItemResult>,
  place: Place,
): Promise<Outcome<ItemResult>> {
  const outcome = await rounds<ItemResult>(async () => {
    const held = await ports.vaults.item(place.vault, place.item);
    if (!held) return missing(ports, place);
    const precondition = stale(asking, held.value);
    if (precondition) return precondition;
    const { value: item, tag } = held;
    if (item.state === 'Purged') return purged(item, asking.now);
    return undeleteItem(ports, asking, { value: item, tag });
  });
  return tellRefusal(ports, asking, place, OPERATION, outcome);
}

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
