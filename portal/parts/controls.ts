import type { Item } from '../../client/api.ts';
import { type Content, h, type Props } from '../dom/h.ts';
import { isHeld, timeLeft } from '../words/deletion.ts';
import { inTrash, STATES, type Tone } from '../words/labels.ts';
import { ORDER_STATES } from '../words/order.ts';

type Press = (event: Event) => unknown;

/** The component sets its role in a way that not every tool sees, so it is also given as an attribute. */
export const button = (text: Content, onclick: Press, props: Props = {}): HTMLElement =>
  h('fluent-button', { role: 'button', onclick, ...props }, text);

export const primary = (text: string, onclick: Press, props: Props = {}): HTMLElement =>
  button(text, onclick, { appearance: 'primary', ...props });

export const badge = (text: string, tone: Tone, appearance = 'tint'): HTMLElement =>
  h('fluent-badge', { appearance, color: tone, size: 'large', class: 'badge' }, text);

/** What is ordered has no days left: somebody is asked to destroy it. */
const howFar = ({ purgeOrder }: Item): string | undefined =>
  purgeOrder ? ORDER_STATES[purgeOrder.state].text.toLowerCase() : undefined;

/** The protection status. A soft-deleted item is red and says how long it can still be undeleted. */
export function stateOf(item: Item, now: Date): HTMLElement {
  const { text, tone } = STATES[item.state];
  const { softDelete } = item;
  const isSoon = softDelete?.purgeUpcoming && !isHeld(item);
  return h(
    'span',
    { class: 'state' },
    badge(text, tone, inTrash(item) ? 'filled' : 'tint'),
    softDelete && h('span', { class: isSoon ? 'left soon' : 'left' }, howFar(item) ?? timeLeft(item, now)),
  );
}

export interface Input extends HTMLElement {
  value: string;
  checked: boolean;
  disabled: boolean;
}

/** Shown while something takes time. */
export const progress = (label: string): HTMLElement =>
  h('fluent-progress-bar', { role: 'progressbar', 'aria-label': label });

/** A line of text, with its label. */
export const textInput = (label: string, props: Props = {}): Input =>
  h<Input>('fluent-text-input', { class: 'field', ...props }, label);

export const textArea = (label: string, props: Props = {}): Input =>
  h<Input>(
    'fluent-textarea',
    { class: 'field', resize: 'vertical', block: true, ...props },
    h('span', { slot: 'label' }, label),
  );

interface Option {
  readonly value: string;
  readonly text: string;
}

export interface Choice {
  /** With its label. */
  readonly element: HTMLElement;
  readonly select: HTMLSelectElement;
}

/** The browser's own list: every keyboard, screen reader and phone can use it. */
export function choice(label: string, options: readonly Option[], value: string, props: Props = {}): Choice {
  const select = h<HTMLSelectElement>(
    'select',
    { class: 'select', ...props },
    ...options.map((option) => h('option', { value: option.value, selected: option.value === value }, option.text)),
  );
  return { select, element: h('label', { class: 'field' }, h('span', { class: 'field-label' }, label), select) };
}

export interface Tick {
  readonly element: HTMLElement;
  readonly isOn: () => boolean;
}

export function tick(label: Content, checked = false, onchange: () => unknown = () => undefined): Tick {
  const box = h<HTMLInputElement>('input', { type: 'checkbox', checked, class: 'tick', onchange });
  return { element: h('label', { class: 'tick-row' }, box, h('span', {}, label)), isOn: () => box.checked };
}

export const link = (text: Content, href: string, props: Props = {}): HTMLElement =>
  h('a', { class: 'link', href, ...props }, text);

/** Facts, as a list of terms. */
export const facts = (rows: readonly (readonly [string, Content] | undefined)[]): HTMLElement =>
  h(
    'dl',
    { class: 'facts' },
    ...rows.flatMap((row) => (row ? [h('div', {}, h('dt', {}, row[0]), h('dd', {}, row[1]))] : [])),
  );

export const section = (title: string, ...content: readonly Content[]): HTMLElement =>
  h('section', { class: 'card' }, h('h2', {}, title), ...content);
