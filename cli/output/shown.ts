import { type Json, textAt } from '../json.ts';

/** What a command shows; who reads it decides how it looks. */
export type Shown = readonly Block[];

export type Block =
  | { readonly kind: 'table'; readonly titles: readonly string[]; readonly rows: Rows; readonly empty: string }
  | { readonly kind: 'facts'; readonly rows: Rows }
  /** For people only: what to do next. */
  | { readonly kind: 'hint'; readonly text: string };

export type Rows = readonly (readonly string[])[];

type Cell = readonly [title: string, of: string | ((row: Json) => string)];

const cellOf = (row: Json, of: Cell[1]): string => (typeof of === 'string' ? textAt(row, ...of.split('.')) : of(row));

/** A cell is a path into the row (`softDelete.purgeAt`), or a function that makes its text. */
export const table = (rows: readonly Json[], cells: readonly Cell[], empty: string): Block => ({
  kind: 'table',
  titles: cells.map(([title]) => title),
  rows: rows.map((row) => cells.map(([, of]) => cellOf(row, of))),
  empty,
});

/** Facts that are not there are left out. */
export const facts = (of: Json, cells: readonly Cell[]): Block => ({
  kind: 'facts',
  rows: cells.map(([title, cell]) => [title, cellOf(of, cell)]).filter(([, text]) => text !== ''),
});

export const hint = (text: string): Block => ({ kind: 'hint', text });

/** A time as `2026-11-21 12:38Z`: nobody who reads a table needs the seconds. */
export const minutes =
  (...where: readonly string[]) =>
  (one: Json): string =>
    textAt(one, ...where).replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(\.\d+)?Z$/, '$1 $2Z');
