/** The rows of a table in memory, and how a query walks through them page by page. */
import type { Entity } from '../../src/store/azureTable.ts';
import type { Comparison } from './tableLimits.ts';

export interface Stored {
  readonly tag: string;
  readonly cells: Entity;
}

/** Rows by key, and the keys in order. */
export interface Partition {
  readonly rows: Map<string, Stored>;
  readonly keys: string[];
}

/** Where a page begins. */
export interface Place {
  readonly partition: string;
  readonly key: string;
}
export const START: Place = { partition: '', key: '' };

export interface Found extends Place {
  readonly row: Stored;
}

export interface Page {
  readonly found: readonly Found[];
  /** Absent: that was all. */
  readonly next: Place | undefined;
}

/** What matches, from there on: so many rows at most, all of one partition. Whatever lies behind a partition's end is another page. */
export function pageFrom(
  partitions: ReadonlyMap<string, Partition>,
  comparisons: readonly Comparison[],
  from: Place,
  most: number,
): Page {
  const ofPartition = comparisons.filter(({ of }) => of === 'PartitionKey');
  const ofKey = comparisons.filter(({ of }) => of === 'RowKey');
  const names = namesIn(partitions, ofPartition).filter((name) => name >= from.partition);
  const [name, following] = names;
  const { rows, keys } = (name === undefined ? undefined : partitions.get(name)) ?? { rows: new Map(), keys: [] };
  const found: Found[] = [];
  const least = ofKey.reduce((one, { by, value }) => (AT_LEAST.has(by) && value > one ? value : one), '');
  let at = firstAtLeast(keys, name === from.partition && from.key > least ? from.key : least);
  for (; at < keys.length && found.length < most; at += 1) {
    const key = keys[at] ?? '';
    const row = rows.get(key);
    if (isPast(key, ofKey)) at = keys.length;
    else if (row && name !== undefined && fits(key, ofKey)) found.push({ partition: name, key, row });
  }
  const rest = keys[at];
  if (name !== undefined && rest !== undefined && !isPast(rest, ofKey))
    return { found, next: { partition: name, key: rest } };
  return { found, next: following === undefined ? undefined : { partition: following, key: '' } };
}

function namesIn(partitions: ReadonlyMap<string, Partition>, comparisons: readonly Comparison[]): readonly string[] {
  const one = comparisons.find(({ by }) => by === 'eq');
  const names = one ? [one.value] : [...partitions.keys()].toSorted();
  return names.filter((name) => fits(name, comparisons));
}

const AT_LEAST = new Set(['eq', 'gt', 'ge']);

const isPast = (key: string, comparisons: readonly Comparison[]): boolean =>
  comparisons.some(({ by, value }) => (by === 'lt' && key >= value) || ((by === 'le' || by === 'eq') && key > value));

const COMPARE: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};
const fits = (text: string, comparisons: readonly Comparison[]): boolean =>
  comparisons.every(({ by, value }) => COMPARE[by]?.(text, value));

/** Where a key is in the order, or would be. */
export function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
