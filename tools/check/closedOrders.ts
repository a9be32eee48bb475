/** Orders that have ended: each is named by its item, and says what the history says. What was ordered is gone only when its order has ended. */
import type { Item, Tombstone } from '../../src/core/item.ts';
import { keyOf } from '../../src/core/names.ts';
import { closedIds, isOrdered } from '../../src/core/orders.ts';
import { type Proof, proofDigest } from '../../src/core/proof.ts';
import { keys } from '../../src/store/keys.ts';
import type { Contents, Tell, Written } from './terms.ts';

/** What was proved, as an entry tells it, has the digest that the entry tells beside it. */
export function isProved({ proof, proofDigest: digest }: Written['facts']): boolean {
  if (typeof proof !== 'string') return digest == null;
  try {
    return proofDigest(JSON.parse(proof) as Proof) === digest;
  } catch {
    return false;
  }
}

export function checkClosed(remains: Item | Tombstone, { vault, closed, history }: Contents, tell: Tell): void {
  const name = keyOf(remains.name);
  const ids = closedIds(remains);
  const orders = closed.get(name) ?? [];
  const told = history.get(name) ?? [];
  const row = keys.item(vault, name);
  for (const { id, proofDigest: digest } of orders) {
    const at = keys.closedOrder(vault, name, id);
    if (!ids.includes(id)) tell(at, 'I5', 'its item does not name it');
    const end = told.find(({ to, facts }) => to === 'Purged' && facts['order'] === id);
    if (end && (end.facts['proofDigest'] ?? null) !== digest)
      tell(at, 'I7', 'its proof is another than its history tells');
  }
  for (const id of ids) if (!orders.some((one) => one.id === id)) tell(row, 'I5', `nothing is kept of its order ${id}`);
  const live = isOrdered(remains) ? remains.order.id : undefined;
  if (live !== undefined && ids.includes(live)) tell(row, 'I7', `its order ${live} has ended, and lives`);
  const last = sinceDeletion(told).find(({ facts }) => facts['order'] !== undefined)?.facts['order'];
  if (last !== undefined && last !== live && !ids.includes(String(last)))
    tell(row, 'I7', `it is ${remains.state}, and its order ${last} has not ended`);
}

/** The newest first. */
function sinceDeletion(told: readonly Written[]): readonly Written[] {
  const before = told.findIndex(({ to }) => to !== null && !IN_TRASH.includes(to));
  return before === -1 ? told : told.slice(0, before);
}
const IN_TRASH = ['SoftDeleted', 'Purging', 'Purged'];
