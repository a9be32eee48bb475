import { inParts } from '../change.ts';
import { HINT_KINDS, type Hint, type Work } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import { LIVE_STATES } from '../core/order.ts';
import { instantOf, iso, parseInstant } from '../core/time.ts';
import type { Agenda, DueHint, WorkLine } from '../ports/agenda.ts';
import type { Found } from '../ports/stretch.ts';
import type { Doors } from '../ports.ts';
import { hintKey, hintsFrom, hintsUntil, inWorkList, PARKED, SHARD_NAMES, shardOf, workList } from './keys.ts';
import { type Cells, type Op, pastPrefix, type Row, type Table } from './table.ts';
import { type Sealing, sealedIn, ticketCells, ticketIn } from './tickets.ts';

/** What is struck off in another shard than its vault's is of before, and waits until all that is written stands. */
export const hintWriter =
  (table: Table, seal: Sealing): Doors['hint'] =>
  async (hints, dealtWith = [], along = []) => {
    const puts = hints.map((hint) => ({ shard: shardOf(hint), op: toOp(seal, hint) }));
    const written = new Map(puts.map((one) => [nameOf(one), one]));
    const struck = dealtWith.map((hint) => ({ home: shardOf(hint), ...toDrop(hint) }));
    const { here = [], elsewhere = [] } = Object.groupBy(
      struck.filter((one) => !written.has(nameOf(one))),
      ({ home, shard }) => (home === shard ? 'here' : 'elsewhere'),
    );
    const others = along.map((hint): Placed => ({ ...toDrop(hint), isAlong: true }));
    await commitAll(table, [...others.filter((one) => !written.has(nameOf(one))), ...written.values(), ...here]);
    await commitAll(table, elsewhere);
  };

interface Placed {
  readonly shard: string;
  readonly op: Extract<Op, { readonly op: 'put' | 'drop' }>;
  /** It is left where it does not go with the others of its transaction. */
  readonly isAlong?: true;
}

const nameOf = ({ shard, op }: Placed): string => `${shard} ${op.key}`;

function toDrop(hint: Hint | DueHint): Placed {
  const { shard, key } = foundIn(hint) ?? { shard: shardOf(hint), key: hintKey(hint) };
  return { shard, op: { op: 'drop', key } };
}

const foundIn = (hint: Hint | DueHint) => ('found' in hint ? hint.found : undefined);

/** In their order, as far as they lie in one shard; but what goes along goes last. */
const commitAll = (table: Table, all: readonly Placed[]): Promise<void> =>
  perShard(
    all,
    ({ shard }) => shard,
    async (shard, ofShard) => {
      const { sure = [], along = [] } = Object.groupBy(
        [...new Map(ofShard.map((one) => [one.op.key, one])).values()],
        (one) => (one.isAlong ? 'along' : 'sure'),
      );
      for (const batch of inParts([...sure, ...along])) {
        if (await table.commit(shard, opsOf(batch))) continue;
        const left = opsOf(batch.filter(({ isAlong }) => !isAlong));
        if (left.length === 0) continue;
        if (left.length < batch.length && (await table.commit(shard, left))) continue;
        // Somebody struck one of them already: then one at a time.
        for (const op of left) await table.commit(shard, [op]);
      }
    },
  );

const opsOf = (batch: readonly Placed[]): readonly Op[] => batch.map(({ op }) => op);

export const tableAgenda = (table: Table, seal: Sealing): Agenda => ({
  shards: SHARD_NAMES,
  ticketIn: (hint) => ticketIn(seal, hint),

  async due(shard, now, { after, through, limit }) {
    const until = hintsUntil(now);
    // Itself as well: nothing in a key sorts before a space. And whoever says how far: nothing that is not due yet.
    const before = through === undefined || through > until ? until : `${through} `;
    return found(shard, await table.range(shard, { prefix: '0', after, before, limit }), limit);
  },

  async ahead(shard, { from, before, after = from && hintsFrom(from), limit }) {
    const asked = { prefix: '0', after, before: hintsFrom(before), limit, only: NAMES };
    return found(shard, await table.range(shard, asked), limit);
  },

  async work(executor, { behind, after = behind && hintsUntil(behind), limit, all, parked }) {
    const list = workList(executor);
    const before = all || parked ? pastPrefix(PARKED) : PARKED;
    const rows = await table.range(list, { prefix: parked ? PARKED : '0', after, before, limit });
    return {
      found: rows.flatMap((row) => toLine(list, executor, row)),
      last: rows.length < limit ? undefined : rows.at(-1)?.key,
    };
  },

  async allWork(limit, behind) {
    // No name goes on with it, and it sorts before all with which one can.
    const from = behind === undefined ? '' : `${behind}!`;
    const rows = await table.across(workList(from), workList('~'), { limit });
    return {
      found: rows.flatMap((row) => toLine(row.partition, inWorkList(row.partition) ?? '', row)),
      last: rows.length < limit ? undefined : rows.at(-1)?.key,
    };
  },

  strike: (hints) => commitAll(table, hints.map(toDrop)),
});

const workCells = ({ order, state, confirmBy }: Work): Cells => ({ order, state, confirmBy: iso(confirmBy) });

/** A line of a work list. What cannot be read is left where it lies. */
export function toLine(shard: string, executor: string, row: Row): readonly WorkLine[] {
  const isParked = row.key.startsWith(PARKED);
  const { order, confirmBy } = row.cells;
  const due = parseInstant(String(row.cells['due']));
  const state = LIVE_STATES.find((one) => one === row.cells['state']);
  const end = parseInstant(String(confirmBy));
  if (!due || !state || !end || typeof order !== 'string') return [];
  const { vault, item } = row.cells;
  const [, , , , by = ''] = row.key.split('!');
  const work = { executor, order, state, confirmBy: end, isParked };
  return [
    {
      due,
      kind: 'order',
      vault: String(vault),
      item: String(item),
      by,
      work,
      tries: 0,
      found: { shard, key: row.key },
    },
  ];
}

/** All that a hint says beside its key, but for its ticket. */
const NAMES = ['vault', 'item', 'tries', 'since', 'unreadable'];

const found = (shard: string, rows: readonly Row[], limit: number): Found<DueHint> => ({
  found: rows.flatMap((row) => toHint(shard, row)),
  last: rows.length < limit ? undefined : rows.at(-1)?.key,
});

async function perShard<T>(
  all: readonly T[],
  shard: (one: T) => string,
  work: (shard: string, some: readonly T[]) => Promise<void>,
): Promise<void> {
  await Promise.all([...Map.groupBy(all, shard)].map(([name, some]) => work(name, some)));
}

const toOp = (seal: Sealing, hint: Hint): Placed['op'] => ({
  op: 'put',
  key: hintKey(hint),
  cells: {
    ...{ v: 1, kind: hint.kind, vault: hint.vault, item: hint.item, due: iso(hint.due), tries: hint.tries ?? 0 },
    ...(hint.since ? { since: iso(hint.since) } : {}),
    ...(hint.place === undefined ? {} : { place: hint.place }),
    ...(hint.isUnreadable ? { unreadable: true } : {}),
    ...ticketCells(seal, hint),
    ...(hint.work ? workCells(hint.work) : {}),
  },
});

/** A hint's key says all that it says; its cells add how the names are written, how often it was tried, how far a walk went, and what could not be read. */
function toHint(shard: string, { key, cells }: Row): readonly DueHint[] {
  const [due = '', kind = '', vault = '', item = '', by] = key.split('!');
  const known = HINT_KINDS.find((one) => one === kind);
  if (!/^\d+$/.test(due) || !known) return [];
  const written = (cell: string, folded: string) =>
    keyOf(String(cells[cell])) === folded ? String(cells[cell]) : folded;
  const tries = Number(cells['tries'] ?? 0);
  const sealed = sealedIn(cells);
  return [
    {
      due: instantOf(Number(due)),
      kind: known,
      vault: written('vault', vault),
      item: written('item', item),
      ...(by === undefined ? {} : { by }),
      tries: Number.isInteger(tries) ? tries : 0,
      since: parseInstant(String(cells['since'])),
      ...(typeof cells['place'] === 'string' ? { place: cells['place'] } : {}),
      ...(cells['unreadable'] === true ? { isUnreadable: true } : {}),
      found: { shard, key },
      ...(sealed ? { sealed } : {}),
    },
  ];
}
