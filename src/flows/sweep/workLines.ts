/**
 * Lines of work lists that lead to no order any more. Whoever closes an order strikes its line, and whoever claims strikes what is false; but a
 * process may die in between, and an executor that has none claims nothing. So what is a day old is looked at once a day.
 */
import { sameName } from '../../core/names.ts';
import { isOrdered } from '../../core/orders.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { WorkLine } from '../../ports/agenda.ts';
import { inParallel } from '../story/rounds.ts';
import type { SweepPorts } from './run.ts';

/** No more than so many of an executor a day: the oldest of what can be claimed, and of what waits for a person behind all of that. */
const MOST = 100;
const STRETCHES = [{}, { parked: true }] as const;

/** One request where there are none at all, and some for each executor that has lines. */
export async function strikeOldLines(flow: SweepPorts, now: Instant, mayGoOn: () => boolean): Promise<void> {
  for (let behind: string | undefined; mayGoOn(); ) {
    const [first] = (await flow.agenda.allWork(1, behind)).found;
    if (!first) return;
    const { executor } = first.work;
    behind = executor;
    const stretches = STRETCHES.map((stretch) => flow.agenda.work(executor, { limit: MOST, ...stretch }));
    const lines = (await Promise.all(stretches)).flatMap(({ found }) => found);
    const old = lines.filter(({ due }) => due < addDays(now, -1));
    const gone = await inParallel(old, async (line) => ((await leads(flow, line)) ? [] : [line]));
    if (gone.flat().length > 0) await flow.agenda.strike(gone.flat());
  }
}

/** Its order lives, is this executor's, and is filed so. Whatever was under way when the line was written has landed by now, or never will. */
async function leads({ vaults }: SweepPorts, { vault, item, work }: WorkLine): Promise<boolean> {
  const remains = (await vaults.item(vault, item))?.value;
  if (!isOrdered(remains)) return false;
  const { id, executor, filedAt } = remains.order;
  return id === work.order && sameName(executor, work.executor) && work.isParked === (filedAt === null);
}
