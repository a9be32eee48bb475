import { inParts } from '../change.ts';
import { HINT_KINDS, type Hint } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import { instantOf, iso } from '../core/time.ts';
import type { Agenda, Doors, DueHint } from '../ports.ts';
import { hintKey, hintsUntil, SHARD_NAMES, shardOf } from './keys.ts';
import { drop, type Op, type Row, type Table } from './table.ts';

/** Writes hints; writing one twice is the same as once. */
export const hintWriter =
  (table: Table): Doors['hint'] =>
  (hints) =>
    perShard(hints, async (shard, ofShard) => {
      const ops = [...new Map(ofShard.map((hint) => [hintKey(hint), toOp(hint)])).values()];
      for (const batch of inParts(ops)) await table.commit(shard, batch);
    });

export const tableAgenda = (table: Table): Agenda => ({
  shards: SHARD_NAMES,

  async due(shard, now) {
    const rows = await table.range(shard, { prefix: '0', before: hintsUntil(now) });
    return rows.flatMap(toHint);
  },

  async strike(hints) {
    await perShard(hints, async (shard, ofShard) => {
      const ops = [...new Set(ofShard.map(hintKey))].map(drop);
      for (const batch of inParts(ops)) {
        // Somebody struck one of them already: then one at a time.
        if (!(await table.commit(shard, batch))) for (const op of batch) await table.commit(shard, [op]);
      }
    });
  },
});

async function perShard<H extends Hint>(
  hints: readonly H[],
  work: (shard: string, hints: readonly H[]) => Promise<void>,
): Promise<void> {
  await Promise.all([...Map.groupBy(hints, shardOf)].map(([shard, ofShard]) => work(shard, ofShard)));
}

const toOp = (hint: Hint): Op => ({
  op: 'put',
  key: hintKey(hint),
  cells: { v: 1, kind: hint.kind, vault: hint.vault, item: hint.item, due: iso(hint.due), tries: hint.tries ?? 0 },
});

/** A hint's key says all that it says; its cells add how the names are written, and how often it was tried. */
function toHint({ key, cells }: Row): readonly DueHint[] {
  const [due = '', kind = '', vault = '', item = ''] = key.split('!');
  const known = HINT_KINDS.find((one) => one === kind);
  if (!/^\d+$/.test(due) || !known) return [];
  const written = (cell: string, folded: string) =>
    keyOf(String(cells[cell])) === folded ? String(cells[cell]) : folded;
  const tries = Number(cells['tries'] ?? 0);
  return [
    {
      due: instantOf(Number(due)),
      kind: known,
      vault: written('vault', vault),
      item: written('item', item),
      tries: Number.isInteger(tries) ? tries : 0,
    },
  ];
}
