import type { Executor, PurgeOrder, Vault } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { type Content, h, show } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { badge, choice, link } from '../../parts/controls.ts';
import { problemMessage } from '../../parts/messages.ts';
import type { Column } from '../../parts/table.ts';
import { windowed } from '../../parts/windowed.ts';
import { hashOf } from '../../router.ts';
import { byUrgency, counted, isRed, LIVE, type Live, late, ORDER_STATES, type OrderCounts } from '../../words/order.ts';
import { date, instant, plural } from '../../words/time.ts';

export const orderHref = (id: string): string => hashOf(['orders', id]);

export const orderState = ({ state }: Pick<PurgeOrder, 'state'>): HTMLElement =>
  h(
    'span',
    { class: 'state' },
    badge(ORDER_STATES[state].text, ORDER_STATES[state].tone, state === 'Blocked' ? 'filled' : 'tint'),
  );

/** By when it is to be confirmed, and how late it is. */
export const deadline = (order: PurgeOrder, now: Date): Content => {
  const over = late(order, now);
  const when = order.confirmBy;
  return over === ''
    ? h('span', { title: instant(when) }, date(when))
    : h('span', { class: 'left soon', title: instant(when) }, over);
};

const columns = (now: Date): readonly Column<PurgeOrder>[] => [
  { title: 'Item', cell: ({ item, order }) => link(item, orderHref(order)) },
  { title: 'State', cell: orderState },
  { title: 'Confirm by', cell: (order) => deadline(order, now) },
  { title: 'Executor', cell: ({ executor }) => executor, minor: true },
  { title: 'Attempts', cell: ({ attempts }) => attempts.toLocaleString('en'), numeric: true, minor: true },
  { title: 'Vault', cell: ({ vault }) => link(vault, hashOf(['vaults', vault])), minor: true },
  { title: 'Asked', cell: ({ orderedAt }) => instant(orderedAt), minor: true },
];

interface Chosen {
  readonly executor: string;
  readonly vault: string;
  readonly state: string;
}

const ANY = { value: '', text: 'Any' };
const namesOf = (all: readonly { readonly name: string }[]) => [
  ANY,
  ...all.map(({ name }) => ({ value: name, text: name })),
];

/** Each choice is a place of its own: the address can be kept. */
function filters(executors: readonly Executor[], vaults: readonly Vault[], chosen: Chosen): HTMLElement {
  const go = (): void => location.assign(hashOf(['orders'], read()));
  const executor = choice('Executor', namesOf(executors), chosen.executor, { onchange: go, id: 'filter-executor' });
  const vault = choice('Vault', namesOf(vaults), chosen.vault, { onchange: go, id: 'filter-vault' });
  const states = [ANY, ...LIVE.map((value) => ({ value, text: ORDER_STATES[value].text }))];
  const state = choice('State', states, chosen.state, { onchange: go, id: 'filter-state' });
  const read = () => ({
    executor: executor.select.value,
    vault: vault.select.value,
    state: state.select.value,
  });
  return h('div', { class: 'filters', role: 'search' }, executor.element, vault.element, state.element);
}

const FIGURES = [
  { count: 'open', text: 'not begun', state: 'Open', tone: '' },
  { count: 'leased', text: 'in work', state: 'Leased', tone: '' },
  { count: 'waiting', text: 'to be repeated', state: 'Waiting', tone: '' },
  { count: 'blocked', text: 'blocked', state: 'Blocked', tone: 'red' },
  { count: 'unconfirmed', text: 'past their time', state: '', tone: 'red' },
] as const;

/** How many orders an executor has, where the service has counted them. */
function figures({ name, orders }: Executor & { readonly orders?: OrderCounts }): HTMLElement | undefined {
  return (
    orders &&
    h(
      'div',
      { class: 'figures' },
      ...FIGURES.map(({ count, text, state, tone }) =>
        h(
          'a',
          { class: `figure ${tone}`, href: hashOf(['orders'], { executor: name, state }) },
          h('span', { class: 'number' }, counted(orders[count])),
          h('span', {}, text),
        ),
      ),
    )
  );
}

/** Where the orders are listed: those of a vault in one place, all others executor by executor. */
const placesOf = ({ executor, vault }: Chosen, executors: readonly Executor[]) => {
  if (vault !== '') return [{ vault, ...(executor === '' ? {} : { executor }) }];
  return executor === '' ? executors.map(({ name }) => ({ executor: name })) : [{ executor }];
};

const tallyOf = (all: readonly PurgeOrder[], now: Date, reading: boolean): string => {
  const red = all.filter((one) => isRed(one, now)).length;
  const words = [plural(all.length, 'order'), red > 0 ? `${red.toLocaleString('en')} blocked or late` : ''];
  return `${words.filter(Boolean).join(', ')}${reading ? ', reading more …' : ''}`;
};

/** Pages are read one after the other and shown as they come. */
function list({ api, now, listTop }: Context, chosen: Chosen, executors: readonly Executor[]): readonly Content[] {
  const rows = windowed<PurgeOrder>({
    caption: 'Purge orders',
    columns: columns(now),
    keyOf: ({ order }) => order,
    toneOf: (order) => (isRed(order, now) ? 'red-row' : undefined),
  });
  const tally = h('p', { class: 'quiet tally', role: 'status' }, 'reading more …');
  const trouble = h('div');
  const all: PurgeOrder[] = [];
  const draw = (reading: boolean): void => {
    rows.show(all.toSorted(byUrgency), listTop);
    tally.textContent = tallyOf(all, now, reading);
  };
  const state = LIVE.find((one) => one === chosen.state) satisfies Live | undefined;
  async function read(place: ReturnType<typeof placesOf>[number]): Promise<void> {
    for await (const { value } of api.pages('listPurgeOrders', { query: { ...place, state, top: 200 } })) {
      if (!rows.element.isConnected) return;
      all.push(...value);
      draw(true);
    }
  }
  /** A place that cannot be read hides none of the others. */
  async function readAll(): Promise<void> {
    for (const place of placesOf(chosen, executors))
      await read(place).catch((problem: Problem) => show(trouble, problemMessage(problem)));
    if (rows.element.isConnected) draw(false);
  }
  setTimeout(() => void readAll());
  return [trouble, tally, rows.element];
}

/** What executors are to destroy, and what became of it: what a person has to look at comes first. */
export const ordersView: View = async (context): Promise<Page> => {
  const { api, place } = context;
  const { executor = '', vault = '', state = '' } = place.query;
  const [executors, vaults] = await Promise.all([api.all('listExecutors', {}), api.all('listVaults')]);
  const asked = executors.find(({ name }) => name.toLowerCase() === executor.toLowerCase());
  const counts = asked && figures(await api.call('getExecutor', { names: { executor: asked.name } }));
  return {
    title: 'Purge orders',
    trail: [{ text: 'Operations', href: hashOf(['operations']) }],
    body: [
      h('p', {}, 'What executors are asked to destroy. An order that has ended shows on the page of its item.'),
      counts,
      filters(executors, vaults, { executor, vault, state }),
      ...list(context, { executor, vault, state }, executors),
    ],
  };
};
