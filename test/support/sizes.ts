/** How much rows and transactions hold, as Table Storage counts, and how much is enough for us: it takes rows of 1 MiB and transactions of 4 MiB. */
import type { Cells, Op } from '../../src/store/table.ts';

const KIB = 1024;
export const LARGEST_ROW = 512 * KIB;
export const LONGEST_KEY = 512;
export const LARGEST_TRANSACTION = 3 * 1024 * KIB;
export const MOST_ROWS = 100;
/** The address and the headers of an operation in a transaction. */
const ENVELOPE = 600;

/** Text in UTF-16, and each property's name. */
export const sizeOf = (cells: Cells): number =>
  Object.entries(cells).reduce((sum, [name, value]) => sum + 12 + 2 * name.length + 2 * String(value).length, 0);

export const bytesOf = (ops: readonly Op[]): number =>
  ops.reduce((sum, op) => sum + ENVELOPE + Buffer.byteLength(JSON.stringify(op)), 0);
