type Child = Node | string | number | null | undefined | false | readonly Child[];
type Value = string | number | boolean | null | undefined | ((event: never) => unknown);
export type Props = Readonly<Record<string, Value>>;
export type Content = Child;

/** An element with its attributes, listeners (`onclick`) and children. No markup is ever parsed, so nothing shown can become script. */
export function h<T extends HTMLElement = HTMLElement>(
  tag: string,
  props: Props = {},
  ...children: readonly Child[]
): T {
  const element = document.createElement(tag) as T;
  dress(element, props);
  fill(element, children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag: string, props: Props = {}, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  dress(element, props);
  fill(element, children);
  return element;
}

function dress(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (name === 'value' && 'value' in element) Object.assign(element, { value });
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
}

function fill(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'string' || typeof child === 'number') parent.appendChild(document.createTextNode(`${child}`));
    else if (child instanceof Node) parent.appendChild(child);
    else fill(parent, child);
  }
}

/** Replaces what the parent showed. */
export function show(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  fill(parent, children);
}
