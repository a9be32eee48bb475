/** What is true by now about what the hints of one vault name, and what each of them leads to. */
import type { HeldHead } from '../../change.ts';
import { ITSELF, SERVICE } from '../../core/hints.ts';
import type { Remains } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { faultOf } from '../../core/problems.ts';
import { USUAL_REMINDER } from '../../core/retention.ts';
import { isTelling, isYoung, mayEndInPurge, taskFor } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import { isOfNow, type Mark } from '../../core/told.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Sought } from '../../ports/vaults.ts';
import { inParallel } from '../story/rounds.ts';
import { comingUpTask } from './comingUp.ts';
import { cooledTask } from './cooled.ts';
import { whoDestroys } from './orders.ts';
import type { Task, TaskOf } from './plans.ts';
import { leaveDue, type Run } from './run.ts';
import { isHeld, type Look, type Planned } from './tasks.ts';
import { whetherTold } from './told.ts';

const LOOK_AHEAD_DAYS = 2;

/** Where an item lies in the trash, as the hint to it lets us guess; what lies elsewhere is read by itself. */
function soughtBy({ kind, item, due, since = due }: DueHint): Sought {
  if (kind === 'warn') return { item, place: addDays(since, USUAL_REMINDER) };
  return { item, place: mayEndInPurge({ kind }) ? since : undefined };
}

/** Reads the truth about what the hints of one vault name: the trash in one read, the rest one by one. */
export async function look(
  { flow, now, mayPurge, tally, kinds }: Pick<Run, 'flow' | 'now' | 'mayPurge' | 'tally' | 'kinds'>,
  vault: string,
  hints: readonly DueHint[],
): Promise<Look> {
  const { vaults } = flow;
  const nothing = { vault, head: undefined, planned: [], stale: [] };
  // What is over names itself: of the vault nothing has to be known.
  if (hints.every(({ kind }) => kind === 'tidy'))
    return { ...nothing, planned: hints.map((hint) => ({ hint, task: { task: 'tidy' } })) };
  if (tally.down.has(keyOf(vault))) {
    for (const { kind, due } of hints) if (kind === 'purge') leaveDue(tally, due);
    return nothing;
  }
  const trash = await vaults.trashOf(vault, addDays(now, LOOK_AHEAD_DAYS), hints.map(soughtBy)).catch(failing);
  // A vault that cannot be read keeps its own hints back, and nobody else's.
  if ('task' in trash) {
    tally.down.set(keyOf(vault), trash);
    return { ...nothing, planned: hints.map((hint) => ({ hint, task: trash })) };
  }
  const { head, deleted, items, marks, unreadable } = trash;
  const found = new Map<string, Remains>(items.map((item) => [keyOf(item.name), item]));
  const inTrash = new Set(found.keys());
  const tags = new Map<string, string>();
  const broken = new Map(unreadable.map(({ item, why }) => [keyOf(item), { why, isUnreadable: true }]));
  const planned: Planned[] = [];
  for (const hint of hints) {
    const key = keyOf(hint.item);
    const fault = isTelling(hint) ? undefined : broken.get(key);
    const read = async () => {
      const known = found.get(key);
      if (known) return known;
      const held = await vaults.item(vault, hint.item);
      if (held) found.set(key, held.value);
      if (held) tags.set(key, held.tag);
      return held?.value;
    };
    const task = fault
      ? ({ task: 'fail', ...fault } as const)
      : await taskOf(hint, { head, deleted }, now, read).catch(failing);
    planned.push({ hint, task, tag: tags.get(key) });
  }
  const { fail = [], others = [] } = Object.groupBy(planned, ({ task }) => (task.task === 'fail' ? 'fail' : 'others'));
  const judge = async (one: Planned): Promise<Planned> => {
    const { hint, task } = one;
    if (head && task.task === 'warn') return { ...one, task: await whoDestroys({ flow, kinds }, task, head) };
    if (!head || task.task !== 'due' || isHeld(task, hint, mayPurge)) return one;
    const { name } = task.item;
    const ofItem =
      marks.find((mark) => sameName(mark.item, name) && isOfNow(mark, task.item, task.due)) ??
      (inTrash.has(keyOf(name)) ? undefined : await vaults.mark(vault, { item: name, purgeAt: task.due }));
    const judged = async () => whoDestroys({ flow, kinds }, await whetherTold(flow, task, head, now, ofItem), head);
    return { ...one, task: await judged().catch(failing) };
  };
  return {
    ...{ vault, head },
    planned: [...(await inParallel(oncePerItem(others), judge)), ...fail],
    stale: head ? marks.filter((mark) => isStale(mark, found.get(keyOf(mark.item)), head)) : [],
  };
}

/** Of an item that was not looked at nobody knows. */
const isStale = (mark: Mark, remains: Remains | undefined, { vault }: HeldHead): boolean =>
  remains !== undefined && !(remains.state === 'SoftDeleted' && isOfNow(mark, remains, purgeAt(remains, vault)));

const failing = (error: unknown): TaskOf<'fail'> => ({ task: 'fail', ...faultOf(error) });

/** The vault, if it is there. */
interface Standing {
  readonly head: HeldHead | undefined;
  readonly deleted?: HeldHead | undefined;
}

/** The hint only says when to look; the vault says whether it is to be removed by now. */
const removalTask = (deleted: HeldHead | undefined, now: Instant) => {
  const due = deleted?.vault.deletion?.removeAt;
  return deleted && due && due <= now ? ({ task: 'remove', due, deleted } as const) : ({ task: 'straighten' } as const);
};

/** What a hint leads to. Only a hint about an item needs the item to be read. */
export async function taskOf(
  hint: DueHint,
  { head, deleted }: Standing,
  now: Instant,
  read: () => Promise<Remains | undefined>,
): Promise<Task> {
  if (isTelling(hint)) return { task: 'retell' };
  if (hint.kind === 'tidy') return { task: 'tidy' };
  if (hint.kind === 'spent') return { task: 'noteSpent' };
  if (hint.kind === 'cooled' && hint.vault === SERVICE) return { task: 'settleGuard', guard: hint.item };
  if (hint.kind === 'remove') return removalTask(deleted, now);
  if (hint.kind === 'operate') return { task: 'operate' };
  if (hint.kind === 'reindex') return comingUpTask(head, hint, now);
  // Whoever purged or undeleted the last of it may not have told anybody.
  if (!head && hint.kind === 'purge') return { task: 'retell' };
  // A vault that comes back forgets what was purged then.
  if (!head) return { task: deleted && hint.kind === 'forget' ? 'putOff' : 'drop' };
  if (hint.kind === 'cooled') return cooledTask(hint, head.vault, now);
  if (hint.kind === 'warn' && hint.item === ITSELF)
    return isYoung(hint, now) ? { task: 'leave' } : { task: 'remindAnew', vault: head.vault };
  if (hint.kind === 'policy') return { task: 'rehint', policy: hint.item };
  return taskFor(hint, await read(), head, now);
}

/**
 * A warning and a purge may have become due together: then it is too late to warn, and one purge is enough. The purge hint is the
 * one that stays: a purge that is held must be found, and counted, again.
 */
function oncePerItem(planned: readonly Planned[]): readonly Planned[] {
  const ends = planned
    .filter(({ task }) => task.task === 'due' || task.task === 'finishPurge')
    .toSorted((a, b) => Number(a.hint.kind === 'purge') - Number(b.hint.kind === 'purge'));
  const first = new Map(ends.map((one) => [keyOf(one.hint.item), one]));
  return planned.map((one) => {
    const end = first.get(keyOf(one.hint.item));
    return !end || end === one || isTelling(one.hint) ? one : { ...one, task: { task: 'drop' } };
  });
}
