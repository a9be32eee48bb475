/** What a user of `runExecutor` sees. Of this file and of `executor.ts` the package's types are made: it imports nothing. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** An order that this executor holds: destroy what `sourceId` names, if it is yours to destroy. */
export interface Order {
  /** Names the order; it is never used twice. */
  readonly order: string;
  /** Rises with every claim. Whoever meets a greater one on the data has been succeeded. It is a secret of the holder. */
  readonly token: number;
  readonly state: 'Leased';
  readonly executor: string;
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly kind: string;
  readonly class: 'Cloud' | 'Hybrid';
  readonly represents: 'Original' | 'Copies';
  readonly tier: 'Vault' | 'Operational';
  /** Chosen by whoever protected the item. Treat it as a request, never as a right. */
  readonly sourceId: string;
  readonly server: string | null;
  /** The source is protected anew in another vault: only the copies of this item are to go. */
  readonly superseded: boolean;
  readonly deletedAt: string;
  readonly deletedBy: string;
  readonly deletedByTenant: string | null;
  readonly channel: string | null;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly softDeleteApplied: boolean;
  readonly retentionDays: number;
  readonly purgeAt: string;
  readonly approvals: readonly {
    readonly guard: string | null;
    readonly operation: string;
    readonly grantedBy: string;
    readonly grantedAt: string;
  }[];
  readonly secondFactor: 'token' | 'pin' | null;
  readonly recoveryPoints: {
    readonly count: number;
    readonly value: readonly { readonly name: string; readonly createdAt: string; readonly rung: string }[];
    readonly nextLink?: string;
  };
  /** Of the kind, overlaid by those of the vault. They hold no secrets. */
  readonly parameters: { readonly [name: string]: Json | undefined };
  readonly orderedAt: string;
  readonly confirmBy: string;
  readonly availableAt: string | null;
  /** How many attempts have ended without success. */
  readonly attempts: number;
  /** Nothing can have been destroyed so far. */
  readonly untouched: boolean;
  /** What the executor before stored last; null when nothing was stored. */
  readonly checkpoint: Json;
  readonly lease: { readonly until: string; readonly holder: { readonly tid: string; readonly oid: string } } | null;
  readonly lastFailure: {
    readonly code: string;
    readonly message: string;
    readonly destroyed: Destroyed;
    readonly at: string;
  } | null;
  readonly etag: string;
}

/** What was destroyed: 8 KiB at most. "It was gone already" is a success: `objects: 0`. */
export interface Proof {
  readonly objects: number;
  readonly bytes?: number;
  readonly hash?: `sha256:${string}`;
  readonly method?: string;
  /** Copies that are known to live on, 20 at most: versions, the provider's own soft delete. */
  readonly remaining?: readonly { readonly what: string; readonly until?: string }[];
  readonly details?: { readonly [name: string]: Json | undefined };
}

export type Destroyed = 'nothing' | 'some' | 'unknown';

/**
 * What an error may say about a failed attempt: `throw Object.assign(new Error('…'), { destroyed: 'nothing' } satisfies Failure)`.
 * An error that says nothing means `destroyed: 'unknown'`.
 */
export interface Failure {
  readonly destroyed?: Destroyed;
  /** A word that a program can look for. Without one it is the error's name. */
  readonly code?: string;
  /** No further try: a person has to decide. */
  readonly permanent?: boolean;
  /** From 0 to 86,400. Without it the service waits 1 minute first, then longer and longer, up to 6 hours. */
  readonly retryAfterSeconds?: number;
}

/** Thrown by a handler: nothing was destroyed, and people are to be asked again. */
export class Refuse extends Error {
  override readonly name = 'Refuse';
}

export interface Hands {
  /** Aborted when the order is no longer held. Stop at once: another executor may be at work already. */
  readonly signal: AbortSignal;
  /** Stores what the next executor has to know, 4 KiB of JSON at most, and renews the lease. When it has resolved it is stored. */
  readonly checkpoint: (value: Json) => Promise<void>;
}

/** Destroys what the order names and answers what it destroyed. It must do no harm when it is run again. */
export type Handler = (order: Order, hands: Hands) => Promise<Proof>;

/** Where the service is, and who calls it. */
export interface Door {
  /** Up to and without `/api`. */
  readonly url: string;
  /** Asked before every try, so that it may be fresh. */
  readonly token?: () => string | undefined | Promise<string | undefined>;
}

/** What `report` is told. The token of an order is never in it. */
export interface Happening {
  /** `lost`: the lease is, or the service did not hear how it ended; the order will be given out again. `unheard`: claiming failed. */
  readonly what: 'claimed' | 'completed' | 'refused' | 'failed' | 'lost' | 'unheard';
  readonly order?: string;
  readonly vault?: string;
  readonly item?: string;
  readonly error?: unknown;
}

export interface ExecutorOptions {
  readonly door: Door;
  /** The name under which the service knows it. */
  readonly executor: string;
  readonly handle: Handler;
  /** How many orders it works on at once; 1 by default. */
  readonly concurrency?: number;
  /** How long an order is held without a renewal, from 30 to 3,600; 300 by default. */
  readonly leaseSeconds?: number;
  /** Aborted when the process has to end: no order is claimed any more, and what runs may end within its lease. */
  readonly signal?: AbortSignal;
  /** By default, what was lost and what failed is written to the error output. */
  readonly report?: (happening: Happening) => void;

  // Below: what tests give, so that they never wait.
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** `now`: the time of day. `monotonic`: milliseconds that nobody sets back. */
  readonly clock?: { readonly now: () => number; readonly monotonic: () => number };
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1: spreads the calls of many executors. */
  readonly random?: () => number;
  readonly newKey?: () => string;
}

/** Resolves when `signal` was aborted and nothing runs any more. */
export type Running = Promise<void> & {
  /** A doorbell: there may be an order now. It is asked for at once, but never twice within 2 seconds. */
  readonly wake: () => void;
};
