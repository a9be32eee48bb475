import type { Held, Replacement } from '../../change.ts';
import { missingFactor } from '../../core/caller.ts';
import {
  blockedFor,
  heldAgainst,
  livingPin,
  missed,
  openers,
  PINS,
  type PinCall,
  type PinOperation,
  type PinRecord,
  recordOf,
  revoked,
  type SealedPin,
  used,
} from '../../core/pin.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { needsFactor } from '../../core/settings.ts';
import { NOTHING_RAISED } from '../../ports/alerts.ts';
import type { Proof, Read } from '../story/plan.ts';
import { callerFacts, raisedOrCounted } from '../story/raise.ts';
import { type Asked, entry, type VaultPlace } from '../story/request.ts';
import { rounds } from '../story/rounds.ts';
import type { World } from '../story/run.ts';

const NAME = 'secondFactor';

/**
 * Reads the second factor of one request: a token that carries it, or a security PIN for this operation. A decision asks for it last,
 * because asking with a wrong PIN counts. A PIN that was wrong once stays wrong: a decision that is made again does not count it again.
 */
export const factorFor =
  (operation: PinOperation) =>
  async (world: World<VaultPlace>, read: Read): Promise<Proof | Refused> => {
    const { caller, securityPin } = world.request;
    const missing = missingFactor(caller);
    if (!missing) return { proves: true, facts: { secondFactor: true, provedBy: 'token' } };
    if (securityPin === undefined || (PINS[operation].appsOnly && !caller.appOnly)) return needsFactor(missing);
    const before = world.once.get(NAME);
    if (before && before !== true) return before;
    const call = { operation, server: PINS[operation].ofServer ? serverIn(read) : null };
    const outcome = await rounds(() => tryPin(world, call, securityPin));
    if (outcome.ok) return outcome.value;
    if (outcome.refusal.code !== 'Busy') world.once.set(NAME, outcome);
    return outcome;
  };

/** The server that a call is about: its own, or the one on which its item lies. */
function serverIn({ item, server }: Read): string | null {
  if (item && item.value.state !== 'Purged') return item.value.server;
  return server?.value.name ?? null;
}

/** Where a PIN is no substitute for a second factor in the token itself. An app has none, so it cannot do this at all. */
export const tokenFactor = ({ caller }: Asked): Refused | undefined => {
  if (caller.secondFactor) return undefined;
  return caller.appOnly
    ? refuse('Forbidden', 'This needs a person who has signed in with a second factor. An app cannot do it.')
    : needsFactor('StepUpRequired');
};

/** A PIN that opens the call, with the record that it is used up in. */
interface Opener {
  readonly held: Held<PinRecord>;
  readonly living: SealedPin;
}

/**
 * Whether the PIN is right is told only together with a conditional write: its use, which goes with the change, or the miss. So many
 * tries at once are still counted one by one.
 */
async function tryPin(world: World<VaultPlace>, call: PinCall, pin: string): Promise<Outcome<Proof> | 'again'> {
  const { flow, request, place } = world;
  const { now } = request;
  const records = await flow.vaults.pins(place.vault);
  const own = recordOf(records, call);
  const opening = openers(call).flatMap((scope) => recordOf(records, scope) ?? []);
  const meant = opening.flatMap((held): readonly Opener[] => {
    const living = livingPin(held.value, now);
    return living ? [{ held, living }] : [];
  });
  const record = heldAgainst(call, own?.value, valuesOf(opening));
  const seconds = blockedFor(record, now);
  if (seconds !== undefined) return tooMany(seconds);
  const right = whichIsRight(world, call, meant, pin);
  if (right) {
    const { living, held } = right;
    const facts = { secondFactor: true, provedBy: 'pin', pin: living.id, pinBy: living.issuedBy.oid };
    return ok({ proves: true, facts, pins: [{ was: held, now: used(held.value) }] });
  }
  const after = missed(record, now);
  const others = meant.map(({ held }) => held).filter((held) => held !== own);
  const revokes = after.tooMany ? others.map((held) => ({ was: held, now: revoked(held.value) })) : [];
  const done = await count(world, call, [{ was: own, now: after.record }, ...revokes], after.tooMany);
  return done ? invalid() : 'again';
}

const valuesOf = (held: readonly Held<PinRecord>[]): readonly PinRecord[] => held.map(({ value }) => value);

/** Compares with every PIN that could be meant, and as often where there is none: the time it takes tells nothing. */
function whichIsRight(
  { flow, request: { caller }, place: { vault } }: World<VaultPlace>,
  call: PinCall,
  meant: readonly Opener[],
  pin: string,
): Opener | undefined {
  const compared = openers(call).map((scope) => {
    const one = meant.find(({ held }) => recordOf([held], scope));
    return flow.pins.matches(pin, { tid: caller.tid, vault, ...scope }, one?.living) ? one : undefined;
  });
  return compared.find((one) => one !== undefined);
}

/** Writes a miss down, and what it revokes. */
async function count(
  { flow, request, place: { vault } }: World<VaultPlace>,
  call: PinCall,
  pins: readonly Replacement<PinRecord>[],
  isTooMany: boolean,
): Promise<boolean> {
  const { now } = request;
  const facts = {
    ...callerFacts(request),
    code: 'SecurityPinInvalid',
    operation: call.operation,
    server: call.server,
  };
  const before = isTooMany ? await flow.alerts.newest(vault, null, 'PinFailures') : NOTHING_RAISED;
  const head = await flow.vaults.head(vault, 'remembered');
  const { done } = await flow.land({
    now,
    head,
    write: {
      vault,
      id: flow.newId(),
      fence: head?.fence,
      pins,
      entries: [
        {
          ...entry(request, null, { operation: 'UseSecurityPin', facts: { ...call } }),
          outcome: 'Refused',
          code: 'SecurityPinInvalid',
        },
      ],
      alerts: isTooMany ? [raisedOrCounted(before, 'PinFailures', { vault }, now, facts)] : [],
    },
  });
  return done;
}

/** Wrong, expired, used, for something else, never issued: the same words for all of them. */
const invalid = (): Refused =>
  refuse(
    'SecurityPinInvalid',
    'This security PIN is not valid here. Ask for a new one in the portal, for this operation; it lives five minutes.',
    { facts: { azureCode: '100130' } },
  );

const tooMany = (seconds: number): Refused =>
  refuse('TooManyAttempts', 'Too many wrong security PINs. Wait, or ask for a new one in the portal.', {
    retryAfterSeconds: seconds,
  });
