import type { Hint } from '../core/agenda.ts';
import { iso } from '../core/time.ts';
import type { Agenda } from '../ports.ts';
import { hintKey, shardOf } from './keys.ts';
import { MAX_OPS, type Op, type Table } from './table.ts';

export const tableAgenda = (table: Table): Agenda => ({
  async write(hints) {
    const shards = Map.groupBy(hints, shardOf);
    for (const [shard, ofShard] of shards) {
      const ops = [...new Map(ofShard.map((hint) => [hintKey(hint), toOp(hint)])).values()];
      for (let at = 0; at < ops.length; at += MAX_OPS) await table.commit(shard, ops.slice(at, at + MAX_OPS));
    }
  },
});

const toOp = (hint: Hint): Op => ({
  op: 'put',
  key: hintKey(hint),
  cells: { v: 1, kind: hint.kind, vault: hint.vault, item: hint.item, due: iso(hint.due) },
});
