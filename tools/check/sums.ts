/**
 * What is derived from all items of a vault, where the vault is read in slices: the tally, and the rows that name its items in other
 * orders. Those are too many to be held; their sum tells whether each is there and none too many.
 */
import { createHash } from 'node:crypto';
import { isItem } from '../../src/core/item.ts';
import { changesNothing, minus, NO_TALLY, plus, type Tally, tallyOf, total } from '../../src/core/tally.ts';
import { indexRows } from '../../src/store/indexes.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Cells, Row } from '../../src/store/table.ts';
import { readTally, tallyRows } from '../../src/store/tallies.ts';
import { attempt, type Tell } from './terms.ts';

const SIXTY_FOUR = 64;

const numberOf = (key: string, { name, state }: Cells): bigint =>
  createHash('sha256')
    .update(JSON.stringify([key, name, state]))
    .digest()
    .readBigUInt64BE();

export function sumsOf(vault: string) {
  let counted: Tally = NO_TALLY;
  let kept: Tally = NO_TALLY;
  let indexes = 0n;
  let isUnknown = false;
  let unreadable: string | undefined;
  const item = (row: Row): void => {
    const remains = read.remains(row);
    if (!isItem(remains) || remains.uncounted) return;
    counted = plus(counted, tallyOf(remains));
    for (const [key, cells] of indexRows(vault, remains)) indexes += numberOf(key, cells);
  };
  return {
    add(rows: readonly Row[]): void {
      const { base, parts, differences } = tallyRows(vault, rows);
      attempt(
        () => {
          const folded = [...(base ? [readTally.base(base)] : []), ...parts.map(readTally.part)];
          kept = total([kept, ...folded, ...differences.map(readTally.difference)]);
        },
        (why) => {
          unreadable = why;
        },
      );
      for (const row of rows)
        if (row.key.startsWith(keys.by(vault, ''))) indexes -= numberOf(row.key, row.cells);
        else if (row.key.startsWith(keys.items(vault)))
          attempt(
            () => item(row),
            () => {
              isUnknown = true;
            },
          );
    },
    /** What follows from an item that cannot be read nobody knows. */
    tellOf(tell: Tell): void {
      if (isUnknown) return;
      const difference = minus(kept, counted);
      if (unreadable !== undefined) tell(keys.tallyBase(vault), 'unreadable', unreadable);
      else if (!changesNothing(difference))
        tell(keys.tallyBase(vault), 'I5', `the tally is off by ${JSON.stringify(difference)}`);
      if (BigInt.asUintN(SIXTY_FOUR, indexes) !== 0n)
        tell(keys.by(vault, ''), 'I5', 'the index rows are not those that its items should have');
    },
  };
}
