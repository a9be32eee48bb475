import type { HeldHead } from '../../change.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { decide, undeleted } from '../../core/lifecycle.ts';
import type { Server } from '../../core/server.ts';
import { isMeant, type Meant } from '../../core/undeletion.ts';
import { type Claim, claimedServer } from '../story/claims.ts';
import { freshHeadOf, headOf, onItem } from '../story/nouns.ts';
import { need, type Plan, unchanged } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import type { Place } from '../story/request.ts';
import type { World } from '../story/run.ts';

/** What a verb answers: the item, and the head that its view needs where one was read. */
export interface ItemResult {
  readonly item: Item;
  readonly head?: HeldHead | null | undefined;
}

interface OfItem {
  readonly item: { readonly value: Item };
}

/** The server that an item lies on, if any. */
export const serverOf = async ({ flow, place }: World<Place>, { item }: OfItem) =>
  item.value.server === null ? undefined : flow.vaults.server(place.vault, item.value.server);

/**
 * Out of the trash, into "protection stopped, data retained". It is never guarded, and it starts no backup. The server that the item
 * lies on comes back with it, unless another vault has registered it by now. One of many is left where it is if it is not meant by now.
 */
export const undelete = onItem<Meant | undefined, ItemResult>()({
  operation: 'Undelete',
  also: {
    head: headOf,
    freshHead: freshHeadOf,
    server: serverOf,
    serverClaim: async (world, { server }): Promise<Claim<string, Server>> =>
      server ? claimedServer.read(world, wishOf(world.place.vault, server.value)) : { owner: undefined },
  },
  decide({ item: { value: item }, head, freshHead, server, serverClaim }, meant, request) {
    if (meant && item.state === 'SoftDeleted' && !isMeant(item, meant)) return unchanged({ item });
    const decision = decide('undelete', item, { now: request.now, vault: freshHead?.vault });
    // The vault may have lengthened the period since: only its head can say that the window is really closed.
    if (!decision.ok && decision.refusal.code === 'UndeleteWindowClosed' && freshHead === undefined)
      return need('freshHead');
    if (!decision.ok) return decision;
    if (!decision.changes) return unchanged({ item });
    const next = undeleted(item as ItemIn<'SoftDeleted'>, request.id);
    const plan: Plan<ItemResult> = {
      item: next,
      alerts: [changeAlert('ItemUndeleted', request, item, { from: item.state, to: next.state })],
      facts: { generation: item.generation },
      answer: { item: next },
    };
    if (item.server === null || server === null) return plan;
    if (!server) return need('server');
    if (head === undefined) return need('head');
    if (server.value.registration === 'Registered') return { ...plan, touchServer: server.value.name };
    const back: Server = {
      ...server.value,
      registration: 'Registered',
      superseded: false,
      endsOn: undefined,
      etag: request.id,
    };
    // Who takes its registration over says so in the server's row first: until then it is still ours.
    if (server.value.superseded === false) return { ...plan, server: back };
    if (!serverClaim) return need('serverClaim');
    const wish = wishOf(item.vault, server.value);
    return claimedServer.take(serverClaim, wish, request) ?? { ...plan, server: back };
  },
});

const wishOf = (vault: string, { name, registeredBy }: Server) => ({ vault, server: name, tid: registeredBy.tid });
