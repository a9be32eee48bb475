import { channelOf, ownsServer } from '../core/caller.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import type { HybridKind } from '../core/workloads.ts';
import type { Ports } from '../ports.ts';
import { type Asking, entry, noVault, rounds, stale } from './asking.ts';
import { takeServer } from './takeServer.ts';

export interface ServerResult {
  readonly server: Server;
  readonly created: boolean;
}

export interface ServerAsk {
  readonly kind?: HybridKind | undefined;
  readonly agentVersion?: string | undefined;
}

/** Registers an on-premises server, or notes its new agent version. */
export const putServer = (
  ports: Pick<Ports, 'vaults' | 'registry' | 'newId'>,
  asking: Asking<ServerResult>,
  vault: string,
  name: string,
  ask: ServerAsk,
): Promise<Outcome<ServerResult>> =>
  rounds<ServerResult>(async () => {
    const head = await ports.vaults.head(vault, 'fresh');
    if (!head) return noVault(vault);
    if (head.vault.kind !== 'RecoveryServices')
      return refuse(
        'WrongVaultKind',
        `Servers are registered in a RecoveryServices vault; ${head.vault.name} is a Backup vault.`,
        { facts: { requiredKind: 'RecoveryServices' } },
      );
    const held = await ports.vaults.server(vault, name);
    const before = held?.value;
    const precondition = stale(asking, before);
    if (precondition) return precondition;
    const { caller } = asking;
    if (before && channelOf(caller) === 'agent' && !ownsServer(caller, before.registeredBy))
      return refuse('Forbidden', 'An agent may touch only the servers that it registered itself.');
    const kind = ask.kind ?? before?.kind;
    const agentVersion = ask.agentVersion ?? before?.agentVersion;
    if (!kind || !agentVersion) return incomplete({ kind, agentVersion });
    if (before && before.kind !== kind)
      return refuse('KindImmutable', `${before.name} is a ${before.kind} server, and that never changes.`, {
        target: '$.kind',
      });
    const registered = before?.registration === 'Registered';
    if (before && registered && before.agentVersion === agentVersion) return ok({ server: before, created: false });
    const { oid, tid } = caller;
    const taken = registered
      ? undefined
      : await takeServer(ports, { vault: head.vault.name, server: name, tid }, asking.now);
    if (taken) return taken;
    const id = ports.newId();
    const server: Server = {
      ...(before ?? { name, vault: head.vault.name }),
      registration: 'Registered',
      registeredBy: before && registered ? before.registeredBy : { oid, tid },
      registeredAt: before && registered ? before.registeredAt : asking.now,
      kind,
      agentVersion,
      etag: id,
    };
    const result = { server, created: before === undefined };
    const done = await ports.vaults.putServer(server, held, {
      vault: head.vault.name,
      id,
      fence: head.fence,
      entries: [entry(asking, null, { operation: 'PutServer', facts: { server: server.name, kind, agentVersion } })],
      answer: asking.keep?.(result),
    });
    return done ? ok(result) : 'again';
  });

const incomplete = (given: Readonly<Record<string, unknown>>): Refused => {
  const absent = Object.keys(given).filter((name) => given[name] === undefined);
  return refuse('InvalidRequest', `A new server needs ${absent.join(' and ')}.`, {
    details: absent.map((name) => ({ code: 'InvalidRequest', message: 'is missing', target: `$.${name}` })),
  });
};
