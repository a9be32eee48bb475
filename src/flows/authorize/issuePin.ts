import { issued, pinExpiry, type SealedPin } from '../../core/pin.ts';
import { refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import { onVault } from '../story/nouns.ts';
import { need } from '../story/plan.ts';
import { unkept, type VaultPlace } from '../story/request.ts';
import type { Runs } from '../story/run.ts';
import { approved, identityOf } from './approval.ts';
import { tokenFactor } from './secondFactor.ts';

/** The only place where the digits of a PIN can be seen: they go into one answer and nowhere else. */
export interface IssuedPin {
  readonly securityPin: string;
  readonly expiresAt: Instant;
}

const issueOnce = onVault<undefined, IssuedPin>()({
  operation: 'IssueSecurityPin',
  also: {
    approval: (world, { head }) => approved(world, head.vault, ['getSecurityPin']),
    made: async ({ flow, request }, { head }) => flow.pins.issue({ tid: request.caller.tid, vault: head.vault.name }),
    record: ({ flow, place }) => flow.vaults.pin(place.vault),
  },
  decide({ head: { vault }, approval, made, record }, _, request) {
    if (vault.kind !== 'RecoveryServices')
      return refuse('WrongVaultKind', `${vault.name} is a Backup vault: nothing in it asks for a security PIN.`, {
        facts: { requiredKind: 'RecoveryServices' },
      });
    if (!approval) return need('approval');
    const missing = tokenFactor(request);
    if (missing) return missing;
    if (!made) return need('made');
    if (record === undefined) return need('record');
    const { pin: securityPin, ...sealed } = made;
    const { id, now, caller } = request;
    const expiresAt = pinExpiry(now);
    const kept: SealedPin = { ...sealed, id, issuedBy: identityOf(caller), issuedAt: now, expiresAt };
    return {
      pin: { was: record ?? undefined, now: issued(kept) },
      facts: { pin: id },
      answer: { securityPin, expiresAt },
    };
  },
});

/** A PIN for an agent, shown to a person who has proved who they are. A new one revokes the old. */
export const issuePin: Runs<VaultPlace, undefined, IssuedPin> = (flow, request, place) =>
  issueOnce(flow, unkept(request), place);
