import { missingFactor } from '../core/caller.ts';
import type { Facts } from '../core/history.ts';
import { blockedFor, livingPin, missed, NO_PIN, used } from '../core/pin.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { needsFactor } from '../core/settings.ts';
import type { PinWrite, Ports } from '../ports.ts';
import { callerFacts, raiseAgain } from './alerting.ts';
import { type Asking, entry, rounds } from './asking.ts';

export type FactorPorts = Pick<Ports, 'vaults' | 'agenda' | 'alerts' | 'notices' | 'pins' | 'newId'>;

/** What proved that the caller may do something critical. A PIN is used up by the transaction of the change itself. */
export interface Proof {
  readonly pin?: PinWrite;
  readonly facts: Facts;
}

export type Factor = () => Promise<Outcome<Proof>>;

export const NO_PROOF: Proof = { facts: {} };

/**
 * The second factor of one request: a token that carries it, or a security PIN. To be asked last, since asking with a wrong PIN
 * counts. What was wrong once stays wrong: a decision that is made again does not count it again.
 */
export function factorOf(ports: FactorPorts, asking: Asking<never>, vault: string): Factor {
  let refused: Refused | undefined;
  return async () => {
    if (refused) return refused;
    const { caller, securityPin } = asking;
    const missing = missingFactor(caller);
    if (!missing) return ok({ facts: { secondFactor: true, provedBy: 'token' } });
    if (securityPin === undefined) return needsFactor(missing);
    const outcome = await rounds(() => tryPin(ports, asking, vault, securityPin));
    if (!outcome.ok && outcome.refusal.code !== 'Busy') refused = outcome;
    return outcome;
  };
}

/**
 * Whether it is the right one is told only together with a conditional write: the use of the PIN, which goes with the change,
 * or the miss. So as many tries at once as one likes are still five.
 */
async function tryPin(
  ports: FactorPorts,
  asking: Asking<never>,
  vault: string,
  pin: string,
): Promise<Outcome<Proof> | 'again'> {
  const { now, caller } = asking;
  const held = await ports.vaults.pin(vault);
  const record = held?.value ?? NO_PIN;
  const seconds = blockedFor(record, now);
  if (seconds !== undefined) return tooMany(seconds);
  const living = livingPin(record, now);
  const right = ports.pins.matches(pin, { tid: caller.tid, vault }, living);
  if (right && living)
    return ok({
      pin: { was: held, now: used() },
      facts: { secondFactor: true, provedBy: 'pin', pin: living.id, pinBy: living.issuedBy.oid },
    });
  const after = missed(record, now);
  const done = await ports.vaults.commit({
    vault,
    id: ports.newId(),
    pin: { was: held, now: after.record },
    entries: [
      { ...entry(asking, null, { operation: 'UseSecurityPin' }), outcome: 'Refused', code: 'SecurityPinInvalid' },
    ],
  });
  if (!done) return 'again';
  if (after.tooMany) await raiseAgain(ports, 'PinFailures', { vault }, now, callerFacts(asking));
  return invalid();
}

/** Wrong, expired, used, never issued: the same words for all of them. */
const invalid = (): Refused =>
  refuse(
    'SecurityPinInvalid',
    'This security PIN is not valid. Ask for a new one in the portal; it lives five minutes.',
    {
      facts: { azureCode: '100130' },
    },
  );

const tooMany = (seconds: number): Refused =>
  refuse('TooManyAttempts', 'Too many wrong security PINs. Wait, or ask for a new one in the portal.', {
    retryAfterSeconds: seconds,
  });
