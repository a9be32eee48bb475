import { SERVICE } from '../core/history.ts';
import { sameName } from '../core/names.ts';
import { type Refused, refuse } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { Ports } from '../ports.ts';

type TakePorts = Pick<Ports, 'vaults' | 'registry' | 'newId'>;

interface Wish {
  readonly vault: string;
  readonly server: string;
  /** A server is the same one wherever it has the same name within the tenant. */
  readonly tid: string;
}

const ROUNDS = 5;

/**
 * A server is registered in one vault at a time, over all vaults of the tenant. As with sources: the claim first, the row after.
 * A claim whose vault lets the server rest is taken over, and that row is written once, so that whoever wakes the server up there
 * at the same moment has to look again; a claim without any row is a registration in flight, which rotating the fence voids.
 */
export async function takeServer(ports: TakePorts, wish: Wish, now: Instant): Promise<Refused | undefined> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const owner = await ports.registry.serverOwner(wish.tid, wish.server);
    if (owner && sameName(owner.value, wish.vault)) return undefined;
    const released = owner ? await release(ports, owner.value, wish, now) : undefined;
    if (released === 'again') continue;
    if (released) return released;
    if (await ports.registry.claimServer(wish.tid, wish.server, wish.vault, owner)) return undefined;
  }
  return refuse('Busy', 'Others are registering the same server at this moment. Nothing was changed; try again.', {
    retryAfterSeconds: 1,
  });
}

async function release(
  ports: TakePorts,
  owner: string,
  wish: Wish,
  now: Instant,
): Promise<Refused | 'again' | undefined> {
  const found = (await ports.vaults.server(owner, wish.server)) ?? (await afterRotation(ports, owner, wish.server));
  if (!found || found.value.registeredBy.tid !== wish.tid) return undefined;
  const server = found.value;
  if (server.registration === 'Registered')
    return refuse(
      'ActiveElsewhere',
      `Server ${server.name} is registered in vault ${server.vault}. Deregister it there first.`,
      { facts: { vault: server.vault, server: server.name } },
    );
  const id = ports.newId();
  const done = await ports.vaults.putServer({ ...server, etag: id }, found, {
    vault: server.vault,
    id,
    entries: [
      {
        at: now,
        item: null,
        caller: SERVICE,
        operation: 'ServerRegisteredElsewhere',
        outcome: 'Succeeded',
        code: null,
        from: server.registration,
        to: server.registration,
        requestId: id,
        facts: { server: server.name, vault: wish.vault },
      },
    ],
  });
  return done ? undefined : 'again';
}

async function afterRotation({ vaults, newId }: TakePorts, vault: string, server: string) {
  await vaults.rotateFence(vault, newId());
  return vaults.server(vault, server);
}
