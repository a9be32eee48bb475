import { agentTooOld, type Server } from '../../core/server.ts';
import { hybridSecurityOn } from '../../core/vault.ts';
import { secondFactor } from '../authorize/secondFactor.ts';
import { onVault } from '../story/nouns.ts';
import { need } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { stale } from '../story/request.ts';
import { type Named, noServer, serverNamed } from './read.ts';

/**
 * An agent has a new passphrase. Backups that were encrypted with the old one are lost to everybody who does not have it; the
 * passphrase itself is never seen here.
 */
export const changePassphrase = onVault<Named, Server>()({
  operation: 'ChangePassphrase',
  etagIsOfPart: true,
  also: { server: serverNamed, secondFactor },
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
