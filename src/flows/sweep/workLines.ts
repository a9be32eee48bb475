/**
 * Lines of work lists that lead to no order any more. Whoever closes an order strikes its line, and whoever claims strikes what is false; but a
 * process may die in between, and an executor that has none claims nothing. So what is a day old is looked at once a day.
 */
import { sameName } from '../../core/names.ts';
import { isOrdered } from '../../core/orders.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { WorkLine } from '../../ports.ts';
import type { SweepPorts } from './run.ts';

/** No more than so many of an executor a day. */
const MOST = 100;
/** What can be claimed, and what waits for a person behind all of that. */
const STRETCHES = [{}, { after: '~', all: true }] as const;

/** One request where there are none at all, and some for each executor that has lines. */
export async function strikeOldLines(flow: SweepPorts, now: Instant, mayGoOn: () => boolean): Promise<void> {
  for (let after: string | undefined; mayGoOn(); ) {
    const [first] = (await flow.agenda.allWork(1, after)).found;
    if (!first) return;
    after = first.work.executor;
    for (const stretch of STRETCHES) {
      const { found } = await flow.agenda.work(after, { limit: MOST, ...stretch });
      const gone = await falseAmong(
        flow,
        found.filter(({ due }) => due < addDays(now, -1)),
      );
      if (gone.length > 0) await flow.agenda.strike(gone);
    }
  }
}

/** As far as the first that is true: where an order lives, its executor or a person comes by. */
async function falseAmong({ vaults }: SweepPorts, lines: readonly WorkLine[]): Promise<readonly WorkLine[]> {
  for (const [at, { vault, item, work }] of lines.entries()) {
    const remains = (await vaults.item(vault, item))?.value;
    if (isOrdered(remains) && remains.order.id === work.order && sameName(remains.order.executor, work.executor))
      return lines.slice(0, at);
  }
  return lines;
}
