/** What a sweep begins with: nothing in hand, nothing counted, and so much time. */
import type { Hint } from '../../core/hints.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import type { Instant } from '../../core/time.ts';
import { lanes } from '../story/rounds.ts';
import type { BeltLimits } from './belt.ts';
import { pauseWatch } from './brakes.ts';
import { type Brake, nothingSeen, type Run, type SweepPorts, type Tally } from './run.ts';
import { newTrust } from './trust.ts';

export interface SweepLimits extends BeltLimits {
  /** How long a sweep may begin new work. */
  readonly budgetSeconds: number;
  /** Runs it with no more requests on their way than storage takes; absent: nobody minds. */
  readonly within?: Within;
}

type Within = <T>(work: () => Promise<T>) => Promise<T>;
const unlimited: Within = (work) => work();

export const within = <T>({ within: run = unlimited }: SweepLimits, work: () => Promise<T>): Promise<T> => run(work);

export const nothingInHand = () => ({
  seen: nothingSeen(),
  after: [],
  news: [],
  untold: new Set<Hint>(),
  leftOver: [],
});

/** So many items are due. Clocks that differ leave no time at all. */
export const newTally = (due: number, skew: Brake | undefined): Tally => ({
  counts: {
    due,
    purged: 0,
    ordered: 0,
    warned: 0,
    expired: 0,
    retold: 0,
    waiting: 0,
    applied: 0,
    skipped: 0,
    failed: 0,
  },
  ...{ oldest: undefined, oldestDue: undefined, oldestUntold: undefined },
  ...{ down: new Map(), listed: [], isCut: false },
  outOfTime: skew !== undefined,
  pause: undefined,
});

const TRANSACTIONS_OF_A_VAULT = 2;

/** Looks at the clock and at the pause while it runs. */
export function begin(flow: SweepPorts, limits: SweepLimits, now: Instant, tally: Tally): Omit<Run, 'mayPurge'> {
  const deadline = flow.realNow().plus({ seconds: limits.budgetSeconds });
  const watch = pauseWatch(flow, now);
  let kinds: Promise<Kinds> | undefined;
  return {
    ...{ flow, now, tally, inVault: lanes(TRANSACTIONS_OF_A_VAULT), trust: newTrust() },
    ...{ ...nothingInHand(), atOnce: flow, send: async () => {} },
    kinds: () => {
      // Whoever asks next tries again.
      kinds ??= flow.kinds.fresh().catch((error: unknown) => {
        kinds = undefined;
        throw error;
      });
      return kinds;
    },
    outOfTime: () => {
      tally.outOfTime ||= flow.realNow() >= deadline;
      return tally.outOfTime;
    },
    paused: async () => {
      tally.pause ??= await watch();
      return tally.pause;
    },
  };
}
