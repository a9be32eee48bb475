import { missingFactor } from '../../core/caller.ts';
import { blockedFor, livingPin, missed, NO_PIN, used } from '../../core/pin.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { needsFactor } from '../../core/settings.ts';
import type { Proof } from '../story/plan.ts';
import { callerFacts, raisedOrCounted } from '../story/raise.ts';
import { type Asked, entry, type VaultPlace } from '../story/request.ts';
import { rounds } from '../story/rounds.ts';
import type { World } from '../story/run.ts';

const NAME = 'secondFactor';

/**
 * The second factor of one request: a token that carries it, or a security PIN. A decision asks for it last, because asking with a
 * wrong PIN counts. A PIN that was wrong once stays wrong: a decision that is made again does not count it again.
 */
export async function secondFactor(world: World<VaultPlace>): Promise<Proof | Refused> {
  const { caller, securityPin } = world.request;
  const missing = missingFactor(caller);
  if (!missing) return { proves: true, facts: { secondFactor: true, provedBy: 'token' } };
  if (securityPin === undefined) return needsFactor(missing);
  const before = world.once.get(NAME);
  if (before && before !== true) return before;
  const outcome = await rounds(() => tryPin(world, securityPin));
  if (outcome.ok) return outcome.value;
  if (outcome.refusal.code !== 'Busy') world.once.set(NAME, outcome);
  return outcome;
}

type PinOperation = 'deleteProtection' | 'changePassphrase' | 'changeSettings';

/** The same for one operation. A seam: a PIN is not bound to an operation yet. */
export const factorFor = (_operation: PinOperation) => secondFactor;

/** Where a PIN is no substitute for a second factor in the token itself. */
export const tokenFactor = ({ caller }: Asked): Refused | undefined =>
  caller.secondFactor ? undefined : needsFactor('StepUpRequired');

/**
 * Whether the PIN is right is told only together with a conditional write: its use, which goes with the change, or the miss. So many
 * tries at once are still counted one by one.
 */
async function tryPin(
  { flow, request, operation, place: { vault } }: World<VaultPlace>,
  pin: string,
): Promise<Outcome<Proof> | 'again'> {
  const { now, caller } = request;
  const was = await flow.vaults.pin(vault);
  const record = was?.value ?? NO_PIN;
  const seconds = blockedFor(record, now);
  if (seconds !== undefined) return tooMany(seconds);
  const living = livingPin(record, now);
  const right = flow.pins.matches(pin, { tid: caller.tid, vault }, living);
  if (right && living) {
    const facts = { secondFactor: true, provedBy: 'pin', pin: living.id, pinBy: living.issuedBy.oid };
    return ok({ proves: true, facts, pin: { was, now: used() } });
  }
  const after = missed(record, now);
  const about = after.tooMany ? await flow.alerts.about(vault, null) : [];
  const facts = { ...callerFacts(request), operation, code: 'SecurityPinInvalid' };
  const refused = { ...entry(request, null, { operation: 'UseSecurityPin' }), outcome: 'Refused' } as const;
  const { done } = await flow.land({
    now,
    write: {
      vault,
      id: flow.newId(),
      pin: { was, now: after.record },
      entries: [{ ...refused, code: 'SecurityPinInvalid' }],
      alerts: after.tooMany ? [raisedOrCounted(about, 'PinFailures', { vault }, now, facts)] : [],
    },
  });
  return done ? invalid() : 'again';
}

/** Wrong, expired, used, never issued: the same words for all of them. */
const invalid = (): Refused =>
  refuse(
    'SecurityPinInvalid',
    'This security PIN is not valid. Ask for a new one in the portal; it lives five minutes.',
    { facts: { azureCode: '100130' } },
  );

const tooMany = (seconds: number): Refused =>
  refuse('TooManyAttempts', 'Too many wrong security PINs. Wait, or ask for a new one in the portal.', {
    retryAfterSeconds: seconds,
  });
