import { invalid } from '../../core/problems.ts';
import { type Claimed, claim } from '../../flows/orders/claim.ts';
import { listOrderPoints, listOrders, readOrder } from '../../flows/orders/read.ts';
import { type Completed, complete, fail, refusePurge, renew } from '../../flows/orders/report.ts';
import { type Resolved, recall, resolve } from '../../flows/orders/resolve.ts';
import { type Request, unkept } from '../../flows/story/request.ts';
import { itemView } from '../items/shapes.ts';
import { purged, purgedView } from '../receipts.ts';
import { WRITES } from '../refusal.ts';
import { reply } from '../reply.ts';
import { chapter, gives, list, type Route, route } from '../route.ts';
import { listOf } from '../shape.ts';
import * as shapes from './shapes.ts';

/** What every word about an order may hear. */
const SPEAKS = [...WRITES, 'PurgeOrderNotFound', 'StaleToken', 'OrderClosed'] as const;
const DECIDES = [...WRITES, 'PurgeOrderNotFound', 'OrderClosed'] as const;

export const orderRoutes: readonly Route[] = chapter('Executors', [
  route({
    name: 'claimPurgeOrders',
    at: 'POST purgeOrders/claim',
    who: 'Executor',
    summary: 'Claim purge orders',
    description:
      'Each comes with a token that is greater than every one before; only the newest may speak of the order. None is given out while purges are paused or the clocks are apart.',
    codes: ['Forbidden'],
    body: shapes.claimRequest,
    answers: { 200: shapes.claimed },
    run: ({ ports, body }, request: Request<Claimed>) => claim(ports, unkept<Claimed>(request), body),
    view: (found, call) => reply(200, shapes.claimedView(found, call)),
  }),
  route({
    name: 'renewPurgeOrder',
    at: 'POST purgeOrders/{order}/renew',
    who: 'Executor',
    summary: 'Keep an order for longer',
    codes: SPEAKS,
    body: shapes.renewRequest,
    run: ({ ports, names, body }, request) => renew(ports, request, names, body),
    ...gives(shapes.liveView),
  }),
  route({
    name: 'completePurgeOrder',
    at: 'POST purgeOrders/{order}/complete',
    who: 'Executor',
    summary: 'Say that it is destroyed',
    description: 'The item is purged. Repeated with the same proof it answers the same receipt.',
    codes: SPEAKS,
    body: shapes.completeRequest,
    answers: { 200: purged },
    run: ({ ports, names, body }, request: Request<Completed>) =>
      complete(ports, unkept<Completed>(request), names, body),
    view: (done) => reply(200, purgedView(done.receipt)),
  }),
  route({
    name: 'failPurgeOrder',
    at: 'POST purgeOrders/{order}/fail',
    who: 'Executor',
    summary: 'Say that an attempt has failed',
    codes: SPEAKS,
    body: shapes.failRequest,
    run: ({ ports, names, body }, request) => fail(ports, request, names, body),
    ...gives(shapes.liveView),
  }),
  route({
    name: 'refusePurgeOrder',
    at: 'POST purgeOrders/{order}/refuse',
    who: 'Executor',
    summary: 'Refuse to destroy it',
    description: 'Nothing was destroyed. The item goes back to the trash with 14 days left at least.',
    codes: [...SPEAKS, 'DestructionPossible'],
    body: shapes.refuseRequest,
    run: ({ ports, names, body }, request) => refusePurge(ports, request, names, body),
    ...gives(itemView),
  }),
  route({
    name: 'recallPurgeOrder',
    at: 'POST purgeOrders/{order}/recall',
    who: 'Operator',
    summary: 'Take an order back',
    description:
      'As easy as an undelete, and possible while provably nothing was destroyed and nobody is at it. The item goes back to the trash with 14 days left at least.',
    codes: [...DECIDES, 'DestructionPossible'],
    body: shapes.recallRequest,
    run: ({ ports, names, body }, request) => recall(ports, request, names, body),
    ...gives(itemView),
  }),
  route({
    name: 'resolvePurgeOrder',
    at: 'POST purgeOrders/{order}/resolve',
    who: 'Contributor',
    summary: 'Have an order tried again, or close it by hand',
    description:
      '`retry` gives it to the executor that is named now. The other two purge the item without its executor: they take a second factor, the approval of a guard, and the name of the item.',
    codes: [
      ...DECIDES,
      ...(['ConfirmationRequired', 'ObjectLocked', 'StepUpRequired', 'GuardApprovalRequired'] as const),
      ...(['SecurityPinRequired', 'SecurityPinInvalid'] as const),
    ],
    body: shapes.resolveRequest,
    answers: { 200: [shapes.order, purged] },
    run: ({ ports, names, body }, request: Request<Resolved>) => resolve(ports, request, names, body),
    view: (done, call) => reply(200, 'order' in done ? shapes.liveView(done.order, call) : purgedView(done.receipt)),
  }),
  route({
    name: 'getPurgeOrder',
    at: 'GET purgeOrders/{order}',
    who: ['Reader', 'Executor'],
    summary: 'Read a purge order',
    description: 'Also one that has ended, as long as its item lies in the trash or answers that it was purged.',
    codes: ['PurgeOrderNotFound'],
    run: ({ ports, caller, names }) => readOrder(ports, caller, names),
    ...gives(shapes.anyView),
  }),
  list({
    name: 'listPurgeOrders',
    at: 'GET purgeOrders',
    who: ['Reader', 'Executor'],
    summary: 'List the purge orders that live',
    description:
      'Of an executor or of a vault: one of the two has to be named. An app with the role Executor names one that it acts for.',
    codes: ['VaultNotFound'],
    query: shapes.byPlace,
    list: listOf('PurgeOrderList', 'A page of purge orders.', shapes.order),
    run: async ({ ports, caller, now, query }, wanted) =>
      query.executor === undefined && query.vault === undefined
        ? invalid('?executor', 'Name the executor or the vault whose orders you want to see.')
        : listOrders(ports, { caller, now }, query, wanted),
    view: (one, _, call) => shapes.liveView(one, call),
  }),
  list({
    name: 'listPurgeOrderPoints',
    at: 'GET purgeOrders/{order}/recoveryPoints',
    who: ['Reader', 'Executor'],
    summary: 'List the recovery points of an ordered item',
    codes: ['PurgeOrderNotFound'],
    query: shapes.ofPoints,
    list: listOf('OrderPointList', 'A page of recovery points.', shapes.point),
    run: ({ ports, caller, names, query }, wanted) =>
      listOrderPoints(ports, caller, { ...names, older: query.older !== undefined }, wanted),
    view: (one) => shapes.pointView(one),
  }),
]);
