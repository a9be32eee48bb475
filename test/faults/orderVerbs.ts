/** What executors say of orders, and people: of small items and of such with pages of older points. */

import { ADA, type Person } from '../support/secured.ts';
import { storesOver } from '../support/stores.ts';
import {
  anItem,
  aVault,
  DELETE,
  type Ground,
  isItem,
  must,
  OFF,
  PURGED,
  post,
  protection,
  put,
  STOP,
  type Verb,
} from './ground.ts';
import { addPages, daysAgo } from './seeds.ts';

export const APP: Person = { sub: 'destroyer', roles: ['Executor'], appOnly: true };
export const PROOF = { objects: 3, bytes: 4711, method: 'test' };

/** Each vault has an executor of its own. */
export const executorOf = ({ vault }: Pick<Ground, 'vault'>): string => `x-${vault}`.slice(0, 63).replace(/\W+$/, '');

/** An item whose deletion alone orders its purge; it has so many pages of older points. */
async function toBeOrdered(ground: Ground, pages: number, arrange: () => Promise<void>): Promise<void> {
  const { door, as, vault, tables } = ground;
  const executor = executorOf(ground);
  const callers = [{ tid: 'local', oid: APP.sub }];
  await must(door('PUT', `executors/${executor}`, { body: { callers } }));
  await arrange();
  await must(as(ADA)('PATCH', `vaults/${vault}`, { body: { purge: { executor } } }));
  if (pages > 0) await addPages(storesOver(tables), vault, 'vm', pages, daysAgo(1), 20);
}

/** It is deleted. Answers the path of the order. */
export async function ordered(ground: Ground, pages = 0): Promise<string> {
  const { door, vault } = ground;
  await toBeOrdered(ground, pages, () => anItem(ground, OFF));
  await post(ground, '/items/vm/stop', DELETE);
  const { purgeOrder } = (await must(door('GET', `vaults/${vault}/items/vm`))) as {
    readonly purgeOrder: { readonly order: string };
  };
  return `purgeOrders/${purgeOrder.order}`;
}

/** It is claimed. */
export async function leased(ground: Ground, pages?: number) {
  const path = await ordered(ground, pages);
  const claim = ground.as(APP)('POST', 'purgeOrders/claim', { body: { executor: executorOf(ground) } });
  const { value } = (await must(claim)) as { readonly value: readonly { readonly token: number }[] };
  return { path, token: value[0]?.token };
}

const FAILURE = { code: 'Busy', message: 'the account does not answer', destroyed: 'nothing' };

const says =
  (
    verb: string,
    {
      body,
      key,
      pages,
      ifMatch,
    }: { readonly body: object; readonly key?: true; readonly pages?: number; readonly ifMatch?: true },
  ): Verb['arrange'] =>
  async (ground) => {
    const { path, token } = await leased(ground, pages);
    const { etag } = (await must(ground.door('GET', path))) as { readonly etag: string };
    return {
      ...{ method: 'POST', path: `${path}/${verb}`, body: { token, ...body }, who: APP },
      ...(key ? { key } : {}),
      ...(ifMatch ? { ifMatch: etag } : {}),
    };
  };

const decides =
  (
    verb: string,
    body: object,
    { pages, ifMatch }: { readonly pages?: number; readonly ifMatch?: true } = {},
  ): Verb['arrange'] =>
  async (ground) => {
    const path = await ordered(ground, pages);
    const { etag } = (await must(ground.door('GET', path))) as { readonly etag: string };
    const sent = { method: 'POST', path: `${path}/${verb}`, body, key: true, who: ADA } as const;
    return ifMatch ? { ...sent, ifMatch: etag } : sent;
  };

const isOrdered = (state: string) => isItem('Purging', { purgeOrder: { state } });
const PAGES = 4;
/** More than one transaction takes. */
const MANY = 95;

/** A stop that does not wait in the trash: its executor is asked at once. */
const orders = (pages: number, arrange: (ground: Ground) => Promise<void>): Verb => ({
  route: 'stopItem',
  arrange: async (ground) => {
    await toBeOrdered(ground, pages, () => arrange(ground));
    return { ...STOP, body: DELETE, key: true };
  },
  right: isOrdered('Open'),
  once: / StopDelete Protected>Purging$/,
});
const withoutSoftDelete = (ground: Ground) => anItem(ground, OFF);
async function inTheOperationalTier(ground: Ground): Promise<void> {
  await aVault(ground);
  await put(ground, '/items/vm', { ...protection(ground), tier: 'Operational' });
}

/** Without a key what is said twice is said of an order that has ended, or waits: the same words get the same answer. */
export const ORDER_VERBS: Readonly<Record<string, Verb>> = {
  'stop that orders, soft delete off': orders(0, withoutSoftDelete),
  'stop that orders, soft delete off, large': orders(MANY, withoutSoftDelete),
  'stop that orders, in the operational tier': orders(0, inTheOperationalTier),
  'stop that orders, in the operational tier, large': orders(MANY, inTheOperationalTier),
  claim: {
    route: 'claimPurgeOrders',
    arrange: async (ground) => {
      await ordered(ground);
      return { method: 'POST', path: 'purgeOrders/claim', body: { executor: executorOf(ground) }, who: APP };
    },
    right: isOrdered('Leased'),
    once: / PurgeClaimed /,
  },
  'claim, large, with a key': {
    route: 'claimPurgeOrders',
    arrange: async (ground) => {
      await ordered(ground, PAGES);
      const body = { executor: executorOf(ground) };
      return { method: 'POST', path: 'purgeOrders/claim', body, who: APP, key: true };
    },
    right: isOrdered('Leased'),
    once: / PurgeClaimed /,
  },
  renew: {
    route: 'renewPurgeOrder',
    arrange: says('renew', { body: { checkpoint: { done: 7 } } }),
    right: isOrdered('Leased'),
  },
  'renew, if it has this etag, with a key': {
    route: 'renewPurgeOrder',
    arrange: says('renew', { body: { leaseSeconds: 600 }, key: true, ifMatch: true }),
    right: isOrdered('Leased'),
  },
  fail: {
    route: 'failPurgeOrder',
    arrange: says('fail', { body: FAILURE }),
    right: isOrdered('Waiting'),
    once: / PurgeAttemptFailed /,
  },
  'fail, for good, large, if it has this etag, with a key': {
    route: 'failPurgeOrder',
    arrange: says('fail', { body: { ...FAILURE, permanent: true }, key: true, ifMatch: true, pages: PAGES }),
    right: isOrdered('Blocked'),
    once: / PurgeAttemptFailed /,
  },
  complete: {
    route: 'completePurgeOrder',
    arrange: says('complete', { body: { proof: PROOF } }),
    right: PURGED,
    once: / PurgeConfirmed Purging>Purged$/,
  },
  'complete, large, if it has this etag, with a key': {
    route: 'completePurgeOrder',
    arrange: says('complete', { body: { proof: PROOF }, key: true, ifMatch: true, pages: PAGES }),
    right: PURGED,
    once: / PurgeConfirmed Purging>Purged$/,
  },
  refuse: {
    route: 'refusePurgeOrder',
    arrange: says('refuse', { body: { reason: 'not mine' } }),
    right: isItem('SoftDeleted', { purgeOrder: null }),
    once: / PurgeRefused /,
  },
  'refuse, large, if it has this etag, with a key': {
    route: 'refusePurgeOrder',
    arrange: says('refuse', { body: { reason: 'not mine' }, key: true, ifMatch: true, pages: PAGES }),
    right: isItem('SoftDeleted', { purgeOrder: null }),
    once: / PurgeRefused /,
  },
  recall: {
    route: 'recallPurgeOrder',
    arrange: decides('recall', { reason: 'a restore test' }),
    right: isItem('SoftDeleted', { purgeOrder: null }),
    once: / PurgeRecalled /,
  },
  'recall, large': {
    route: 'recallPurgeOrder',
    arrange: decides('recall', { reason: 'a restore test' }, { pages: PAGES }),
    right: isItem('SoftDeleted', { purgeOrder: null }),
    once: / PurgeRecalled /,
  },
  'remove the hold of what is ordered': {
    route: 'deleteHold',
    arrange: async (ground) => {
      await ordered(ground);
      await put(ground, '/items/vm/holds/audit', { reason: 'audit' });
      return { method: 'DELETE', path: '/items/vm/holds/audit', key: true };
    },
    right: isOrdered('Open'),
    once: / RemoveHold /,
  },
  'hold what is ordered': {
    route: 'putHold',
    arrange: async (ground) => {
      await ordered(ground);
      return { method: 'PUT', path: '/items/vm/holds/audit', body: { reason: 'audit' }, key: true };
    },
    right: isOrdered('Waiting'),
    once: / PutHold /,
  },
  'resolve: try it again': {
    route: 'resolvePurgeOrder',
    arrange: async (ground) => {
      const { path, token } = await leased(ground);
      const body = { token, ...FAILURE, permanent: true };
      await must(ground.as(APP)('POST', `${path}/fail`, { body }));
      const retry = { outcome: 'retry', reason: 'mended' };
      return { method: 'POST', path: `${path}/resolve`, body: retry, key: true, who: ADA };
    },
    right: isOrdered('Open'),
    once: / PurgeRetried /,
  },
  'resolve: it is destroyed, large, if it has this etag': {
    route: 'resolvePurgeOrder',
    arrange: decides(
      'resolve',
      { outcome: 'confirmed', reason: 'by hand', confirmName: 'vm', proof: PROOF },
      { pages: PAGES, ifMatch: true },
    ),
    right: PURGED,
    once: / PurgeForced Purging>Purged$/,
  },
  'resolve: nobody will ever say': {
    route: 'resolvePurgeOrder',
    arrange: decides('resolve', { outcome: 'abandoned', reason: 'its account is gone', confirmName: 'vm' }),
    right: PURGED,
    once: / PurgeForced Purging>Purged$/,
  },
};
