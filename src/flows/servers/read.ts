import type { HeldHead } from '../../change.ts';
import { mayRunOnServers } from '../../core/knownKinds.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Index } from '../../ports/vaults.ts';
import type { Reads, VaultReads } from '../../ports.ts';
import { everyItem, firstOf, type Listed, type Page, stretches } from '../story/pages.ts';
import { noServer, noVault, type VaultPlace } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import type { World } from '../story/run.ts';

/** Which server of the vault a verb is about. */
export interface Named {
  readonly name: string;
}

export const serverNamed = ({ flow, place }: World<VaultPlace>, _: unknown, { name }: Named) =>
  flow.vaults.server(place.vault, name);

/** A server that is registered, or whose backups lie in the trash, is in an open vault. Only for others the vault has to be asked. */
export async function readServer(ports: Reading, vault: string, name: string): Promise<Outcome<Server>> {
  const held = await ports.vaults.server(vault, name);
  const listed = await shownIn(ports, vault, held ? [held.value] : []);
  if (!listed) return noVault(vault);
  const [shown] = listed;
  return shown ? ok(shown) : noServer(vault, name);
}

export async function listServers(
  ports: Reading,
  vault: string,
  { after, top }: Page,
): Promise<Outcome<Listed<Server>>> {
  const servers = await ports.vaults.servers(vault, { after, limit: top + 1 });
  const { shown, ...rest } = firstOf(servers, ({ name }) => keyOf(name), top);
  const listed = await shownIn(ports, vault, shown);
  return listed ? ok({ shown: listed, ...rest }) : noVault(vault);
}

/**
 * The servers as they are to be shown: one that lies in the trash is out of it when the last of its backups is. undefined: there is no
 * such vault.
 */
async function shownIn(
  ports: Reading,
  vault: string,
  servers: readonly Server[],
): Promise<readonly Server[] | undefined> {
  const inTrash = servers.filter(({ registration }) => registration === 'SoftDeleted');
  const indexed = await inParallel(inTrash, async (server) => ({
    server,
    isLeft: await isAnyOn(ports, vault, onServer(server, server.kind)),
  }));
  const emptied = indexed.filter(({ isLeft }) => !isLeft).map(({ server }) => server);
  const isOpen = indexed.length > emptied.length || servers.some(({ registration }) => registration === 'Registered');
  if (isOpen && emptied.length === 0) return servers;
  const head = await ports.vaults.head(vault, isOpen ? 'remembered' : 'fresh');
  if (!head) return undefined;
  // In a vault that has no indexes yet they say nothing.
  const left = head.isCounted ? undefined : await everyItem(ports, vault);
  const own = await ownOnServers(ports, head);
  const isLeft = async (server: Server) =>
    left?.some((item) => sameName(item.server, server.name)) ||
    (await inParallel(own, (kind) => isAnyOn(ports, vault, onServer(server, kind)))).some(Boolean);
  const gone = new Set((await inParallel(emptied, async (one) => ((await isLeft(one)) ? [] : [one]))).flat());
  return servers.map((server) => (gone.has(server) ? { ...server, registration: 'Unregistered' } : server));
}

type Reading = VaultReads & Pick<Reads, 'kinds'>;

const onServer = ({ name }: Server, workload: string): Index => ({ by: 'kind', workload, server: name });

const isAnyOn = async ({ vaults }: VaultReads, vault: string, index: Index): Promise<boolean> =>
  (await vaults.items(vault, { limit: 1 }, index)).found.length > 0;

const ownOnServers = async ({ kinds }: Pick<Reads, 'kinds'>, { kinds: noted = [] }: HeldHead) =>
  noted.length === 0 ? [] : mayRunOnServers(await kinds.known(), noted);

const PAGE = 1000;

/** What is left on a server, with the state of each. */
export async function itemsOn(ports: Reading, head: HeldHead, server: Server): Promise<readonly OnServer[]> {
  const vault = head.vault.name;
  if (!head.isCounted) return (await everyItem(ports, vault)).filter((item) => sameName(item.server, server.name));
  const found: OnServer[] = [];
  for (const kind of [server.kind, ...(await ownOnServers(ports, head))]) {
    const index = onServer(server, kind);
    for await (const rows of stretches((after) => ports.vaults.items(vault, { after, limit: PAGE }, index)))
      found.push(...rows.map(({ name, state = '' }) => ({ name, state })));
  }
  return found;
}

export interface OnServer {
  readonly name: string;
  readonly state: string;
}
