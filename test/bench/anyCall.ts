/** Section: the table of costs in a small store and in a large one, side by side. Counted over tables in memory; fails where they differ. */
import { isDeepStrictEqual } from 'node:util';
import { built, CALLS, cellsOf, compared, POLICIES, SERVERS } from '../http/costed.ts';
import { table } from './figures.ts';

const SIZES = { few: 2_500, many: 100_000 } as const;
const [FEW, MANY] = [SIZES.few, SIZES.many].map((size) => size.toLocaleString('en'));

export async function anyCall(say: (line: string) => void): Promise<string> {
  say(`making ${FEW} items and ${MANY}`);
  const stores = [await built(SIZES.few), await built(SIZES.many)] as const;
  const rows: (readonly string[])[] = [];
  for (const call of CALLS) {
    const cost = await compared(call, stores);
    const said = `${call}: ${JSON.stringify(cost)}`;
    if (!isDeepStrictEqual(cost.few, cost.many)) throw new Error(`it differs with what else is there: ${said}`);
    if (cost.few.requests > cost.ceiling) throw new Error(`it is above its ceiling: ${said}`);
    rows.push(cellsOf(cost));
  }
  return [
    '## What every call asks of storage',
    `These figures are counts, so they do not depend on the machine. Each call is made in a store of ${FEW} items and in one of ${MANY}, in their vault where that is possible, with as many tombstones and as many alerts there, ${POLICIES} policies and ${SERVERS.toLocaleString('en')} servers. The run fails where a figure differs from the one beside it, or is above its ceiling. \`npm test\` does the same with ${FEW} and 10,000, and fails when a figure differs from this page; the ceilings stand in \`test/http/costs.ts\`, and a route without one does not compile.`,
    'No hints lie in the agenda; the forecast reads a thousand of them with a request, and no more than 64 times. Lists ask for twenty, and the ceiling of some grows with what they show. The alerts that a call raises are told by `notify`, which is not counted here. Whoever needs the head of the vault reads all its policies. The first change of a process in a vault asks for one or two requests more. A stop with delete reads the kinds, which a process does once a minute; so does a protect of a kind of your own, and the first of a kind in a vault asks for two requests more. To explain an item that is overdue takes one more, because what was set aside lies apart; so does a report of a mail that did not arrive, with the alert that it raises. To delete a guard takes one more for each vault that it guards, twenty at most, and two for each link that is not true, once. To leave a guard takes two more than to come under it, because it is guarded.',
    table(['call', `requests, ${FEW}`, MANY ?? '', `rows read, ${FEW}`, MANY ?? '', 'ceiling'], rows),
  ].join('\n\n');
}
