import { type Cells, type Op, pastPrefix, type Row, type Table } from '../../src/store/table.ts';

/** Rows by key, and the keys in order, as Table Storage keeps a partition. */
interface Partition {
  readonly rows: Map<string, Row>;
  readonly keys: string[];
}

/** Table Storage in memory, for tests and benchmarks: the same promises, proved by the same contract tests. */
export function memoryTable(): Table {
  const partitions = new Map<string, Partition>();
  let writes = 0;

  const open = (name: string): Partition => {
    const partition = partitions.get(name) ?? { rows: new Map<string, Row>(), keys: [] };
    partitions.set(name, partition);
    return partition;
  };
  const set = ({ rows, keys }: Partition, key: string, cells: Cells) => {
    if (!rows.has(key)) keys.splice(firstAtLeast(keys, key), 0, key);
    writes += 1;
    rows.set(key, { key, tag: `W/"${writes}"`, cells });
  };
  const drop = ({ rows, keys }: Partition, key: string) => {
    rows.delete(key);
    keys.splice(firstAtLeast(keys, key), 1);
  };

  return {
    async get(partition, key) {
      return open(partition).rows.get(key);
    },

    async range(partition, { prefix, after, before = pastPrefix(prefix), limit, only }) {
      const { rows, keys } = open(partition);
      const from = after === undefined ? firstAtLeast(keys, prefix) : firstAtLeast(keys, `${after}\0`);
      const found = keys.slice(from, Math.min(firstAtLeast(keys, before), from + (limit ?? Number.POSITIVE_INFINITY)));
      return found.flatMap((key) => {
        const row = rows.get(key);
        return row ? [only ? { ...row, cells: pick(row.cells, only) } : row] : [];
      });
    },

    async commit(name, ops) {
      if (new Set(ops.map(({ key }) => key)).size < ops.length)
        throw new Error('a transaction may name a row only once');
      const partition = open(name);
      // No row is named twice, so each can be judged by what is there now; and only then is anything written.
      if (!ops.every((op) => fits(op, partition.rows.get(op.key)))) return false;
      for (const op of ops) {
        if (op.op === 'drop') drop(partition, op.key);
        else set(partition, op.key, op.op === 'touch' ? (partition.rows.get(op.key)?.cells ?? {}) : op.cells);
      }
      return true;
    },

    async remove(name, key, tag) {
      const partition = open(name);
      if (partition.rows.get(key)?.tag !== tag) return false;
      drop(partition, key);
      return true;
    },
  };
}

const fits = (op: Op, current: Row | undefined): boolean => {
  if (op.op === 'put') return true;
  if (op.op === 'insert') return current === undefined;
  return current !== undefined && (op.op !== 'replace' || op.tag === undefined || op.tag === current.tag);
};

/** Where a key is in the order, or would be. */
function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const pick = (cells: Cells, only: readonly string[]): Cells =>
  Object.fromEntries(Object.entries(cells).filter(([name]) => only.includes(name)));
