import type { Hint } from '../../core/agenda.ts';
import { keyOf } from '../../core/names.ts';
import { type Instant, iso } from '../../core/time.ts';

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
