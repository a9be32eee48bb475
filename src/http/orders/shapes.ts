import * as z from 'zod';
import { CHANNELS } from '../../core/caller.ts';
import { REPRESENTS, traitsOf } from '../../core/kinds.ts';
import type { ClosedOrder, Deletion } from '../../core/order.ts';
import { DESTROYED, type Json, LIVE_STATES, ORDER_STATES } from '../../core/order.ts';
import { availableAt, isUntouched, type Ordered, orderedPurgeAt, stateOf } from '../../core/orders.ts';
import { purgeAtOf } from '../../core/retention.ts';
import { iso } from '../../core/time.ts';
import { TIERS, WORKLOAD_CLASSES } from '../../core/workloads.ts';
import type { Claimed } from '../../flows/orders/claim.ts';
import type { AnyOrder } from '../../flows/orders/read.ts';
import { approval } from '../receipts.ts';
import type { At } from '../route.ts';
import {
  answer,
  common,
  count,
  EXAMPLE,
  field,
  instant,
  name,
  oneOf,
  page,
  parameters,
  request,
  says,
  type Told,
  words,
} from '../shape.ts';
import { viewOf } from '../view.ts';
import { proof, upTo } from './proof.ts';

const TOKEN = 1796202000000;

const who = {
  tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
  oid: field(z.string(), 'The object id.', EXAMPLE.oid),
};

const point = answer('OrderPoint', 'A recovery point of the item.', {
  name: common.name(EXAMPLE.point),
  createdAt: field(instant, 'When it was made.', EXAMPLE.deletedAt),
  rung: field(z.string(), 'The rung that it counts for.', 'daily'),
});
export const pointView = viewOf(point);
export { point };

const checkpoint = field(z.unknown(), 'What whoever claimed before has stored; null: nothing.', null);

const fields = {
  order: field(z.string(), 'Its id.', EXAMPLE.order),
  state: oneOf(
    'PurgeOrderState',
    'Open: to be claimed. Waiting: until `availableAt`. Blocked: a person must decide. The last four have ended.',
    ORDER_STATES,
  ),
  executor: field(z.string(), 'Who is to destroy.', EXAMPLE.executor),
  vault: common.vault,
  item: common.item,
  generation: field(count, 'Which deletion of the item it is about.', 1),
  kind: field(z.string(), 'What the item is.', 'tenant'),
  class: oneOf('OrderClass', 'Protected from the cloud, or by an agent on premises.', WORKLOAD_CLASSES),
  represents: oneOf(
    'OrderRepresents',
    'Whether the item stands for the thing itself, or for copies of it.',
    REPRESENTS,
  ),
  tier: oneOf('OrderTier', 'Where its backups lie.', TIERS),
  sourceId: field(
    z.string(),
    'What is to be destroyed, as its own service names it. Whoever protected the item chose it.',
    'customers/acme/',
  ),
  server: field(z.string().nullable(), 'The server on which it lies; null: none.', null),
  superseded: field(z.boolean(), 'Its source is protected anew in another vault.', false),
  deletedAt: field(instant, 'When it was deleted.', EXAMPLE.deletedAt),
  deletedBy: field(z.string(), 'Who deleted it.', EXAMPLE.oid),
  deletedByTenant: field(z.string().nullable(), 'The tenant of who deleted it; null: nobody knows.', EXAMPLE.tid),
  channel: field(
    oneOf('OrderChannel', 'By which way somebody came.', CHANNELS).nullable(),
    'By which way it was deleted; null: nobody knows.',
    'portal',
  ),
  reason: field(z.string().nullable(), 'Why.', 'contract ended'),
  comment: field(z.string().nullable(), 'What the caller wanted to add.', null),
  softDeleteApplied: field(z.boolean(), 'Whether it lay in the trash before.', true),
  retentionDays: field(count, 'For how many days it could be undeleted.', 14),
  purgeAt: field(instant, 'When that was over.', EXAMPLE.purgeAt),
  approvals: field(z.array(approval), 'The approvals that the deletion used.', []),
  secondFactor: field(
    oneOf('OrderFactor', 'How somebody proved a second factor.', ['token', 'pin']).nullable(),
    'How the caller proved a second factor; null: none was asked for.',
    null,
  ),
  recoveryPoints: answer('OrderPoints', 'Its recovery points.', {
    count: field(count, 'How many.', 0),
    value: field(z.array(point), 'The newest of them.', []),
    nextLink: field(z.string().optional(), 'Where the others are listed; absent where these are all.'),
  }),
  parameters: parameters.meta(says('What the executor is told beside the order.', { account: 'customers' })),
  orderedAt: field(instant, 'When it was made.', EXAMPLE.purgeAt),
  confirmBy: field(instant, 'By when it should be confirmed.', '2026-12-06T09:00:00.000Z'),
  availableAt: field(
    instant.nullable(),
    'When it can be claimed; null: not before a person has decided.',
    EXAMPLE.purgeAt,
  ),
  attempts: field(count, 'How many attempts have ended.', 0),
  untouched: field(z.boolean(), 'Nothing can have been destroyed yet.', true),
  checkpoint,
  lease: field(
    answer('OrderLease', 'Who is at it, and until when.', {
      until: field(instant, 'When the lease ends.', '2026-12-05T09:05:00.000Z'),
      holder: answer('OrderHolder', 'The app that holds it.', who),
    }).nullable(),
    'Who is at it; null: nobody.',
    null,
  ),
  lastFailure: field(
    answer('OrderFailure', 'How the last attempt that failed has ended.', {
      code: field(z.string(), 'The code that the executor gave.', 'LeaseLost'),
      message: field(z.string(), 'The same in words.', 'the account does not answer'),
      destroyed: oneOf('Destroyed', 'What became of the data.', DESTROYED),
      at: field(instant, 'When.', EXAMPLE.purgeAt),
    }).nullable(),
    'How the last attempt that failed has ended; null: none has.',
    null,
  ),
  etag: common.etag,
};

export const order = answer('PurgeOrder', 'The order to destroy what an item stands for.', fields);
const claimedOrder = answer(
  'ClaimedPurgeOrder',
  'An order that is claimed, with the token by which its holder speaks of it.',
  {
    ...fields,
    token: field(z.int(), 'Greater than every token before. It is in no other answer.', TOKEN),
  },
);

const common_ = (of: Pick<Ordered, 'workload' | 'kind'>, deletion: Deletion, softDeleteApplied: boolean) => {
  const { class: itsClass, represents } = traitsOf(of);
  const { permission } = deletion;
  return {
    ...{ kind: of.workload, class: itsClass, represents },
    ...{
      deletedAt: deletion.deletedAt,
      deletedBy: deletion.deletedBy,
      reason: deletion.reason,
      comment: deletion.comment,
    },
    ...{ deletedByTenant: permission?.tid ?? null, channel: permission?.channel ?? null },
    ...{ softDeleteApplied, retentionDays: softDeleteApplied ? deletion.retentionDays : 0 },
    approvals: (permission?.approvals ?? []).map((line) => {
      const [operation = '', grantedAt = '', grantedBy = ''] = line.split(' ');
      return { guard: permission?.guard ?? null, operation, grantedBy, grantedAt };
    }),
    secondFactor: permission?.secondFactor ?? null,
  };
};

/** The newest points come with the order. Where there are older ones, they are listed. */
const pointsOf = ({ order: { id }, points, pagedPoints }: Ordered, url: URL) => ({
  ...{ count: points.length + pagedPoints, value: points },
  ...(pagedPoints > 0 ? { nextLink: new URL(`/api/purgeOrders/${id}/recoveryPoints?older=true`, url).href } : {}),
});

function liveFrom(item: Ordered, { now, url }: At) {
  const { order: of, deletion } = item;
  const { vault, name: named, generation, tier, sourceId, server, superseded, etag } = item;
  return {
    ...of,
    ...{ order: of.id, state: stateOf(item, now), vault, item: named, generation },
    ...common_(item, deletion, of.softDeleteApplied),
    ...{ tier, sourceId, server, superseded, etag, purgeAt: orderedPurgeAt(item) },
    recoveryPoints: pointsOf(item, url),
    availableAt: availableAt(item, now),
    attempts: of.attempts,
    untouched: isUntouched(of, now),
    lease: of.lease && of.lease.until > now ? of.lease : null,
  };
}

function closedFrom(of: ClosedOrder) {
  const { about } = of;
  return {
    ...of,
    ...{ order: of.id, vault: of.vault, item: of.item, generation: of.generation, state: of.state },
    ...common_(about, about.deletion, of.softDeleteApplied),
    ...{ tier: about.tier, sourceId: about.sourceId, server: about.server, superseded: about.superseded },
    ...{ purgeAt: purgeAtOf(about.deletion, []), availableAt: null, untouched: !of.isTouched, lease: null },
    recoveryPoints: { count: of.points, value: [] },
    etag: of.id,
  };
}

export const liveView = viewOf(order, liveFrom);
export const anyView = viewOf(order, (found: AnyOrder, at: At) =>
  'live' in found ? liveFrom(found.live, at) : closedFrom(found.closed),
);

const held = answer('ClaimHeld', 'Why none is given out, although some could be claimed.', {
  reason: oneOf('ClaimHeldReason', 'What holds them.', ['Paused', 'ClockSkew']),
  until: field(instant.optional(), 'Until when, where that is known.'),
});
export const claimed = answer('ClaimedPurgeOrders', 'The orders that were claimed.', {
  value: field(z.array(claimedOrder), 'The longest available first.'),
  nextAt: field(instant.nullable(), 'When the next can be claimed; null: none waits.', null),
  held: held.optional(),
});
const claimedOrderView = viewOf(claimedOrder, (item: Ordered, at: At) => ({
  ...liveFrom(item, at),
  token: item.order.token ?? 0,
}));
export const claimedView = ({ value, nextAt, held: by }: Claimed, at: At): Told<typeof claimed> => ({
  value: value.map((one) => claimedOrderView(one, at)),
  nextAt: nextAt && iso(nextAt),
  ...(by ? { held: { reason: by.reason, ...(by.until ? { until: iso(by.until) } : {}) } } : {}),
});

export const ofPoints = page.extend({
  older: z
    .enum(['true'])
    .optional()
    .meta(says('`true`: only the older ones, which the order does not show itself.', 'true')),
});

export const byPlace = page.extend({
  executor: name.optional().meta(says('The orders of this executor, as they can be claimed.', EXAMPLE.executor)),
  vault: name.optional().meta(says('The orders in this vault, in order of purge.', EXAMPLE.vault)),
  state: z.enum(LIVE_STATES).optional().meta(says('Only orders in this state.', 'Blocked')),
});

const token = field(z.int().min(0).max(Number.MAX_SAFE_INTEGER), 'The one that came with the claim.', TOKEN);
const leaseSeconds = z.int().min(30).max(3600).default(300).meta(says('For how many seconds.', 300));

export const claimRequest = request('ClaimRequest', 'What an app wants to work on.', {
  executor: name.meta(says('For which executor it acts.', EXAMPLE.executor)),
  max: z.int().min(1).max(32).default(1).meta(says('How many it can work on at once.', 1)),
  leaseSeconds,
});
export const renewRequest = request('RenewRequest', 'The order is still worked on.', {
  token,
  leaseSeconds,
  checkpoint: (z.unknown() as z.ZodType<Json>)
    .superRefine(upTo(4096, 'a checkpoint'))
    .optional()
    .meta(says('Any JSON of 4 KiB at most, for whoever claims next.', { deleted: 3 })),
});

export const completeRequest = request('CompletePurgeRequest', 'It is destroyed.', { token, proof });
export const failRequest = request('FailRequest', 'This attempt has ended, and it is not destroyed.', {
  token,
  code: field(z.string().min(1).max(100), 'A code of the executor.', 'StorageBusy'),
  message: field(z.string().min(1).max(1024), 'What happened.', 'the account does not answer'),
  destroyed: z.enum(DESTROYED).meta(says('What became of the data.', 'nothing')),
  retryAfterSeconds: z.int().min(0).max(86_400).optional().meta(says('When to try again.', 60)),
  permanent: z.boolean().optional().meta(says('Trying again will not help: a person must decide.', false)),
});
const reason = words.max(1024).meta(says('Why.', 'the prefix is not of this item'));
export const refuseRequest = request('RefuseRequest', 'Nothing was destroyed, and somebody should ask again.', {
  token,
  reason,
});
export const recallRequest = request('RecallRequest', 'The order is taken back.', { reason });
export const resolveRequest = request('ResolveRequest', 'A person decides about an order.', {
  outcome: z
    .enum(['retry', 'confirmed', 'abandoned'])
    .meta(says('Try it again; it is destroyed; or nobody will ever say so.', 'retry')),
  reason,
  confirmName: field(z.string().max(63).optional(), 'The name of the item, exactly as it is written.', EXAMPLE.item),
  proof: proof.optional(),
});
