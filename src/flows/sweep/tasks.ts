import type { HeldHead } from '../../change.ts';
import { ITSELF, SERVICE } from '../../core/hints.ts';
import type { Item, Remains } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { USUAL_REMINDER } from '../../core/retention.ts';
import { isTelling, mayEndInPurge, type SweepAction, taskFor } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import { isOfNow, lateUntil, type Mark } from '../../core/told.ts';
import type { VaultKind } from '../../core/workloads.ts';
import type { DueHint, Sought } from '../../ports.ts';
import { pagesToChange } from '../items/pages.ts';
import { inParallel } from '../story/rounds.ts';
import { comeUp, comingUpTask } from './comingUp.ts';
import { apply, cooledTask } from './cooled.ts';
import { expire } from './expire.ts';
import {
  endHolds,
  finishPurge,
  hintAnew,
  move,
  type Plan,
  purge,
  type Read,
  type Task,
  type TaskOf,
  warn,
} from './plans.ts';
import { rehint } from './rehint.ts';
import { leaveDue, listMore, type MayPurge, type Run, reasonOf, type SweepPorts } from './run.ts';
import { type Room, roomOfPurges } from './sharing.ts';
import { remindersIn, whetherTold } from './told.ts';

/** A hint with what is to be done about it. */
export interface Planned<T extends Task = Task> {
  readonly hint: DueHint;
  readonly task: T;
  /** Of the item's row, where that was read; what lies in the trash rests on its place there instead. */
  readonly tag?: string | undefined;
}

/** Hints of one vault. */
export type Group = readonly [vault: string, hints: readonly DueHint[]];

/** What they lead to. */
export interface Look {
  readonly vault: string;
  readonly head: HeldHead | undefined;
  readonly planned: readonly Planned[];
  /** Marks that count no more: of an earlier deletion, or of another date. */
  readonly stale: readonly Mark[];
}

export const isPurge = (one: Planned): one is Planned<TaskOf<'purge'>> => one.task.task === 'purge';
/** Its time is over, and nothing but a brake keeps it. */
export const isReady = (one: Planned): one is Planned<TaskOf<'purge' | 'due'>> =>
  isPurge(one) || one.task.task === 'due';

const LOOK_AHEAD_DAYS = 2;

/** Where an item lies in the trash, as the hint to it lets us guess; what lies elsewhere is read by itself. */
function soughtBy({ kind, item, due, since = due }: DueHint): Sought {
  if (kind === 'warn') return { item, place: addDays(since, USUAL_REMINDER) };
  return { item, place: mayEndInPurge({ kind }) ? since : undefined };
}

/** Reads the truth about what the hints of one vault name: the trash in one read, the rest one by one. */
export async function look(
  { flow, now, mayPurge, tally }: Pick<Run, 'flow' | 'now' | 'mayPurge' | 'tally'>,
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
    tally.down.set(keyOf(vault), trash.why);
    return { ...nothing, planned: hints.map((hint) => ({ hint, task: trash })) };
  }
  const { head, deleted, items, marks, unreadable } = trash;
  const found = new Map<string, Remains>(items.map((item) => [keyOf(item.name), item]));
  const inTrash = new Set(found.keys());
  const tags = new Map<string, string>();
  const broken = new Map(unreadable.map(({ item, why }) => [keyOf(item), why]));
  const planned: Planned[] = [];
  for (const hint of hints) {
    const key = keyOf(hint.item);
    const why = isTelling(hint) ? undefined : broken.get(key);
    const read = async () => {
      const known = found.get(key);
      if (known) return known;
      const held = await vaults.item(vault, hint.item);
      if (held) found.set(key, held.value);
      if (held) tags.set(key, held.tag);
      return held?.value;
    };
    const task =
      why === undefined
        ? await taskOf(hint, { head, deleted }, now, read).catch(failing)
        : ({ task: 'fail', why } as const);
    planned.push({ hint, task, tag: tags.get(key) });
  }
  const { fail = [], others = [] } = Object.groupBy(planned, ({ task }) => (task.task === 'fail' ? 'fail' : 'others'));
  const judge = async (one: Planned): Promise<Planned> => {
    const { hint, task } = one;
    if (!head || task.task !== 'due' || isHeld(task, hint, mayPurge)) return one;
    const { name } = task.item;
    const ofItem =
      marks.find((mark) => sameName(mark.item, name) && isOfNow(mark, task.item, task.due)) ??
      (inTrash.has(keyOf(name)) ? undefined : await vaults.mark(vault, { item: name, purgeAt: task.due }));
    return { ...one, task: await whetherTold(flow, task, head, now, ofItem).catch(failing) };
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

const failing = (error: unknown): TaskOf<'fail'> => ({ task: 'fail', why: reasonOf(error) });

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
  if (hint.kind === 'warn' && hint.item === ITSELF) return { task: 'remindAnew' };
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

interface Asked {
  readonly flow: SweepPorts;
  readonly head: HeldHead;
  readonly now: Instant;
  /** Somebody wrote first: what could be taken for granted before has to be read. */
  readonly again: boolean;
}

/** How many of a kind one transaction takes. Their items are not read again. */
interface Shares<T> {
  readonly may: (task: T, read: Pick<Read, 'terms' | 'now'>) => boolean;
  readonly room: (kind: VaultKind) => Room;
  /** What it writes into its rows, where that may be much. */
  readonly size?: (task: T, head: HeldHead) => number;
}

interface Row<T> {
  /** What a dry run says of it. Nothing is said where nothing happens. */
  readonly listed?: { readonly action: SweepAction; readonly why: string | ((task: T) => string) };
  /** It destroys something, that was due then: the brakes have to allow it. */
  readonly destroys?: (task: T) => Instant | 'begun';
  /** It can share a transaction with others of its kind. */
  readonly shares?: Shares<T>;
  /** It changes nothing but hints, and so needs no second look at the item. */
  readonly onlyHints?: true;
  /** What it has to read. */
  readonly also?: (asked: Asked, task: T) => Promise<Partial<Read>>;
  readonly plan: (task: T, read: Read) => Plan;
}

const pagesRead = async ({ flow, now }: Asked, { item }: { readonly item: Item }) => ({
  pages: await pagesToChange(flow, item, now),
});

/** What an alert says, and what it says of each who is told, in characters. */
const WRITTEN_EACH = 1000;

const OVER = { action: 'purge', why: 'its soft-delete period is over' } as const;
const WAITS: { readonly [B in TaskOf<'untold'>['blocker']]: string } = {
  NotTold: 'not everybody was told',
  NoticeRunning: 'the time after the last reminder is not over',
};

/** All that a sweep can do about a hint. What is done about many small items is the same plan as for one, many times in a transaction. */
const TASKS: { readonly [K in Task['task']]: Row<TaskOf<K>> } = {
  // What a brake holds is not looked at any further.
  due: { listed: OVER, destroys: ({ due }) => due, plan: () => ({ hint: 'stays' }) },
  purge: {
    listed: OVER,
    destroys: ({ due }) => due,
    shares: {
      // Whose row is not read again must have been counted: its transaction says what is taken off the count.
      may: ({ item, told: { mark, alerts, untold } }) =>
        !item.uncounted && item.pagedPoints === 0 && !untold && alerts.length + (mark ? 1 : 0) <= 1,
      room: roomOfPurges,
    },
    also: pagesRead,
    plan: purge,
  },
  untold: {
    listed: { action: 'wait', why: ({ blocker }) => WAITS[blocker] },
    onlyHints: true,
    plan: () => ({ hint: 'stays' }),
  },
  finishPurge: {
    listed: { action: 'finishPurge', why: 'its purge was begun' },
    destroys: () => 'begun',
    plan: finishPurge,
  },
  warn: {
    listed: {
      action: 'warn',
      why: ({ days }) => (days === 0 ? 'nobody was reminded of its purge' : 'people are to be reminded of its purge'),
    },
    // The place in the trash on which it rests, its entry, its alert; the fence, and what names the end of the alerts.
    shares: {
      // A late one changes the item as well.
      may: ({ due, days }, { terms, now }) => days > 0 && !lateUntil(due, terms, now),
      room: () => ({ each: 3, all: 2 }),
      size: (_, { vault: { alerts } }) => WRITTEN_EACH * (1 + alerts.recipients.length + alerts.owners.length),
    },
    also: async ({ flow, again }, { item: { vault, name } }) =>
      again ? { raised: (await flow.alerts.about(vault, name)).map(({ value }) => value) } : {},
    plan: warn,
  },
  move: { listed: { action: 'move', why: 'the period of its vault was lengthened' }, plan: move },
  endHolds: { listed: { action: 'endHolds', why: 'a hold has ended' }, plan: endHolds },
  expire: {
    listed: { action: 'expire', why: 'recovery points have reached their end' },
    // Its row and its entry; the fence.
    shares: {
      may: ({ item }) => item.pagedPoints === 0,
      room: () => ({ each: 2, all: 1 }),
      size: ({ item }) => JSON.stringify(item).length,
    },
    also: pagesRead,
    plan: expire,
  },
  forget: {
    listed: { action: 'forget', why: 'it was purged ninety days ago' },
    plan: () => ({ hint: 'struck', goesOn: 'forget' }),
  },
  rehint: { plan: rehint },
  remindAnew: {
    also: async ({ flow, head, now }) => ({ hints: await remindersIn(flow, head, now) }),
    plan: hintAnew,
  },
  apply: { listed: { action: 'apply', why: 'a weakening of the vault has cooled off' }, plan: apply },
  // Dealt with before all others, or after them, in retell.ts, guards.ts, removal.ts, ends.ts, operate.ts and carryOut.ts. What
  // turns up later is for the next sweep.
  settleGuard: {
    listed: { action: 'apply', why: ({ guard }) => `a loosening of guard ${guard} may have cooled off` },
    plan: () => ({ hint: 'stays' }),
  },
  noteSpent: { plan: () => ({ hint: 'stays' }) },
  remove: {
    listed: { action: 'remove', why: 'it was deleted fourteen days ago' },
    destroys: ({ due }) => due,
    plan: () => ({ hint: 'stays' }),
  },
  straighten: { plan: () => ({ hint: 'stays' }) },
  tidy: { plan: () => ({ hint: 'stays' }) },
  reindex: { plan: comeUp },
  operate: { plan: () => ({ hint: 'stays' }) },
  putOff: { plan: () => ({ hint: 'stays' }) },
  retell: { plan: () => ({ hint: 'stays' }) },
  fail: {
    listed: { action: 'fail', why: ({ why }) => `it cannot be dealt with: ${why}` },
    plan: () => ({ hint: 'stays' }),
  },
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

/** A dry run says what would happen and why, and does none of it. */
export function list({ tally, mayPurge }: Run, { vault, planned }: Look): void {
  const all = planned.flatMap(({ hint, task }) => {
    const { listed } = rowOf(task);
    if (!listed) return [];
    const why = typeof listed.why === 'function' ? listed.why(task) : listed.why;
    const action = isHeld(task, hint, mayPurge) ? 'held' : listed.action;
    const item = hint.item === ITSELF || vault === SERVICE ? null : hint.item;
    return [{ vault: vault === SERVICE ? null : vault, item, action, why, due: 'due' in task ? task.due : hint.due }];
  });
  // Several hints may lead to the same.
  const each = Map.groupBy(all, ({ item, action, why }) => `${item}!${action}!${why}`);
  listMore(
    tally,
    [...each.values()].flatMap(([first]) => first ?? []),
  );
}
