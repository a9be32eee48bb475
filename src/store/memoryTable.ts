import { type Cells, type Op, pastPrefix, type Row, type Table } from './table.ts';

/** Table Storage in memory, for tests: the same promises, proved by the same contract tests. */
export function memoryTable(): Table {
  const partitions = new Map<string, Map<string, Row>>();
  let writes = 0;
  const rowsOf = (partition: string) => partitions.get(partition) ?? new Map<string, Row>();
  const row = (key: string, cells: Cells): Row => ({ key, tag: `W/"${++writes}"`, cells });

  const apply = (rows: Map<string, Row>, op: Op): boolean => {
    const current = rows.get(op.key);
    if (op.op === 'insert' ? current : op.op !== 'put' && !current) return false;
    if (op.op === 'replace' && op.tag !== undefined && op.tag !== current?.tag) return false;
    if (op.op === 'drop') return rows.delete(op.key);
    rows.set(op.key, row(op.key, op.op === 'touch' ? (current?.cells ?? {}) : op.cells));
    return true;
  };

  return {
    async get(partition, key) {
      return rowsOf(partition).get(key);
    },
    async range(partition, { prefix, after, before = pastPrefix(prefix), limit, only }) {
      return [...rowsOf(partition).values()]
        .filter(({ key }) => (after === undefined ? key >= prefix : key > after) && key < before)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit)
        .map((found) => (only ? { ...found, cells: pick(found.cells, only) } : found));
    },
    async commit(partition, ops) {
      if (new Set(ops.map(({ key }) => key)).size < ops.length)
        throw new Error('a transaction may name a row only once');
      const draft = new Map(rowsOf(partition));
      if (!ops.every((op) => apply(draft, op))) return false;
      partitions.set(partition, draft);
      return true;
    },
    async remove(partition, key, tag) {
      const rows = rowsOf(partition);
      return rows.get(key)?.tag === tag && rows.delete(key);
    },
  };
}

const pick = (cells: Cells, only: readonly string[]): Cells =>
  Object.fromEntries(Object.entries(cells).filter(([name]) => only.includes(name)));
