import type { Hint } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import { earliest, type Instant, iso } from '../../core/time.ts';
import type { Heartbeat, Reads } from '../../ports.ts';

export interface Counts {
  due: number;
  purged: number;
  warned: number;
  expired: number;
  retold: number;
  skipped: number;
  failed: number;
}

/** An item whose time was over before the sweep came. */
export interface Overdue {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
}

export interface Listed {
  readonly vault: string;
  readonly item: string;
  readonly action: string;
  readonly why: string;
}

/** What a sweep counts while it works. Nothing else in it is ever changed in place. */
export interface Tally {
  readonly counts: Omit<Counts, 'skipped' | 'failed'>;
  /** By item, because one item may have been named by several hints: something was done, nothing had to be, it could not be. */
  readonly done: Set<string>;
  readonly skipped: Set<string>;
  readonly failed: Set<string>;
  /** The one that waited longest when the sweep came. */
  oldestFound: Overdue | undefined;
  /** The one that still waits. */
  oldestLeft: Overdue | undefined;
  readonly listed: Listed[];
}

export const newTally = (due: number): Tally => ({
  counts: { due, purged: 0, warned: 0, expired: 0, retold: 0 },
  done: new Set(),
  skipped: new Set(),
  failed: new Set(),
  oldestFound: undefined,
  oldestLeft: undefined,
  listed: [],
});

export const countsOf = ({ counts, done, skipped, failed }: Tally): Counts => ({
  ...counts,
  skipped: [...skipped].filter((item) => !done.has(item) && !failed.has(item)).length,
  failed: failed.size,
});

export const placeOf = ({ vault, item }: Pick<Hint, 'vault' | 'item'>): string => `${keyOf(vault)}/${keyOf(item)}`;

export const older = (a: Overdue | undefined, b: Overdue): Overdue => (a && a.purgeAt <= b.purgeAt ? a : b);

export const overdueView = (overdue: Overdue | undefined, now: Instant) =>
  overdue
    ? {
        vault: overdue.vault,
        item: overdue.item,
        purgeAt: iso(overdue.purgeAt),
        lateSeconds: Math.max(0, Math.floor((now.toMillis() - overdue.purgeAt.toMillis()) / 1000)),
      }
    : null;

/** What keeps purges from happening. */
export interface Brake {
  readonly reason: 'ClockSkew' | 'Paused' | 'Belt';
  readonly token?: string;
  readonly detail: string;
}

export interface Told {
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly tally: Tally;
  readonly brake: Brake | undefined;
  readonly now: Instant;
}

export type SweepReport = ReturnType<typeof reportOf>;

export const reportOf = ({ id, startedAt, finishedAt, dryRun, complete, tally, brake, now }: Told) => ({
  id,
  startedAt: iso(startedAt),
  finishedAt: iso(finishedAt),
  dryRun,
  complete,
  ...countsOf(tally),
  oldestOverdue: overdueView(tally.oldestFound, now),
  ...(brake
    ? { held: { reason: brake.reason, ...(brake.token ? { token: brake.token } : {}), detail: brake.detail } }
    : {}),
  ...(dryRun ? { items: tally.listed } : {}),
});

/** A sweep that sees only some shards leaves standing what is known of the others. */
export async function beat(
  { control, clock }: Pick<Reads, 'control' | 'clock'>,
  heartbeat: Heartbeat | null,
  shards: readonly string[] | undefined,
  record: Omit<SweepReport, 'items'> & { readonly spread?: true },
  oldestLeft: Instant | undefined,
): Promise<void> {
  const elsewhere = shards ? heartbeat?.oldestDue : undefined;
  const oldestDue = earliest([oldestLeft, elsewhere].flatMap((at) => (at ? [at] : []))) ?? null;
  const turn = (heartbeat?.turn ?? 0) + 1;
  await control.beat(
    { at: clock.now(), turn, complete: record.complete, held: record.held?.reason ?? null, oldestDue },
    record,
  );
}
