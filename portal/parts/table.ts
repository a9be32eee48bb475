import { type Content, h } from '../dom/h.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => Content;
  /** Left out where there is little room. */
  readonly minor?: true;
  readonly numeric?: true;
}

const classOf = ({ minor, numeric }: Column<never>): string | undefined =>
  [minor && 'minor', numeric && 'numeric'].filter(Boolean).join(' ') || undefined;

/** The roles are given because a narrow screen stacks the cells, and a browser then forgets that they are a table. */
export const headRow = <T>(columns: readonly Column<T>[]): HTMLElement =>
  h(
    'tr',
    { role: 'row' },
    ...columns.map((column) => h('th', { scope: 'col', role: 'columnheader', class: classOf(column) }, column.title)),
  );

/** The first column names the row. */
export const bodyRow = <T>(columns: readonly Column<T>[], row: T, tone?: string): HTMLElement =>
  h(
    'tr',
    { class: tone, role: 'row' },
    ...columns.map((column, index) =>
      index === 0
        ? h('th', { scope: 'row', role: 'rowheader', class: classOf(column) }, column.cell(row))
        : h('td', { role: 'cell', class: classOf(column), 'data-title': column.title }, column.cell(row)),
    ),
  );

/** A table for a page or two of rows; long lists have a window (windowed.ts). */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  empty: Content,
): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' },
    h(
      'table',
      { class: 'stacks', role: 'table' },
      h('caption', { class: 'hidden' }, caption),
      h('thead', { role: 'rowgroup' }, headRow(columns)),
      h('tbody', { role: 'rowgroup' }, ...rows.map((row) => bodyRow(columns, row))),
    ),
  );
}
