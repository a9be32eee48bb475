import { agentTooOld } from '../core/agents.ts';
import { alert } from '../core/alerts.ts';
import { type Outcome, ok } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import { hybridSecurityOn } from '../core/vault.ts';
import type { Ports } from '../ports.ts';
import { callerFacts, hintsToTell, tellSoon } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { noServer } from './deregister.ts';
import { type Factor, factorOf, NO_PROOF } from './factor.ts';

type PassphrasePorts = WatchPorts & Pick<Ports, 'vaults' | 'pins' | 'newId'>;

const OPERATION = 'ChangePassphrase';

/** An agent has a new passphrase: backups encrypted with the old one are lost to whoever does not have it. Never seen here. */
export async function changePassphrase(
  ports: PassphrasePorts,
  asking: Asking<Server>,
  vault: string,
  name: string,
): Promise<Outcome<Server>> {
  const factor = factorOf(ports, asking, vault);
  const outcome = await rounds(() => changeOnce(ports, asking, vault, name, factor));
  await tellRefusal(ports, asking, { vault, item: null }, OPERATION, outcome);
  return watched(ports, asking, { vault }, OPERATION, outcome);
}

async function changeOnce(
  ports: PassphrasePorts,
  asking: Asking<Server>,
  vault: string,
  name: string,
  factor: Factor,
): Promise<Outcome<Server> | 'again'> {
  const head = await ports.vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const held = await ports.vaults.server(vault, name);
  if (held?.value.registration !== 'Registered') return noServer(vault, name);
  const secure = hybridSecurityOn(head.vault);
  const refused = stale(asking, held.value) ?? (secure ? agentTooOld(held.value) : undefined);
  if (refused) return refused;
  const proof = secure ? await factor() : ok(NO_PROOF);
  if (!proof.ok) return proof;
  const id = ports.newId();
  const server: Server = { ...held.value, passphraseChangedAt: asking.now, etag: id };
  const facts = { server: server.name, kind: server.kind, ...proof.value.facts };
  const raised = [
    alert(
      'PassphraseChanged',
      { vault: head.vault.name },
      asking.now,
      { ...callerFacts(asking), ...facts, hybrid: true },
      id,
    ),
  ];
  await ports.agenda.write(hintsToTell(raised));
  const done = await ports.vaults.putServer(server, held, {
    vault: head.vault.name,
    id,
    fence: head.fence,
    pin: proof.value.pin,
    alerts: raised,
    entries: [entry(asking, null, { operation: OPERATION, facts })],
    answer: asking.keep?.(server),
  });
  if (!done) return 'again';
  tellSoon(ports, raised);
  return ok(server);
}
