/** Approvals of single operations: asked for, given by as many as the guard asks, and used up. */
import type { Identity } from './caller.ts';
import { type ApprovedBy, type Guard, type GuardedOperation, isOperationOf, samePerson, wrong } from './guards.ts';
import { sameName } from './names.ts';
import { type Outcome, ok } from './problems.ts';
import { addDays, type Instant } from './time.ts';

export const GRANT_STATES = ['Requested', 'Live', 'Used', 'Denied', 'Revoked', 'Expired'] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** What the keepers of a guard say. It lies beside the guard; `used` and `revoked` follow what the vault says. */
export interface Grant {
  readonly id: string;
  readonly guard: string;
  /** null: the service itself. */
  readonly vault: string | null;
  readonly operation: GuardedOperation;
  readonly grantee: Identity;
  readonly requestedBy: Identity;
  readonly reason: string | null;
  /** Only these, each once; null: whatever it is. */
  readonly items: readonly string[] | null;
  readonly uses: number;
  readonly approvals: readonly ApprovedBy[];
  readonly denied: (ApprovedBy & { readonly reason: string | null }) | null;
  readonly used: number;
  readonly revoked: ApprovedBy | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** One use of a grant. */
export interface Use extends ApprovedBy {
  readonly operation: string;
  readonly item: string | null;
  readonly requestId: string;
}

/**
 * What became of a grant, in the partition of what it is for: a use is written with the change that it allows, and races there with the
 * revocation. A grant without such a row is unused.
 */
export interface Spent {
  readonly grant: string;
  readonly guard: string;
  readonly uses: readonly Use[];
  readonly revoked: (ApprovedBy & { readonly requestId: string }) | null;
  /** How many of these the history of the guard tells of. */
  readonly noted: number;
}

export const unspent = ({ id, guard }: Pick<Grant, 'id' | 'guard'>): Spent => ({
  grant: id,
  guard,
  uses: [],
  revoked: null,
  noted: 0,
});

/** Uses and revocation, one after the other. */
export const happenings = ({ uses, revoked }: Spent): number => uses.length + (revoked ? 1 : 0);

/** An approval of before: without a quorum, and good for any number of uses until it ends. */
export interface OldGrant extends Pick<Grant, 'id' | 'guard' | 'operation' | 'grantee' | 'expiresAt'> {
  readonly vault: string;
  readonly grantedBy: Identity;
  readonly grantedAt: Instant;
}

export const isOver = ({ expiresAt }: Pick<Grant, 'expiresAt'>, now: Instant): boolean => expiresAt <= now;

/** Live are as many approvals as the guard asks for now. */
export function stateOf(
  grant: Grant,
  spent: Spent | undefined,
  { quorum }: Pick<Guard, 'quorum'>,
  now: Instant,
): GrantState {
  if (grant.denied) return 'Denied';
  if (grant.revoked || spent?.revoked) return 'Revoked';
  if (Math.max(grant.used, spent?.uses.length ?? 0) >= grant.uses) return 'Used';
  if (isOver(grant, now)) return 'Expired';
  return grant.approvals.length >= quorum ? 'Live' : 'Requested';
}

/** Whether the grant is still good for this item: each of its items counts once. */
export const isFor = ({ items }: Grant, spent: Spent | undefined, item: string | null): boolean =>
  items === null ||
  (item !== null &&
    items.some((one) => sameName(one, item)) &&
    !spent?.uses.some((use) => sameName(use.item ?? '', item)));

const LONGEST_GRANT_DAYS = 1;

/** Nobody approves their own operation, and an approval ends within a day. */
export function grantable(grant: Grant, guard: Guard, now: Instant): Outcome<Grant> {
  const { grantee, approvals, expiresAt, operation, vault, items } = grant;
  const checks: readonly (readonly [boolean, string, string])[] = [
    [
      !isOperationOf(vault, operation),
      '$.operation',
      vault === null ? 'is no operation of the service' : 'is no operation of a vault',
    ],
    [vault === null && items !== null, '$.items', 'belong to a vault'],
    [
      approvals.some(({ by }) => samePerson(grantee, by)),
      '$.grantee',
      'must be someone other than the caller who grants it',
    ],
    [samePerson(grantee, guard.createdBy), '$.grantee', 'must not be the person who created the guard'],
    [
      expiresAt <= now || expiresAt > addDays(now, LONGEST_GRANT_DAYS),
      '$.expiresAt',
      'must be in the future, and at most 24 hours away',
    ],
  ];
  const faults = checks.flatMap(([isWrong, target, message]) => (isWrong ? [[target, message] as const] : []));
  return faults.length > 0 ? wrong(faults) : ok(grant);
}
