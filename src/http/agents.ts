import { channelOf, ownsServer } from '../core/caller.ts';
import { type Refused, refuse } from '../core/problems.ts';
import type { Call } from './route.ts';

type AnyCall = Pick<Call<Readonly<Record<string, string>>>, 'ports' | 'caller' | 'names'>;

/** An agent sees and touches its own servers and what lies on them. What does not exist yet is decided where it is made. */
export async function notTheAgents({ ports, caller, names }: AnyCall): Promise<Refused | undefined> {
  if (channelOf(caller) !== 'agent') return undefined;
  const { vault = '' } = names;
  const server = names['server'] ?? (await serverOf(ports, vault, names['item']));
  if (server === undefined) return undefined;
  const held = server === null ? undefined : await ports.vaults.server(vault, server);
  if (server !== null && !held && names['server'] !== undefined) return undefined;
  if (held && ownsServer(caller, held.value.registeredBy)) return undefined;
  return refuse('Forbidden', 'An agent may touch only the servers that it registered itself, and what lies on them.');
}

/** undefined: no such item; null: an item that lies on no server. */
async function serverOf(
  { vaults }: AnyCall['ports'],
  vault: string,
  item: string | undefined,
): Promise<string | null | undefined> {
  const held = item === undefined ? undefined : await vaults.item(vault, item);
  if (!held || held.value.state === 'Purged') return undefined;
  return held.value.server;
}
