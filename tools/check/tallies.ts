import { isItem, type Remains } from '../../src/core/item.ts';
import { changesNothing, minus, tallyOf, total } from '../../src/core/tally.ts';
import { indexRows } from '../../src/store/indexes.ts';
import { keys } from '../../src/store/keys.ts';
import type { Cells, Row } from '../../src/store/table.ts';
import { readTally, tallyRows } from '../../src/store/tallies.ts';
import type { Tell } from './terms.ts';

/**
 * What is derived from the items of a vault is worked out again: what they add up to, and the rows that name them in other orders. What
 * follows from an item that cannot be read nobody knows.
 */
export function checkTallies(
  vault: string,
  rows: readonly Row[],
  items: ReadonlyMap<string, Remains>,
  tell: Tell,
): void {
  const living = [...items.values()].filter(isItem);
  const unknown = new Set(rows.flatMap(({ key }) => nameIn(vault, key)).filter((name) => !items.has(name)));
  const counted = living.filter(({ uncounted }) => !uncounted);
  const { base, parts, end, differences } = tallyRows(vault, rows);
  const head = base && readTally.base(base);
  if (head?.isUp)
    for (const { name, uncounted } of living)
      if (uncounted) tell(keys.item(vault, name), 'I5', 'its vault counts every item, and does not count this one');
  if (head && (!end || readTally.end(end).folds !== head.folds))
    tell(keys.tallyEnd(vault), 'I5', 'the tally ends with another fold than it begins with');
  const kept = [...(head ? [head] : []), ...parts.map(readTally.part), ...differences.map(readTally.difference)];
  const difference = minus(total(kept), total(counted.map(tallyOf)));
  if (unknown.size === 0 && !changesNothing(difference))
    tell(keys.tallyBase(vault), 'I5', `the tally is off by ${JSON.stringify(difference)}`);
  const known = rows.filter(({ key }) => !unknown.has(key.split('!').at(-1) ?? ''));
  checkIndexes(vault, known, new Map(counted.flatMap((item) => [...indexRows(vault, item)])), tell);
}

const nameIn = (vault: string, key: string): readonly string[] =>
  key.startsWith(keys.items(vault)) ? [key.slice(keys.items(vault).length)] : [];

function checkIndexes(vault: string, rows: readonly Row[], wanted: ReadonlyMap<string, Cells>, tell: Tell): void {
  const there = new Map(
    rows.filter(({ key }) => key.startsWith(keys.by(vault, ''))).map((row) => [row.key, row.cells]),
  );
  for (const [key, { name, state }] of wanted) {
    const found = there.get(key);
    if (!found) tell(key, 'I5', `no index row, although ${name} should stand here`);
    else if (found['name'] !== name || found['state'] !== state)
      tell(key, 'I5', `it says ${found['name']} ${found['state']}, and the item ${name} ${state}`);
  }
  for (const key of there.keys())
    if (!wanted.has(key)) tell(key, 'I5', 'an index row of an item that does not belong here');
}
