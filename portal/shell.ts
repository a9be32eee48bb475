import type { Problem } from './api/problem.ts';
import { type Content, h, show } from './dom/h.ts';
import { isProblem, type Page, type Tone } from './parts/context.ts';
import { button, link } from './parts/controls.ts';
import { message, problemMessage } from './parts/messages.ts';
import { hashOf, type Place } from './router.ts';
import { toggleTheme } from './theme.ts';

const NAVIGATION = [
  { path: 'vaults', text: 'Vaults' },
  { path: 'items', text: 'Backup items' },
  { path: 'forecast', text: 'Forecast' },
  { path: 'alerts', text: 'Alerts' },
  { path: 'operations', text: 'Operations' },
] as const;

interface Doors {
  readonly who: () => string;
  readonly signInAgain: () => unknown;
  /** Where there is a clock to move. */
  readonly moveClock: (() => unknown) | undefined;
}

export interface Shell {
  busy(): void;
  page(page: Page | Problem, place: Place, keepFocus: boolean): void;
  say(text: string, tone: Tone): void;
  hush(): void;
  /** What the bar at the top says may have changed. */
  retell(clock: string | undefined): void;
}

/** The frame round every page: the bar at the top, the navigation, what is told, and the page itself. */
export function shell(root: HTMLElement, doors: Doors): Shell {
  const account = button('', doors.signInAgain, { appearance: 'subtle', id: 'account' });
  const clock = doors.moveClock && button('', doors.moveClock, { appearance: 'subtle', id: 'clock' });
  const shade = button('Light or dark', () => toggleTheme(), { appearance: 'subtle', id: 'shade' });
  const links = NAVIGATION.map(({ path, text }) => ({
    path,
    element: link(text, hashOf([path]), { class: 'nav-link' }),
  }));
  const told = h('div', { class: 'told', id: 'told' });
  const sheet = h('div', { class: 'page' });
  const main = h('main', { id: 'main', class: 'content', tabindex: '-1' }, told, sheet);
  const frame = h(
    'div',
    { class: 'frame' },
    h('nav', { 'aria-label': 'Portal' }, ...links.map((one) => one.element)),
    main,
  );
  show(root, skipLink(main), topBar(clock, shade, account), frame);

  function page(result: Page | Problem, place: Place, keepFocus: boolean): void {
    const focused = keepFocus ? document.activeElement?.id : undefined;
    const title = isProblem(result) ? 'That did not work' : result.title;
    const heading = h('h1', { tabindex: '-1', id: 'title' }, title);
    if (isProblem(result)) show(sheet, heading, problemMessage(result));
    else show(sheet, trail(result), heading, result.actions, result.body);
    sheet.removeAttribute('aria-busy');
    document.title = `${title} – Reprieve`;
    const section = place.path[0] ?? 'vaults';
    for (const { path, element } of links) {
      if (path === section) element.setAttribute('aria-current', 'page');
      else element.removeAttribute('aria-current');
    }
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
    else if (!keepFocus || document.activeElement === document.body) heading.focus({ preventScroll: keepFocus });
  }

  return {
    page,
    busy() {
      sheet.setAttribute('aria-busy', 'true');
      if (!sheet.hasChildNodes()) show(sheet, h('fluent-spinner', { role: 'progressbar', 'aria-label': 'Loading' }));
    },
    say: (text, tone) => show(told, dismissible(message(tone, text))),
    hush() {
      told.replaceChildren();
    },
    retell(now) {
      account.textContent = doors.who();
      account.setAttribute('aria-label', `Signed in as ${doors.who()}. Sign in as somebody else`);
      if (clock && now !== undefined) clock.textContent = now;
    },
  };
}

const trail = ({ trail: above = [] }: Page): HTMLElement | undefined =>
  above.length === 0
    ? undefined
    : h(
        'nav',
        { class: 'trail', 'aria-label': 'Where you are' },
        ...above.map(({ text, href }) => [link(text, href), h('span', { 'aria-hidden': 'true' }, ' › ')]),
      );

const topBar = (...tools: readonly Content[]): HTMLElement =>
  h(
    'header',
    { class: 'bar' },
    h('a', { class: 'brand', href: hashOf(['vaults']) }, 'Reprieve'),
    h('span', { class: 'bar-tools' }, ...tools),
  );

function dismissible(bar: HTMLElement): HTMLElement {
  const props = { slot: 'dismiss', appearance: 'transparent', size: 'small', 'aria-label': 'Dismiss' };
  bar.append(button('✕', () => bar.remove(), props));
  return bar;
}

const skipLink = (main: HTMLElement): HTMLElement =>
  h('a', { class: 'skip', href: '#main', onclick: skipTo(main) }, 'Skip to content');

const skipTo =
  (main: HTMLElement) =>
  (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
