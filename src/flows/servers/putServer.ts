import type { HeldHead } from '../../change.ts';
import { channelOf, ownsServer } from '../../core/caller.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { HybridKind } from '../../core/workloads.ts';
import { claimedServer } from '../story/claims.ts';
import { onVault } from '../story/nouns.ts';
import { need, type Plan, unchanged } from '../story/plan.ts';
import { stale } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { type Named, serverNamed } from './read.ts';

export interface ServerResult {
  readonly server: Server;
  readonly created: boolean;
}

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
        `Servers are registered in a RecoveryServices vault; ${head.vault.name} is a Backup vault.`,
        { facts: { requiredKind: 'RecoveryServices' } },
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
    registeredBy: goesOn ? before.registeredBy : { oid, tid },
    registeredAt: goesOn ? before.registeredAt : now,
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
