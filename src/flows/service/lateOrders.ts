import { isUnconfirmed } from '../../core/orders.ts';
import type { Instant } from '../../core/time.ts';
import type { Agenda } from '../../ports/agenda.ts';

/** As many lines as a request of storage answers. */
export const MOST_LINES = 1000;

export interface LateOrders {
  /** Past the time within which their executors should have confirmed. */
  readonly late: number;
  /** A person has to decide. */
  readonly blocked: number;
  /** There are more orders than were looked at. */
  readonly more: boolean;
}

/** What the work lists of all executors say at this moment: one request. An order may have several lines, and counts once. */
export async function lateOrders(
  { agenda }: { readonly agenda: Pick<Agenda, 'allWork'> },
  now: Instant,
): Promise<LateOrders> {
  const { found, last } = await agenda.allWork(MOST_LINES);
  const idsOf = (lines: typeof found) => new Set(lines.map(({ work }) => work.order)).size;
  return {
    late: idsOf(found.filter(({ work }) => isUnconfirmed(work, now))),
    blocked: idsOf(found.filter(({ work }) => work.state === 'Blocked')),
    more: last !== undefined,
  };
}
