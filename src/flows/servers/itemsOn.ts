import type { Item } from '../../core/item.ts';
import { keyOf } from '../../core/names.ts';
import type { Server } from '../../core/server.ts';
import type { Reads } from '../../ports.ts';
import { everyItem } from '../story/everyItem.ts';

/** What is left on each of these servers, whatever state it is in. */
export async function itemsOn(
  ports: Pick<Reads, 'vaults'>,
  vault: string,
  servers: readonly Pick<Server, 'name'>[],
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const found = new Map<string, Item[]>(servers.map(({ name }) => [keyOf(name), []]));
  for (const item of await everyItem(ports, vault)) found.get(keyOf(item.server ?? ''))?.push(item);
  return found;
}

/** The servers as they are to be shown: one that lies in the trash is out of it when the last of its backups is. */
export async function shownServers(
  ports: Pick<Reads, 'vaults'>,
  vault: string,
  servers: readonly Server[],
): Promise<readonly Server[]> {
  const inTrash = servers.filter(({ registration }) => registration === 'SoftDeleted');
  if (inTrash.length === 0) return servers;
  const left = await itemsOn(ports, vault, inTrash);
  return servers.map((server) =>
    server.registration === 'SoftDeleted' && left.get(keyOf(server.name))?.length === 0
      ? { ...server, registration: 'Unregistered' }
      : server,
  );
}
