import type { Change, Held, HeldHead, Line, Owner, Source } from '../../change.ts';
import type { Item, Remains } from '../../core/item.ts';
import { sameName } from '../../core/names.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Reads } from '../../ports.ts';
import type { Step } from './plan.ts';
import { entry } from './request.ts';
import type { Deciding, World } from './run.ts';

/** Who has the claim, and what stands where it points. */
export interface Claim<O, T> {
  readonly owner: Held<O> | undefined;
  /** This very request wrote it. */
  readonly isOurs?: true;
  readonly there?: Held<T> | undefined;
  /** What is there does not stand, so a change of the owner may be in flight: a new fence voids it. */
  readonly head?: HeldHead | undefined;
}

/** Something that one vault has at a time, over all vaults: who wishes for it (W), who owns it (O), what stands there (T). */
interface Kind<W, O, T> {
  /** What a verb calls the reading of such a claim. */
  readonly name: string;
  readonly owner: (ports: Reads, wish: W) => Promise<Held<O> | undefined>;
  readonly vaultOf: (owner: O) => string;
  readonly claimedBy: (owner: O) => string;
  readonly isMine: (owner: O, wish: W) => boolean;
  readonly there: (ports: Reads, owner: O, wish: W) => Promise<Held<T> | undefined>;
  /** false: what stands there is something else, or has let go already. */
  readonly stands: (there: T, wish: W) => boolean;
  /** What stands there lets go by a change of its vault, or it is refused. */
  readonly letGo: (there: Held<T>, owner: O, wish: W, request: Deciding) => Refused | Change;
  readonly line: (wish: W, was: Held<O> | undefined) => { readonly line: Line; readonly owner: O };
}

/**
 * The claim comes first, what it is for after. Each request writes the claim, also one that is its own already: so two that wish for the
 * same thing meet in this row. An owner may have a change in flight, or died in it, whatever lies there: before its claim is taken over, a
 * new fence in its vault makes sure that this change can no longer land, and then we look again. What stands there and has let go is
 * written once before that, so that whoever takes it back at the same moment has to look again.
 */
const claims = <W, O, T>(kind: Kind<W, O, T>) => {
  const inFlight = ({ value, tag }: Held<O>): string => `${kind.claimedBy(value)} ${tag}`;
  const leaves = (of: Claim<O, T>) => ({ [kind.name]: of });
  const write = (wish: W, was: Held<O> | undefined): Step => {
    const { line, owner } = kind.line(wish, was);
    return { step: line, leaves: leaves({ owner: { value: owner, tag: '' }, isOurs: true }) };
  };
  return {
    async read({ flow, once }: World<unknown>, wish: W): Promise<Claim<O, T>> {
      const owner = await kind.owner(flow, wish);
      if (!owner || kind.isMine(owner.value, wish)) return { owner };
      const there = await kind.there(flow, owner.value, wish);
      if ((there && kind.stands(there.value, wish)) || once.has(inFlight(owner))) return { owner, there };
      return { owner, there, head: await flow.vaults.head(kind.vaultOf(owner.value), 'fresh') };
    },

    /** undefined: the claim is ours. */
    take({ owner, isOurs, there, head }: Claim<O, T>, wish: W, request: Deciding): Refused | Step | undefined {
      if (isOurs) return undefined;
      if (!owner || kind.isMine(owner.value, wish)) return write(wish, owner);
      if (there && kind.stands(there.value, wish)) {
        const step = kind.letGo(there, owner.value, wish, request);
        return 'ok' in step ? step : { step, leaves: leaves({ owner }) };
      }
      if (!head) return write(wish, owner);
      const fence = { was: head, now: head.vault };
      return { step: { vault: kind.vaultOf(owner.value), id: request.id, head: fence }, once: inFlight(owner) };
    },
  };
};

/** One item protects a source, over all vaults. */
export const claimedSource = claims<Source & Pick<Item, 'vault' | 'name'>, Owner, Remains>({
  name: 'sourceClaim',
  owner: ({ registry }, source) => registry.owner(source),
  vaultOf: ({ vault }) => vault,
  claimedBy: ({ vault, item }) => `source claimed by ${vault}/${item}`,
  isMine: (owner, { vault, name }) => sameName(owner.vault, vault) && sameName(owner.item, name),
  there: ({ vaults }, owner) => vaults.item(owner.vault, owner.item),
  // The name may have been given to something else since.
  stands: (item, { workload, kind, sourceId, server }) =>
    item.state !== 'Purged' &&
    !item.superseded &&
    sameName(item.workload, workload) &&
    item.sourceId.toLowerCase() === sourceId.toLowerCase() &&
    (kind?.represents === 'Original' || (item.server ?? '').toLowerCase() === (server ?? '').toLowerCase()),
  letGo(there, owner, { vault, name, kind }, { now, id }) {
    const item = there.value;
    const isHere = sameName(owner.vault, vault);
    const isOriginal = kind?.represents === 'Original';
    if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return isHere ? inThisVault(owner) : elsewhere(owner);
    // To purge it destroys what the other item would stand for.
    if (isOriginal && !isHere) return untilPurged(owner, item);
    if (isOriginal && item.state === 'Purging') return beingPurged(item);
    if (isHere)
      return refuse(
        'ItemSoftDeleted',
        `This source is protected as ${item.name}, which is soft-deleted. Undelete and resume that item instead.`,
        { facts: { item: item.name } },
      );
    const facts = { vault, item: name };
    return {
      vault: item.vault,
      id,
      items: [{ was: there, now: { ...item, superseded: true, etag: id } }],
      entries: [entry({ now, requestId: id }, item.name, { operation: 'Superseded', from: item, to: item, facts })],
    };
  },
  line({ vault, name, workload, kind, sourceId, server }, was) {
    const owner = { vault, item: name };
    const source = { workload, sourceId, server, ...(kind ? { kind } : {}) };
    return { line: { line: 'source', source, owner, was }, owner };
  },
});

const inThisVault = ({ item }: Owner): Refused =>
  refuse('AlreadyProtected', `This source is already protected in this vault, as ${item}.`, { facts: { item } });

const elsewhere = ({ vault, item }: Owner): Refused =>
  refuse(
    'ActiveElsewhere',
    `This source is already protected in vault ${vault}, as ${item}. Stop with delete there first.`,
    { facts: { vault, item } },
  );

const untilPurged = ({ vault, item }: Owner, { state }: Item): Refused =>
  refuse(
    'ActiveElsewhere',
    `This is protected in vault ${vault}, as ${item}, which is ${state}. An original has one item until that is purged: undelete and use that one, or wait.`,
    { facts: { vault, item, state } },
  );

const beingPurged = ({ name }: Item): Refused =>
  refuse('PurgeInProgress', `This is protected as ${name}, which is being purged. Wait until it is gone.`, {
    facts: { item: name },
  });

/** A server is the same one wherever it has the same name within the tenant. */
interface ServerWish {
  readonly vault: string;
  readonly server: string;
  readonly tid: string;
}

/** A server is registered in one vault of its tenant at a time. */
export const claimedServer = claims<ServerWish, string, Server>({
  name: 'serverClaim',
  owner: ({ registry }, { tid, server }) => registry.serverOwner(tid, server),
  vaultOf: (vault) => vault,
  claimedBy: (vault) => `server claimed by ${vault}`,
  isMine: (owner, { vault }) => sameName(owner, vault),
  there: ({ vaults }, vault, { server }) => vaults.server(vault, server),
  stands: ({ registeredBy }, { tid }) => registeredBy.tid === tid,
  letGo(there, _, { vault }, { now, id }) {
    const { name: server, vault: home, registration } = there.value;
    if (registration === 'Registered')
      return refuse('ActiveElsewhere', `Server ${server} is registered in vault ${home}. Deregister it there first.`, {
        facts: { vault: home, server },
      });
    const happening = { operation: 'ServerRegisteredElsewhere', facts: { server, vault } };
    const told = entry({ now, requestId: id }, null, happening);
    return {
      vault: home,
      id,
      server: { was: there, now: { ...there.value, superseded: true, etag: id } },
      entries: [{ ...told, from: registration, to: registration }],
    };
  },
  line: ({ vault, server, tid }, was) => ({ line: { line: 'server', vault, server, tid, was }, owner: vault }),
});
