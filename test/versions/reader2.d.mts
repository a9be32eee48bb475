import type { Cells } from '../../src/store/table.ts';

type Reads = (row: { readonly key: string; readonly cells: Cells }) => unknown;
/** By the kind of row. */
export const read: Readonly<Record<string, Reads>>;
export const VERSION: number;
