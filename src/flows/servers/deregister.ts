import type { HeldHead } from '../../change.ts';
import { channelOf } from '../../core/caller.ts';
import type { Item } from '../../core/item.ts';
import { keyOf } from '../../core/names.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { onVault } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { type Asked, stale } from '../story/request.ts';
import { itemsOn, type Named, noServer, serverNamed } from './read.ts';

/** Lets a server go once nothing on it is protected or kept. While backups of it lie in the trash, so does the server. */
export const deregister = onVault<Named, Server>()({
  operation: 'DeregisterServer',
  etagIsOfPart: true,
  also: {
    server: serverNamed,
    // Read after the server's row: what is protected on it meanwhile touches that row, and then this is decided again.
    items: async ({ ports, place }, _, server) =>
      (await itemsOn(ports, place.vault, [server])).get(keyOf(server.name)) ?? [],
  },
  decide({ head, server: held, items }, { name }, request) {
    if (held === undefined) return need('server');
    if (!held) return noServer(request.place.vault, name);
    const server = held.value;
    const refused = stale(request, server) ?? portalUnderAlwaysOn(request, head, server);
    if (refused) return refused;
    if (!items) return need('items');
    const living = items.filter(({ state }) => state !== 'SoftDeleted' && state !== 'Purging');
    if (living.length > 0) return notEmpty(server, living);
    const registration = items.length > 0 ? 'SoftDeleted' : 'Unregistered';
    if (server.registration === registration) return unchanged(server);
    const after: Server = { ...server, registration, etag: request.id };
    return {
      // The fence is renewed: a decision to protect something on this server has read that it is registered.
      vault: head.vault,
      server: after,
      facts: { server: server.name, before: server.registration, after: registration },
      answer: after,
    };
  },
});

function portalUnderAlwaysOn({ caller }: Asked, { vault }: HeldHead, server: Server): Refused | undefined {
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
