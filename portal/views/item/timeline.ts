import type { HistoryEntry as Entry } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { spaced } from '../../words/labels.ts';
import { ago, instant, readable } from '../../words/time.ts';

const moved = ({ from, to }: Entry): string => (from && to && from !== to ? `${spaced(from)} → ${spaced(to)}` : '');

const factsOf = ({ facts }: Entry): string =>
  Object.entries(facts)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 6)
    .map(([name, value]) => `${spaced(name).toLowerCase()}: ${readable(`${value}`)}`)
    .join(', ');

const line = (entry: Entry, now: Date): HTMLElement =>
  h(
    'li',
    { class: entry.outcome === 'Refused' ? 'refused' : 'done' },
    h('time', { datetime: entry.at, title: instant(entry.at) }, ago(entry.at, now)),
    h(
      'div',
      {},
      h('strong', {}, spaced(entry.operation)),
      entry.outcome === 'Refused' && ` refused: ${entry.code ?? ''}`,
      ` by ${entry.caller.oid}`,
      h('div', { class: 'quiet' }, [moved(entry), factsOf(entry)].filter(Boolean).join(' · ')),
    ),
  );

/** Newest first, with the refusals. */
export const timeline = (entries: readonly Entry[], now: Date): Content =>
  entries.length === 0
    ? h('p', { class: 'empty' }, 'Nothing has happened to it yet.')
    : h('ol', { class: 'timeline' }, ...entries.map((entry) => line(entry, now)));
