import type { Held, HeldHead } from '../../change.ts';
import type { Facts } from '../../core/history.ts';
import { sameName } from '../../core/names.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Step } from '../story/plan.ts';
import { serviceEntry } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';

/** A server is the same one wherever it has the same name within the tenant. */
export interface ServerWish {
  readonly vault: string;
  readonly server: string;
  readonly tid: string;
}

/** Who has the claim to a server, and what stands where it points. */
export interface ServerClaim {
  readonly owner: Held<string> | undefined;
  readonly there?: Held<Server> | undefined;
  /** Nothing stands there, so it may be a registration in flight: a new fence voids it. */
  readonly head?: HeldHead | undefined;
}

const inFlight = ({ value, tag }: Held<string>): string => `server claimed by ${value} ${tag}`;

export async function readServerClaim({ ports, once }: World<unknown>, wish: ServerWish): Promise<ServerClaim> {
  const owner = await ports.registry.serverOwner(wish.tid, wish.server);
  if (!owner || sameName(owner.value, wish.vault)) return { owner };
  const there = await ports.vaults.server(owner.value, wish.server);
  if (there || once.has(inFlight(owner))) return { owner, there };
  return { owner, head: await ports.vaults.head(owner.value, 'fresh') };
}

/**
 * A server is registered in one vault of its tenant at a time. The claim comes first, the row after. A claim whose vault has let the
 * server go is taken over; that vault's row is written once, so that a registration there at the same moment has to look again.
 * undefined: the claim is ours.
 */
export function claimServer(claim: ServerClaim, wish: ServerWish, { now, id }: Deciding): Refused | Step | undefined {
  const { owner, there, head } = claim;
  const mine: Held<string> = { value: wish.vault, tag: '' };
  if (owner && sameName(owner.value, wish.vault)) return undefined;
  if (owner && head)
    return { step: { vault: owner.value, id, head: { was: head, now: head.vault } }, once: inFlight(owner) };
  if (!there || there.value.registeredBy.tid !== wish.tid)
    return { step: { line: 'server', ...wish, was: owner }, leaves: { serverClaim: { owner: mine } } };
  const server = there.value;
  if (server.registration === 'Registered')
    return refuse(
      'ActiveElsewhere',
      `Server ${server.name} is registered in vault ${server.vault}. Deregister it there first.`,
      { facts: { vault: server.vault, server: server.name } },
    );
  const facts: Facts = { server: server.name, vault: wish.vault };
  const told = serviceEntry(now, null, { operation: 'ServerRegisteredElsewhere', facts }, id);
  const rest = { from: server.registration, to: server.registration };
  return {
    step: {
      vault: server.vault,
      id,
      server: { was: there, now: { ...server, etag: id } },
      entries: [{ ...told, ...rest }],
    },
    leaves: { serverClaim: { owner } },
  };
}
