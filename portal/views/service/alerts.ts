import { at } from '../../api/client.ts';
import type { Problem } from '../../api/problem.ts';
import type { Alert, AlertList } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { badge, button, choice, link } from '../../parts/controls.ts';
import { type Column, table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { spaced } from '../../words/labels.ts';
import { ago, instant } from '../../words/time.ts';
import { itemHref } from '../items.ts';

const SEVERITIES: Readonly<Record<string, 'danger' | 'severe' | 'warning' | 'informative'>> = {
  Sev0: 'danger',
  Sev1: 'severe',
  Sev2: 'warning',
};

const move = (context: Context, alert: Alert, verb: 'acknowledge' | 'close'): Promise<void> =>
  actNow(
    context,
    context.api.send('POST', `${at('alerts', alert.id)}/${verb}`, { body: {} }),
    () => `${spaced(alert.type)} is ${verb === 'close' ? 'closed' : 'acknowledged'}.`,
  );

const about = ({ vault, item }: Alert): Content => {
  if (vault === null) return 'the service';
  return item === undefined
    ? link(vault, hashOf(['vaults', vault]))
    : link(item, itemHref({ vault, name: item }), { class: 'link nowrap' });
};

const mails = ({ notifications }: Alert): string => {
  const byStatus = Map.groupBy(notifications, ({ status }) => status);
  return (
    [...byStatus].map(([status, some]) => `${some.length} ${spaced(status).toLowerCase()}`).join(', ') || 'no mail'
  );
};

const commands = (context: Context, alert: Alert): Content => {
  const of = `${spaced(alert.type)} of ${alert.item ?? alert.vault ?? 'the service'}`;
  return h(
    'span',
    { class: 'row-commands' },
    alert.state === 'New' &&
      button('Acknowledge', () => move(context, alert, 'acknowledge'), {
        size: 'small',
        'aria-label': `Acknowledge ${of}`,
      }),
    alert.state !== 'Closed' &&
      button('Close', () => move(context, alert, 'close'), { size: 'small', 'aria-label': `Close ${of}` }),
  );
};

const columns = (context: Context): readonly Column<Alert>[] => [
  {
    title: 'Alert',
    cell: (alert) => [
      h('strong', {}, spaced(alert.type)),
      alert.count > 1 && ` ×${alert.count}`,
      h('div', { class: 'quiet wrap' }, alert.recommendedAction),
    ],
  },
  {
    title: 'Severity',
    cell: ({ severity }) =>
      badge(severity, SEVERITIES[severity] ?? 'informative', severity === 'Sev0' ? 'filled' : 'tint'),
  },
  { title: 'About', cell: about },
  {
    title: 'Fired',
    cell: ({ firedAt }) =>
      h('time', { datetime: firedAt, title: instant(firedAt), class: 'nowrap' }, ago(firedAt, context.now)),
    minor: true,
  },
  { title: 'Mail', cell: mails, minor: true },
  { title: 'State', cell: (one) => one.state, minor: true },
  { title: 'Commands', cell: (alert) => commands(context, alert) },
];

const gravestFirst = (a: Alert, b: Alert): number =>
  a.severity.localeCompare(b.severity) || b.firedAt.localeCompare(a.firedAt);

const stateFilter = (vault: string, state: string): HTMLElement =>
  choice(
    'State',
    ['New', 'Acknowledged', 'Closed', 'any'].map((value) => ({ value, text: value === 'any' ? 'Any' : value })),
    state,
    {
      id: 'alert-state',
      onchange: (event: Event) => {
        location.hash = hashOf(['alerts'], { vault, state: (event.target as HTMLSelectElement).value });
      },
    },
  ).element;

export const alertsView: View = async (context): Promise<Page | Problem> => {
  const { vault = '', state = 'New' } = context.place.query;
  const from = vault ? `${at('vaults', vault)}/alerts` : 'alerts';
  const only = state === 'any' ? '' : `&state=${encodeURIComponent(state)}`;
  const answer = await context.api.get<AlertList>(`${from}?top=100${only}`);
  if (!answer.ok) return answer.problem;
  const { value, nextLink } = answer.value;
  return {
    title: vault ? `Alerts of ${vault}` : 'Alerts',
    body: [
      h('div', { class: 'filters' }, stateFilter(vault, state)),
      table(
        'Alerts',
        columns(context),
        value.toSorted(gravestFirst),
        state === 'New' ? 'Nothing new. All is quiet.' : 'There is none.',
      ),
      nextLink !== undefined && h('p', { class: 'quiet' }, 'The first 100.'),
    ],
  };
};
