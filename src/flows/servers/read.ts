import type { Item } from '../../core/item.ts';
import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { VaultReads } from '../../ports.ts';
import { cut, everyItem, type Listed, type Page } from '../story/pages.ts';
import { noServer, noVault, type VaultPlace } from '../story/request.ts';
import type { World } from '../story/run.ts';

/** Which server of the vault a verb is about. */
export interface Named {
  readonly name: string;
}

export const serverNamed = ({ flow, place }: World<VaultPlace>, _: unknown, { name }: Named) =>
  flow.vaults.server(place.vault, name);

export async function readServer(ports: VaultReads, vault: string, name: string): Promise<Outcome<Server>> {
  const [head, held] = await Promise.all([ports.vaults.head(vault, 'fresh'), ports.vaults.server(vault, name)]);
  if (!head) return noVault(vault);
  const [shown] = held ? await shownServers(ports, vault, [held.value]) : [];
  return shown ? ok(shown) : noServer(vault, name);
}

export async function listServers(
  ports: VaultReads,
  vault: string,
  { after, top }: Page,
): Promise<Outcome<Listed<Server>>> {
  const [head, servers] = await Promise.all([
    ports.vaults.head(vault, 'fresh'),
    ports.vaults.servers(vault, { after, limit: top + 1 }),
  ]);
  if (!head) return noVault(vault);
  const { shown, last } = cut(servers, ({ name }) => keyOf(name), { after: undefined, top });
  return ok({ shown: await shownServers(ports, vault, shown), last });
}

/** What is left on each of these servers, whatever state it is in. */
export async function itemsOn(
  ports: VaultReads,
  vault: string,
  servers: readonly Pick<Server, 'name'>[],
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const found = new Map<string, Item[]>(servers.map(({ name }) => [keyOf(name), []]));
  for (const item of await everyItem(ports, vault)) found.get(keyOf(item.server ?? ''))?.push(item);
  return found;
}

/** The servers as they are to be shown: one that lies in the trash is out of it when the last of its backups is. */
async function shownServers(ports: VaultReads, vault: string, servers: readonly Server[]): Promise<readonly Server[]> {
  const inTrash = servers.filter(({ registration }) => registration === 'SoftDeleted');
  if (inTrash.length === 0) return servers;
  const left = await itemsOn(ports, vault, inTrash);
  return servers.map((server) =>
    server.registration === 'SoftDeleted' && left.get(keyOf(server.name))?.length === 0
      ? { ...server, registration: 'Unregistered' }
      : server,
  );
}
