import type { Held, HeldHead, Owner, PointPage } from '../../change.ts';
import { channelOf, ownsServer } from '../../core/caller.ts';
import { type Item, type ItemIn, isItem, type Remains } from '../../core/item.ts';
import { builtInKind, type Kind, type KindTraits, traitsOf } from '../../core/kinds.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { decide, isUnder } from '../../core/lifecycle.ts';
import { keyOf, sameName } from '../../core/names.ts';
import type { Policy } from '../../core/policy.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { NEIGHBOURS, type Neighbour, type Tier, type VaultKind } from '../../core/workloads.ts';
import { proofs } from '../authorize/weakening.ts';
import { type Claim, claimedSource } from '../story/claims.ts';
import { inVault } from '../story/nouns.ts';
import { type Created, type Decision, type Need, need, type Proof, unchanged } from '../story/plan.ts';
import { type Asked, type Place, stale, wrongVaultKind } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { pagesToChange } from './pages.ts';
import { choosePolicy, movedUnder, type Resumption } from './resume.ts';

export interface Protect {
  readonly workload: string;
  readonly policy?: string | undefined;
  readonly sourceId: string;
  readonly server?: string | undefined;
  readonly tier?: Tier | undefined;
  readonly recoverSoftDeleted?: boolean | undefined;
}

/** The same, with the defaults filled in. */
type Wish = Pick<Item, 'workload' | 'kind' | 'tier' | 'sourceId' | 'server'>;

export type Protection = Created<Resumption>;

interface Found {
  readonly head: HeldHead;
  /** As this process knows them; as they are; as they are after the vault was listed. */
  readonly kinds?: Kinds;
  readonly kindsNow?: Kinds;
  readonly kindsListed?: Kinds;
  readonly listed?: true;
  readonly item?: Held<Remains> | null | undefined;
  readonly pages?: readonly PointPage[];
  readonly sourceClaim?: Claim<Owner, Remains>;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

/** Protects a source: as a new item, by resuming a stopped one, or out of the trash where that is allowed. */
export const protect = inVault<Protect, Protection, Pick<Found, 'listed'>>()({
  operation: 'Protect',
  wrong: ({ workload }) =>
    isNeighbour(workload) ? refuse('NotABackupItem', NEIGHBOURS[workload], { target: '$.workload' }) : undefined,
  also: {
    kinds: ({ flow, fresh }) => (fresh ? flow.kinds.fresh() : flow.kinds.known()),
    kindsNow: ({ flow }) => flow.kinds.fresh(),
    kindsListed: ({ flow }) => flow.kinds.fresh(),
    server: ({ flow, place }, _, ask) => flow.vaults.server(place.vault, ask.server ?? ''),
    item: ({ flow, place }) => flow.vaults.item(place.vault, place.item),
    pages: ({ flow, request }, { item }) => pagesToChange(flow, item?.value as Item, request.now),
    ...proofs,
    // An item that is there already protects this very source, or the verb is refused.
    sourceClaim: (world, read, ask) => claimedSource.read(world, soughtBy(read, ask, world.place)),
  },
  decide(read, ask, request) {
    const { head, server, item } = read;
    const kind = kindOf(read, ask.workload);
    if ('need' in kind || 'ok' in kind) return kind;
    const wish = wishOf(kind, ask, head);
    if (!wish.ok) return wish;
    if (wish.value.server !== null && server === undefined) return need('server');
    const fault = serverFault(request, head, server ?? null, wish.value);
    if (fault) return fault;
    const policy = choosePolicy({ ...wish.value, previousPolicy: null }, head, ask.policy);
    if (!policy.ok) return policy;
    if (item === undefined) return need('item');
    const precondition = stale(request, item?.value);
    if (precondition) return precondition;
    if (item && item.value.state !== 'Purged')
      return protectAgain({ ...read, item: { ...item, value: item.value } }, ask, wish.value, policy.value, request);
    return kind.active ? create(read, wish.value, policy.value, request) : retired(kind);
  },
});

const isNeighbour = (workload: string): workload is Neighbour => workload in NEIGHBOURS;

type Protected = Pick<Kind, 'name' | 'active' | keyof KindTraits> & { readonly builtIn: boolean };

/** What is to be protected. Of a kind of your own the item that is there knows it; for a new one the kinds are read. */
function kindOf({ item, kinds, kindsNow, kindsListed }: Found, workload: string): Protected | Need | Refused {
  const builtIn = builtInKind(workload);
  if (builtIn) return builtIn;
  if (item === undefined) return need('item');
  const there = item && isItem(item.value) && sameName(item.value.workload, workload) ? item.value : undefined;
  if (there) return { ...traitsOf(there), name: there.workload, active: true, builtIn: false };
  if (!kinds) return need('kinds');
  const known = (kindsListed ?? kindsNow ?? kinds).of(workload);
  if (known) return known;
  // It may have been made since the kinds were read.
  return kindsListed || kindsNow ? unknown(workload) : need('kindsNow');
}

const unknown = (workload: string): Refused =>
  invalid('$.workload', `There is no kind ${workload}: neither a built-in workload nor a kind of your own.`);

const retired = ({ name }: Pick<Kind, 'name'>): Refused =>
  refuse('KindRetired', `The kind ${name} is retired: no new items of it are made.`, { target: '$.workload' });

function wishOf(kind: Protected, ask: Protect, { vault }: HeldHead): Outcome<Wish> {
  const { name: workload, builtIn, active: _, ...traits } = kind;
  if (!kind.vaultKinds.includes(vault.kind)) return wrongVaultKind(vault, kind, '$.workload');
  const tier = ask.tier ?? kind.tiers[0] ?? 'Vault';
  if (!kind.tiers.includes(tier))
    return invalid('$.tier', `${workload} is kept in the tier ${kind.tiers.join(' or ')} only.`);
  if (builtIn && kind.class === 'Hybrid' && ask.server === undefined)
    return invalid('$.server', `${workload} runs on a server: name the registered "server".`);
  if (kind.class === 'Cloud' && ask.server !== undefined)
    return invalid('$.server', `${workload} is protected from the cloud: leave "server" out.`);
  const wish = { workload, tier, sourceId: ask.sourceId, server: ask.server ?? null };
  return ok(builtIn ? wish : { ...wish, kind: traitsIn(traits, vault.kind) });
}

/** What never changes about it, and the kind of vault that it lies in. */
const traitsIn = ({ class: of, represents, recoveryPoints, tiers }: KindTraits, vaultKind: VaultKind): KindTraits => ({
  class: of,
  vaultKinds: [vaultKind],
  represents,
  recoveryPoints,
  tiers,
});

function serverFault(
  { caller }: Asked,
  { vault }: HeldHead,
  server: Held<Server> | null,
  wish: Wish,
): Refused | undefined {
  const isAgent = channelOf(caller) === 'agent';
  if (wish.server === null)
    return isAgent ? refuse('Forbidden', 'An agent protects only what lies on its own servers.') : undefined;
  if (server?.value.registration !== 'Registered')
    return refuse('ServerNotFound', `No server ${wish.server} is registered in vault ${vault.name}.`, {
      target: '$.server',
    });
  if (!wish.kind && server.value.kind !== wish.workload)
    return invalid('$.server', `${server.value.name} runs ${server.value.kind}, not ${wish.workload}.`);
  if (isAgent && !ownsServer(caller, server.value.registeredBy))
    return refuse('Forbidden', 'An agent may touch only what lies on the servers that it registered itself.');
  return undefined;
}

function create(
  { head, item: before, sourceClaim, listed, kindsListed }: Found,
  wish: Wish,
  policy: Policy | null,
  request: Deciding<Place>,
): Decision<Protection> {
  const { generation = 0, lastToken } = before?.value ?? {};
  const item: ItemIn<'Protected'> = {
    ...wish,
    vault: head.vault.name,
    name: request.place.item,
    generation,
    // Its executor refuses what is older than the newest that it has seen.
    ...(lastToken === undefined ? {} : { lastToken }),
    lastBackup: { status: 'Pending', at: null },
    activeJob: null,
    holds: [],
    points: [],
    pagedPoints: 0,
    hintedAt: null,
    superseded: false,
    state: 'Protected',
    policy: policy?.name ?? null,
    previousPolicy: null,
    policyVersion: head.vault.version,
    cuts: [],
    etag: request.id,
  };
  const isFirst = wish.kind !== undefined && !head.kinds?.includes(keyOf(wish.workload));
  // The list comes first, and then the kind is read: whoever removes it at the same moment finds the vault on the list.
  if (isFirst && !listed) {
    const line = { line: 'kindUse', kind: wish.workload, vault: head.vault.name } as const;
    return { step: line, leaves: { listed: true } };
  }
  if (isFirst && !kindsListed) return need('kindsListed');
  if (!sourceClaim) return need('sourceClaim');
  return (
    claimedSource.take(sourceClaim, item, request) ?? {
      item,
      ...(isFirst ? { vault: head.vault, firstOf: wish.workload } : {}),
      touchServer: item.server ?? undefined,
      facts: { workload: item.workload, policy: item.policy, sourceId: item.sourceId },
      answer: { item, head, removed: [], created: true },
    }
  );
}

/** The source that is asked for, as the registry knows it. */
function soughtBy(read: Found, ask: Protect, { item: name }: Place) {
  const kind = kindOf(read, ask.workload);
  const wish = 'name' in kind ? wishOf(kind, ask, read.head) : undefined;
  if (!wish?.ok) throw new Error('a source is sought before it is known what it is');
  return { ...wish.value, vault: read.head.vault.name, name };
}

const isSame = (item: Item, wish: Wish): boolean =>
  item.workload === wish.workload &&
  item.tier === wish.tier &&
  item.sourceId.toLowerCase() === wish.sourceId.toLowerCase() &&
  (item.server === wish.server || sameName(item.server, wish.server));

function protectAgain(
  { item: { value: item }, head, ...more }: Found & { readonly item: Held<Item> },
  ask: Protect,
  wish: Wish,
  policy: Policy | null,
  request: Deciding,
): Decision<Protection> {
  const sameSource = isSame(item, wish);
  const sameProtection = sameSource && isUnder(item, policy);
  const recover = ask.recoverSoftDeleted === true;
  const decision = decide('protect', item, { now: request.now, vault: head.vault, policy, sameProtection, recover });
  if (!decision.ok) return decision;
  if (!decision.changes) return unchanged({ item, head, removed: [], created: false });
  if (!sameSource)
    return refuse('AlreadyProtected', `${item.name} protects another source. Choose another name for this one.`, {
      facts: { workload: item.workload, sourceId: item.sourceId, tier: item.tier, server: item.server },
    });
  const moved = movedUnder({ item, head, ...more }, policy, request);
  return 'answer' in moved ? { ...moved, answer: { ...moved.answer, created: false } } : moved;
}
