import type { HeldHead } from '../../change.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { decide, undeleted } from '../../core/lifecycle.ts';
import { keyOf } from '../../core/names.ts';
import { type Code, type Outcome, ok, type Refused } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { type Instant, instantOf } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import type { VaultReads } from '../../ports.ts';
import { type Claim, claimedServer } from '../story/claims.ts';
import type { FlowPorts } from '../story/land.ts';
import { freshHeadOf, headOf, onItem } from '../story/nouns.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { need, type Plan, unchanged } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import { noVault, type Place, type Request, stale, type VaultPlace } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
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
 * lies on comes back with it, unless another vault has registered it by now.
 */
export const undelete = onItem<undefined, ItemResult>()({
  operation: 'Undelete',
  also: {
    head: headOf,
    freshHead: freshHeadOf,
    server: serverOf,
    serverClaim: async (world, { server }): Promise<Claim<string, Server>> =>
      server ? claimedServer.read(world, wishOf(world.place.vault, server.value)) : { owner: undefined },
  },
  decide({ item: { value: item }, head, freshHead, server, serverClaim }, _, request) {
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

/** Which soft-deleted items: all conditions given must hold, and where none is given it is all of them. */
export interface Which {
  readonly items?: readonly string[] | undefined;
  readonly deletedBy?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Recovered {
  readonly item: string;
  readonly outcome: 'Undeleted' | 'WouldUndelete' | 'Refused';
  readonly code?: Code;
}
type Answer = Pick<Recovered, 'outcome' | 'code'>;

export interface Recovery {
  readonly results: readonly Recovered[];
  /** Of a dry run: whether there are more than it shows. */
  readonly more?: boolean;
}

/** A dry run is for people to look at. */
const MOST_SHOWN = 200;

/** One that cannot be read keeps none of the others. */
const UNREADABLE = { outcome: 'Refused', code: 'InternalError' } as const;

/** No item lies in the trash for longer. */
const EVER = instantOf(8_640_000_000_000_000);

const SIDE_BY_SIDE = 8;

/** The morning after: everything that one caller deleted between two instants comes back, item by item, each with its own answer. */
export async function undeleteMany(
  flow: FlowPorts,
  request: Request<never>,
  { vault }: VaultPlace,
  which: Which,
): Promise<Outcome<Recovery>> {
  const { head, items, unreadable } = await flow.vaults.dueTrash(vault, EVER);
  if (!head) return noVault(vault);
  const precondition = stale(request, head.vault);
  if (precondition) return precondition;
  const trash = items.filter((item) => item.state === 'SoftDeleted');
  // Nobody can say who deleted an unreadable item, and when: it is named rather than left out.
  const chosen = which.items ?? [...trash.map(({ name }) => name), ...unreadable.map(({ item }) => item)];
  const broken = new Set(unreadable.map(({ item }) => keyOf(item)));
  const byName = new Map(trash.map((item) => [keyOf(item.name), item]));

  const wanted = [...new Set(chosen)].filter((name) => {
    const found = byName.get(keyOf(name));
    return !found || matches(found, which);
  });
  const shown = which.dryRun ? wanted.slice(0, MOST_SHOWN) : wanted;

  const results = await inParallel(
    shown,
    async (name): Promise<Recovered> => {
      const found = byName.get(keyOf(name));
      const item = found?.name ?? name;
      if (broken.has(keyOf(name))) return { item, ...UNREADABLE };
      if (which.dryRun) return { item, ...(await preview(flow, { vault, item }, found, head.vault, request.now)) };
      const plain = { ...request, ifMatch: undefined, keep: undefined, left: undefined };
      const outcome = await undelete(flow, plain, { vault, item: name }).catch(unlessUnreadable);
      return { item, ...(outcome ? answerOf(outcome, 'Undeleted') : UNREADABLE) };
    },
    SIDE_BY_SIDE,
  );
  return ok({ results, ...(which.dryRun ? { more: wanted.length > shown.length } : {}) });
}

const matches = ({ deletion }: ItemIn<'SoftDeleted'>, { deletedBy, from, to }: Which): boolean =>
  (deletedBy === undefined || deletion.deletedBy === deletedBy) &&
  (from === undefined || deletion.deletedAt >= from) &&
  (to === undefined || deletion.deletedAt <= to);

const answerOf = (outcome: { readonly ok: true } | Refused, done: Answer['outcome']): Answer =>
  outcome.ok ? { outcome: done } : { outcome: 'Refused', code: outcome.refusal.code };

/** What an undelete of it would answer; without changing or noting anything. */
async function preview(
  { vaults }: VaultReads,
  place: Place,
  found: ItemIn<'SoftDeleted'> | undefined,
  vault: Vault,
  now: Instant,
): Promise<Answer> {
  if (found) return answerOf(decide('undelete', found, { now, vault }), 'WouldUndelete');
  const read = await vaults.item(place.vault, place.item).then((held) => ({ held }), unlessUnreadable);
  if (!read) return UNREADABLE;
  const item = read.held?.value;
  if (!item) return { outcome: 'Refused', code: 'ItemNotFound' };
  if (item.state === 'Purged') return { outcome: 'Refused', code: 'ItemPurged' };
  return answerOf(decide('undelete', item, { now }), 'WouldUndelete');
}
