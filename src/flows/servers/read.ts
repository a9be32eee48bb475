import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Ports } from '../../ports.ts';
import { noVault } from '../asking.ts';
import { noServer } from '../deregister.ts';
import { shownServers } from '../itemsOn.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';

type Reads = Pick<Ports, 'vaults'>;

export async function readServer(ports: Reads, vault: string, name: string): Promise<Outcome<Server>> {
  const [head, held] = await Promise.all([ports.vaults.head(vault, 'fresh'), ports.vaults.server(vault, name)]);
  if (!head) return noVault(vault);
  const [shown] = held ? await shownServers(ports, vault, [held.value]) : [];
  return shown ? ok(shown) : noServer(vault, name);
}

export async function listServers(ports: Reads, vault: string, { after, top }: Page): Promise<Outcome<Listed<Server>>> {
  const [head, servers] = await Promise.all([
    ports.vaults.head(vault, 'fresh'),
    ports.vaults.servers(vault, { after, limit: top + 1 }),
  ]);
  if (!head) return noVault(vault);
  const { shown, last } = cut(servers, ({ name }) => keyOf(name), { after: undefined, top });
  return ok({ shown: await shownServers(ports, vault, shown), last });
}
