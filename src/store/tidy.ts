/** Removes what is over in a vault. The rows that name it lead there, so nothing else is looked at. */
import { inParts, MOST_ROWS } from '../change.ts';
import { dayOf } from '../core/kept.ts';
import { keyOf } from '../core/names.ts';
import type { Instant } from '../core/time.ts';
import type { TidiedVault } from '../ports/vaults.ts';
import { alertFates } from './endedAlerts.ts';
import { type Turn, type Unit, unitsOf } from './endUnits.ts';
import { inEndKey, keys } from './keys.ts';
import { leftOnServers } from './onServer.ts';
import { drop, type Op, type Row, type Table } from './table.ts';

/** Rows that name ends, a request. */
const PAGE = 500;
/** So many of them are dealt with at a time; then it is asked whether there is time for more. */
const AT_A_TIME = 100;

/** Until nothing is left that is over by now, or there is no time left. What cannot be read is passed over. */
export async function tidyVault(
  table: Table,
  name: string,
  now: Instant,
  mayGoOn: () => boolean,
): Promise<TidiedVault> {
  const vault = keyOf(name);
  const fatesOf = alertFates(table, vault, now, mayGoOn);
  const turn: Turn = { table, vault, now, mayGoOn, fatesOf, isLeftOn: leftOnServers(table, vault) };
  const isOver = ({ key }: Row): boolean => inEndKey(key).day <= dayOf(now);
  const days: string[] = [];
  const unreadable: string[] = [];
  let isLeft = false;
  for (let after: string | undefined; ; ) {
    const rows = await table.range(vault, { prefix: keys.ends(vault), after, limit: PAGE });
    for (const some of inParts(rows.filter(isOver), AT_A_TIME)) {
      if (!mayGoOn()) return { next: undefined, isLeft: true };
      const found = await unitsOf(turn, some);
      const isDone = await removeAll(turn, found.units);
      isLeft ||= found.isLeft || !isDone;
      days.push(...found.units.flatMap(({ stays }) => stays?.until ?? []));
      unreadable.push(...found.unreadable);
    }
    const next = rows.find((row) => !isOver(row));
    if (next) days.push(inEndKey(next.key).day);
    if (next || rows.length < PAGE)
      return { next: isLeft ? undefined : days.toSorted()[0], isLeft, unreadable: unreadable[0] };
    after = rows.at(-1)?.key;
  }
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
