/** Removes what is over in a vault. The rows that name it lead there, so nothing else is looked at. */
import { MOST_ROWS } from '../change.ts';
import { isTold } from '../core/alerts.ts';
import { dayAfter, dayOf } from '../core/kept.ts';
import { keyOf } from '../core/names.ts';
import { closedIds } from '../core/orders.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { TidiedVault } from '../ports/vaults.ts';
import { namingRow } from './ends.ts';
import { inEndKey, keys, kindIn } from './keys.ts';
import { read } from './rows.ts';
import { drop, everyRow, type Op, pack, type Row, replacing, type Table, touch } from './table.ts';

/** Rows that name ends, a request. */
const PAGE = 500;
/** What has to stay although its day has come is looked at again after so many days. */
const AGAIN_DAYS = 30;

/** A row that names ends, and what goes with it in one transaction: all of it or nothing. */
interface Unit {
  readonly end: string;
  readonly gone: readonly string[];
  /** What has to stay is named by another row, on this day. */
  readonly stays?: { readonly until: string; readonly ops: readonly Op[] };
}

interface Turn {
  readonly table: Table;
  readonly vault: string;
  readonly now: Instant;
  readonly mayGoOn: () => boolean;
}

/** Until nothing is left that is over by now, or there is no time left. */
export async function tidyVault(
  table: Table,
  name: string,
  now: Instant,
  mayGoOn: () => boolean,
): Promise<TidiedVault> {
  const turn = { table, vault: keyOf(name), now, mayGoOn };
  for (;;) {
    const rows = await table.range(turn.vault, { prefix: keys.ends(turn.vault), limit: PAGE });
    const isOver = ({ key }: Row): boolean => inEndKey(key).day <= dayOf(now);
    const next = rows.find((row) => !isOver(row));
    const isAll = next !== undefined || rows.length < PAGE;
    const { units, isLeft } = await unitsOf(turn, rows.filter(isOver));
    const isDone = (await removeAll(turn, units)) && !isLeft;
    if (!isDone || (!isAll && !mayGoOn())) return { next: undefined, isLeft: true };
    const days = [...(next ? [inEndKey(next.key).day] : []), ...units.flatMap(({ stays }) => stays?.until ?? [])];
    if (isAll) return { next: days.toSorted()[0], isLeft: false };
  }
}

/** `isLeft`: of some there is so much that no time was left for all of it. */
async function unitsOf(
  turn: Turn,
  rows: readonly Row[],
): Promise<{ readonly units: readonly Unit[]; readonly isLeft: boolean }> {
  const own = rows.filter(({ key }) => inEndKey(key).own !== undefined);
  const named = rows.flatMap((row) => (own.includes(row) ? [] : [{ row, names: read.end(row).rows }]));
  const units: Unit[] = [];
  let isLeft = false;
  for (const row of own) units.push(await ownUnit(turn, row));
  for (const { row, names } of named) {
    if (!(await emptied(turn, row.key, names.filter(isPrefix)))) {
      isLeft = true;
      continue;
    }
    const alerts = await alertsAmong(turn, names.filter(isOf('alert')));
    units.push({
      end: row.key,
      gone: [...names.filter((key) => !isPrefix(key) && !isOf('alert')(key)), ...alerts.over],
      ...(alerts.stay.length > 0 ? later(turn, (day) => [namingRow(turn.vault, day, idIn(row.key), alerts.stay)]) : {}),
    });
  }
  return { units: once(units), isLeft };
}

/** It names all that lies under it. */
const isPrefix = (key: string): boolean => key.endsWith('!');

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

const isOf = (kind: string) => (key: string) => kindIn(key) === kind;
const idIn = (endKey: string): string => endKey.split('!').at(-1) ?? '';

/** What two rows name goes with the first: a transaction may name it only once. */
function once(units: readonly Unit[]): readonly Unit[] {
  const named = new Set<string>();
  return units.map(({ gone, ...unit }) => {
    const first = gone.filter((key) => !named.has(key));
    for (const key of first) named.add(key);
    return { ...unit, gone: first };
  });
}

/** An alert stays while a mail about it waits, and while its item lies in the trash. What is gone already is neither. */
async function alertsAmong(turn: Turn, names: readonly string[]) {
  const over: string[] = [];
  const stay: string[] = [];
  for (const key of names) {
    const row = await turn.table.get(turn.vault, key);
    const fate = row && (await fateOf(turn, row));
    if (fate === 'over') over.push(key);
    if (fate === 'stays') stay.push(key);
  }
  return { over, stay };
}

async function fateOf({ table, vault, now }: Turn, row: Row): Promise<'over' | 'stays' | undefined> {
  const alert = attempt(() => read.alert(row));
  if (!alert) return 'stays';
  // It was raised once more under the same key, and another row names it.
  if (alert.endsOn !== undefined && alert.endsOn > dayOf(now)) return undefined;
  if (!isTold(alert)) return 'stays';
  const item = alert.item === null ? undefined : await table.get(vault, keys.item(vault, alert.item));
  const state = item?.cells['state'];
  return state === 'SoftDeleted' || state === 'Purging' ? 'stays' : 'over';
}

/**
 * Code of before may have written it anew without a word here: so it is looked at, but for answers, where nothing is lost, and for tombstones
 * whose row names what goes with them: those cannot be read by code that does not know of such rows.
 */
async function ownUnit(turn: Turn, row: Row): Promise<Unit> {
  const { key: end } = row;
  const { own = '', day } = inEndKey(end);
  if (kindIn(own) === 'idem') return { end, gone: [own] };
  const named = kindIn(own) === 'item' ? attempt(() => read.end(row).rows) : undefined;
  return named ? { end, gone: [own, ...named] } : lookedAt(turn, end, own, day);
}

async function lookedAt(turn: Turn, end: string, own: string, day: string): Promise<Unit> {
  const row = await turn.table.get(turn.vault, own);
  if (!row) return { end, gone: [] };
  return kindIn(own) === 'server' ? serverUnit(turn, end, row, day) : tombstoneUnit(turn, end, row, day);
}

/** With the jobs of the item and what was raised about it; what does not fit into one transaction goes before it. */
async function tombstoneUnit({ table, vault }: Turn, end: string, { key, ...row }: Row, day: string): Promise<Unit> {
  const remains = read.remains({ key, ...row });
  if (remains.state !== 'Purged' || remains.endsOn !== day) return { end, gone: [] };
  const { name } = remains;
  const orders = closedIds(remains).map((id) => keys.closedOrder(vault, name, id));
  const prefixes = [keys.jobs(vault, name), keys.alertsOf(vault, name)];
  for (;;) {
    const lists = prefixes.map((prefix) => table.range(vault, { prefix, limit: MOST_ROWS, only: ['v'] }));
    const found = [...(await Promise.all(lists)).flat().map((one) => one.key), ...orders];
    if (found.length <= MOST_BESIDE) return { end, gone: [...found, key] };
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
  if (server.registration === 'Unregistered') return { end, gone: [row.key] };
  for await (const one of everyRow(turn.table, turn.vault, keys.items(turn.vault))) {
    const remains = read.remains(one);
    if (remains.state === 'Purged' || keyOf(remains.server ?? '') !== keyOf(server.name)) continue;
    const postponed = later(turn, (endsOn) => [
      replacing(row.key, pack({ ...server, endsOn }), row),
      { op: 'insert', key: keys.endOf(endsOn, row.key), cells: { v: 1 } },
    ]);
    return { end, gone: [], ...postponed };
  }
  return { end, gone: [row.key] };
}

/** As many units a transaction as fit. false: something is left that somebody else is at. */
async function removeAll({ table, vault }: Turn, units: readonly Unit[]): Promise<boolean> {
  let done = true;
  for (const some of packed(units)) {
    if (await table.commit(vault, some.flatMap(opsOf))) continue;
    // Something is gone already, with its item or its vault; or it was written anew.
    for (const { gone, ...unit } of some) {
      const there = await Promise.all(gone.map(async (key) => ((await table.get(vault, key)) ? [key] : [])));
      const isDone = await table.commit(vault, opsOf({ ...unit, gone: there.flat() }));
      done &&= isDone || (await table.get(vault, unit.end)) === undefined;
    }
  }
  return done;
}

const opsOf = ({ end, gone, stays }: Unit): readonly Op[] => [drop(end), ...gone.map(drop), ...(stays?.ops ?? [])];

function packed(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const parts: Unit[][] = [];
  let size = MOST_ROWS;
  for (const unit of units) {
    const rows = opsOf(unit).length;
    if (size + rows > MOST_ROWS) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(unit);
    size += rows;
  }
  return parts;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
