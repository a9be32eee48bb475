import { HINT_KINDS, type Hint } from '../core/agenda.ts';
import { iso, parseInstant } from '../core/time.ts';
import type { Agenda, DueHint } from '../ports.ts';
import { hintKey, hintsUntil, SHARD_NAMES, shardOf } from './keys.ts';
import { MAX_OPS, type Op, type Row, type Table } from './table.ts';

export const tableAgenda = (table: Table): Agenda => ({
  shards: SHARD_NAMES,

  async due(shard, now) {
    const rows = await table.range(shard, { prefix: '0', before: hintsUntil(now) });
    return rows.map(toHint);
  },

  async backlog(shard, now, most) {
    const rows = await table.range(shard, { prefix: '0', before: hintsUntil(now), limit: most, only: ['v'] });
    return rows.length;
  },

  async strike(hints) {
    for (const [shard, ofShard] of Map.groupBy(hints, shardOf)) {
      const ops = [...new Set(ofShard.map(hintKey))].map((key): Op => ({ op: 'drop', key }));
      for (let at = 0; at < ops.length; at += MAX_OPS) {
        const batch = ops.slice(at, at + MAX_OPS);
        // Somebody struck one of them already: then one at a time.
        if (!(await table.commit(shard, batch))) for (const op of batch) await table.commit(shard, [op]);
      }
    }
  },

  async write(hints) {
    const shards = Map.groupBy(hints, shardOf);
    for (const [shard, ofShard] of shards) {
      const ops = [...new Map(ofShard.map((hint) => [hintKey(hint), toOp(hint)])).values()];
      for (let at = 0; at < ops.length; at += MAX_OPS) await table.commit(shard, ops.slice(at, at + MAX_OPS));
    }
  },
});

const toOp = (hint: Hint & { readonly tries?: number }): Op => ({
  op: 'put',
  key: hintKey(hint),
  cells: { v: 1, kind: hint.kind, vault: hint.vault, item: hint.item, due: iso(hint.due), tries: hint.tries ?? 0 },
});

/** Everything a hint says stands in its cells; one that cannot be read is an item to be looked at. */
function toHint({ key, cells }: Row): DueHint {
  const due = parseInstant(String(cells['due']));
  const kind = HINT_KINDS.find((one) => one === cells['kind']);
  if (!due || !kind) throw new Error(`unreadable row ${key}`);
  return { due, kind, vault: String(cells['vault']), item: String(cells['item']), tries: Number(cells['tries'] ?? 0) };
}
