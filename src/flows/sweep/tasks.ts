import type { HeldHead } from '../../change.ts';
import { isYoung } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import { pagesOf } from '../items/points.ts';
import { expire, expiriesUnder } from './expire.ts';
import { endHolds, finishPurge, move, type Plan, purge, type Read, type Task, type TaskOf, warn } from './plans.ts';
import type { MayPurge, SweepPorts } from './run.ts';

interface Asked {
  readonly flow: SweepPorts;
  readonly head: HeldHead;
  readonly now: Instant;
  /** Somebody wrote first: what could be taken for granted before has to be read. */
  readonly again: boolean;
}

interface Row<T> {
  /** What a dry run says of it. Nothing is said where nothing happens. */
  readonly why?: string;
  /** It destroys something, that was due then: the brakes have to allow it. */
  readonly destroys?: (task: T) => Instant | 'begun';
  /** It can share a transaction with others of its kind. */
  readonly shares?: (task: T) => boolean;
  /** It changes nothing but hints, and so needs no second look at the item. */
  readonly onlyHints?: true;
  /** What it has to read. */
  readonly also?: (asked: Asked, task: T) => Promise<Partial<Read>>;
  readonly plan: (task: T, read: Read) => Plan;
}

/** All that a sweep can do about a hint. A purge of many small items is the same plan as that of one, many times in a transaction. */
const TASKS: { readonly [K in Task['task']]: Row<TaskOf<K>> } = {
  purge: {
    why: 'its soft-delete period is over',
    destroys: ({ due }) => due,
    shares: ({ item }) => item.pagedPoints === 0,
    also: async ({ flow }, { item }) => ({ pages: await pagesOf(flow, item) }),
    plan: purge,
  },
  finishPurge: { why: 'its purge was begun', destroys: () => 'begun', plan: finishPurge },
  warn: {
    why: 'it will be purged within two days',
    also: async ({ flow, again }, { item: { vault, name } }) =>
      again ? { raised: (await flow.alerts.about(vault, name)).map(({ value }) => value) } : {},
    plan: warn,
  },
  move: { why: 'the period of its vault was lengthened', plan: move },
  endHolds: { why: 'a hold has ended', plan: endHolds },
  expire: {
    why: 'recovery points have reached their end',
    also: async ({ flow }, { item }) => ({ pages: await pagesOf(flow, item) }),
    plan: expire,
  },
  forget: { why: 'it was purged ninety days ago', plan: () => ({ hint: 'struck', goesOn: 'forget' }) },
  rehint: {
    also: async ({ flow, head, now }, { policy }) => ({ hints: await expiriesUnder(flow, head, policy, now) }),
    plan: (_, { now, hints, hint }) => ({
      landing: { now, again: hints },
      hint: isYoung(hint, now) ? 'stays' : 'struck',
    }),
  },
  // Told by itself, before all others: see retell.ts. One that turns up later is told by the next sweep.
  retell: { plan: () => ({ hint: 'stays' }) },
  wait: { onlyHints: true, plan: ({ hints }, { now }) => ({ landing: { now, again: hints }, hint: 'struck' }) },
  drop: { onlyHints: true, plan: () => ({ hint: 'struck' }) },
  leave: { onlyHints: true, plan: () => ({ hint: 'stays' }) },
};

export const rowOf = <T extends Task>(task: T): Row<T> => TASKS[task.task] as Row<T>;

/** Whether the brakes keep it from being done now. Its hint stays where it is. */
export function isHeld(task: Task, hint: DueHint, mayPurge: MayPurge): boolean {
  const due = rowOf(task).destroys?.(task);
  return due !== undefined && !mayPurge(hint, due);
}
