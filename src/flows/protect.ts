import { channelOf, ownsServer } from '../core/caller.ts';
import type { Item, ItemIn, Remains } from '../core/item.ts';
import { decide } from '../core/lifecycle.ts';
import { sameName } from '../core/names.ts';
import { isPolicy, type Policy } from '../core/policy.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { NEIGHBOURS, type Neighbour, type Tier, type Workload, workloadRow } from '../core/workloads.ts';
import type { Held, HeldHead } from '../ports.ts';
import {
  type Asking,
  entry,
  howFresh,
  noVault,
  type Place,
  rounds,
  stale,
  tellRefusal,
  unlessStale,
} from './asking.ts';
import { choosePolicy, moveUnder, type ResumePorts, type Resumption } from './resume.ts';
import { takeSource } from './source.ts';

export interface Protect {
  readonly workload: Workload | Neighbour;
  readonly policy: string;
  readonly sourceId: string;
  readonly server?: string | undefined;
  readonly tier?: Tier | undefined;
  readonly recoverSoftDeleted?: boolean | undefined;
}

/** The same, with the neighbours sent away and the defaults filled in. */
interface Wish {
  readonly workload: Workload;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly recover: boolean;
}

export interface Protection extends Resumption {
  readonly created: boolean;
}

/** Protects a source: as a new item, by resuming a stopped one, or out of the trash where that is allowed. */
export async function protect(
  ports: ResumePorts,
  asking: Asking<Protection>,
  place: Place,
  ask: Protect,
): Promise<Outcome<Protection>> {
  const { workload } = ask;
  if (isNeighbour(workload)) return refuse('NotABackupItem', NEIGHBOURS[workload], { target: '$.workload' });
  const outcome = await rounds<Protection>(async (round) => {
    const head = await ports.vaults.head(place.vault, howFresh(round));
    if (!head) return noVault(place.vault);
    const wish = wishOf({ ...ask, workload }, head);
    if (!wish.ok) return unlessStale(wish, head);
    return unlessStale(await protectIn(ports, asking, place, head, wish.value, ask.policy), head);
  });
  return tellRefusal(ports, asking, place, 'Protect', outcome);
}

const isNeighbour = (workload: Workload | Neighbour): workload is Neighbour => workload in NEIGHBOURS;

const wrong = (target: string, message: string): Refused => refuse('InvalidRequest', message, { target });

function wishOf(ask: Protect & { workload: Workload }, { vault }: HeldHead): Outcome<Wish> {
  const row = workloadRow(ask.workload);
  if (row.vault !== vault.kind)
    return refuse(
      'WrongVaultKind',
      `${ask.workload} is kept in a ${row.vault} vault; ${vault.name} is a ${vault.kind} vault.`,
      {
        target: '$.workload',
        facts: { requiredKind: row.vault },
      },
    );
  const tier = ask.tier ?? row.tiers[0];
  if (!row.tiers.includes(tier))
    return wrong('$.tier', `${ask.workload} is kept in the tier ${row.tiers.join(' or ')} only.`);
  if (row.class === 'Hybrid' && ask.server === undefined)
    return wrong('$.server', `${ask.workload} runs on a server: name the registered "server".`);
  if (row.class === 'Cloud' && ask.server !== undefined)
    return wrong('$.server', `${ask.workload} is protected from the cloud: leave "server" out.`);
  return ok({
    workload: ask.workload,
    tier,
    sourceId: ask.sourceId,
    server: ask.server ?? null,
    recover: ask.recoverSoftDeleted === true,
  });
}

async function protectIn(
  ports: ResumePorts,
  asking: Asking<Protection>,
  place: Place,
  head: HeldHead,
  wish: Wish,
  policyName: string,
): Promise<Outcome<Protection> | 'again'> {
  const server = await serverFault(ports, asking, head, wish);
  if (server) return server;
  const policy = choosePolicy({ workload: wish.workload, previousPolicy: null }, head, policyName);
  if (!policy.ok) return policy;
  const held = await ports.vaults.item(place.vault, place.item);
  const precondition = stale(asking, held?.value);
  if (precondition) return precondition;
  if (!held || held.value.state === 'Purged') return create(ports, asking, place, head, wish, policy.value, held);
  return protectAgain(ports, asking, { value: held.value, tag: held.tag }, head, wish, policy.value);
}

async function serverFault(
  { vaults }: ResumePorts,
  { caller }: Asking<Protection>,
  { vault }: HeldHead,
  wish: Wish,
): Promise<Refused | undefined> {
  const isAgent = channelOf(caller) === 'agent';
  if (wish.server === null)
    return isAgent ? refuse('Forbidden', 'An agent protects only what lies on its own servers.') : undefined;
  const server = await vaults.server(vault.name, wish.server);
  if (server?.value.registration !== 'Registered')
    return refuse('ServerNotFound', `No server ${wish.server} is registered in vault ${vault.name}.`, {
      target: '$.server',
    });
  if (server.value.kind !== wish.workload)
    return wrong('$.server', `${server.value.name} runs ${server.value.kind}, not ${wish.workload}.`);
  if (isAgent && !ownsServer(caller, server.value.registeredBy))
    return refuse('Forbidden', 'An agent may touch only what lies on the servers that it registered itself.');
  return undefined;
}

async function create(
  ports: ResumePorts,
  asking: Asking<Protection>,
  place: Place,
  head: HeldHead,
  wish: Wish,
  policy: Policy,
  held: Held<Remains> | undefined,
): Promise<Outcome<Protection> | 'again'> {
  const { recover: _, ...what } = wish;
  const id = ports.newId();
  const item: ItemIn<'Protected'> = {
    ...what,
    vault: head.vault.name,
    name: place.item,
    generation: held?.value.generation ?? 0,
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
    etag: id,
  };
  const refused = await takeSource(ports, item, asking.now);
  if (refused) return refused;
  const result: Protection = { item, head, removed: [], created: true };
  const facts = { workload: item.workload, policy: policy.name, sourceId: item.sourceId };
  const done = await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    server: item.server ?? undefined,
    items: [{ was: held, now: item }],
    entries: [entry(asking, item.name, { operation: 'Protect', to: item, facts })],
    answer: asking.keep?.(result),
  });
  return done ? ok(result) : 'again';
}

const isSame = (item: Item, wish: Wish): boolean =>
  item.workload === wish.workload &&
  item.tier === wish.tier &&
  item.sourceId === wish.sourceId &&
  (item.server === wish.server || sameName(item.server, wish.server));

async function protectAgain(
  ports: ResumePorts,
  asking: Asking<Protection>,
  held: Held<Item>,
  head: HeldHead,
  wish: Wish,
  policy: Policy,
): Promise<Outcome<Protection> | 'again'> {
  const item = held.value;
  const sameSource = isSame(item, wish);
  const sameProtection = sameSource && item.state === 'Protected' && isPolicy(policy, item.policy);
  const decision = decide('protect', item, {
    now: asking.now,
    vault: head.vault,
    policy,
    sameProtection,
    recover: wish.recover,
  });
  if (!decision.ok) return decision;
  if (!decision.changes) return ok({ item, head, removed: [], created: false });
  if (!sameSource)
    return refuse('AlreadyProtected', `${item.name} protects another source. Choose another name for this one.`, {
      facts: { workload: item.workload, sourceId: item.sourceId, tier: item.tier, server: item.server },
    });
  const moved = await moveUnder(
    ports,
    { ...asking, keep: asking.keep && ((result) => asking.keep?.({ ...result, created: false })) },
    held,
    head,
    policy,
    { operation: 'Protect', preview: false },
  );
  if (moved === 'again' || !moved.ok) return moved;
  return ok({ ...moved.value, created: false });
}
