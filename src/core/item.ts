import type { ChainHead, Identity } from './caller.ts';
import type { KindTraits } from './kinds.ts';
import type { Deletion, Order } from './order.ts';
import type { Cut, Point, Terms } from './policy.ts';
import { purgeAtOf } from './retention.ts';
import { type Instant, instantOf, later } from './time.ts';
import type { Tier } from './workloads.ts';

export const JOB_ENDINGS = ['Completed', 'Failed', 'Cancelled'] as const;
export type JobEnding = (typeof JOB_ENDINGS)[number];
/** How the last backup went; Pending before the first one has ended. */
export const BACKUP_STATUSES = ['Pending', ...JOB_ENDINGS] as const;

export interface Job {
  readonly id: string;
  readonly vault: string;
  readonly item: string;
  readonly operation: 'Backup' | 'Restore';
  readonly status: 'InProgress' | JobEnding;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** For a backup taken by hand: when its recovery point expires. */
  readonly expiresAt: Instant | null;
}

/** The last job of an item: so it is shown without its own row, and the next one knows when it is over. */
export interface LastJob extends Pick<Job, 'id' | 'startedAt' | 'endedAt'> {
  /** Absent in items of before, as is `status`. */
  readonly operation?: Job['operation'];
  readonly status?: Job['status'];
}

export const lastJobOf = ({ id, startedAt, endedAt, operation, status }: Omit<Job, 'expiresAt'>): LastJob => ({
  id,
  startedAt,
  endedAt,
  operation,
  status,
});

export const ITEM_STATES = ['Protected', 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted', 'Purging'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** Keeps an item from being purged until a given time or until someone lifts it. */
export interface Hold {
  readonly name: string;
  readonly reason: string;
  readonly until: Instant | null;
  readonly by: string;
  readonly at: Instant;
  /** Who made it, whoever wrote it since. Holds of before do not say. */
  readonly madeBy?: Identity;
  readonly etag: string;
}

/** A version that kept no tallies wrote its row, so the tally of its vault does not hold it yet. Every change brings it in. */
type Uncounted = true;

interface Common {
  readonly vault: string;
  readonly name: string;
  /** A built-in workload, or the name of a kind of your own. */
  readonly workload: string;
  /** Of a kind of your own: what never changes about it. Absent for built-in ones. `traitsOf` answers for both. */
  readonly kind?: KindTraits;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  /** How often it was deleted. A message about an earlier deletion must not touch a later one. */
  readonly generation: number;
  readonly lastBackup: { readonly status: (typeof BACKUP_STATUSES)[number]; readonly at: Instant | null };
  readonly activeJob: Pick<Job, 'id' | 'operation' | 'startedAt'> | null;
  /** The one that stays. Absent where there was none, or none since there are such. */
  readonly lastJob?: LastJob;
  readonly holds: readonly Hold[];
  /** The newest recovery points. `pagedPoints` counts the older ones, which lie in page rows. */
  readonly points: readonly Point[];
  readonly pagedPoints: number;
  /** When the expiry hint in the agenda falls due. Once that is over it may have been struck off. */
  readonly hintedAt: Instant | null;
  /** While this item lay deleted, another item took over the protection of its source. */
  readonly superseded: boolean;
  /** The greatest token that an executor was given for it, or for an earlier item of its name. */
  readonly lastToken?: number;
  readonly uncounted?: Uncounted;
  readonly etag: string;
  /** The entry of its history that its last change wrote. */
  readonly evidence?: ChainHead;
}

/** What an unprotected item remembers of its last policy. */
interface Unprotected {
  readonly previousPolicy: string | null;
  readonly terms: Terms;
}

/**
 * Which hint to its purge stands in the agenda: when it is due, and the change that wrote it, with whose id its key ends. So whoever strikes
 * it strikes no other. An item that came out of the trash names it until its people are told. Absent: there is none, or it is one of before.
 */
interface HintToPurge {
  readonly purgeHintAt?: Instant;
  readonly purgeHintBy?: string;
}

/** The changes that made the orders for it that have ended, the newest first: `closedIds`. */
interface Closed {
  readonly closedOrders?: readonly string[];
}

export type Item = Common &
  (
    | {
        readonly state: 'Protected';
        /** null: a kind without recovery points has none. */
        readonly policy: string | null;
        readonly previousPolicy: string | null;
        /** The version of the vault's head when it came under this policy. */
        readonly policyVersion: number;
        /** The cuts by earlier policies of this item. The current policy stores its own cuts. */
        readonly cuts: readonly Cut[];
      }
    | (Unprotected & {
        readonly state: 'ProtectionStopped';
        readonly undeleted: boolean;
      } & HintToPurge)
    | (Unprotected & { readonly state: 'BackupsSuspended' })
    | (Unprotected & { readonly state: 'SoftDeleted'; readonly deletion: Deletion } & HintToPurge & Closed)
    /** An executor is to destroy what it stands for. Its rows go when that is confirmed, and not before. */
    | (Unprotected & { readonly state: 'Purging'; readonly deletion: Deletion; readonly order: Order } & Closed)
    /**
     * The version before removed the rows of a large item in batches, and one of them broke off: the next sweep goes on, there is no way
     * back. `deletion` is null when soft delete was off.
     */
    | (Unprotected & {
        readonly state: 'Purging';
        readonly deletion: Deletion | null;
        readonly order?: undefined;
      } & Closed)
  );

export type ItemIn<S extends ItemState> = Extract<Item, { state: S }>;

/** What remains of a purged item for ninety days. */
export interface Tombstone {
  readonly state: 'Purged';
  readonly vault: string;
  readonly name: string;
  readonly generation: number;
  /** The server that it lay on; null: none, or a store of before that did not note it. */
  readonly server: string | null;
  readonly purgedAt: Instant;
  readonly softDeleteApplied: boolean;
  /** Whether an executor, or a person for it, said that the data is destroyed. Absent: nobody was asked. */
  readonly confirmed?: boolean;
  readonly closedOrders?: readonly string[];
  readonly lastToken?: number;
  readonly uncounted?: Uncounted;
  readonly lastJob?: LastJob;
  /** The day on which it is forgotten. Absent in tombstones of before: a hint of their own leads to those. */
  readonly endsOn?: string;
  readonly etag: string;
  readonly evidence?: ChainHead;
}

export type Remains = Item | Tombstone;
export const isItem = (remains: Remains): remains is Item => remains.state !== 'Purged';

/** The holds that still keep the item from being purged. */
export const liveHolds = (holds: readonly Hold[], now: Instant): readonly Hold[] =>
  holds.filter(({ until }) => until === null || until > now);

export const isHeldForEver = ({ holds }: Pick<Item, 'holds'>): boolean => holds.some(({ until }) => until === null);

/** A hold without an end counts as ending here. */
const FAR = instantOf(Date.UTC(9999, 0, 1));

/**
 * The earliest time at which an item in the trash can be purged. The real time may be later, because the vault may have
 * lengthened the window since.
 */
export function notBefore(item: ItemIn<'SoftDeleted' | 'Purging'>): Instant {
  if (item.state === 'Purging') return instantOf(0);
  const ends = item.holds.map(({ until }) => until ?? FAR);
  return [purgeAtOf(item.deletion, []), ...ends].reduce(later);
}
