import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Reads } from '../../ports.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';
import { noVault } from '../story/request.ts';
import { shownServers } from './itemsOn.ts';
import { noServer } from './readServer.ts';

type VaultReads = Pick<Reads, 'vaults'>;

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
