/**
 * Brings up a vault that the version before wrote: each item gets its rows in the indexes and its part in the tally. That a row is
 * counted stands in the row itself, as its version. It is written with the row's own tag, so it is counted once, whoever writes meanwhile.
 * Tombstones and jobs, which end, are named by rows that say when.
 */
import { randomUUID } from 'node:crypto';
import { inParts } from '../change.ts';
import { type Item, isItem, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import { changesNothing, NO_TALLY, plus, tallyOf } from '../core/tally.ts';
import type { Instant } from '../core/time.ts';
import type { Stretch } from '../ports/stretch.ts';
import type { BroughtUp } from '../ports/vaults.ts';
import { indexOps } from './indexes.ts';
import { type JobsOfBefore, jobsOf } from './jobsOfBefore.ts';
import { keys, trashKey } from './keys.ts';
import { itemCells } from './ops.ts';
import { plant } from './plantedEnds.ts';
import { read } from './rows.ts';
import { type Op, pack, type Row, replacing, type Table } from './table.ts';
import { baseIn, tallyRows } from './tallies.ts';
import { baseOps } from './tallyBase.ts';

/** Items that share a transaction: an item, its place in the trash, and three indexes make five rows each. */
const TOGETHER = 19;

/** A stretch of items, in the order of names. Behind the last of them the vault counts as counted. undefined: somebody was faster, again and again. */
export async function bringUp(
  table: Table,
  vault: string,
  { after, limit }: Stretch,
  now: Instant,
): Promise<BroughtUp | undefined> {
  const prefix = keys.items(vault);
  const rows = await table.range(vault, { prefix, after: after === undefined ? undefined : prefix + after, limit });
  const last = rows.length < limit ? undefined : rows.at(-1)?.key.slice(prefix.length);
  const jobs = await jobsOf(table, vault, { after, until: last });
  const found = rows.map((row) => ({ row, item: livingIn(row) }));
  const living = found.flatMap(({ row, item }) => (item && item !== 'unreadable' ? [{ row, item }] : []));
  const known = new Map<string, Remains | undefined>(rows.map((row) => [row.key.slice(prefix.length), graveIn(row)]));
  for (const part of inParts(living, TOGETHER)) {
    const up = await bringUpPart(table, vault, part, jobs);
    if (!up) return undefined;
    for (const item of up) known.set(keyOf(item.name), item);
  }
  if (!(await plant(table, vault, rows.filter(isGrave), now)) || !(await jobs.plant(known, now))) return undefined;
  if (last === undefined && !(await markUp(table, vault))) return undefined;
  return {
    last,
    items: living.map(({ item }) => item),
    unreadable: found.flatMap(({ row, item }) => (item === 'unreadable' ? [row.key.slice(prefix.length)] : [])),
  };
}

/** A tombstone adds nothing, and stands in no index. What cannot be read stays as it is. */
function livingIn(row: Row): Item | 'unreadable' | undefined {
  if (row.cells['state'] === 'Purged') return undefined;
  try {
    const remains = read.remains(row);
    return isItem(remains) ? remains : undefined;
  } catch {
    return 'unreadable';
  }
}

const isGrave = ({ cells }: Row): boolean => cells['state'] === 'Purged';

function graveIn(row: Row): Remains | undefined {
  try {
    return isGrave(row) ? read.remains(row) : undefined;
  } catch {
    return undefined;
  }
}

type Found = { readonly row: Row; readonly item: Item };

/** As they stand from then on. undefined: one of them changed again and again. */
async function bringUpPart(
  table: Table,
  vault: string,
  part: readonly Found[],
  jobs: JobsOfBefore,
): Promise<readonly Item[] | undefined> {
  const whole = part.map(({ row, item }) => ({ row, item: jobs.withLast(item) }));
  if (await table.commit(vault, derivedOps(vault, whole))) return whole.map(({ item }) => item);
  const up: Item[] = [];
  for (const { row } of part) {
    const one = await bringUpOne(table, vault, row.key, jobs);
    if (one === 'lost') return undefined;
    if (one) up.push(one);
  }
  return up;
}

/** All that follows from these items; those that are not counted yet are counted. */
function derivedOps(vault: string, some: readonly Found[]): readonly Op[] {
  const uncounted = some.filter(({ item }) => item.uncounted);
  const difference = uncounted.map(({ item }) => tallyOf(item)).reduce(plus, NO_TALLY);
  const ops = some.flatMap(({ row, item }): readonly Op[] => {
    const place = item.uncounted ? trashKey(item) : undefined;
    return [
      replacing(row.key, itemCells(item), row),
      ...(place === undefined ? [] : [{ op: 'replace', key: place, cells: itemCells(item, {}) } as const]),
      ...indexOps(vault, undefined, item),
    ];
  });
  const tally: Op = { op: 'insert', key: keys.tally(vault, randomUUID()), cells: pack(difference) };
  return changesNothing(difference) ? ops : [...ops, tally];
}

const MOST_TRIES = 5;

/** As it stands by now; undefined: it does not live, or cannot be read. */
async function bringUpOne(
  table: Table,
  vault: string,
  key: string,
  jobs: JobsOfBefore,
): Promise<Item | 'lost' | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await table.get(vault, key);
    const living = row && livingIn(row);
    if (!living || living === 'unreadable') return undefined;
    const item = jobs.withLast(living);
    if (await table.commit(vault, derivedOps(vault, [{ row, item }]))) return item;
  }
  return 'lost';
}

/** false: others folded the tally again and again. */
async function markUp(table: Table, vault: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const was = tallyRows(vault, await table.range(vault, { prefix: keys.tallyBase(vault) }));
    const base = baseIn(was);
    if (base.isUp || (await table.commit(vault, baseOps(vault, { ...base, isUp: true, folds: base.folds + 1 }, was))))
      return true;
  }
  return false;
}
