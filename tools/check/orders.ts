/** What waits for an executor: its twin says the same, a line in the work list leads to it in time, and so does a look at its deadline. */
import type { Hint } from '../../src/core/hints.ts';
import { sameName } from '../../src/core/names.ts';
import { availableAt, type Ordered, stepAt } from '../../src/core/orders.ts';
import { addDays, type Instant, iso, later } from '../../src/core/time.ts';
import type { Filed } from './terms.ts';

export interface Leading {
  readonly now: Instant;
  readonly hints: readonly Hint[];
  readonly work: readonly Filed[];
}

export function checkOrder(item: Ordered, { now, hints, work }: Leading, tell: (message: string) => void): void {
  const { id, executor, steps } = item.order;
  const lines = work.filter((one) => one.order === id && sameName(one.executor, executor));
  const at = availableAt(item, now);
  const leads = ({ isParked, due }: Filed) => (at === null ? isParked : !isParked && due <= later(at, now));
  if (!lines.some(leads))
    tell(
      `no line in the work list of ${executor} leads to its order ${at === null ? 'behind all others' : `by ${iso(at)}`}`,
    );
  const next = stepAt(item.order, steps);
  // What failed is tried later and later, but within a day.
  const looks = ({ kind, due, tries = 0 }: Hint) =>
    kind === 'order' && (due <= later(next, now) || (tries > 0 && due <= addDays(now, 1)));
  if (!hints.some(looks)) tell(`no hint leads to the deadline of its order at ${iso(next)}`);
}
