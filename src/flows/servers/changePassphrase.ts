import type { Held, HeldHead } from '../../change.ts';
import { agentTooOld } from '../../core/agents.ts';
import type { Server } from '../../core/server.ts';
import { hybridSecurityOn } from '../../core/vault.ts';
import { secondFactor } from '../authorize/secondFactor.ts';
import { onVault } from '../story/nouns.ts';
import { type Decision, need, type Proof } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { stale, type VaultPlace } from '../story/request.ts';
import type { Runs, World } from '../story/run.ts';
import { type Named, noServer, readServer } from './readServer.ts';

interface Found {
  readonly head: HeldHead;
  readonly server?: Held<Server> | null;
  readonly secondFactor?: Proof;
}

/**
 * An agent has a new passphrase. Backups that were encrypted with the old one are lost to everybody who does not have it; the
 * passphrase itself is never seen here.
 */
export const changePassphrase: Runs<VaultPlace, Named, Server> = onVault({
  operation: 'ChangePassphrase',
  etagIsOfPart: true,
  also: { server: readServer, secondFactor: (world: World<VaultPlace>) => secondFactor(world) },
  decide({ head, server: held, secondFactor: factor }: Found, { name }: Named, request): Decision<Server> {
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
