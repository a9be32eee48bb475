import type { Point, Terms } from './points.ts';
import type { Cut } from './policy.ts';
import { purgeAtOf, type Window } from './retention.ts';
import { type Instant, instantOf, later } from './time.ts';
import type { Tier, Workload } from './workloads.ts';

export const ITEM_STATES = ['Protected', 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted', 'Purging'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

export interface ActiveJob {
  readonly id: string;
  readonly operation: 'Backup' | 'Restore';
  readonly startedAt: Instant;
}

/** Somebody asks that an item not be purged, for a while or until they say so. */
export interface Hold {
  readonly name: string;
  readonly reason: string;
  readonly until: Instant | null;
  readonly by: string;
  readonly at: Instant;
  readonly etag: string;
}

export interface Deletion extends Window {
  readonly deletedBy: string;
  readonly reason: string | null;
  readonly comment: string | null;
}

interface Common {
  readonly vault: string;
  readonly name: string;
  readonly workload: Workload;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  /** How often it was deleted: what was set in motion by an earlier deletion must not touch a later one. */
  readonly generation: number;
  readonly lastBackup: { readonly status: string; readonly at: Instant | null };
  readonly activeJob: ActiveJob | null;
  readonly holds: readonly Hold[];
  /** The newest points; older ones lie in pages, of which this is how many points they hold. */
  readonly points: readonly Point[];
  readonly pagedPoints: number;
  /** An agenda row for expiry stands at this instant, or did and was replaced by one at most a day later. */
  readonly hintedAt: Instant | null;
  /** Another item took over the protection of the source while this one lay deleted. */
  readonly superseded: boolean;
  readonly etag: string;
}

/** What an item that is not protected remembers of its last policy. */
interface Unprotected {
  readonly previousPolicy: string;
  readonly terms: Terms;
}

export type Item = Common &
  (
    | {
        readonly state: 'Protected';
        readonly policy: string;
        readonly previousPolicy: string | null;
        /** The version of the vault's head with which it came under this policy. */
        readonly policyVersion: number;
        /** What earlier policies of this item cut. The policy's own cuts are the policy's. */
        readonly cuts: readonly Cut[];
      }
    | (Unprotected & {
        readonly state: 'ProtectionStopped';
        readonly undeleted: boolean;
        /** It was undeleted: the purge hint of its deletion lies in the agenda until then. */
        readonly purgeHintAt?: Instant;
      })
    | (Unprotected & { readonly state: 'BackupsSuspended' })
    | (Unprotected & { readonly state: 'SoftDeleted'; readonly deletion: Deletion })
    /** Being destroyed in batches; there is no way back. `deletion` is null when soft delete was off. */
    | (Unprotected & { readonly state: 'Purging'; readonly deletion: Deletion | null })
  );

export type ItemIn<S extends ItemState> = Extract<Item, { state: S }>;

/** What is left of a purged item for ninety days. */
export interface Tombstone {
  readonly state: 'Purged';
  readonly vault: string;
  readonly name: string;
  readonly generation: number;
  readonly purgedAt: Instant;
  readonly softDeleteApplied: boolean;
  readonly etag: string;
}

export type Remains = Item | Tombstone;

/** Holds that still forbid the purge. */
export const liveHolds = (holds: readonly Hold[], now: Instant): readonly Hold[] =>
  holds.filter(({ until }) => until === null || until > now);

/** What a hold without an end counts as. */
const FAR = instantOf(Date.UTC(9999, 0, 1));

/**
 * Before this instant nobody needs to look whether an item in the trash may be purged. A lower bound: the vault's extensions
 * may have lengthened the window since.
 */
export function notBefore(item: ItemIn<'SoftDeleted' | 'Purging'>): Instant {
  if (item.state === 'Purging') return instantOf(0);
  const ends = item.holds.map(({ until }) => until ?? FAR);
  return [purgeAtOf(item.deletion, []), ...ends].reduce(later);
}
