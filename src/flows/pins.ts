import type { Caller } from '../core/caller.ts';
import { issued, pinExpiry, type SealedPin } from '../core/pin.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { needsFactor } from '../core/settings.ts';
import type { Instant } from '../core/time.ts';
import type { Ports } from '../ports.ts';
import { hintsToTell, tellSoon } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { approval, grantUsed } from './guarded.ts';

type IssuePorts = WatchPorts & Pick<Ports, 'vaults' | 'pins' | 'guards' | 'newId'>;

/** The only place where the digits of a PIN are to be seen; it goes into one answer and nowhere else. */
export interface IssuedPin {
  readonly securityPin: string;
  readonly expiresAt: Instant;
}

const OPERATION = 'IssueSecurityPin';

/** A PIN for an agent, shown to a person who has proved who they are. A new one revokes the old. */
export async function issuePin(
  ports: IssuePorts,
  asking: Asking<IssuedPin>,
  vault: string,
): Promise<Outcome<IssuedPin>> {
  const outcome = await rounds(() => issueOnce(ports, asking, vault));
  await tellRefusal(ports, asking, { vault, item: null }, OPERATION, outcome);
  return watched(ports, asking, { vault }, OPERATION, outcome);
}

async function issueOnce(
  ports: IssuePorts,
  asking: Asking<IssuedPin>,
  name: string,
): Promise<Outcome<IssuedPin> | 'again'> {
  const head = await ports.vaults.head(name, 'fresh');
  if (!head) return noVault(name);
  const { vault } = head;
  const precondition = stale(asking, vault);
  if (precondition) return precondition;
  if (vault.kind !== 'RecoveryServices')
    return refuse('WrongVaultKind', `${vault.name} is a Backup vault: nothing in it asks for a security PIN.`, {
      facts: { requiredKind: 'RecoveryServices' },
    });
  const approved = await approval(ports, asking, vault, ['getSecurityPin']);
  if (!approved.ok) return approved;
  const factor = tokenFactor(asking.caller);
  if (factor) return factor;

  const { tid, oid } = asking.caller;
  const { pin, ...sealed } = ports.pins.issue({ tid, vault: vault.name });
  const id = ports.newId();
  const expiresAt = pinExpiry(asking.now);
  const kept: SealedPin = { ...sealed, id, issuedBy: { tid, oid }, issuedAt: asking.now, expiresAt };
  const alerts = grantUsed(asking, vault.name, OPERATION, approved.value);
  await ports.agenda.write(hintsToTell(alerts));
  const done = await ports.vaults.commit({
    vault: vault.name,
    id,
    fence: head.fence,
    pin: { was: await ports.vaults.pin(name), now: issued(kept) },
    entries: [entry(asking, null, { operation: OPERATION, facts: { ...approved.value, pin: id } })],
    alerts,
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok({ securityPin: pin, expiresAt });
}

/** Where a PIN is no substitute for a second factor in the token itself. */
export const tokenFactor = ({ secondFactor }: Caller): Refused | undefined =>
  secondFactor ? undefined : needsFactor('StepUpRequired');
