import type { Held, HeldHead, Owner, PointPage } from '../../change.ts';
import { channelOf, ownsServer } from '../../core/caller.ts';
import type { Item, ItemIn, Remains } from '../../core/item.ts';
import { builtInKind } from '../../core/kinds.ts';
import { decide } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import type { Policy } from '../../core/policy.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { NEIGHBOURS, type Neighbour, type Tier } from '../../core/workloads.ts';
import { proofs } from '../authorize/weakening.ts';
import { type Claim, claimedSource } from '../story/claims.ts';
import { inVault } from '../story/nouns.ts';
import { type Created, type Decision, need, type Proof, unchanged } from '../story/plan.ts';
import { type Asked, type Place, stale, wrongVaultKind } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { pagesToChange } from './pages.ts';
import { choosePolicy, movedUnder, type Resumption } from './resume.ts';

export interface Protect {
  readonly workload: string;
  readonly policy: string;
  readonly sourceId: string;
  readonly server?: string | undefined;
  readonly tier?: Tier | undefined;
  readonly recoverSoftDeleted?: boolean | undefined;
}

/** The same, with the defaults filled in. */
type Wish = Pick<Item, 'workload' | 'tier' | 'sourceId' | 'server'>;

export type Protection = Created<Resumption>;

interface Found {
  readonly head: HeldHead;
  readonly item?: Held<Remains> | null;
  readonly pages?: readonly PointPage[];
  readonly sourceClaim?: Claim<Owner, Remains>;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

/** Protects a source: as a new item, by resuming a stopped one, or out of the trash where that is allowed. */
export const protect = inVault<Protect, Protection>()({
  operation: 'Protect',
  wrong: ({ workload }) =>
    isNeighbour(workload) ? refuse('NotABackupItem', NEIGHBOURS[workload], { target: '$.workload' }) : undefined,
  also: {
    server: ({ flow, place }, _, ask) => flow.vaults.server(place.vault, ask.server ?? ''),
    item: ({ flow, place }) => flow.vaults.item(place.vault, place.item),
    pages: ({ flow, request }, { item }) => pagesToChange(flow, item?.value as Item, request.now),
    ...proofs,
    // An item that is there already protects this very source, or the verb is refused.
    sourceClaim: (world, { head }, { workload, sourceId, server }) =>
      claimedSource.read(world, {
        ...{ workload, sourceId, server: server ?? null },
        ...{ vault: head.vault.name, name: world.place.item },
      }),
  },
  decide(read, ask, request) {
    const { head, server, item } = read;
    const wish = wishOf(ask, head);
    if (!wish.ok) return wish;
    if (wish.value.server !== null && server === undefined) return need('server');
    const fault = serverFault(request, head, server ?? null, wish.value);
    if (fault) return fault;
    const policy = choosePolicy({ workload: wish.value.workload, previousPolicy: null }, head, ask.policy);
    if (!policy.ok) return policy;
    if (item === undefined) return need('item');
    const precondition = stale(request, item?.value);
    if (precondition) return precondition;
    if (item && item.value.state !== 'Purged')
      return protectAgain({ ...read, item: { ...item, value: item.value } }, ask, wish.value, policy.value, request);
    return create(read, wish.value, policy.value, request);
  },
});

const isNeighbour = (workload: string): workload is Neighbour => workload in NEIGHBOURS;

function wishOf(ask: Protect, { vault }: HeldHead): Outcome<Wish> {
  const row = builtInKind(ask.workload);
  if (!row) return invalid('$.workload', `There is no kind ${ask.workload}.`);
  const { name: workload } = row;
  if (!row.vaultKinds.includes(vault.kind)) return wrongVaultKind(vault, row, '$.workload');
  const tier = ask.tier ?? row.tiers[0] ?? 'Vault';
  if (!row.tiers.includes(tier))
    return invalid('$.tier', `${workload} is kept in the tier ${row.tiers.join(' or ')} only.`);
  if (row.class === 'Hybrid' && ask.server === undefined)
    return invalid('$.server', `${workload} runs on a server: name the registered "server".`);
  if (row.class === 'Cloud' && ask.server !== undefined)
    return invalid('$.server', `${workload} is protected from the cloud: leave "server" out.`);
  return ok({ workload, tier, sourceId: ask.sourceId, server: ask.server ?? null });
}

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
  if (server.value.kind !== wish.workload)
    return invalid('$.server', `${server.value.name} runs ${server.value.kind}, not ${wish.workload}.`);
  if (isAgent && !ownsServer(caller, server.value.registeredBy))
    return refuse('Forbidden', 'An agent may touch only what lies on the servers that it registered itself.');
  return undefined;
}

function create(
  { head, item: before, sourceClaim }: Found,
  wish: Wish,
  policy: Policy,
  request: Deciding<Place>,
): Decision<Protection> {
  const item: ItemIn<'Protected'> = {
    ...wish,
    vault: head.vault.name,
    name: request.place.item,
    generation: before?.value.generation ?? 0,
    lastBackup: { status: 'Pending', at: null },
    activeJob: null,
    holds: [],
    points: [],
    pagedPoints: 0,
    hintedAt: null,
    superseded: false,
    state: 'Protected',
    policy: policy.name,
    previousPolicy: null,
    policyVersion: head.vault.version,
    cuts: [],
    etag: request.id,
  };
  if (!sourceClaim) return need('sourceClaim');
  return (
    claimedSource.take(sourceClaim, item, request) ?? {
      item,
      touchServer: item.server ?? undefined,
      facts: { workload: item.workload, policy: policy.name, sourceId: item.sourceId },
      answer: { item, head, removed: [], created: true },
    }
  );
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
  policy: Policy,
  request: Deciding,
): Decision<Protection> {
  const sameSource = isSame(item, wish);
  const sameProtection = sameSource && item.state === 'Protected' && sameName(policy.name, item.policy);
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
