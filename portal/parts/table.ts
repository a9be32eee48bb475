import { type Content, h } from '../dom/h.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => Content;
  /** Left away where there is little room. */
  readonly minor?: true;
  readonly numeric?: true;
}

const classOf = ({ minor, numeric }: Column<never>): string | undefined =>
  [minor && 'minor', numeric && 'numeric'].filter(Boolean).join(' ') || undefined;

export const headRow = <T>(columns: readonly Column<T>[]): HTMLElement =>
  h('tr', {}, ...columns.map((column) => h('th', { scope: 'col', class: classOf(column) }, column.title)));

/** The first column names the row. */
export const bodyRow = <T>(columns: readonly Column<T>[], row: T, tone?: string): HTMLElement =>
  h(
    'tr',
    { class: tone },
    ...columns.map((column, index) =>
      index === 0
        ? h('th', { scope: 'row', class: classOf(column) }, column.cell(row))
        : h('td', { class: classOf(column) }, column.cell(row)),
    ),
  );

/** A table for what fits on a page or two; long lists have a window (windowed.ts). */
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
      {},
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, headRow(columns)),
      h('tbody', {}, ...rows.map((row) => bodyRow(columns, row))),
    ),
  );
}
