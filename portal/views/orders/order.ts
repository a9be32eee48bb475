import type { PurgeOrder } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, facts, link, primary, section } from '../../parts/controls.ts';
import { message } from '../../parts/messages.ts';
import { table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { spaced, workloadOf } from '../../words/labels.ts';
import { canBeClosed, canBeRetried, destroyedSoFar, isLive, isRecallable, late } from '../../words/order.ts';
import { instant, plural } from '../../words/time.ts';
import { itemHref } from '../items.ts';
import { close, recall, retry } from './decide.ts';
import { orderState } from './orders.ts';

const itemOf = ({ vault, item }: PurgeOrder): HTMLElement => link(item, itemHref({ vault, name: item }));

/** What a person has to know first, and what can be done about it. */
function notice(context: Context, order: PurgeOrder): HTMLElement | undefined {
  const { state, executor, lastFailure, confirmBy } = order;
  if (state === 'Blocked')
    return message(
      'error',
      h('strong', {}, `${executor} gave up${lastFailure ? `: ${lastFailure.message}` : ''}. `),
      'Nothing more happens until a person decides: have it tried again, or close it by hand.',
      context.may('Contributor') &&
        h(
          'p',
          {},
          primary('Try again', () => retry(context, order), { id: 'notice-retry' }),
        ),
    );
  const over = late(order, context.now);
  if (over !== '')
    return message('error', h('strong', {}, `${over}. `), `It was to be confirmed by ${instant(confirmBy)}.`);
  const ending = ENDINGS[state];
  return ending === undefined ? undefined : message(state === 'Abandoned' ? 'error' : 'info', ending);
}

const ENDINGS: { readonly [S in PurgeOrder['state']]?: string } = {
  Completed: 'It is confirmed: the item is purged, and its page has the receipt.',
  Refused: 'The executor refused it: nothing was destroyed, and the item went back to the trash.',
  Recalled: 'It was recalled: nothing was destroyed, and the item went back to the trash.',
  Abandoned: 'It was closed by hand, and nobody confirmed it. The data itself may still be there.',
};

function commands(context: Context, order: PurgeOrder): HTMLElement {
  const [mayRecall, mayDecide] = [context.may('Operator'), context.may('Contributor')];
  return h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': `Commands for the purge of ${order.item}` },
    mayRecall && isRecallable(order) && button('Recall', () => recall(context, order), { id: 'do-recall' }),
    mayDecide && canBeRetried(order) && button('Try again', () => retry(context, order), { id: 'do-retry' }),
    mayDecide && canBeClosed(order) && button('Close by hand', () => close(context, order), { id: 'do-close' }),
    button('Refresh', () => context.refresh(), { id: 'do-refresh', appearance: 'subtle' }),
  );
}

const claimable = ({ state, availableAt }: PurgeOrder): string => {
  if (state === 'Blocked') return 'not before a person has decided';
  return availableAt ? instant(availableAt) : 'not while a hold without an end is on the item';
};

function progressOf(order: PurgeOrder, now: Date): HTMLElement {
  const { executor, vault, orderedAt, confirmBy, attempts, untouched, state } = order;
  const over = late(order, now);
  return facts([
    ['State', orderState(order)],
    ['Item', itemOf(order)],
    ['Vault', link(vault, hashOf(['vaults', vault]))],
    ['Executor', link(executor, hashOf(['orders'], { executor }))],
    ['Asked', instant(orderedAt)],
    ['Confirm by', [instant(confirmBy), over !== '' && h('span', { class: 'left soon' }, ` ${over}`)]],
    state === 'Leased' || !isLive(state) ? undefined : ['Can be claimed', claimable(order)],
    ['Attempts that have ended', attempts.toLocaleString('en')],
    ['Destroyed so far', destroyedSoFar({ state, untouched })],
    ['Id', h('span', { class: 'mono' }, order.order)],
  ]);
}

const DESTROYED = { nothing: 'nothing', some: 'some of it', unknown: 'nobody can say' } as const;
const HOLDER = 'Who has it';

/** Who is at it, how the last attempt ended, and what it left for the next. */
function attempt({ lease, lastFailure, checkpoint, attempts }: PurgeOrder): HTMLElement {
  return facts([
    lease
      ? [HOLDER, h('span', { class: 'mono' }, `${lease.holder.tid}/${lease.holder.oid}`)]
      : [HOLDER, 'nobody at this moment'],
    lease ? ['Its lease ends', instant(lease.until)] : undefined,
    lastFailure
      ? ['Last failure', `${lastFailure.message} (${lastFailure.code})`]
      : ['Last failure', attempts > 0 ? 'a lease ended without a word' : 'none'],
    lastFailure ? ['Failed', instant(lastFailure.at)] : undefined,
    lastFailure ? ['What that attempt destroyed', DESTROYED[lastFailure.destroyed]] : undefined,
    checkpoint === null || checkpoint === undefined ? undefined : ['Checkpoint', jsonOf(checkpoint)],
  ]);
}

const jsonOf = (value: unknown): HTMLElement => h('pre', { class: 'mono json' }, JSON.stringify(value, null, 2));

const REPRESENTS = { Original: 'the thing itself', Copies: 'copies of it' } as const;

function asked(order: PurgeOrder): HTMLElement {
  const { kind, represents, sourceId, server, superseded, tier, parameters, approvals, secondFactor } = order;
  const { deletedAt, deletedBy, reason, comment, retentionDays, softDeleteApplied, purgeAt } = order;
  return facts([
    ['To be destroyed', h('span', { class: 'mono' }, sourceId)],
    server ? ['On server', server] : undefined,
    ['Kind', workloadOf(kind)],
    ['The item stands for', REPRESENTS[represents]],
    superseded ? ['Protected anew', 'yes, in another vault'] : undefined,
    tier === 'Operational' ? ['Tier', tier] : undefined,
    ['Deleted', `${instant(deletedAt)}, by ${deletedBy}`],
    ['Reason', reason ?? '–'],
    comment ? ['Comment', comment] : undefined,
    ['Kept for', softDeleteApplied ? plural(retentionDays, 'day') : 'no day: soft delete did not apply'],
    ['Due since', instant(purgeAt)],
    approvals.length > 0
      ? ['Approved by', approvals.map(({ grantedBy, guard }) => `${grantedBy} (${guard ?? 'no guard'})`).join(', ')]
      : undefined,
    secondFactor ? ['Second factor of the deletion', secondFactor] : undefined,
    Object.keys(parameters).length > 0 ? ['Parameters', jsonOf(parameters)] : undefined,
  ]);
}

function points({ recoveryPoints: { count, value, nextLink } }: PurgeOrder): Content {
  if (value.length === 0) return h('p', { class: 'empty' }, count === 0 ? 'It has none.' : plural(count, 'point'));
  return [
    table(
      'Recovery points',
      [
        { title: 'Name', cell: ({ name }) => name },
        { title: 'Created', cell: ({ createdAt }) => instant(createdAt) },
        { title: 'Kind', cell: ({ rung }) => spaced(rung) },
      ],
      value,
      '',
    ),
    nextLink !== undefined &&
      h('p', { class: 'quiet' }, `The newest ${value.length} of ${count}. The API lists the others.`),
  ];
}

/** One order: how far it is, what was asked, and what a person can do. It can be read also after its end. */
export const orderView: View = async (context): Promise<Page> => {
  const [, id = ''] = context.place.path;
  const order = await context.api.call('getPurgeOrder', { names: { order: id } });
  return {
    title: `Purge of ${order.item}`,
    trail: [
      { text: 'Operations', href: hashOf(['operations']) },
      { text: 'Purge orders', href: hashOf(['orders']) },
    ],
    actions: commands(context, order),
    body: [
      notice(context, order),
      section('How far it is', progressOf(order, context.now)),
      section('The attempt', attempt(order)),
      section('What is asked', asked(order)),
      section('Recovery points', points(order)),
    ],
  };
};
