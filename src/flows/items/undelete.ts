import type { HeldHead } from '../../change.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { decide, undeleted } from '../../core/lifecycle.ts';
import { claimServer, readServerClaim, type ServerClaim } from '../servers/claimServer.ts';
import { freshHeadOf, headOf, onItem } from '../story/nouns.ts';
import { type Decision, need, type Plan, type Read, unchanged } from '../story/plan.ts';
import { callerFacts, itemAlert } from '../story/raise.ts';
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

/** The server that an item lies on; null: on none. */
export const serverOf = async ({ ports, place }: World<Place>, { item }: OfItem) =>
  item.value.server === null ? null : ((await ports.vaults.server(place.vault, item.value.server)) ?? null);

/**
 * Out of the trash, into "protection stopped, data retained". It is never guarded, and it starts no backup. The server that the item
 * lies on comes back with it, unless another vault has registered it by now.
 */
export const undelete = onItem({
  operation: 'Undelete',
  also: {
    head: headOf,
    freshHead: freshHeadOf,
    server: serverOf,
    serverClaim: async (world: World<Place>, { server }: Read): Promise<ServerClaim> =>
      server ? readServerClaim(world, wishOf(world.place.vault, server.value)) : { owner: undefined },
  },
  decide({ item: { value: item }, head, freshHead, server, serverClaim }, _: undefined, request): Decision<ItemResult> {
    const decision = decide('undelete', item, { now: request.now, vault: freshHead?.vault });
    // The vault may have lengthened the period since: only its head can say that the window is really closed.
    if (!decision.ok && decision.refusal.code === 'UndeleteWindowClosed' && freshHead === undefined)
      return need('freshHead');
    if (!decision.ok) return decision;
    if (!decision.changes) return unchanged({ item });
    const next = undeleted(item as ItemIn<'SoftDeleted'>, request.id);
    const facts = { ...callerFacts(request), from: item.state, to: next.state };
    const plan: Plan<ItemResult> = {
      item: next,
      alerts: [itemAlert('ItemUndeleted', item, request.now, facts)],
      facts: { generation: item.generation },
      answer: { item: next },
    };
    if (item.server === null || server === null) return plan;
    if (!server) return need('server');
    if (head === undefined) return need('head');
    if (server.value.registration === 'Registered') return { ...plan, touchServer: server.value.name };
    if (!serverClaim) return need('serverClaim');
    const wish = wishOf(item.vault, server.value);
    return (
      claimServer(serverClaim, wish, request) ?? {
        ...plan,
        server: { ...server.value, registration: 'Registered', etag: request.id },
      }
    );
  },
});

const wishOf = (
  vault: string,
  { name, registeredBy }: { readonly name: string; readonly registeredBy: { readonly tid: string } },
) => ({ vault, server: name, tid: registeredBy.tid });
