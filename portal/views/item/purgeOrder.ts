import type { ItemPurgeOrder } from '../../../client/api.ts';
import { h } from '../../dom/h.ts';
import { facts, link, primary, section } from '../../parts/controls.ts';
import { message } from '../../parts/messages.ts';
import { destroyedSoFar, late } from '../../words/order.ts';
import { instant } from '../../words/time.ts';
import { recall } from '../orders/decide.ts';
import { orderHref, orderState } from '../orders/orders.ts';
import type { Open } from './open.ts';

/** Without an order there is nothing to take back, and nobody offers it. */
export const recallItem = ({ context, item }: Open): Promise<boolean> | undefined =>
  item.purgeOrder ? recall(context, { ...item.purgeOrder, item: item.name, etag: item.etag }) : undefined;

const FAR: { readonly [S in ItemPurgeOrder['state']]: (order: ItemPurgeOrder) => string } = {
  Open: ({ executor, attempts, untouched }) =>
    attempts === 0 && untouched
      ? `${executor} is asked to destroy its data, and has not begun.`
      : `${executor} has not finished. It can claim the order again.`,
  Leased: ({ executor }) => `${executor} is destroying its data.`,
  Waiting: ({ executor, attempts }) =>
    attempts === 0
      ? `${executor} is asked to destroy its data. A hold keeps it from that.`
      : 'An attempt to destroy its data has failed, and is repeated later.',
  Blocked: ({ executor }) => `${executor} gave up. Nothing more happens until a person decides.`,
};

/** Why it cannot be undeleted any more, and what is left to do. */
export function orderNotice(open: Open): HTMLElement | undefined {
  const { item, offers } = open;
  if (!item.purgeOrder) return undefined;
  const { state, order, untouched } = item.purgeOrder;
  return message(
    'error',
    h('strong', {}, `${item.name} is being purged. `),
    FAR[state](item.purgeOrder),
    ' Its time to be undeleted is over. ',
    offers.has('recall')
      ? 'Nothing is destroyed yet, so the order can still be recalled. '
      : untouched
        ? 'It cannot be recalled while somebody is at it. '
        : 'Something may be destroyed already, so it cannot be recalled. ',
    link('Show the purge order', orderHref(order)),
    offers.has('recall') &&
      h(
        'p',
        {},
        primary('Recall', () => recallItem(open), { id: 'notice-recall' }),
      ),
  );
}

export function purgeOrder({ item, context: { now } }: Open): HTMLElement | undefined {
  if (!item.purgeOrder) return undefined;
  const { order, executor, orderedAt, confirmBy, attempts, untouched, state } = item.purgeOrder;
  const over = late(item.purgeOrder, now);
  return section(
    'Purge order',
    facts([
      ['State', orderState(item.purgeOrder)],
      ['Executor', executor],
      ['Asked', instant(orderedAt)],
      ['Confirm by', [instant(confirmBy), over !== '' && h('span', { class: 'left soon' }, ` ${over}`)]],
      ['Attempts that have ended', attempts.toLocaleString('en')],
      ['Destroyed so far', destroyedSoFar({ state, untouched })],
      ['The order', link('Show all that is asked', orderHref(order))],
    ]),
  );
}
