/**
 * Brings up a vault that the version before wrote: each item gets its rows in the indexes and its part in the tally. That a row is
 * counted stands in the row itself, as its version. It is written with the row's own tag, so it is counted once, whoever writes meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { inParts } from '../change.ts';
import { NO_TALLY, plus, type Tally, tallyOf } from '../core/tally.ts';
import { itemCells, vaultCells } from './commit.ts';
import type { HeadMemory } from './head.ts';
import { indexOps } from './indexes.ts';
import { keys, trashKey } from './keys.ts';
import { read } from './rows.ts';
import { drop, type Op, pack, type Row, replacing, type Table, versionOf, WITH_TALLIES } from './table.ts';
import { type Base, baseOps, NEW_BASE, readTally } from './tallies.ts';

/** Items that are read at once, and that share a transaction: an item, its place in the trash, and three indexes make five rows each. */
const READ = 100;
const TOGETHER = 19;

export async function bringUp(
  table: Table,
  memory: Pick<HeadMemory, 'forget'>,
  vault: string,
  mayGoOn: () => boolean,
): Promise<'up' | 'left'> {
  const head = await table.get(vault, keys.vault(vault));
  if (!head) return 'up';
  if (!(await lockOut(table, memory, vault, head))) return 'left';
  while (mayGoOn()) {
    const row = await table.get(vault, keys.tallyBase(vault));
    const base = row ? readTally.base(row) : NEW_BASE;
    if (base.isUp) return 'up';
    const next = await countNext(table, vault, base.after);
    // A fold, or another who brings it up, has moved the base: it is read again.
    if (next) await table.commit(vault, baseOps(vault, { ...base, ...next, folds: base.folds + 1 }, row));
  }
  return 'left';
}

/**
 * The head is written anew, with another fence. Code of before cannot read it, and what it remembers of it is worth nothing: so it makes
 * no item behind the back of the one who counts. false: somebody changed the head at the same time.
 */
async function lockOut(table: Table, memory: Pick<HeadMemory, 'forget'>, vault: string, row: Row): Promise<boolean> {
  if (versionOf(row.cells) >= WITH_TALLIES) return true;
  const { vault: settings, fence: before } = read.vault(row);
  // A deleted vault has no fence.
  const fence = settings.deletion ? before : randomUUID();
  const ops: readonly Op[] = settings.deletion
    ? []
    : [drop(keys.fence(vault, before)), { op: 'insert', key: keys.fence(vault, fence), cells: { v: 1 } }];
  const done = await table.commit(vault, [
    replacing(keys.vault(vault), vaultCells({ vault: settings, fence }), row),
    ...ops,
  ]);
  memory.forget(vault);
  return done;
}

/** undefined: an item changed again and again while it was counted. The next look goes on there. */
async function countNext(
  table: Table,
  vault: string,
  after: string | null,
): Promise<Pick<Base, 'after' | 'isUp'> | undefined> {
  const prefix = keys.items(vault);
  const rows = await table.range(vault, { prefix, after: after === null ? undefined : prefix + after, limit: READ });
  for (const part of inParts(rows.filter(isUncounted), TOGETHER)) {
    if (await table.commit(vault, countedOps(vault, part))) continue;
    for (const { key } of part) if (!(await countOne(table, vault, key))) return undefined;
  }
  const last = rows.at(-1)?.key.slice(prefix.length);
  return rows.length < READ || last === undefined ? { after: null, isUp: true } : { after: last, isUp: false };
}

const MOST_TRIES = 5;

async function countOne(table: Table, vault: string, key: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await table.get(vault, key);
    if (!row || !isUncounted(row) || (await table.commit(vault, countedOps(vault, [row])))) return true;
  }
  return false;
}

/** A tombstone adds nothing. What cannot be read stays as it is: whoever can read it counts it. */
function isUncounted(row: Row): boolean {
  if (versionOf(row.cells) >= WITH_TALLIES || row.cells['state'] === 'Purged') return false;
  try {
    return read.remains(row).state !== 'Purged';
  } catch {
    return false;
  }
}

function countedOps(vault: string, rows: readonly Row[]): readonly Op[] {
  let tally: Tally = NO_TALLY;
  const ops = rows.flatMap((row): readonly Op[] => {
    const remains = read.remains(row);
    tally = plus(tally, tallyOf(remains));
    const place = trashKey(remains);
    return [
      replacing(row.key, itemCells(remains), row),
      ...(place === undefined ? [] : [{ op: 'replace', key: place, cells: itemCells(remains, {}) } as const]),
      ...indexOps(vault, remains, remains),
    ];
  });
  return [...ops, { op: 'insert', key: keys.tally(vault, randomUUID()), cells: pack(tally) }];
}
