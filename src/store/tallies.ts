/**
 * The tally of a vault, as rows. A change that alters it inserts a row with the difference, under its own id: so those who write at the
 * same time never meet. The sum is the base and the differences beside it. Now and then some of them are folded into the base.
 */
import type { Change } from '../change.ts';
import { changesNothing, minus, NO_TALLY, plus, type Tally, tallyOf, total } from '../core/tally.ts';
import { keys } from './keys.ts';
import { record } from './limited.ts';
import { drop, type Op, pack, type Row, readerOf, type Table } from './table.ts';
import { type Base, type BaseRows, baseOps, counts, readBase } from './tallyBase.ts';

/** Two lines for each item that a change may move. */
const MOST_DIFFERENCE = 40_000;

export const readTally = { difference: readerOf({ counts, users: record(counts, MOST_DIFFERENCE) }), ...readBase };

const NEW_BASE: Base = { ...NO_TALLY, folds: 0, isUp: false };
export const NOTHING_FOLDED: BaseRows = { base: undefined, parts: [] };

/** A vault counts these from the first. */
export const newTallyOps = (vault: string, tally: Tally = NO_TALLY): readonly Op[] =>
  baseOps(vault, { ...tally, folds: 0, isUp: true }, NOTHING_FOLDED).map((op) => ({ ...op, op: 'put' }) as Op);

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
  const { parts = [], differences = [] } = Object.groupBy(
    all.filter(({ key }) => key !== base && key !== end),
    ({ key }) => (key.startsWith(base) ? 'parts' : 'differences'),
  );
  return {
    base: all.find(({ key }) => key === base),
    parts,
    end: all.find(({ key }) => key === end),
    differences,
  };
}

/** What was folded, from all of its rows. */
export function baseIn({ base: row, parts }: BaseRows): Base {
  const { folds, isUp, ...first } = row ? readTally.base(row) : NEW_BASE;
  return { ...total([first, ...parts.map(readTally.part)]), folds, isUp };
}

/** `torn`: a fold came between the pages of the read. undefined: the vault is not counted, or newer code counts it. */
export function tallyIn(vault: string, rows: readonly Row[]): Tally | 'torn' | undefined {
  const { base: first, parts, end, differences } = tallyRows(vault, rows);
  if (!first || !end) return undefined;
  try {
    const { folds, isUp, ...base } = baseIn({ base: first, parts });
    if (!isUp) return undefined;
    if (readTally.end(end).folds !== folds) return 'torn';
    return total([base, ...differences.map(readTally.difference)]);
  } catch {
    return undefined;
  }
}

/** So many differences are worth a fold. */
const WORTH = 50;
/** Beside the base, its end, and eight rows in which it goes on: they hold more policies than a vault may have. */
const MOST_FOLDED = 90;

/** Folds in the background. Nobody waits for it: what goes wrong is told, and left to the next. */
export interface Folder {
  /** A change wrote a difference there. */
  wrote(vault: string): void;
  /** So many were read there. */
  saw(vault: string, differences: number): void;
}

/** A vault whose tally could not be folded, and why. */
export type Unfolded = (vault: string, error: unknown) => void;

export function folder(table: Table, failed: Unfolded): Folder {
  const written = new Map<string, number>();
  const busy = new Set<string>();
  const begin = (vault: string) => {
    written.delete(vault);
    if (busy.has(vault)) return;
    busy.add(vault);
    void fold(table, vault)
      .catch((error: unknown) => failed(vault, error))
      .finally(() => busy.delete(vault));
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
  const { differences, ...was } = tallyRows(vault, await table.range(vault, { prefix: keys.tallies(vault) }));
  const some = differences.slice(0, MOST_FOLDED);
  const base = baseIn(was);
  const now = { ...total([base, ...some.map(readTally.difference)]), isUp: base.isUp, folds: base.folds + 1 };
  return table.commit(vault, [...baseOps(vault, now, was), ...some.map(({ key }) => drop(key))]);
}
