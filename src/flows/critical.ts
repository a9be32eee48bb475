import type { Subject } from '../core/alerts.ts';
import type { Code, Outcome } from '../core/problems.ts';
import type { Ports } from '../ports.ts';
import { callerFacts, raiseAgain } from './alerting.ts';
import type { Asking } from './asking.ts';

export type WatchPorts = Pick<Ports, 'alerts' | 'agenda' | 'notices'>;

/** Refusals that somebody should hear of who did not ask: a second factor, an approval or a right channel was missing. */
const SUSPICIOUS: ReadonlySet<Code> = new Set<Code>([
  'StepUpRequired',
  'SecurityPinRequired',
  'SecurityPinInvalid',
  'TooManyAttempts',
  'GuardApprovalRequired',
  'AlwaysOnForbidsPortalDelete',
]);

/** Hands an outcome on, and raises an alert where a critical operation was refused. It changes nothing about the refusal. */
export async function watched<R>(
  ports: WatchPorts,
  asking: Asking<R>,
  subject: Subject,
  operation: string,
  outcome: Outcome<R>,
): Promise<Outcome<R>> {
  if (outcome.ok || !SUSPICIOUS.has(outcome.refusal.code)) return outcome;
  await raiseAgain(ports, 'CriticalOperationRefused', subject, asking.now, {
    ...callerFacts(asking),
    operation,
    code: outcome.refusal.code,
  });
  return outcome;
}
