import type { ChainHead, Identity } from './caller.ts';
import { type Complaint, type Outcome, ok, refuse } from './problems.ts';
import { addDays, type Instant } from './time.ts';
import type { VaultKind } from './workloads.ts';

/** The operations that need an approval when a guard is linked. */
export const GUARDED_OPERATIONS = [
  'disableSoftDelete',
  'removeGuard',
  'deleteProtection',
  'reduceRetention',
  'getSecurityPin',
  'stopProtection',
  'disableImmutability',
  'deleteVault',
  'removeHold',
  'reduceAlerts',
  'dismissDeadLetter',
  'releaseBelt',
  'endPause',
] as const;
export type GuardedOperation = (typeof GUARDED_OPERATIONS)[number];

/** No guard may exclude these: otherwise one person could switch the guard off. */
const MANDATORY: readonly GuardedOperation[] = ['disableSoftDelete', 'removeGuard', 'deleteVault'];

/** These are about the service, so no guard of a vault covers them. */
const OF_SERVICE: readonly GuardedOperation[] = ['releaseBelt', 'endPause'];

/** What no guard covers in a vault of each kind (DOMAIN §6, J9). */
const NOT_COVERED: { readonly [K in VaultKind]: readonly GuardedOperation[] } = {
  RecoveryServices: OF_SERVICE,
  Backup: [...OF_SERVICE, 'disableSoftDelete', 'reduceRetention'],
};

/** A guard belongs to someone other than the people whose vaults it guards. Its exclusions apply to every linked vault. */
export interface Guard {
  readonly name: string;
  readonly excludedOperations: readonly GuardedOperation[];
  readonly createdBy: Identity;
  readonly createdAt: Instant;
  readonly etag: string;
  readonly evidence?: ChainHead;
}

/** An approval: one person lets another do one operation in one vault until it ends. */
export interface Grant {
  readonly id: string;
  readonly guard: string;
  readonly vault: string;
  readonly operation: GuardedOperation;
  readonly grantee: Identity;
  readonly grantedBy: Identity;
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
}

export const covers = (kind: VaultKind, operation: GuardedOperation, guard: Guard | undefined): boolean =>
  !NOT_COVERED[kind].includes(operation) && !guard?.excludedOperations.includes(operation);

export const isLive = ({ expiresAt }: Grant, now: Instant): boolean => now < expiresAt;

export const samePerson = (a: Identity, b: Identity): boolean =>
  a.tid.toLowerCase() === b.tid.toLowerCase() && a.oid.toLowerCase() === b.oid.toLowerCase();

const wrong = (complaints: readonly (readonly [target: string, message: string])[]) => {
  const details = complaints.map(([target, message]): Complaint => ({ code: 'InvalidRequest', target, message }));
  return refuse('InvalidRequest', details.map(({ target, message }) => `${target} ${message}`).join('; '), { details });
};

export function exclusions(wanted: readonly GuardedOperation[]): Outcome<readonly GuardedOperation[]> {
  const faults = wanted.flatMap((operation, index) =>
    MANDATORY.includes(operation)
      ? [[`$.excludedOperations[${index}]`, `${operation} cannot be excluded: every guard covers it`] as const]
      : [],
  );
  return faults.length > 0 ? wrong(faults) : ok([...new Set(wanted)]);
}

const LONGEST_GRANT_DAYS = 1;

/** Nobody approves their own operation, and an approval ends within a day. */
export function grantable(grant: Grant, guard: Guard, now: Instant): Outcome<Grant> {
  const { grantee, grantedBy, expiresAt } = grant;
  if (samePerson(grantee, grantedBy))
    return wrong([['$.grantee', 'must be someone other than the caller who grants it']]);
  if (samePerson(grantee, guard.createdBy))
    return wrong([['$.grantee', 'must not be the person who created the guard']]);
  if (expiresAt <= now || expiresAt > addDays(now, LONGEST_GRANT_DAYS))
    return wrong([['$.expiresAt', 'must be in the future, and at most 24 hours away']]);
  return ok(grant);
}
