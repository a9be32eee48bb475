/** PURE. What an item in the trash knows of its deletion, and of the order to destroy what it stands for. */
import type { Channel, Identity } from './caller.ts';
import type { KindTraits } from './kinds.ts';
import type { Parameters } from './purgeSettings.ts';
import type { Window } from './retention.ts';
import type { Instant } from './time.ts';
import type { Tier } from './workloads.ts';

/** How a deletion was allowed. An order tells its executor. */
export interface Permission {
  readonly tid: string;
  readonly channel: Channel;
  /** Operation, time and person of each approval: see `approvalLines`. */
  readonly guard: string | null;
  readonly approvals: readonly string[];
  readonly secondFactor: 'token' | 'pin' | null;
}

export interface Deletion extends Window {
  readonly deletedBy: string;
  readonly reason: string | null;
  readonly comment: string | null;
  /** The reminder of its purge came late and named this date: until then it can be undeleted, although its period is over. */
  readonly undeleteUntil?: Instant;
  /** Deletions of before do not say. */
  readonly permission?: Permission;
}

/** What an executor says became of the data when it could not finish. */
export const DESTROYED = ['nothing', 'some', 'unknown'] as const;
export type Destroyed = (typeof DESTROYED)[number];

export const LIVE_STATES = ['Open', 'Leased', 'Waiting', 'Blocked'] as const;
export type LiveState = (typeof LIVE_STATES)[number];
export const CLOSED_STATES = ['Completed', 'Refused', 'Recalled', 'Abandoned'] as const;
export type ClosedState = (typeof CLOSED_STATES)[number];
export const ORDER_STATES = [...LIVE_STATES, ...CLOSED_STATES] as const;

/** JSON that a caller gave, and that is handed on as it is. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Lease {
  readonly until: Instant;
  readonly holder: Identity;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly destroyed: Destroyed;
  readonly at: Instant;
}

export interface Order {
  readonly id: string;
  readonly executor: string;
  /** Those of its kind, overlaid by the vault's, as they were when the order was made. */
  readonly parameters: Parameters;
  readonly orderedAt: Instant;
  readonly confirmBy: Instant;
  /** false: soft delete did not apply, and the stop itself made the order. */
  readonly softDeleteApplied: boolean;
  /** A person must decide. */
  readonly isBlocked: boolean;
  /** After a failure it waits until then. */
  readonly waitsUntil: Instant | null;
  /** Attempts that have ended. A lease that ended without a word counts when somebody finds it. */
  readonly attempts: number;
  /** Something may have been destroyed: an attempt did not end with "nothing". */
  readonly isTouched: boolean;
  readonly lease: Lease | null;
  /** The newest that was given out for it; null: nobody has claimed it yet. */
  readonly token: number | null;
  readonly checkpoint: Json;
  readonly lastFailure: Failure | null;
  /** How many steps of its deadline people were told of. */
  readonly steps: number;
  /** Where its row lies in the work list of its executor; null: behind all that can be claimed. */
  readonly filedAt: Instant | null;
  /** The change that filed it, with whose id the key of its line ends: so whoever strikes a line strikes no other. */
  readonly filedBy: string;
}

/** An order that has ended, with what it was about: the item may be gone. It lies in a row of its own, as long as its item lies in the trash or its tombstone stands. */
export interface ClosedOrder extends Order {
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly state: ClosedState;
  readonly closedAt: Instant;
  readonly proofDigest: string | null;
  readonly points: number;
  readonly about: {
    readonly workload: string;
    readonly kind?: KindTraits;
    readonly tier: Tier;
    readonly sourceId: string;
    readonly server: string | null;
    readonly superseded: boolean;
    readonly deletion: Deletion;
  };
}
