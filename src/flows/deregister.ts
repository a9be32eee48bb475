import { channelOf } from '../core/caller.ts';
import type { Item } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import type { HeldHead, Ports } from '../ports.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { itemsOn } from './itemsOn.ts';

type DeregisterPorts = WatchPorts & Pick<Ports, 'vaults' | 'newId'>;

const OPERATION = 'DeregisterServer';

export const noServer = (vault: string, server: string): Refused =>
  refuse('ServerNotFound', `No server ${server} is registered in vault ${vault}.`);

/** Lets a server go once nothing on it is protected or kept. While backups of it lie in the trash, so does the server. */
export async function deregister(
  ports: DeregisterPorts,
  asking: Asking<Server>,
  vault: string,
  name: string,
): Promise<Outcome<Server>> {
  const outcome = await rounds(() => deregisterOnce(ports, asking, vault, name));
  await tellRefusal(ports, asking, { vault, item: null }, OPERATION, outcome);
  return watched(ports, asking, { vault }, OPERATION, outcome);
}

async function deregisterOnce(
  ports: DeregisterPorts,
  asking: Asking<Server>,
  vault: string,
  name: string,
): Promise<Outcome<Server> | 'again'> {
  const head = await ports.vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const held = await ports.vaults.server(vault, name);
  if (!held) return noServer(vault, name);
  const server = held.value;
  const refused = stale(asking, server) ?? portalUnderAlwaysOn(asking, head, server);
  if (refused) return refused;
  // Read after the server's row: what is protected on it meanwhile touches that row, and then this is decided again.
  const items = (await itemsOn(ports, vault, [server])).get(keyOf(server.name)) ?? [];
  const living = items.filter(({ state }) => state !== 'SoftDeleted' && state !== 'Purging');
  if (living.length > 0) return notEmpty(server, living);
  const registration = items.length > 0 ? 'SoftDeleted' : 'Unregistered';
  if (server.registration === registration) return ok(server);
  const id = ports.newId();
  const after: Server = { ...server, registration, etag: id };
  const facts = { server: server.name, before: server.registration, after: registration };
  // A new fence: whoever is about to protect something on it has read that it is registered.
  const done = await ports.vaults.changeHead({
    was: head,
    vault: head.vault,
    putServer: { was: held, now: after },
    id,
    entry: entry(asking, null, { operation: OPERATION, facts }),
    answer: asking.keep?.(after),
  });
  return done ? ok(after) : 'again';
}

function portalUnderAlwaysOn({ caller }: Asking<Server>, { vault }: HeldHead, server: Server): Refused | undefined {
  const { hybrid } = vault;
  const blocked = hybrid?.state === 'AlwaysOn' && hybrid.portalDeleteUnderAlwaysOn === 'block';
  if (!blocked || channelOf(caller) !== 'portal' || server.registration !== 'Registered') return undefined;
  return refuse(
    'AlwaysOnForbidsPortalDelete',
    `Under AlwaysOn, ${server.name} is deregistered from its agent only, after its backups were deleted there.`,
  );
}

const SHOWN = 20;

const notEmpty = (server: Server, living: readonly Item[]): Refused => {
  const items = living.slice(0, SHOWN).map(({ name, state }) => ({ name, state }));
  return refuse(
    'ServerNotEmpty',
    `${living.length} item(s) on ${server.name} are protected or kept: ${items.map(({ name }) => name).join(', ')}. Stop them with delete first.`,
    { facts: { items } },
  );
};
