import type { Explanation } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { instant, readable } from '../../words/time.ts';

/** The service's answer to "why is it still here?", or "why is it gone soon?". */
export function explained({ blockers, notBefore, expectedBy }: Explanation): Content {
  return [
    h(
      'ul',
      { class: 'reasons' },
      ...blockers.map(({ message, until }) =>
        h('li', {}, readable(message), until && !message.includes(until) && ` (until ${instant(until)})`),
      ),
    ),
    notBefore && h('p', {}, `Not purged before ${instant(notBefore)}.`),
    expectedBy && h('p', {}, `With nothing in the way it is purged by ${instant(expectedBy)}.`),
  ];
}
