import { type Problem, ReprieveError } from '../client/client.ts';
import type { Role } from './auth/roles.ts';
import { type Content, h, show, svg } from './dom/h.ts';
import type { Tone } from './parts/act.ts';
import type { Page } from './parts/context.ts';
import { button, link } from './parts/controls.ts';
import { message, problemMessage } from './parts/messages.ts';
import { hashOf, type Place } from './router.ts';
import { toggleTheme } from './theme.ts';
import { instant } from './words/time.ts';

const NAVIGATION = [
  { path: 'vaults', text: 'Vaults' },
  { path: 'items', text: 'Backup items' },
  { path: 'forecast', text: 'Forecast' },
  { path: 'alerts', text: 'Alerts' },
  { path: 'operations', text: 'Operations' },
  { path: 'approvals', text: 'Approvals' },
] as const;

/** Who keeps guards and may read nothing else finds this. */
const FOR_KEEPERS = 'approvals';

interface Doors {
  readonly who: () => string;
  readonly signInAgain: () => unknown;
  /** Undefined: the clock is the real one, and nobody can move it. */
  readonly moveClock: (() => unknown) | undefined;
}

export interface Shell {
  busy(): void;
  /** `same`: the page was read again, so the focus stays. A number: how far to scroll down. */
  page(page: Page | ReprieveError, place: Place, scroll: 'same' | number): void;
  say(text: string, tone: Tone): void;
  hush(): void;
  /** Brings the bar and the navigation up to date: who is signed in, what they may do, and what time it is. */
  surround(may: (role: Role) => boolean, now: Date, hoursAhead: number): void;
}

/** The frame around every page: the bar at the top, the navigation, messages, and the page itself. */
export function shell(root: HTMLElement, doors: Doors): Shell {
  const account = button('', doors.signInAgain, { appearance: 'subtle', id: 'account' });
  const clock = doors.moveClock && button('', doors.moveClock, { appearance: 'subtle', id: 'clock', hidden: true });
  const links = NAVIGATION.map(({ path, text }) => ({
    path,
    element: link(text, hashOf([path]), { class: 'nav-link' }),
  }));
  const navigation = h('nav', { 'aria-label': 'Portal', hidden: true }, ...links.map((one) => one.element));
  const told = h('div', { class: 'told', id: 'told' });
  const sheet = h('div', { class: 'page' });
  const main = h('main', { id: 'main', class: 'content', tabindex: '-1' }, told, sheet);
  show(root, skipLink(main), topBar(clock, shade(), account), h('div', { class: 'frame' }, navigation, main));

  function page(result: Page | ReprieveError, place: Place, scroll: 'same' | number): void {
    const focused = scroll === 'same' ? document.activeElement?.id : undefined;
    const { title, trail: above, actions, body } = result instanceof ReprieveError ? pageOf(result) : result;
    const heading = h('h1', { tabindex: '-1', id: 'title' }, title);
    show(sheet, trail(above), heading, actions, body);
    sheet.removeAttribute('aria-busy');
    document.title = `${title} – Reprieve`;
    const section = place.path[0] ?? 'vaults';
    for (const { path, element } of links) {
      if (path === section) element.setAttribute('aria-current', 'page');
      else element.removeAttribute('aria-current');
    }
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
    else if (scroll !== 'same' || document.activeElement === document.body) heading.focus({ preventScroll: true });
    if (scroll !== 'same') scrollTo(0, scroll);
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
    surround(may, now, hoursAhead) {
      show(account, doors.who());
      account.setAttribute('aria-label', `Signed in as ${doors.who()}. Sign in as somebody else`);
      navigation.hidden = !may('Reader') && !may('GuardAdmin');
      for (const { path, element } of links) element.hidden = !may('Reader') && path !== FOR_KEEPERS;
      if (!clock) return;
      clock.hidden = !may('Reader');
      clock.toggleAttribute('disabled', !may('Contributor'));
      clock.setAttribute('aria-label', `Move the clock: ${clockWords(now, hoursAhead).wide}`);
      show(clock, wideAndNarrow(clockWords(now, hoursAhead)));
    },
  };
}

const pageOf = (problem: Problem): Page => ({
  title: problem.status === 404 ? 'Not found' : 'That did not work',
  body: problemMessage(problem),
});

/** A phone shows the short one. */
interface Words {
  readonly wide: string;
  readonly narrow: string;
}

const wideAndNarrow = ({ wide, narrow }: Words): Content => [
  h('span', { class: 'wide' }, wide),
  h('span', { class: 'narrow' }, narrow),
];

function clockWords(now: Date, hoursAhead: number): Words {
  const days = Math.round((hoursAhead / 24) * 10) / 10;
  const wide = instant(now.toISOString());
  return days > 0
    ? { wide: `${wide} (+${days} d)`, narrow: `+${days} d` }
    : { wide, narrow: `${now.toISOString().slice(11, 16)} UTC` };
}

/** The half-filled circle is drawn: not every machine has the character. */
const shade = (): HTMLElement =>
  button(
    [
      h('span', { class: 'wide' }, 'Light or dark'),
      svg(
        'svg',
        { viewBox: '0 0 16 16', class: 'lock narrow', 'aria-hidden': 'true' },
        svg('path', { d: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.5v11a5.5 5.5 0 0 1 0-11Z' }),
      ),
    ],
    () => toggleTheme(),
    { appearance: 'subtle', id: 'shade', 'aria-label': 'Light or dark' },
  );

const trail = (above: Page['trail'] = []): HTMLElement | undefined =>
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
