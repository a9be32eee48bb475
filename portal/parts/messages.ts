import type { Problem } from '../../client/client.ts';
import { type Content, h } from '../dom/h.ts';
import { hashOf } from '../router.ts';
import { adviceFor } from '../words/advice.ts';
import { readable } from '../words/time.ts';
import type { Tone } from './act.ts';
import type { Page } from './context.ts';

const ICONS: { readonly [T in Tone]: string } = { success: '✓', warning: '!', error: '✕', info: 'i' };

/** A bar across the page. Screen readers read an error at once and everything else when they have finished. */
export function message(tone: Tone, ...content: readonly Content[]): HTMLElement {
  return h(
    'fluent-message-bar',
    { intent: tone, class: 'message', role: tone === 'error' ? 'alert' : 'status' },
    h('span', { slot: 'icon', class: `icon ${tone}`, 'aria-hidden': 'true' }, ICONS[tone]),
    h('div', {}, ...content),
  );
}

/** In the API's own words, with what to do next, and with what to quote when asking for help. */
export function problemMessage(problem: Problem): HTMLElement {
  const advice = adviceFor(problem);
  const details = problem.details.filter((detail) => !problem.message.includes(detail.message));
  return message(
    'error',
    h('strong', {}, readable(problem.message)),
    details.length > 0 &&
      h('ul', {}, ...details.map((detail) => h('li', {}, [detail.target, detail.message].filter(Boolean).join(': ')))),
    advice && h('p', {}, advice),
    h(
      'p',
      { class: 'quiet' },
      [problem.code, problem.requestId && `request ${problem.requestId}`].filter(Boolean).join(' · '),
    ),
  );
}

/** The page of an address that leads to nothing. */
export const notFound = (what: string): Page => ({
  title: 'Not found',
  body: [
    h('p', {}, what),
    h(
      'p',
      {},
      h('a', { class: 'link', href: hashOf(['vaults']) }, 'All vaults'),
      ' · ',
      h('a', { class: 'link', href: hashOf(['items']) }, 'All backup items'),
    ),
  ],
});
