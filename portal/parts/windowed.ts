import { h } from '../dom/h.ts';
import { type Stretch, stretchOf } from '../dom/window.ts';
import { bodyRow, type Column, headRow } from './table.ts';

interface Wish<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly toneOf: (row: T) => string | undefined;
}

export interface Windowed<T> {
  readonly element: HTMLElement;
  /** `top`: how far to scroll down, as far as there are rows. Once the person has scrolled, it is ignored. */
  show(rows: readonly T[], top?: number): void;
}

const ROW_HEIGHT = 44;

/** A table of any length: only the rows in sight exist. A row that stays in sight is kept, and so is the focus in it. */
export function windowed<T>({ caption, columns, keyOf, toneOf }: Wish<T>): Windowed<T> {
  const before = h('tr', { 'aria-hidden': 'true', class: 'gap' }, h('td', { colspan: columns.length }));
  const after = h('tr', { 'aria-hidden': 'true', class: 'gap' }, h('td', { colspan: columns.length }));
  const body = h('tbody', {}, before, after);
  const grid = h('table', {}, h('caption', { class: 'hidden' }, caption), h('thead', {}, headRow(columns)), body);
  const element = h('div', { class: 'scroll long', role: 'region', 'aria-label': caption, tabindex: '0' }, grid);
  let rows: readonly T[] = [];
  let drawn = new Map<string, { readonly of: T; readonly row: HTMLElement }>();
  let waiting = false;
  let hasMoved = false;

  function draw(): void {
    waiting = false;
    const seen = stretchOf(element.scrollTop, element.clientHeight || 600, ROW_HEIGHT, rows.length);
    const kept = new Map<string, { readonly of: T; readonly row: HTMLElement }>();
    for (const one of rows.slice(seen.from, seen.to)) {
      const known = drawn.get(keyOf(one));
      kept.set(keyOf(one), known?.of === one ? known : { of: one, row: bodyRow(columns, one, toneOf(one)) });
    }
    for (const [key, { row }] of drawn) if (kept.get(key)?.row !== row) row.remove();
    place(
      [...kept.values()].map(({ row }) => row),
      seen,
    );
    drawn = kept;
  }

  function place(wanted: readonly HTMLElement[], { from, to }: Stretch): void {
    before.style.height = `${from * ROW_HEIGHT}px`;
    after.style.height = `${(rows.length - to) * ROW_HEIGHT}px`;
    let previous: Element = before;
    for (const [index, row] of wanted.entries()) {
      row.setAttribute('aria-rowindex', `${from + index + 2}`);
      // moving a row takes its focus away: only what is not in place yet is moved
      if (previous.nextElementSibling !== row) previous.after(row);
      previous = row;
    }
  }

  const soon = (): void => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };
  element.addEventListener('scroll', soon, { passive: true });
  new ResizeObserver(soon).observe(element);
  for (const move of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
    element.addEventListener(move, () => (hasMoved = true), { passive: true });
  return {
    element,
    show(next, top = 0) {
      rows = next;
      // what counts the rows says that there are none
      element.hidden = rows.length === 0;
      grid.setAttribute('aria-rowcount', `${rows.length + 1}`);
      draw();
      if (top === 0 || hasMoved) return;
      element.scrollTop = top;
      draw();
    },
  };
}
