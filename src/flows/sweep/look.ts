import type { HeldHead } from '../../change.ts';
import type { Remains } from '../../core/item.ts';
import { keyOf } from '../../core/names.ts';
import { isTelling, taskFor } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import type { Task, TaskOf } from './plans.ts';
import { older, type Tally } from './report.ts';
import { type MayPurge, type Run, reasonOf, type SweepPorts } from './run.ts';
import { isHeld, rowOf } from './tasks.ts';

/** A hint with what is to be done about it. */
export interface Planned {
  readonly hint: DueHint;
  readonly task: Task;
}

/** What the hints of one vault lead to. */
export interface Look {
  readonly vault: string;
  readonly head: HeldHead | undefined;
  readonly planned: readonly Planned[];
  readonly unreadable: readonly { readonly hint: DueHint; readonly why: string }[];
}

export interface PlannedPurge {
  readonly hint: DueHint;
  readonly task: TaskOf<'purge'>;
}

export const purgesIn = (planned: readonly Planned[]): readonly PlannedPurge[] =>
  planned.flatMap(({ hint, task }) => (task.task === 'purge' ? [{ hint, task }] : []));

export const overdue = ({ task: { item, due } }: PlannedPurge) => ({
  vault: item.vault,
  item: item.name,
  purgeAt: due,
});

const LOOK_AHEAD_DAYS = 2;

/** A vault that cannot be read keeps its own hints back, and nobody else's. */
export async function look(
  { flow, now }: Pick<Run, 'flow' | 'now'>,
  vault: string,
  hints: readonly DueHint[],
): Promise<Look> {
  try {
    return await lookInto(flow, vault, hints, now);
  } catch (error) {
    return { vault, head: undefined, planned: [], unreadable: hints.map((hint) => ({ hint, why: reasonOf(error) })) };
  }
}

/** Reads the truth about what the hints of one vault name: the trash in one read, the rest one by one. */
async function lookInto(
  { vaults }: Pick<SweepPorts, 'vaults'>,
  vault: string,
  hints: readonly DueHint[],
  now: Instant,
): Promise<Look> {
  const { head, items, unreadable } = await vaults.dueTrash(vault, addDays(now, LOOK_AHEAD_DAYS));
  const inTrash = new Map(items.map((item) => [keyOf(item.name), item]));
  const broken = new Map(unreadable.map(({ item, why }) => [keyOf(item), why]));
  const planned: Planned[] = [];
  const bad: { hint: DueHint; why: string }[] = [];
  for (const hint of hints) {
    const key = keyOf(hint.item);
    const why = isTelling(hint) ? undefined : broken.get(key);
    if (why !== undefined) {
      bad.push({ hint, why });
      continue;
    }
    const read = async () => inTrash.get(key) ?? (await vaults.item(vault, hint.item))?.value;
    try {
      planned.push({ hint, task: await taskOf(hint, head, now, read) });
    } catch (error) {
      bad.push({ hint, why: reasonOf(error) });
    }
  }
  return { vault, head, planned: oncePerItem(planned), unreadable: bad };
}

/** What a hint leads to. Only a hint about an item needs the item to be read. */
export async function taskOf(
  hint: DueHint,
  head: HeldHead | undefined,
  now: Instant,
  read: () => Promise<Remains | undefined>,
): Promise<Task> {
  if (isTelling(hint)) return { task: 'retell' };
  if (!head) return { task: 'drop' };
  if (hint.kind === 'policy') return { task: 'rehint', policy: hint.item };
  return taskFor(hint, await read(), head, now);
}

/**
 * A warning and a purge may have become due together: then it is too late to warn, and one purge is enough. The purge hint is the
 * one that stays: a purge that is held must be found, and counted, again.
 */
function oncePerItem(planned: readonly Planned[]): readonly Planned[] {
  const ends = planned
    .filter(({ task }) => task.task === 'purge' || task.task === 'finishPurge')
    .toSorted((a, b) => Number(a.hint.kind === 'purge') - Number(b.hint.kind === 'purge'));
  const first = new Map(ends.map((one) => [keyOf(one.hint.item), one]));
  return planned.map((one) => {
    const end = first.get(keyOf(one.hint.item));
    return !end || end === one || isTelling(one.hint) ? one : { ...one, task: { task: 'drop' } };
  });
}

/** A dry run says what would happen and why, and does none of it. */
export function list(looks: readonly Look[], tally: Tally, mayPurge: MayPurge): void {
  for (const { vault, planned, unreadable } of looks) {
    for (const { hint, task } of planned) {
      const { why } = rowOf(task);
      if (why === undefined) continue;
      const action = isHeld(task, hint, mayPurge) ? 'held' : task.task;
      tally.listed.push({ vault, item: hint.item, action, why });
    }
    for (const { hint, why } of unreadable)
      tally.listed.push({ vault, item: hint.item, action: 'fail', why: `it cannot be dealt with: ${why}` });
    for (const one of purgesIn(planned)) tally.oldestFound = older(tally.oldestFound, overdue(one));
  }
}
