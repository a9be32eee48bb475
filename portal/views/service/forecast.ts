import type { ForecastItem as Coming, ForecastDay as Day } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { type Content, h, show, svg } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { link, section } from '../../parts/controls.ts';
import { problemMessage } from '../../parts/messages.ts';
import { table } from '../../parts/table.ts';
import { windowed } from '../../parts/windowed.ts';
import { hashOf } from '../../router.ts';
import { barsOf, joined } from '../../words/bars.ts';
import { date, instant, plural } from '../../words/time.ts';
import { itemHref } from '../items.ts';

const DAYS = 60;
const WIDTH = 960;
const HEIGHT = 240;
const LEFT = 40;
const BELOW = 30;

const told = ({ date: day, count }: Day): string => `${date(day)}: ${plural(count, 'item')}`;

function picture(days: readonly Day[]): SVGElement {
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
        { class: 'bar', x: LEFT + x, y, width, height, rx: 1, onclick: () => location.assign(ofDay(day)) },
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

const ofDay = (day: Day): string => hashOf(['forecast'], { date: day.date });
const itemIn = ({ vault, item }: Coming): HTMLElement => link(item, itemHref({ vault, name: item }));

const columns = [
  { title: 'Day', cell: (day: Day) => link(date(day.date), ofDay(day)) },
  { title: 'Items', cell: ({ count }: Day) => count.toLocaleString('en'), numeric: true as const },
  {
    title: 'Which',
    cell: ({ items, count }: Day): Content => [
      ...items.slice(0, SHOWN).flatMap((one, index) => [index > 0 && ', ', itemIn(one)]),
      count > SHOWN && ` and ${(count - SHOWN).toLocaleString('en')} more`,
    ],
  },
];
const SHOWN = 5;

/** Everything that goes on one day, soonest first, as it comes in. */
function listOf({ api, listTop }: Context, day: string): HTMLElement {
  const list = windowed<Coming>({
    caption: `Purges on ${date(day)}`,
    columns: [
      { title: 'Item', cell: itemIn },
      { title: 'Vault', cell: ({ vault }) => vault },
      { title: 'Purged at', cell: ({ purgeAt }) => instant(purgeAt) },
    ],
    keyOf: ({ vault, item, purgeAt }) => `${vault}/${item}/${purgeAt}`,
    toneOf: () => undefined,
  });
  const tally = h('p', { class: 'quiet tally', role: 'status' }, 'reading');
  const trouble = h('div');
  const all: Coming[] = [];
  async function read(): Promise<void> {
    for await (const page of api.pages('forecast', { query: { date: day, top: 200 } })) {
      if (!list.element.isConnected) return;
      all.push(...('value' in page ? page.value : []));
      list.show(all, listTop);
      tally.textContent = `${date(day)}: ${plural(all.length, 'item')}`;
    }
  }
  setTimeout(() => void read().catch((problem: Problem) => show(trouble, problemMessage(problem))));
  return section(`Purges on ${date(day)}`, trouble, tally, list.element);
}

/** What will be permanently deleted, and when, if nobody does anything. */
export const forecastView: View = async (context): Promise<Page> => {
  const answers: Day[] = [];
  for await (const page of context.api.pages('forecast', { query: { days: DAYS } }))
    answers.push(...('days' in page ? page.days : []));
  const days = joined(answers);
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const chosen = context.place.query['date'];
  return {
    title: 'Forecast',
    body: [
      h(
        'p',
        {},
        `${plural(total, 'item')} will be permanently deleted within ${DAYS} days, unless somebody undeletes or holds them, or pauses purging. `,
        link('See all that is soft deleted', hashOf(['items'], { state: 'SoftDeleted' })),
      ),
      section('Purges per day', picture(days)),
      chosen !== undefined && listOf(context, chosen),
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
