import type { HeldHead } from '../../change.ts';
import { channelOf, ownsServer } from '../../core/caller.ts';
import { dayAfter, KEPT_DAYS } from '../../core/kept.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { agentTooOld, type Server } from '../../core/server.ts';
import { addDays } from '../../core/time.ts';
import { hybridSecurityOn, isClosedToPortal } from '../../core/vault.ts';
import type { HybridKind } from '../../core/workloads.ts';
import { factorFor } from '../authorize/secondFactor.ts';
import { claimedServer } from '../story/claims.ts';
import { onVault } from '../story/nouns.ts';
import { type Created, need, type Plan, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { type Asked, noServer, stale } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { itemsOn, type Named, type OnServer, serverNamed } from './read.ts';

export type ServerResult = Created<{ readonly server: Server }>;

export interface PutServer extends Named {
  readonly kind?: HybridKind | undefined;
  readonly agentVersion?: string | undefined;
}

/** Registers an on-premises server, or notes its new agent version. */
export const putServer = onVault<PutServer, ServerResult>()({
  operation: 'PutServer',
  etagIsOfPart: true,
  also: {
    server: serverNamed,
    serverClaim: (world, { head }, { name }) => claimedServer.read(world, wishOf(head, name, world.request)),
  },
  decide({ head, server, serverClaim }, ask, request) {
    if (head.vault.kind !== 'RecoveryServices')
      return refuse(
        'WrongVaultKind',
        `Servers are registered in a RecoveryServices vault; ${head.vault.name} is a ${head.vault.kind} vault.`,
        { facts: { requiredKinds: ['RecoveryServices'] } },
      );
    if (server === undefined) return need('server');
    const before = server?.value;
    const precondition = stale(request, before);
    if (precondition) return precondition;
    const { caller } = request;
    if (before && channelOf(caller) === 'agent' && !ownsServer(caller, before.registeredBy))
      return refuse('Forbidden', 'An agent may touch only the servers that it registered itself.');
    const kind = ask.kind ?? before?.kind;
    const agentVersion = ask.agentVersion ?? before?.agentVersion;
    if (!kind || !agentVersion) return incomplete({ kind, agentVersion });
    if (before && before.kind !== kind)
      return refuse('KindImmutable', `${before.name} is a ${before.kind} server, and that never changes.`, {
        target: '$.kind',
      });
    const plan = registration(head, before, { name: ask.name, kind, agentVersion }, request);
    if (before?.registration !== 'Registered')
      return serverClaim
        ? (claimedServer.take(serverClaim, wishOf(head, ask.name, request), request) ?? plan)
        : need('serverClaim');
    return before.agentVersion === agentVersion ? unchanged({ server: before, created: false }) : plan;
  },
});

const wishOf = ({ vault }: HeldHead, server: string, { caller: { tid } }: Pick<Deciding, 'caller'>) => ({
  vault: vault.name,
  server,
  tid,
});

function registration(
  { vault }: HeldHead,
  before: Server | undefined,
  { name, kind, agentVersion }: Required<Named> & Pick<Server, 'kind' | 'agentVersion'>,
  { id, now, caller: { oid, tid } }: Deciding,
): Plan<ServerResult> {
  const goesOn = before?.registration === 'Registered';
  const server: Server = {
    ...(before ?? { name, vault: vault.name }),
    registration: 'Registered',
    endsOn: undefined,
    registeredBy: goesOn ? before.registeredBy : { oid, tid },
    registeredAt: goesOn ? before.registeredAt : now,
    ...(goesOn ? {} : { superseded: false }),
    kind,
    agentVersion,
    etag: id,
  };
  return {
    server,
    facts: { server: server.name, kind, agentVersion },
    answer: { server, created: before === undefined },
  };
}

const incomplete = (given: Readonly<Record<string, unknown>>): Refused => {
  const absent = Object.keys(given).filter((name) => given[name] === undefined);
  return refuse('InvalidRequest', `A new server needs ${absent.join(' and ')}.`, {
    details: absent.map((name) => ({ code: 'InvalidRequest', message: 'is missing', target: `$.${name}` })),
  });
};

/**
 * An agent has a new passphrase. Backups that were encrypted with the old one are lost to everybody who does not have it; the
 * passphrase itself is never seen here.
 */
export const changePassphrase = onVault<Named, Server>()({
  operation: 'ChangePassphrase',
  etagIsOfPart: true,
  also: { server: serverNamed, secondFactor: factorFor('changePassphrase') },
  decide({ head, server: held, secondFactor: factor }, { name }, request) {
    if (held === undefined) return need('server');
    if (held?.value.registration !== 'Registered') return noServer(request.place.vault, name);
    const secure = hybridSecurityOn(head.vault);
    const refused = stale(request, held.value) ?? (secure ? agentTooOld(held.value) : undefined);
    if (refused) return refused;
    if (secure && !factor) return need('secondFactor');
    const server: Server = { ...held.value, passphraseChangedAt: request.now, etag: request.id };
    const facts = { server: server.name, kind: server.kind };
    const told = { ...facts, ...factor?.facts, hybrid: true };
    return {
      server,
      facts,
      alerts: [vaultAlert('PassphraseChanged', request, head.vault, told, request.id)],
      answer: server,
    };
  },
});

/** Lets a server go once nothing on it is protected or kept. While backups of it lie in the trash, so does the server. */
export const deregister = onVault<Named, Server>()({
  operation: 'DeregisterServer',
  etagIsOfPart: true,
  also: {
    server: serverNamed,
    // Read after the server's row: what is protected on it meanwhile touches that row, and then this is decided again.
    items: async ({ flow }, { head, server }) => (server ? itemsOn(flow, head, server.value) : []),
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
    const endsOn = dayAfter(addDays(request.now, KEPT_DAYS.server));
    const after: Server = { ...server, registration, endsOn, etag: request.id };
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
  if (!isClosedToPortal(vault) || channelOf(caller) !== 'portal' || server.registration !== 'Registered')
    return undefined;
  return refuse(
    'AlwaysOnForbidsPortalDelete',
    `Under AlwaysOn, ${server.name} is deregistered from its agent only, after its backups were deleted there.`,
  );
}

const SHOWN = 20;

const notEmpty = (server: Server, living: readonly OnServer[]): Refused => {
  const items = living.slice(0, SHOWN).map(({ name, state }) => ({ name, state }));
  return refuse(
    'ServerNotEmpty',
    `${living.length} item(s) on ${server.name} are protected or kept: ${items.map(({ name }) => name).join(', ')}. Stop them with delete first.`,
    { facts: { items } },
  );
};
