/**
 * Rows that end and that the version before wrote: nothing says when they are over. Each is named by a row now, in the transaction that
 * marks it as named, over its own tag. So it is done once, whoever writes meanwhile; and behind one who died another finds what is left.
 */
import { randomUUID } from 'node:crypto';
import { alertEndsOn, answerEndsOn } from '../core/ends.ts';
import { isItem } from '../core/item.ts';
import { dayAfter, KEPT_DAYS } from '../core/kept.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { Stretch } from '../ports/stretch.ts';
import { ENDS, endsAlone, namingRow } from './ends.ts';
import { keys, kindIn } from './keys.ts';
import { itemCells } from './ops.ts';
import { read } from './rows.ts';
import { type Cells, drop, type Op, pack, type Row, replacing, type Table } from './table.ts';

/** What becomes of a row: it is marked, and over on a day; or it goes at once, because nothing reads it any more. */
type Planting = { readonly cells: Cells; readonly day: string } | 'goes';

/** undefined: there is nothing to do about it. */
type Plan = (row: Row, now: Instant) => Planting | undefined;

/** These are found by their kind; tombstones and jobs with the items, see `reindex.ts`. */
const BY_KIND = ['alert', 'idem', 'server', 'wait'] as const;

const PLANS: { readonly [kind in (typeof BY_KIND)[number] | 'item' | 'job']: Plan } = {
  alert(row) {
    const alert = read.alert(row);
    const day = alertEndsOn(alert);
    return alert.endsOn === undefined ? { cells: pack({ ...alert, endsOn: day }), day } : undefined;
  },
  idem(row) {
    const answer = read.answer(row);
    const day = answerEndsOn(answer.at);
    return answer.endsOn === undefined ? { cells: pack({ ...answer, endsOn: day }, ENDS), day } : undefined;
  },
  /** Nobody knows when it was deregistered. */
  server(row, now) {
    const server = read.server(row);
    const day = dayAfter(addDays(now, KEPT_DAYS.server));
    const isOver = server.registration !== 'Registered' && server.endsOn === undefined;
    return isOver ? { cells: pack({ ...server, endsOn: day }), day } : undefined;
  },
  /** A deletion that was only counted; this version counts them elsewhere. */
  wait: (row) => (read.waiting(row).single ? 'goes' : undefined),
  item(row) {
    const grave = read.remains(row);
    if (isItem(grave) || grave.endsOn !== undefined) return undefined;
    const day = dayAfter(addDays(grave.purgedAt, KEPT_DAYS.tombstone));
    return { cells: itemCells({ ...grave, endsOn: day }), day };
  },
  job(row) {
    if (row.cells['ends'] === true) return undefined;
    const job = read.job(row);
    return { cells: pack(job, ENDS), day: dayAfter(addDays(job.endedAt ?? job.startedAt, KEPT_DAYS.job)) };
  },
};

/** What cannot be read stays as it is. */
function planOf(row: Row, now: Instant): Planting | undefined {
  try {
    return PLANS[kindIn(row.key) as keyof typeof PLANS](row, now);
  } catch {
    return undefined;
  }
}

/**
 * A stretch of each kind, one kind after the other, until one of them has more. `last`: where to go on, `alert!…`; undefined: there is
 * nothing left. The answer is undefined where others kept changing a row.
 */
export async function plantEnds(
  table: Table,
  vault: string,
  { after, limit }: Stretch,
  now: Instant,
): Promise<{ readonly last: string | undefined } | undefined> {
  const home = `${vault}!`;
  const from = Math.max(
    0,
    BY_KIND.findIndex((kind) => after?.startsWith(`${kind}!`)),
  );
  for (const kind of BY_KIND.slice(from)) {
    const prefix = `${home}${kind}!`;
    const behind = after?.startsWith(`${kind}!`) ? home + after : undefined;
    const rows = await table.range(vault, { prefix, after: behind, limit });
    if (!(await plant(table, vault, rows, now))) return undefined;
    if (rows.length === limit) return { last: rows.at(-1)?.key.slice(home.length) };
  }
  return { last: undefined };
}

/** A row and the one that names it, or more of both; and as much text as fits beside all else: Table Storage takes twice as much. */
const MOST = { rows: 49, characters: 1_000_000 } as const;

/** false: somebody kept changing one of them. */
export async function plant(table: Table, vault: string, rows: readonly Row[], now: Instant): Promise<boolean> {
  const planned = rows.flatMap((row) => {
    const planting = planOf(row, now);
    return planting ? [{ row, planting }] : [];
  });
  for (const part of parts(planned)) {
    if (await table.commit(vault, opsOf(vault, part))) continue;
    for (const { row } of part) if (!(await plantOne(table, vault, row.key, now))) return false;
  }
  return true;
}

interface Planned {
  readonly row: Row;
  readonly planting: Planting;
}

const MOST_TRIES = 5;

async function plantOne(table: Table, vault: string, key: string, now: Instant): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await table.get(vault, key);
    const planting = row && planOf(row, now);
    if (!planting || (await table.commit(vault, opsOf(vault, [{ row, planting }])))) return true;
  }
  return false;
}

function opsOf(vault: string, planned: readonly Planned[]): readonly Op[] {
  const named = planned.flatMap(({ row, planting }) =>
    planting === 'goes' ? [] : [{ key: row.key, day: planting.day, isAlone: endsAlone(row.key) }],
  );
  const { alone = [], together = [] } = Object.groupBy(named, ({ isAlone }) => (isAlone ? 'alone' : 'together'));
  return [
    ...planned.map(({ row, planting }) =>
      planting === 'goes' ? drop(row.key) : replacing(row.key, planting.cells, row),
    ),
    ...alone.map(({ key, day }): Op => ({ op: 'put', key: keys.endOf(day, key), cells: { v: 1 } })),
    ...[...Map.groupBy(together, ({ day }) => day)].map(([day, some]) =>
      namingRow(
        vault,
        day,
        randomUUID(),
        some.map(({ key }) => key),
      ),
    ),
  ];
}

function parts(planned: readonly Planned[]): readonly (readonly Planned[])[] {
  const all: Planned[][] = [];
  let characters: number = MOST.characters;
  for (const one of planned) {
    const size = JSON.stringify(one.row.cells).length;
    if ((all.at(-1)?.length ?? MOST.rows) >= MOST.rows || characters + size > MOST.characters) {
      all.push([]);
      characters = 0;
    }
    all.at(-1)?.push(one);
    characters += size;
  }
  return all;
}
