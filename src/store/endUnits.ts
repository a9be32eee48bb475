/** What goes with a row that names ends. What cannot be read stays where it lies, and costs nobody else anything. */
import { inParts, MOST_ROWS } from '../change.ts';
import { dayAfter } from '../core/kept.ts';
import { closedIds } from '../core/orders.ts';
import { Unreadable } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { Fates } from './endedAlerts.ts';
import { namingRow } from './ends.ts';
import { inEndKey, keys, kindIn } from './keys.ts';
import { read } from './rows.ts';
import { drop, type Op, ofOurTime, pack, type Row, replacing, type Table, touch } from './table.ts';

/** What has to stay although its day has come is looked at again after so many days. */
const AGAIN_DAYS = 30;
/** So many are looked at side by side; then it is asked whether there is time for more. */
const AT_ONCE = 16;

/** A row that names ends, and what goes with it in one transaction: all of it or nothing. */
export interface Unit {
  readonly end: string;
  readonly gone: readonly string[];
  /** What has to stay is named by another row, on this day. */
  readonly stays?: { readonly until: string; readonly ops: readonly Op[] };
}

export interface Turn {
  readonly table: Table;
  readonly vault: string;
  readonly now: Instant;
  readonly mayGoOn: () => boolean;
  readonly fatesOf: (alerts: readonly string[]) => Promise<Fates>;
  readonly isLeftOn: (server: Server) => Promise<boolean>;
}

/** `left`: there was no time for all of it. */
type Found = Unit | 'left' | Unreadable;

export interface Units {
  readonly units: readonly Unit[];
  readonly isLeft: boolean;
  /** Why something stays that cannot be read. */
  readonly unreadable: readonly string[];
}

export async function unitsOf(turn: Turn, rows: readonly Row[]): Promise<Units> {
  const own = rows.filter(({ key }) => inEndKey(key).own !== undefined);
  const naming = rows.filter((row) => !own.includes(row));
  const found = [...(await ownUnits(turn, own)), ...(await namingUnits(turn, naming))];
  return {
    units: once(found.filter(isUnit)),
    isLeft: found.includes('left'),
    unreadable: found.flatMap((one) => (one instanceof Unreadable ? [one.message] : [])),
  };
}

const isUnit = (found: Found): found is Unit => found !== 'left' && !(found instanceof Unreadable);

function unlessUnreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

async function ownUnits(turn: Turn, rows: readonly Row[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const some of inParts(rows, AT_ONCE)) {
    if (!turn.mayGoOn()) return [...found, 'left'];
    found.push(...(await Promise.all(some.map((row) => ownUnit(turn, row).catch(unlessUnreadable)))));
  }
  return found;
}

async function namingUnits(turn: Turn, rows: readonly Row[]): Promise<readonly Found[]> {
  const parsed = rows.map((row) => ({ end: row.key, names: namesIn(row) }));
  const all = parsed.flatMap(({ names }) => (names instanceof Unreadable ? [] : names));
  const fates = await turn.fatesOf(all.filter(isAlert));
  const found: Found[] = [];
  for (const { end, names } of parsed)
    found.push(names instanceof Unreadable ? names : await namingUnit(turn, end, names, fates));
  return found;
}

function namesIn(row: Row): readonly string[] | Unreadable {
  try {
    return read.end(row).rows;
  } catch (error) {
    return unlessUnreadable(error);
  }
}

async function namingUnit(turn: Turn, end: string, names: readonly string[], fates: Fates): Promise<Found> {
  const isDone = await emptied(turn, end, names.filter(isPrefix));
  if (!isDone || !names.filter(isAlert).every((key) => fates.has(key))) return 'left';
  const stay = names.filter((key) => fates.get(key) === 'stays');
  return {
    end,
    gone: names.filter((key) => (isAlert(key) ? fates.get(key) === 'over' : !isPrefix(key))),
    ...(stay.length > 0 ? later(turn, (day) => [namingRow(turn.vault, day, idIn(end), stay)]) : {}),
  };
}

const isAlert = (key: string): boolean => kindIn(key) === 'alert';
/** It names all that lies under it. */
const isPrefix = (key: string): boolean => key.endsWith('!');
const idIn = (endKey: string): string => endKey.split('!').at(-1) ?? '';

/** Removes what lies under these; the row that names them stays until nothing does. */
async function emptied({ table, vault, mayGoOn }: Turn, end: string, prefixes: readonly string[]): Promise<boolean> {
  for (const prefix of prefixes)
    for (;;) {
      const found = await table.range(vault, { prefix, limit: MOST_ROWS - 1, only: ['v'] });
      if (found.length === 0) break;
      if (!mayGoOn()) return false;
      // Somebody else may be at it: then some are gone already, and it is looked again.
      const isDone = await table.commit(vault, [touch(end), ...found.map(({ key }) => drop(key))]);
      if (isDone && found.length < MOST_ROWS - 1) break;
    }
  return true;
}

function later({ now }: Turn, ops: (day: string) => readonly Op[]): Pick<Unit, 'stays'> {
  const until = dayAfter(addDays(now, AGAIN_DAYS));
  return { stays: { until, ops: ops(until) } };
}

/** What two rows name goes with the first: a transaction may name it only once. */
function once(units: readonly Unit[]): readonly Unit[] {
  const named = new Set<string>();
  return units.map(({ gone, ...unit }) => {
    const first = gone.filter((key) => !named.has(key));
    for (const key of first) named.add(key);
    return { ...unit, gone: first };
  });
}

/**
 * Code of before may have written it anew without a word here: so it is looked at, but for answers, where nothing is lost, and for tombstones
 * whose row names what goes with them: those cannot be read by code that does not know of such rows.
 */
async function ownUnit(turn: Turn, row: Row): Promise<Found> {
  const { key: end } = row;
  const { own = '', day } = inEndKey(end);
  ofOurTime(end, row.cells);
  if (kindIn(own) === 'idem') return { end, gone: [own] };
  const named = kindIn(own) === 'item' ? namesIn(row) : undefined;
  return named && !(named instanceof Unreadable) ? { end, gone: [own, ...named] } : lookedAt(turn, end, own, day);
}

async function lookedAt(turn: Turn, end: string, own: string, day: string): Promise<Found> {
  const row = await turn.table.get(turn.vault, own);
  if (!row) return { end, gone: [] };
  return kindIn(own) === 'server' ? serverUnit(turn, end, row, day) : tombstoneUnit(turn, end, row, day);
}

/** With the jobs of the item and what was raised about it; what does not fit into one transaction goes before it. */
async function tombstoneUnit({ table, vault, mayGoOn }: Turn, end: string, row: Row, day: string): Promise<Found> {
  const remains = read.remains(row);
  if (remains.state !== 'Purged' || remains.endsOn !== day) return { end, gone: [] };
  const { name } = remains;
  const orders = closedIds(remains).map((id) => keys.closedOrder(vault, name, id));
  const prefixes = [keys.jobs(vault, name), keys.alertsOf(vault, name)];
  for (;;) {
    const lists = prefixes.map((prefix) => table.range(vault, { prefix, limit: MOST_ROWS, only: ['v'] }));
    const found = [...(await Promise.all(lists)).flat().map(({ key }) => key), ...orders];
    if (found.length <= MOST_BESIDE) return { end, gone: [...found, row.key] };
    if (!mayGoOn()) return 'left';
    // Whoever protects the item anew drops that row: then nothing of it goes.
    const batch = found.slice(0, MOST_ROWS - 1 - orders.length).map(drop);
    if (!(await table.commit(vault, [touch(end), ...batch]))) return { end, gone: [] };
  }
}
/** Beside the tombstone and the row that names it. */
const MOST_BESIDE = MOST_ROWS - 2;

/** A server in the trash is empty when the last of its items is gone. Nothing says when that was: so its time begins anew. */
async function serverUnit(turn: Turn, end: string, row: Row, day: string): Promise<Unit> {
  const server = read.server(row);
  if (server.registration === 'Registered' || server.endsOn !== day) return { end, gone: [] };
  const isLeft = server.registration === 'SoftDeleted' && (await turn.isLeftOn(server));
  if (!isLeft) return { end, gone: [row.key] };
  const postponed = later(turn, (endsOn) => [
    replacing(row.key, pack({ ...server, endsOn }), row),
    { op: 'insert', key: keys.endOf(endsOn, row.key), cells: { v: 1 } },
  ]);
  return { end, gone: [], ...postponed };
}
