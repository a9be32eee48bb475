import type { ForecastDay as Day } from '../../../client/api.ts';
import { type Content, h, show, svg } from '../../dom/h.ts';
import type { Page, View } from '../../parts/context.ts';
import { link, section } from '../../parts/controls.ts';
import { table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { barsOf } from '../../words/bars.ts';
import { date, instant, plural } from '../../words/time.ts';
import { itemHref } from '../items.ts';

const DAYS = 60;
const WIDTH = 960;
const HEIGHT = 240;
const LEFT = 40;
const BELOW = 30;

const told = ({ date: day, count }: Day): string => `${date(day)}: ${plural(count, 'item')}`;

function picture(days: readonly Day[], choose: (day: Day) => void): SVGElement {
  const { bars, marks } = barsOf(days, WIDTH - LEFT, HEIGHT);
  const busiest = days.reduce<Day | undefined>(
    (most, day) => (most && most.count >= day.count ? most : day),
    undefined,
  );
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT + BELOW}`,
      class: 'forecast',
      role: 'img',
      'aria-label': `Purges per day for ${days.length} days. Most: ${busiest ? told(busiest) : 'none'}. The table below has the same numbers.`,
    },
    ...marks.map(({ count, y }) => [
      svg('line', { class: 'mark', x1: LEFT, x2: WIDTH, y1: y, y2: y }),
      Number.isInteger(count) &&
        svg('text', { class: 'axis', x: LEFT - 6, y: Math.max(10, y + 4), 'text-anchor': 'end' }, count),
    ]),
    ...bars.map(({ day, x, y, width, height }) =>
      svg(
        'rect',
        { class: 'bar', x: LEFT + x, y, width, height, rx: 1, onclick: () => choose(day) },
        svg('title', {}, told(day)),
      ),
    ),
    ...bars
      .filter((_, index) => index % 10 === 0)
      .map(({ day, x, width }) =>
        svg(
          'text',
          { class: 'axis', x: LEFT + x + width / 2, y: HEIGHT + 20, 'text-anchor': 'middle' },
          date(day.date).slice(0, -5),
        ),
      ),
  );
}

const columns = [
  { title: 'Day', cell: (day: Day) => date(day.date) },
  { title: 'Items', cell: ({ count }: Day) => count.toLocaleString('en'), numeric: true as const },
  {
    title: 'Which',
    cell: ({ items }: Day): Content => [
      ...items
        .slice(0, 5)
        .flatMap(({ vault, item }, index) => [index > 0 && ', ', link(item, itemHref({ vault, name: item }))]),
      items.length > 5 && ` and ${items.length - 5} more`,
    ],
  },
];

/** What will be permanently deleted, and when, if nobody does anything. */
export const forecastView: View = async ({ api }): Promise<Page> => {
  const { days } = await api.call('forecast', { query: { days: DAYS } });
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const chosen = h('div', { role: 'status' });
  const choose = (day: Day): void => {
    const lines = day.items.map(({ vault, item, purgeAt }) =>
      h('li', {}, link(item, itemHref({ vault, name: item })), ` in ${vault}, ${instant(purgeAt)}`),
    );
    show(chosen, h('h3', {}, told(day)), h('ul', {}, ...lines.slice(0, 50)));
  };
  return {
    title: 'Forecast',
    body: [
      h(
        'p',
        {},
        `${plural(total, 'item')} will be permanently deleted within ${DAYS} days, unless somebody undeletes or holds them, or pauses purging. `,
        link('See all that is soft deleted', hashOf(['items'], { state: 'SoftDeleted' })),
      ),
      section('Purges per day', picture(days, choose), chosen),
      section(
        'The same as a table',
        table(
          'Purges per day',
          columns,
          days.filter(({ count }) => count > 0),
          'Nothing will be purged.',
        ),
      ),
    ],
  };
};
