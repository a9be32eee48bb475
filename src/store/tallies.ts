/**
 * The tally of a vault, as rows. A change that alters it inserts a row with the difference, under its own id: so those who write at the
 * same time never meet. The sum is the base and the differences beside it. Now and then some of them are folded into the base.
 */
import * as z from 'zod';
import type { Change } from '../change.ts';
import { changesNothing, minus, NO_TALLY, plus, type Tally, tallyOf } from '../core/tally.ts';
import { keys } from './keys.ts';
import { record } from './limited.ts';
import { drop, type Op, pack, type Row, readerOf, replacing, type Table } from './table.ts';

const count = z.number().int();
const counts = z.object({ protected: count, stopped: count, softDeleted: count });
/** Two hundred policies, each with some kinds of item. */
const fields = { counts, users: record(counts, 160_000) };

/** What was folded, and whether that and the differences are all there is. */
export interface Base extends Tally {
  /** How often something was folded. The row behind all differences says the same, or a read met a fold on its way. */
  readonly folds: number;
  /** Every item of the vault is counted. */
  readonly isUp: boolean;
}

export const NEW_BASE: Base = { ...NO_TALLY, folds: 0, isUp: false };

export const readTally = {
  difference: readerOf(fields),
  base: readerOf({ ...fields, folds: count, isUp: z.boolean() }),
  end: readerOf({ folds: count }),
};

/** The base and what ends the differences. They are written together, so whoever reads both alike has read what lies between at rest. */
export const baseOps = (vault: string, base: Base, was: { readonly tag: string } | undefined): readonly Op[] => [
  replacing(keys.tallyBase(vault), pack(base), was),
  { op: 'put', key: keys.tallyEnd(vault), cells: pack({ folds: base.folds }) },
];

/** A new vault is counted from the first. */
export const newTallyOps = (vault: string): readonly Op[] =>
  baseOps(vault, { ...NEW_BASE, isUp: true }, undefined).map((op) => ({ ...op, op: 'put' }) as Op);

/** The difference that a change makes, if any. */
export function tallyOps({ vault, id, items = [] }: Pick<Change, 'vault' | 'id' | 'items'>): readonly Op[] {
  const difference = items.reduce((sum, { was, now }) => {
    const before = was && !was.value.uncounted ? tallyOf(was.value) : NO_TALLY;
    return minus(plus(sum, tallyOf(now)), before);
  }, NO_TALLY);
  return changesNothing(difference) ? [] : [{ op: 'insert', key: keys.tally(vault, id), cells: pack(difference) }];
}

/** The rows of a tally among others. */
export function tallyRows(vault: string, rows: readonly Row[]) {
  const [base, end] = [keys.tallyBase(vault), keys.tallyEnd(vault)];
  const all = rows.filter(({ key }) => key.startsWith(keys.tallies(vault)));
  return {
    base: all.find(({ key }) => key === base),
    end: all.find(({ key }) => key === end),
    differences: all.filter(({ key }) => key !== base && key !== end),
  };
}

/** `torn`: a fold came between the pages of the read. undefined: the vault is not counted, or newer code counts it. */
export function tallyIn(vault: string, rows: readonly Row[]): Tally | 'torn' | undefined {
  const { base: first, end, differences } = tallyRows(vault, rows);
  if (!first || !end) return undefined;
  try {
    const { folds, isUp, ...base } = readTally.base(first);
    if (!isUp) return undefined;
    if (readTally.end(end).folds !== folds) return 'torn';
    return differences.map(readTally.difference).reduce<Tally>(plus, { counts: base.counts, users: base.users });
  } catch {
    return undefined;
  }
}

/** So many differences are worth a fold. */
const WORTH = 50;
/** Beside the base and its end. */
const MOST_FOLDED = 98;

/** Folds in the background. Nobody waits for it, and whatever goes wrong is left to the next. */
export interface Folder {
  /** A change wrote a difference there. */
  wrote(vault: string): void;
  /** So many were read there. */
  saw(vault: string, differences: number): void;
}

export function folder(table: Table): Folder {
  const written = new Map<string, number>();
  const busy = new Set<string>();
  const begin = (vault: string) => {
    written.delete(vault);
    if (busy.has(vault)) return;
    busy.add(vault);
    const end = () => void busy.delete(vault);
    fold(table, vault).then(end, end);
  };
  return {
    wrote(vault) {
      const now = (written.get(vault) ?? 0) + 1;
      written.set(vault, now);
      if (now >= WORTH) begin(vault);
    },
    saw(vault, differences) {
      if (differences > WORTH) begin(vault);
    },
  };
}

/** Takes some differences into the base: all of it or nothing. Of two that fold at once, one finds another base, or nothing left. */
export async function fold(table: Table, vault: string): Promise<boolean> {
  const { base: row, differences } = tallyRows(vault, await table.range(vault, { prefix: keys.tallies(vault) }));
  const some = differences.slice(0, MOST_FOLDED);
  const base = row ? readTally.base(row) : NEW_BASE;
  const folded = some.map(readTally.difference).reduce<Tally>(plus, base);
  const now = { ...base, ...folded, folds: base.folds + 1 };
  return table.commit(vault, [...baseOps(vault, now, row), ...some.map(({ key }) => drop(key))]);
}
