import { type Explanation, explain } from '../../core/explain.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { readItem } from '../items/read.ts';
import type { Place } from '../story/request.ts';
import { brakesOn } from '../sweep/brakes.ts';

/** Why an item was or was not purged: its own state and dates, and the brakes on all purges. */
export async function explainItem(
  ports: Pick<Reads, 'vaults' | 'control' | 'nextSweep'>,
  now: Instant,
  place: Place,
): Promise<Outcome<Explanation>> {
  const found = await readItem(ports, now, place);
  if (!found.ok) return found;
  const { item, head } = found.value;
  return ok(explain(item, head, now, ports.nextSweep, await brakesOn(ports, item, now)));
}
