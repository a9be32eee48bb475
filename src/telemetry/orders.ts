import type { Entry } from '../core/caller.ts';
import { parseInstant } from '../core/time.ts';
import type { Telemetry } from './telemetry.ts';

/** What an entry says of the order that it names, by its operation. A renewal leaves no entry. */
const STEPS: Readonly<Record<string, string>> = {
  PurgeOrdered: 'made',
  StopDelete: 'made',
  PurgeClaimed: 'claimed',
  PurgeConfirmed: 'completed',
  PurgeRefused: 'refused',
  PurgeRecalled: 'recalled',
  PurgeAttemptFailed: 'failed',
  PurgeBlocked: 'blocked',
  PurgeRetried: 'retried',
  PurgeForced: 'forced',
  PurgeUnconfirmed: 'unconfirmed',
};

/** What its facts say besides: a lease was found lost, and from now on a person must decide. */
const BESIDES = { lost: 'leaseLost', blocked: 'blocked' } as const;

export function tellOfOrder(telemetry: Telemetry, vault: string, { operation, at, facts }: Entry): void {
  const step = STEPS[operation];
  if (step === undefined || typeof facts['order'] !== 'string') return;
  const executor = String(facts['executor'] ?? '');
  const besides = Object.entries(BESIDES).flatMap(([fact, also]) => (facts[fact] === true ? [also] : []));
  for (const one of [step, ...besides]) {
    telemetry.event('order.moved', { step: one, vault, executor });
    telemetry.measure('reprieve.orders', 1, { step: one });
  }
  const due = parseInstant(String(facts['purgeAt']));
  if (facts['confirmed'] === true && due)
    telemetry.measure('reprieve.confirmation', Math.max(0, Math.round((at.toMillis() - due.toMillis()) / 1000)));
}
