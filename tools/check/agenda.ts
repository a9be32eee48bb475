/** The agenda, as the checks ask it: which hints lead to a place. A hint takes a short line here, so that a million of them fit in memory. */
import { HINT_KINDS, type Hint, SERVICE } from '../../src/core/hints.ts';
import { addDays, type Instant, instantOf, parseInstant } from '../../src/core/time.ts';
import { toLine } from '../../src/store/agenda.ts';
import { KEPT_HINTS, keptIn } from '../../src/store/keptHints.ts';
import { hintKey, inWorkList, SHARD_NAMES } from '../../src/store/keys.ts';
import type { Row } from '../../src/store/table.ts';
import { seeker } from './nowhere.ts';
import { tellSize } from './sizes.ts';
import {
  attempt,
  type Filed,
  type Finding,
  type Hints,
  type Led,
  placeOf,
  type Scan,
  type Surroundings,
} from './terms.ts';
import { texts } from './texts.ts';
import { carriedIn } from './tickets.ts';

export interface Agenda {
  readonly hints: Hints;
  readonly rows: number;
  /** Lines of work lists that are older than a day, by executor. */
  readonly stale: ReadonlyMap<string, Stale>;
  /** Whether the hints that fell due long ago lead anywhere. */
  readonly sought: ReturnType<typeof seeker>;
}

export async function readAgenda(
  scan: Scan,
  now: Instant,
  findings: Finding[],
  holds?: Surroundings['holds'],
): Promise<Agenda> {
  const lines = texts();
  const work = texts();
  const stale = new Map<string, Stale>();
  const sought = seeker(now);
  let rows = 0;
  for await (const { partition, row } of scan('agenda')) {
    rows += 1;
    const at = `agenda/${partition}/${row.key}`;
    const tell = (rule: Finding['rule'], message: string) => findings.push({ row: at, rule, message });
    tellSize(row, (message) => tell('I5', message));
    const executor = inWorkList(partition);
    const [line] = executor === undefined ? [] : toLine(partition, executor, row);
    const hint = executor === undefined ? toHint(row) : line;
    if (!hint) {
      tell('unreadable', 'this hint cannot be read');
      continue;
    }
    // The version before spread the hints of a vault over all shards, and every shard is read.
    if (!(line || SHARD_NAMES.includes(partition))) tell('I2', 'this hint lies in a shard where nobody looks for it');
    if (row.key !== hintKey(hint)) tell('I2', 'the key of this hint does not say what it says');
    const place = placeOf(hint.vault, hint.item);
    if (line) {
      work.add(place, filedLine({ ...line.work, due: line.due }));
      if (line.due < addDays(now, -1)) stale.set(line.work.executor, older(stale.get(line.work.executor), at));
      continue;
    }
    const carried = carriedIn(hint, row, holds, (message) => tell('I5', message));
    lines.add(place, lineOf({ ...hint, carried }));
    sought.seek(hint, at);
  }
  // The next sweep puts these into the agenda.
  for await (const { row } of scan('vaults', { partition: SERVICE, prefix: KEPT_HINTS })) {
    if (!row.key.startsWith(KEPT_HINTS)) continue;
    attempt(
      () => {
        for (const hint of keptIn(row)) lines.add(placeOf(hint.vault, hint.item), lineOf(hint));
      },
      (message) => findings.push({ row: `vaults/${SERVICE}/${row.key}`, rule: 'unreadable', message }),
    );
  }
  return {
    hints: {
      work: (place) => work.get(place).map(filedIn),
      get: (place) => lines.get(place).map((line) => hintIn(place, line)),
    },
    stale,
    rows,
    sought,
  };
}

/** The first of them, and how many there are. */
export interface Stale {
  readonly row: string;
  readonly count: number;
}
const older = (was: Stale | undefined, row: string): Stale => ({ row: was?.row ?? row, count: (was?.count ?? 0) + 1 });

const lineOf = ({ due, kind, by = '', tries = 0, carried }: Led): string => {
  const ticket = carried ? [carried.seq, carried.fence, carried.digest] : [];
  return [due.toMillis(), kind, tries, by, ...ticket].join(' ');
};

const filedLine = ({ due, executor, order, isParked }: Filed): string =>
  [due.toMillis(), executor, order, isParked ? 'parked' : ''].join(' ');

function filedIn(line: string): Filed {
  const [due = '', executor = '', order = '', parked] = line.split(' ');
  return { due: instantOf(Number(due)), executor, order, isParked: parked === 'parked' };
}

/** Its names are those of its place. */
function hintIn(place: string, line: string): Led {
  const [vault = '', item = ''] = place.split('/');
  const [due = '', kind, tries, by = '', seq, fence = '', digest = ''] = line.split(' ');
  const known = HINT_KINDS.find((one) => one === kind) ?? 'tell';
  const change = by === '' ? {} : { by };
  const hint = { due: instantOf(Number(due)), kind: known, vault, item, ...change, tries: Number(tries) };
  return seq === undefined ? hint : { ...hint, carried: { seq: Number(seq), fence, digest } };
}

function toHint({ key, cells }: Row): Hint | undefined {
  const due = parseInstant(String(cells['due']));
  const kind = HINT_KINDS.find((one) => one === cells['kind']);
  const tries = Number(cells['tries'] ?? 0);
  const [, , , , by] = key.split('!');
  const change = by === undefined ? {} : { by };
  return due && kind && { due, kind, vault: String(cells['vault']), item: String(cells['item']), ...change, tries };
}
