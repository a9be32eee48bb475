import { issued, PINS, type PinOperation, pinExpiry, recordOf, revoked, type SealedPin } from '../../core/pin.ts';
import { invalid, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import { onVault } from '../story/nouns.ts';
import { need } from '../story/plan.ts';
import { noServer, unkept, type VaultPlace } from '../story/request.ts';
import type { Runs } from '../story/run.ts';
import { approved, identityOf } from './approval.ts';
import { tokenFactor } from './secondFactor.ts';

/** What the PIN is to open. */
export interface PinWish {
  readonly operation: PinOperation;
  /** Absent: on every server. */
  readonly server?: string | undefined;
}

/** The only place where the digits of a PIN can be seen: they go into one answer and nowhere else. */
export interface IssuedPin {
  readonly securityPin: string;
  readonly operation: PinOperation;
  readonly server: string | null;
  readonly expiresAt: Instant;
}

const issueOnce = onVault<PinWish, IssuedPin>()({
  operation: 'IssueSecurityPin',
  wrong: ({ operation, server }) =>
    server === undefined || PINS[operation].ofServer
      ? undefined
      : invalid('$.server', `A PIN for ${operation} is about no server. Leave "server" out.`),
  also: {
    server: ({ flow, place }, _, { server = '' }) => flow.vaults.server(place.vault, server),
    approval: (world, { head }) => approved(world, head.vault, ['getSecurityPin']),
    made: async ({ flow, request }, { head }, { operation, server = null }) => {
      const { pin, ...sealed } = flow.pins.issue({
        tid: request.caller.tid,
        vault: head.vault.name,
        operation,
        server,
      });
      return { securityPin: pin, sealed };
    },
    records: ({ flow, place }) => flow.vaults.pins(place.vault),
  },
  decide({ head: { vault }, server, approval, made, records }, { operation, server: named }, request) {
    if (named !== undefined && server === undefined) return need('server');
    if (named !== undefined && !server) return noServer(vault.name, named);
    if (!PINS[operation].vaults.includes(vault.kind)) return wrongKind(vault, operation);
    if (!approval) return need('approval');
    const missing = tokenFactor(request);
    if (missing) return missing;
    if (!made) return need('made');
    if (!records) return need('records');
    const { id, now, caller } = request;
    const expiresAt = pinExpiry(now);
    const kept: SealedPin = { ...made.sealed, id, issuedBy: identityOf(caller), issuedAt: now, expiresAt };
    const scope = { operation, server: server?.value.name ?? null };
    const before = recordOf(records, { operation: 'critical', server: null });
    return {
      pins: [
        { was: recordOf(records, scope), now: issued(scope, kept) },
        // one that the version before gave out is older than this, and may be for the same
        ...(before?.value.pin ? [{ was: before, now: revoked(before.value) }] : []),
      ],
      facts: { pin: id, ...scope },
      answer: { securityPin: made.securityPin, ...scope, expiresAt },
    };
  },
});

const wrongKind = ({ name, kind }: { readonly name: string; readonly kind: string }, operation: PinOperation) => {
  return refuse('WrongVaultKind', `${name} is a ${kind} vault: ${operation} asks for no security PIN there.`, {
    facts: { requiredKinds: PINS[operation].vaults },
  });
};

/** A PIN shown to a person who has proved who they are: for an agent, or for an app that changes settings. */
export const issuePin: Runs<VaultPlace, PinWish, IssuedPin> = (flow, request, place, wish) =>
  issueOnce(flow, unkept(request), place, wish);
