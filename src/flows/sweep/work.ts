/** What is to be done in one vault, decided from what the look has read: what shares transactions, and what goes by itself. */
import type { HeldHead } from '../../change.ts';
import type { Hint } from '../../core/hints.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { NOTHING_RAISED } from '../../ports/alerts.ts';
import { fitting } from '../story/fitting.ts';
import type { Landing } from '../story/land.ts';
import type { Read, Task } from './plans.ts';
import { placeOf, type Run } from './run.ts';
import { inOne, isWriting, type Writing } from './sharing.ts';
import { isHeld, type Look, type Planned, rowOf } from './tasks.ts';

/** Dealt with before all others, or after them. */
const FIRST: ReadonlySet<Task['task']> = new Set([
  ...(['retell', 'settleGuard', 'noteSpent', 'fail'] as const),
  ...(['remove', 'straighten', 'tidy', 'putOff', 'operate', 'remindAnew'] as const),
]);
export const isFirst = ({ task }: Planned): boolean => FIRST.has(task.task);

/** Decided from what the look has read. */
export interface Decided extends Planned {
  readonly plan: Writing;
}

/** What is done about small items of a vault in one transaction. */
export interface Batch {
  readonly decided: readonly Decided[];
  readonly landing: Landing;
}

/** What is to be done in one vault. */
export interface Work {
  readonly head: HeldHead;
  /** Hints that lead to nothing but `again`. */
  readonly settled: readonly DueHint[];
  readonly again: readonly Hint[];
  readonly batches: readonly Batch[];
  readonly alone: readonly Planned[];
}

export function workIn(run: Run, { head, planned }: Look, gone: ReadonlySet<Hint>): readonly Work[] {
  if (!head) return [];
  const left = planned.filter((one) => !gone.has(one.hint) && !isFirst(one));
  const sorted = Object.groupBy(left, (one) => {
    const row = rowOf(one.task);
    if (isHeld(one.task, one.hint, run.mayPurge)) return 'held';
    return row.onlyHints ? 'hints' : row.shares?.may(one.task, readOf(run, head, one)) ? 'shared' : 'alone';
  });
  const { held = [], hints = [], shared = [], alone = [] } = sorted;
  // A transaction can change an item only once.
  const first = new Set(new Map(shared.toReversed().map((one) => [placeOf(one.hint), one])).values());
  const decided = partsOf(
    head,
    shared.filter((one) => first.has(one)),
  ).map((part) => decide(run, head, part));
  const others = [...decide(run, head, hints), ...decided.flat()].filter(({ plan }) => !isWriting(plan));
  const putOff = others.filter(({ plan }) => plan.landing);
  for (const { hint } of [...held, ...putOff]) run.seen.skipped.add(placeOf(hint));
  return [
    {
      head,
      settled: others.flatMap(({ hint, plan }) => (plan.hint === 'struck' ? [hint] : [])),
      again: putOff.flatMap(({ plan }) => plan.landing?.again ?? []),
      batches: decided.flatMap(batchOf),
      alone: [...alone, ...shared.filter((one) => !first.has(one))],
    },
  ];
}

/** Of each kind as many as one transaction takes. */
const partsOf = (head: HeldHead, all: readonly Planned[]): readonly (readonly Planned[])[] =>
  [...Map.groupBy(all, ({ task }) => task.task).values()].flatMap((some) => {
    const [first] = some;
    const shares = first && rowOf(first.task).shares;
    return shares ? fitting(some, shares.room(head.vault.kind), ({ task }) => shares.size?.(task, head) ?? 0) : [];
  });

/** They are one change, so what each writes names that one. */
function decide(run: Run, head: HeldHead, part: readonly Planned[]) {
  const id = run.flow.newId();
  return part.map((one) => ({ ...one, plan: rowOf(one.task).plan(one.task, { ...readOf(run, head, one), id }) }));
}

/** Rows are not read again: the transaction rests on each item as it was read, or on its place in the trash. */
function batchOf(part: ReturnType<typeof decide>): readonly Batch[] {
  const decided = part.flatMap(({ plan, ...one }) => (isWriting(plan) ? [{ ...one, plan }] : []));
  const landing = inOne(decided.map(({ plan }) => plan));
  return landing ? [{ decided, landing }] : [];
}

/** What a plan rests on, as long as nothing more was read. */
export const readOf = ({ flow, now }: Run, head: HeldHead, { hint, tag = '*' }: Omit<Planned, 'task'>): Read => ({
  ...{ hint, head, now, id: flow.newId(), tag },
  ...{ pages: [], raised: NOTHING_RAISED, contacts: [], terms: flow.purgeTerms },
});
