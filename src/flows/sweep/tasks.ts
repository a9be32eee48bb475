import type { HeldHead } from '../../change.ts';
import { ITSELF, SERVICE } from '../../core/hints.ts';
import type { Item } from '../../core/item.ts';
import type { SweepAction } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import { lateUntil, type Mark } from '../../core/told.ts';
import type { VaultKind } from '../../core/workloads.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { pagesToChange } from '../items/pages.ts';
import type { Room } from '../story/fitting.ts';
import { comeUp } from './comingUp.ts';
import { apply } from './cooled.ts';
import { expire } from './expire.ts';
import { order, unconfirmed } from './orders.ts';
import { endHolds, finishPurge, move, type Plan, purge, type Read, type Task, type TaskOf, warn } from './plans.ts';
import { rehint } from './rehint.ts';
import { listMore, type MayPurge, type Run, type SweepPorts } from './run.ts';
import { roomOfOrders, roomOfPurges } from './sharing.ts';

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

/** Its time is over, and nothing but a brake keeps it. */
export const isReady = (one: Planned): one is Planned<TaskOf<'purge' | 'order' | 'due'>> =>
  one.task.task === 'purge' || one.task.task === 'order' || one.task.task === 'due';

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

/** Whose row is not read again must have been counted: its transaction says what is taken off the count. */
const isPlain = ({ item, told: { mark, alerts, untold } }: Pick<TaskOf<'purge'>, 'item' | 'told'>): boolean =>
  !item.uncounted && item.pagedPoints === 0 && !untold && alerts.length + (mark ? 1 : 0) <= 1;

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
    shares: { may: isPlain, room: roomOfPurges },
    also: pagesRead,
    plan: purge,
  },
  order: {
    listed: {
      action: 'order',
      why: ({ asks }) => `its soft-delete period is over, and executor ${asks.executor} is to destroy its data`,
    },
    destroys: ({ due }) => due,
    shares: {
      may: isPlain,
      room: roomOfOrders,
      // It stays with all that it has, in its row and in its twin.
      size: ({ item, asks }) => 2 * (JSON.stringify(item).length + JSON.stringify(asks.parameters).length),
    },
    // Pages of before become so few that whoever closes the order takes them along.
    also: pagesRead,
    plan: order,
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
  unconfirmed: {
    listed: { action: 'unconfirmed', why: 'its executor has not confirmed in time' },
    also: async ({ flow }, { item }) => ({
      contacts: (await flow.executors.known(item.order.executor))?.contacts ?? [],
    }),
    plan: unconfirmed,
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
      again ? { raised: await flow.alerts.about(vault, name) } : {},
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
  apply: { listed: { action: 'apply', why: 'a weakening of the vault has cooled off' }, plan: apply },
  // Dealt with before all others, or after them, in retell.ts, guards.ts, removal.ts, ends.ts, operate.ts, remindAnew.ts and carryOut.ts. What
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
  remindAnew: { plan: () => ({ hint: 'stays' }) },
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
