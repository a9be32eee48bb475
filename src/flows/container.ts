import type { Item } from '../core/item.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import type { Change, Held, Ports } from '../ports.ts';
import type { Asking } from './asking.ts';
import { takeServer } from './takeServer.ts';

type ContainerPorts = Pick<Ports, 'vaults' | 'registry' | 'newId'>;

/** Writes a change of an item together with what it does to the server on which the item lies. */
export type Commit = (change: Change) => Promise<boolean>;

/**
 * Bringing an item back brings back the server it lies on, unless that is registered in another vault by now. Whoever lets the
 * server go at the same moment has to look again, or this one has.
 */
export async function withContainer(
  ports: ContainerPorts,
  asking: Asking<never>,
  item: Item,
  fresh: boolean,
): Promise<Outcome<Commit>> {
  const { vault, server } = item;
  const held = server === null ? undefined : await ports.vaults.server(vault, server);
  if (!held) return ok((change) => ports.vaults.commit(change));
  const head = await ports.vaults.head(vault, fresh ? 'fresh' : 'remembered');
  const guarded = (change: Change): Change => ({ ...change, fence: head?.fence });
  if (held.value.registration === 'Registered')
    return ok((change) => ports.vaults.commit({ ...guarded(change), server: held.value.name }));
  const taken = await takeServer(
    ports,
    { vault, server: held.value.name, tid: held.value.registeredBy.tid },
    asking.now,
  );
  if (taken) return taken;
  return ok((change) => ports.vaults.putServer(...revived(held, change.id), guarded(change)));
}

const revived = (held: Held<Server>, etag: string): [Server, Held<Server>] => [
  { ...held.value, registration: 'Registered', etag },
  held,
];
