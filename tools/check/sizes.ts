import type { Row } from '../../src/store/table.ts';

const KIB = 1024;
/** Table Storage takes twice as much. */
const LARGEST_KIB = 512;

/** As Table Storage counts: text in UTF-16. */
export const sizeOf = ({ key, cells }: Pick<Row, 'key' | 'cells'>): number =>
  Object.entries(cells).reduce(
    (sum, [name, value]) => sum + 12 + 2 * name.length + (typeof value === 'string' ? 2 * value.length : 8),
    2 * key.length,
  );

export function tellSize(row: Row, tell: (message: string) => void): void {
  const size = sizeOf(row);
  if (size > LARGEST_KIB * KIB) tell(`it has ${Math.ceil(size / KIB)} KiB; a row has ${LARGEST_KIB} at most`);
}
