import type { ChainHead, Identity } from './caller.ts';
import type { Change } from './comparisons.ts';
import { sameName } from './names.ts';
import { type Complaint, type Outcome, ok, refuse } from './problems.ts';
import { addMillis, HOUR_MS, type Instant } from './time.ts';
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
  'changeExecutor',
  'resolvePurge',
  'releaseBelt',
  'endPause',
] as const;
export type GuardedOperation = (typeof GUARDED_OPERATIONS)[number];

/** No guard may exclude these: otherwise one person could switch the guard off. */
const MANDATORY: readonly GuardedOperation[] = ['disableSoftDelete', 'removeGuard', 'deleteVault'];

/** What no guard covers in a vault of each kind, unless it says that it does (DOMAIN §6, J9). */
const NOT_COVERED: { readonly [K in VaultKind]: readonly GuardedOperation[] } = {
  RecoveryServices: [],
  Backup: ['disableSoftDelete', 'reduceRetention'],
  Generic: ['disableSoftDelete', 'reduceRetention'],
};

/** What the guard of the service covers; the last two are about no vault. */
const OF_SERVICE: readonly GuardedOperation[] = [
  'removeGuard',
  'dismissDeadLetter',
  'changeExecutor',
  'releaseBelt',
  'endPause',
];
const OF_NO_VAULT: readonly GuardedOperation[] = ['releaseBelt', 'endPause'];

/** What a guard asks for. Its settings apply to everything that is linked to it. */
export interface GuardSettings {
  readonly excludedOperations: readonly GuardedOperation[];
  /** How many keepers have to approve of an operation. */
  readonly quorum: number;
  /** For so long a loosening is only announced, and can be cancelled. */
  readonly coolingOffHours: number;
  /** Who is written to about it. */
  readonly contacts: readonly string[];
  readonly coverBackupSoftDelete: boolean;
}

export const NEW_GUARD: GuardSettings = {
  excludedOperations: [],
  quorum: 1,
  coolingOffHours: 24,
  contacts: [],
  coverBackupSoftDelete: false,
};

/** A guard belongs to someone other than the people whose vaults it guards. */
export interface Guard extends GuardSettings {
  readonly name: string;
  readonly createdBy: Identity;
  readonly createdAt: Instant;
  readonly pendingChanges: readonly PendingLoosening[];
  readonly etag: string;
  readonly evidence?: ChainHead;
}

/** What of a change loosens a guard, and nothing else of it: what others set meanwhile stays when it comes to hold. */
export interface Loosening {
  readonly exclude?: readonly GuardedOperation[] | undefined;
  readonly quorum?: number | undefined;
  readonly coolingOffHours?: number | undefined;
  readonly dropContacts?: readonly string[] | undefined;
  readonly uncoverBackupSoftDelete?: true | undefined;
}

export interface ApprovedBy {
  readonly by: Identity;
  readonly at: Instant;
}

/** A loosening that was asked for, proved and announced, and that does not hold yet. */
export interface PendingLoosening {
  readonly id: string;
  readonly control: 'guard';
  readonly before: string;
  readonly after: string;
  readonly loosening: Loosening;
  readonly requestedBy: Identity;
  readonly requestedAt: Instant;
  readonly effectiveAt: Instant;
  readonly approvals: readonly ApprovedBy[];
}

/** What a guard asks of its grants. */
export type GrantTerms = Pick<Guard, 'quorum'>;

/** The guard of the service itself. */
export interface ServiceGuard {
  readonly guard: string | null;
  readonly etag: string;
}
export const UNGUARDED: ServiceGuard = { guard: null, etag: 'none' };

export const covers = (kind: VaultKind, operation: GuardedOperation, guard: Guard | undefined): boolean =>
  !OF_NO_VAULT.includes(operation) &&
  (guard?.coverBackupSoftDelete || !NOT_COVERED[kind].includes(operation)) &&
  !guard?.excludedOperations.includes(operation);

export const coversInService = (operation: GuardedOperation, guard: Guard | undefined): boolean =>
  OF_SERVICE.includes(operation) && !guard?.excludedOperations.includes(operation);

/** Whether it is an operation of a vault, or, with null, of the service. */
export const isOperationOf = (vault: string | null, operation: GuardedOperation): boolean =>
  vault === null ? OF_SERVICE.includes(operation) : !OF_NO_VAULT.includes(operation);

/** What is not covered in a vault of this kind for want of a word in the guard. */
export const uncoveredIn = (kind: VaultKind, guard: Guard): readonly GuardedOperation[] =>
  guard.coverBackupSoftDelete ? [] : NOT_COVERED[kind];

export const samePerson = (a: Identity, b: Identity): boolean =>
  a.tid.toLowerCase() === b.tid.toLowerCase() && a.oid.toLowerCase() === b.oid.toLowerCase();

type Fault = readonly [target: string, message: string];

export const wrong = (complaints: readonly Fault[]) => {
  const details = complaints.map(([target, message]): Complaint => ({ code: 'InvalidRequest', target, message }));
  return refuse('InvalidRequest', details.map(({ target, message }) => `${target} ${message}`).join('; '), { details });
};

export function exclusions(wanted: readonly GuardedOperation[]): Outcome<readonly GuardedOperation[]> {
  const faults = wanted.flatMap((operation, index): readonly Fault[] =>
    MANDATORY.includes(operation)
      ? [[`$.excludedOperations[${index}]`, `${operation} cannot be excluded: every guard covers it`]]
      : [],
  );
  return faults.length > 0 ? wrong(faults) : ok([...new Set(wanted)]);
}

const without = <T extends string>(all: readonly T[], some: readonly T[]): readonly T[] =>
  all.filter((one) => !some.some((other) => sameName(other, one)));

/** What loosens in it; undefined: nothing does. */
export function looseningOf(before: GuardSettings, after: GuardSettings): Loosening | undefined {
  const exclude = without(after.excludedOperations, before.excludedOperations);
  const dropContacts = without(before.contacts, after.contacts);
  const found: Loosening = {
    ...(exclude.length > 0 ? { exclude } : {}),
    ...(after.quorum < before.quorum ? { quorum: after.quorum } : {}),
    ...(after.coolingOffHours < before.coolingOffHours ? { coolingOffHours: after.coolingOffHours } : {}),
    ...(dropContacts.length > 0 ? { dropContacts } : {}),
    ...(before.coverBackupSoftDelete && !after.coverBackupSoftDelete ? { uncoverBackupSoftDelete: true } : {}),
  };
  return Object.keys(found).length > 0 ? found : undefined;
}

/** A guard as a loosening would leave it now. It never tightens. */
export const loosened = <G extends GuardSettings>(guard: G, by: Loosening): G => ({
  ...guard,
  excludedOperations: [...guard.excludedOperations, ...without(by.exclude ?? [], guard.excludedOperations)],
  quorum: Math.min(guard.quorum, by.quorum ?? guard.quorum),
  coolingOffHours: Math.min(guard.coolingOffHours, by.coolingOffHours ?? guard.coolingOffHours),
  contacts: without(guard.contacts, by.dropContacts ?? []),
  coverBackupSoftDelete: guard.coverBackupSoftDelete && !by.uncoverBackupSoftDelete,
});

/** All of a change that does not loosen. */
export const tightened = <G extends GuardSettings>(before: GuardSettings, after: G): G => ({
  ...after,
  excludedOperations: without(after.excludedOperations, without(after.excludedOperations, before.excludedOperations)),
  quorum: Math.max(before.quorum, after.quorum),
  coolingOffHours: Math.max(before.coolingOffHours, after.coolingOffHours),
  contacts: [...after.contacts, ...without(before.contacts, after.contacts)],
  coverBackupSoftDelete: before.coverBackupSoftDelete || after.coverBackupSoftDelete,
});

/** Each value that loosens, in the words of the history and the mail. */
const WORDS: { readonly [L in keyof Loosening]-?: (guard: GuardSettings) => string } = {
  exclude: ({ excludedOperations }) => `excludes ${excludedOperations.join(', ') || 'nothing'}`,
  quorum: ({ quorum }) => `quorum ${quorum}`,
  coolingOffHours: ({ coolingOffHours }) => `cools off ${coolingOffHours} h`,
  dropContacts: ({ contacts }) => `contacts ${contacts.join(', ') || 'none'}`,
  uncoverBackupSoftDelete: ({ coverBackupSoftDelete }) =>
    `soft delete of Backup vaults ${coverBackupSoftDelete ? 'covered' : 'not covered'}`,
};

const said = (guard: GuardSettings, by: Loosening): string =>
  (Object.keys(by) as (keyof Loosening)[]).map((name) => WORDS[name](guard)).join('; ');

/** For the table of controls. null: it is not there yet, or is no more. */
export function looserGuard(before: Guard | null, after: Guard | null): Change | undefined {
  if (!before) return undefined;
  if (!after) return { before: 'kept', after: 'deleted' };
  const loosening = looseningOf(before, after);
  return loosening && { before: said(before, loosening), after: said(after, loosening) };
}

interface Asked {
  readonly caller: Identity;
  readonly now: Instant;
  readonly id: string;
}

/** What is asked for takes the place of what waited before. */
export function pendingLoosening(before: Guard, after: Guard, { caller, now, id }: Asked): readonly PendingLoosening[] {
  const loosening = looseningOf(before, after);
  if (!loosening) return [];
  const words = { before: said(before, loosening), after: said(after, loosening) };
  const when = { requestedAt: now, effectiveAt: addMillis(now, before.coolingOffHours * HOUR_MS) };
  const requestedBy = { tid: caller.tid, oid: caller.oid };
  return [{ id: `${id}-guard`, control: 'guard', ...words, loosening, requestedBy, ...when, approvals: [] }];
}

/** So many others have to approve for it to hold before its time. */
export const approvalsNeeded = ({ quorum }: GuardSettings): number => Math.max(1, quorum - 1);

export const isRipe = ({ effectiveAt }: PendingLoosening, now: Instant): boolean => effectiveAt <= now;
