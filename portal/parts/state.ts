import type { Item } from '../api/types.ts';
import { h } from '../dom/h.ts';
import { inTrash, STATES } from '../words/labels.ts';
import { left } from '../words/time.ts';
import { badge } from './controls.ts';

/** Protection status; what is soft deleted is red and says how long it can still be had back. */
export function stateOf(item: Item, now: Date): HTMLElement {
  const { text, tone } = STATES[item.state];
  const gone = item.softDelete;
  return h(
    'span',
    { class: 'state' },
    badge(text, tone, inTrash(item) ? 'filled' : 'tint'),
    gone && h('span', { class: gone.purgeUpcoming ? 'left soon' : 'left' }, left(gone.daysLeft, gone.purgeAt, now)),
  );
}
