import type { Alert, AlertState } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { badge, button, choice, link } from '../../parts/controls.ts';
import { notFound } from '../../parts/messages.ts';
import { type Column, table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { spaced } from '../../words/labels.ts';
import { ago, instant } from '../../words/time.ts';
import { itemHref } from '../items.ts';
import { vaultNamed } from '../vaults.ts';

const SEVERITIES: Readonly<Record<string, 'danger' | 'severe' | 'warning' | 'informative'>> = {
  Sev0: 'danger',
  Sev1: 'severe',
  Sev2: 'warning',
};

const move = (context: Context, alert: Alert, verb: 'acknowledge' | 'close'): Promise<void> =>
  actNow(
    context,
    context.api.ask(verb === 'close' ? 'closeAlert' : 'acknowledgeAlert', { names: { alert: alert.id }, body: {} }),
    () => `${spaced(alert.type)} is ${verb === 'close' ? 'closed' : 'acknowledged'}.`,
  );

/** What an alert is about, as a link to it. */
export const about = ({ vault, item }: Pick<Alert, 'vault' | 'item'>): Content => {
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
  ...COLUMNS(context.now),
  ...(context.may('Operator') ? [{ title: 'Commands', cell: (alert: Alert) => commands(context, alert) }] : []),
];

const COLUMNS = (now: Date): readonly Column<Alert>[] => [
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
      h('time', { datetime: firedAt, title: instant(firedAt), class: 'nowrap' }, ago(firedAt, now)),
    minor: true,
  },
  { title: 'Mail', cell: mails, minor: true },
  { title: 'State', cell: (one) => one.state, minor: true },
];

const mostSevereFirst = (a: Alert, b: Alert): number =>
  a.severity.localeCompare(b.severity) || b.firedAt.localeCompare(a.firedAt);

const STATES = ['New', 'Acknowledged', 'Closed'] as const;

const stateFilter = (vault: string, state: string): HTMLElement =>
  choice(
    'State',
    [...STATES, 'any'].map((value) => ({ value, text: value === 'any' ? 'Any' : value })),
    state,
    {
      id: 'alert-state',
      onchange: (event: Event) => {
        location.hash = hashOf(['alerts'], { vault, state: (event.target as HTMLSelectElement).value });
      },
    },
  ).element;

export const alertsView: View = async (context): Promise<Page> => {
  const { api, place } = context;
  const { vault: named = '', state: asked = 'New' } = place.query;
  const vault = named && (await vaultNamed(api, named))?.name;
  if (vault === undefined) return notFound(`There is no vault ${named}.`);
  const state: AlertState | undefined = STATES.find((one) => one === asked);
  const query = { top: 100, state };
  const { value, nextLink } = await (vault
    ? api.call('listVaultAlerts', { names: { vault }, query })
    : api.call('listAlerts', { query }));
  return {
    title: vault ? `Alerts of ${vault}` : 'Alerts',
    body: [
      h('div', { class: 'filters' }, stateFilter(vault, state ?? 'any')),
      table(
        'Alerts',
        columns(context),
        value.toSorted(mostSevereFirst),
        state === 'New' ? 'There is no new alert.' : 'There is no such alert.',
      ),
      nextLink !== undefined && h('p', { class: 'quiet' }, 'The first 100.'),
    ],
  };
};
