import type { HeldHead } from '../../src/change.ts';
import { type Hint, ITSELF } from '../../src/core/hints.ts';
import { isItem } from '../../src/core/item.ts';
import { dayOf } from '../../src/core/kept.ts';
import { keepsResults, operationName, wishIn } from '../../src/core/operations.ts';
import { addDays, type Instant, instantOf } from '../../src/core/time.ts';
import { readTidied } from '../../src/store/control.ts';
import { inEndKey, keys, kindIn } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { type Part, WHOLE } from './slices.ts';
import { placeOf, type Surroundings, type Tell } from './terms.ts';

/** What ends, and what names it: whatever is kept for a time is removed after it. */
interface Ends {
  /** The day of each row that can be written anew, by its key. */
  readonly own: ReadonlyMap<string, string>;
  /** All others that are named. */
  readonly named: ReadonlySet<string>;
  readonly isUp: boolean;
}

/** So late somebody comes at most. */
const LATE_DAYS = 2;

/**
 * Of a vault in slices only what is late, and what says itself that nothing names it: what is named, and what names it, lie in different
 * ones.
 */
export function checkEnds(
  vault: string,
  rows: readonly Row[],
  { part, naming }: { readonly part: Part; readonly naming: Naming },
  around: Surroundings,
  tell: Tell,
): void {
  const ends = rows.filter(({ key }) => key.startsWith(keys.ends(vault)));
  const own = new Map<string, string>();
  const named = new Set<string>();
  for (const row of ends) {
    const { day, own: key } = inEndKey(row.key);
    const names = key === undefined ? (attempt(() => read.end(row).rows) ?? []) : [];
    if (key !== undefined) own.set(key, day);
    for (const name of names) named.add(name);
  }
  const isUp = naming === 'done';
  if (naming !== 'at work') checkLate(vault, ends, around, tell);
  if (isUp) for (const row of rows) if (!named.has(row.key)) checkUnmarked(row, tell);
  if (part !== WHOLE) return;
  if (naming !== 'at work') checkComing(vault, ends, rows, around, tell);
  const there = new Set(rows.map(({ key }) => key));
  for (const [key, day] of own)
    if (!there.has(key)) tell(keys.endOf(day, key), 'I5', 'it says when something is over that is not there');
  let last: ReadonlySet<string> | undefined;
  const isLastJob = (key: string): boolean => {
    last ??= lastJobs(vault, rows);
    return last.has(key);
  };
  for (const row of rows) checkNamed(row, { own, named, isUp }, isLastJob, tell);
}

/**
 * What the version before wrote and that ends: whether it is named. Who is at work names what has long been over, and has somebody come
 * when all of it is.
 */
type Naming = 'not begun' | 'at work' | 'done';

export function namingIn({ isCounted, running = [] }: HeldHead): Naming {
  if (wishIn(running, { kind: 'Reindex', subject: null })) return 'at work';
  return isCounted ? 'done' : 'not begun';
}

/** Of the service itself: the first sweep of a day sees to it. */
export function namingInService(rows: readonly Row[]): Naming {
  const row = rows.find(({ key }) => key === keys.control('tidied'));
  const tidied = row && attempt(() => readTidied(row));
  if (!tidied) return 'not begun';
  return tidied.endsOfBefore ? 'at work' : 'done';
}

/** What an undelete left to the sweep may have been over for long: then a hint for today has just been written. */
export function checkLate(vault: string, rows: readonly Row[], { now, hints }: Surroundings, tell: Tell): void {
  const since = addDays(now, -LATE_DAYS);
  const late = dayOf(since);
  const comes = ({ kind, due }: Hint) => kind === 'tidy' && due > since && due <= now;
  if (hints.get(placeOf(vault, ITSELF)).some(comes)) return;
  for (const { key } of rows)
    if (key.startsWith(keys.ends(vault)) && inEndKey(key).day < late)
      tell(key, 'I5', `what it names was over on ${inEndKey(key).day}, and is still there`);
}

/** Somebody comes on the first day on which something is over. */
function checkComing(
  vault: string,
  asking: readonly Row[],
  rows: readonly Row[],
  { now, hints }: Surroundings,
  tell: Tell,
): void {
  const [first] = asking;
  if (!first) return;
  const { day } = inEndKey(first.key);
  const comes = (due: Instant, tries = 0) =>
    due <= instantOf(Date.parse(day)) || due <= now || (tries > 0 && due <= addDays(now, 1));
  const leads = hints.get(placeOf(vault, ITSELF)).some(({ kind, due, tries }) => kind === 'tidy' && comes(due, tries));
  if (!leads && !rows.some((row) => rides(vault, row, hints)))
    tell(first.key, 'I2', `nobody will come on ${day}, when something is over`);
}

/** An undelete writes no hint: whoever comes by that of the purge, which still stands, has the vault tidied. */
function rides(vault: string, { key, cells }: Row, hints: Surroundings['hints']): boolean {
  if (!key.startsWith(keys.items(vault)) || cells['state'] === 'SoftDeleted' || cells['state'] === 'Purging')
    return false;
  const name = key.slice(keys.items(vault).length);
  return hints.get(placeOf(vault, name)).some(({ kind }) => kind === 'purge');
}

/** The last job of each item, which stays. */
function lastJobs(vault: string, rows: readonly Row[]): ReadonlySet<string> {
  const items = rows.filter(({ key }) => key.startsWith(keys.items(vault)));
  return new Set(
    items.flatMap((row) => {
      const remains = attempt(() => read.remains(row));
      return remains?.lastJob ? [keys.job(vault, remains.name, remains.lastJob.id)] : [];
    }),
  );
}

/** What does not say that it ends was written by the version before, and somebody should have marked it. */
function checkUnmarked(row: Row, tell: Tell): void {
  if (attempt(() => UNMARKED[kindIn(row.key)]?.(row)))
    tell(row.key, 'I5', 'the version before wrote it, and it never ends: npm run store:reindex has it named');
}

/** Rows of before do not say that they end, until they are named. */
function checkNamed(row: Row, { own, named, isUp }: Ends, isLastJob: (key: string) => boolean, tell: Tell): void {
  const { key } = row;
  const day = attempt(() => DATED[kindIn(key)]?.(row));
  if (day !== undefined && own.get(key) !== day) tell(key, 'I5', `it is over on ${day}, and nothing says so`);
  const isNamed = NAMED[kindIn(key)];
  const ends = isNamed && (attempt(() => isNamed(row)) || (isUp && kindIn(key) === 'job'));
  if (ends && !named.has(key) && !isLastJob(key)) tell(key, 'I5', 'it is over one day, and nothing says when');
  const results = attempt(() => (kindIn(key) === 'op' ? resultsOver(row) : undefined));
  if (results !== undefined && !named.has(results))
    tell(key, 'I5', 'its results are over one day, and nothing says when');
}

/** What the results of an operation that has ended lie under. */
function resultsOver(row: Row): string | undefined {
  const operation = read.operation(row);
  const isOver = keepsResults(operation) && operation.endedAt !== null;
  return isOver ? keys.results(operation.vault, operationName(operation.id)) : undefined;
}

type ByKind<T> = { readonly [kind: string]: ((row: Row) => T) | undefined };

const DATED: ByKind<string | undefined> = {
  item: (row) => {
    const remains = read.remains(row);
    return isItem(remains) ? undefined : remains.endsOn;
  },
  server: (row) => read.server(row).endsOn,
  idem: (row) => read.answer(row).endsOn,
};

/** Of a tombstone see item.ts: there are hints to those of before. */
const UNMARKED: ByKind<boolean> = {
  alert: (row) => read.alert(row).endsOn === undefined,
  idem: (row) => read.answer(row).endsOn === undefined,
  server: (row) => {
    const { registration, endsOn } = read.server(row);
    return registration !== 'Registered' && endsOn === undefined;
  },
  wait: (row) => read.waiting(row).single === true,
};

const saysSo = ({ cells }: Row): boolean => cells['ends'] === true;
const NAMED: ByKind<boolean> = {
  alert: (row) => read.alert(row).endsOn !== undefined,
  counted: () => true,
  job: saysSo,
  op: (row) => read.operation(row).endedAt !== null,
};

/** What cannot be read is told of elsewhere. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
