import { forgetHint, type Hint, tellHint } from '../../core/agenda.ts';
import { keyOf } from '../../core/names.ts';
import { TOMBSTONE_DAYS } from '../../core/retention.ts';
import { MOST_TRIES, nextTry } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { DueHint, HeldHead, Ports } from '../../ports.ts';
import type { Brake } from './brakes.ts';
import { type Due, PER_TRANSACTION, purgeTogether } from './purge.ts';
import { older, type Tally } from './tally.ts';
import { dealWith, Held, type Planned, planVault, type VaultPlan } from './turn.ts';

export interface Run {
  readonly ports: Pick<Ports, 'vaults' | 'agenda' | 'control' | 'notices' | 'newId'>;
  readonly now: Instant;
  readonly tally: Tally;
  /** Items whose purge somebody still has to hear of, or may be told of by another sweep: their hints to tell stay. */
  readonly untold: Set<string>;
  /** Asked only while there is something left to do. */
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<Brake | undefined>;
}

/** `begun`: it is Purging already. */
export type MayPurge = (hint: Hint, due: Instant | 'begun') => boolean;

const SIDE_BY_SIDE = 32;

export interface PlannedPurge {
  readonly hint: DueHint;
  readonly task: Extract<Planned['task'], { task: 'purge' }>;
}

export const purgesIn = (planned: readonly Planned[]): readonly PlannedPurge[] =>
  planned.flatMap(({ hint, task }) => (task.task === 'purge' ? [{ hint, task }] : []));

/** A vault that cannot be read keeps its own hints back, and nobody else's. */
export async function planOrSetAside(
  { ports, now }: Run,
  vault: string,
  hints: readonly DueHint[],
): Promise<VaultPlan> {
  try {
    return await planVault(ports, vault, hints, now);
  } catch (error) {
    return { vault, head: undefined, planned: [], unreadable: hints.map((hint) => ({ hint, why: reasonOf(error) })) };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

export const overdue = ({ task: { item, due } }: PlannedPurge) => ({
  vault: item.vault,
  item: item.name,
  purgeAt: due,
});

/** Agenda first, then the changes, then the hints are struck off: wherever this dies, a hint is left. */
export async function carryOut(run: Run, plans: readonly VaultPlan[], mayPurge: MayPurge): Promise<void> {
  const { ports, now, tally } = run;
  const due = plans.flatMap(({ planned }) => purgesIn(planned));
  for (const one of due) tally.oldestFound = older(tally.oldestFound, overdue(one));
  const waiting = plans.flatMap(({ planned }) =>
    planned.flatMap(({ task }) => (task.task === 'wait' ? task.hints : [])),
  );
  const going = due.filter(({ hint, task }) => isSmall(task) && mayPurge(hint, task.due)).map(({ task }) => task.item);
  const tombstones = going.map((item) => forgetHint(item, addDays(now, TOMBSTONE_DAYS)));
  const tellings = going.map((item) => tellHint(item, now));
  await ports.agenda.write([...waiting, ...tombstones, ...tellings]);
  const struck = (await inParallel(plans, (plan) => carryOutIn(run, plan, mayPurge))).flat();
  await ports.agenda.strike([...struck, ...tellings.filter((telling) => !run.untold.has(placeOf(telling)))]);
  const gone = new Set(struck);
  for (const one of due) if (!gone.has(one.hint)) tally.oldestLeft = older(tally.oldestLeft, overdue(one));
}

export const placeOf = ({ vault, item }: Pick<Hint, 'vault' | 'item'>): string => `${keyOf(vault)}/${keyOf(item)}`;

type Way = 'settled' | 'left' | 'held' | 'small' | 'single';

function wayOf({ hint, task }: Planned, head: HeldHead | undefined, mayPurge: MayPurge): Way {
  if (!head || task.task === 'drop') return 'settled';
  if (task.task === 'leave') return 'left';
  if (task.task === 'wait') return hint.kind === 'policy' ? 'single' : 'settled';
  if (task.task === 'finishPurge' && !mayPurge(hint, 'begun')) return 'held';
  if (task.task !== 'purge') return 'single';
  if (!mayPurge(hint, task.due)) return 'held';
  return isSmall(task) ? 'small' : 'single';
}

/** One vault: small purges share transactions, the rest goes one by one. Answers the hints that are dealt with. */
async function carryOutIn(run: Run, plan: VaultPlan, mayPurge: MayPurge): Promise<readonly DueHint[]> {
  const { counts } = run.tally;
  const aside: DueHint[] = [];
  for (const { hint, why } of plan.unreadable) aside.push(...(await setAside(run, hint, why)));
  const { head } = plan;
  const ways = Object.groupBy(plan.planned, (one) => wayOf(one, head, mayPurge));
  const { settled = [], held = [], small = [], single = [] } = ways;
  counts.skipped += held.length + settled.filter(({ task }) => task.task === 'wait').length;
  const dealt = settled.map(({ hint }) => hint);
  if (head) {
    const [done, left] = await purgeSmall(run, head, small);
    dealt.push(...done);
    for (const planned of [...left, ...single]) {
      if (run.outOfTime()) break;
      const outcome = await one(run, head, planned, mayPurge);
      if (outcome === 'dealt') dealt.push(planned.hint);
      else if (outcome !== 'stays') aside.push(...outcome);
    }
  }
  for (const hint of dealt) if (hint.tries >= MOST_TRIES) await run.ports.control.release(hint.vault, hint.item);
  return [...dealt, ...aside];
}

const isSmall = ({ item }: Due): boolean => item.pagedPoints === 0;

/** Answers what is done, and what has to be tried one by one. What there was no time for is neither. */
async function purgeSmall(
  run: Run,
  head: HeldHead,
  small: readonly Planned[],
): Promise<readonly [readonly DueHint[], readonly Planned[]]> {
  const done: DueHint[] = [];
  const left: Planned[] = [];
  for (let at = 0; at < small.length; at += PER_TRANSACTION) {
    const batch = small.slice(at, at + PER_TRANSACTION);
    if (run.outOfTime() || (await run.paused())) break;
    if (await together(run, head, batch)) {
      run.tally.counts.purged += batch.length;
      done.push(...batch.map(({ hint }) => hint));
    } else left.push(...batch);
  }
  return [done, left];
}

async function together({ ports, now, untold }: Run, head: HeldHead, batch: readonly Planned[]): Promise<boolean> {
  const [first, ...rest] = purgesIn(batch).map(({ task }) => task);
  if (!first) return true;
  const leaveUntold = () => {
    for (const { hint } of batch) untold.add(placeOf(hint));
  };
  // One bad item must not keep the others: each then gets its own try, and its own fault.
  const alerts = await purgeTogether(ports, head, [first, ...rest], now).catch(() => undefined);
  if (!alerts) leaveUntold();
  // Purged is purged. What could not be told stays in the agenda, and is told by the next sweep.
  else await ports.notices.send({ vault: head.vault.name, alerts }).catch(leaveUntold);
  return alerts !== undefined;
}

/** `stays`: it must not be done now, or cannot be judged yet. Otherwise dealt with, or the hints that were set aside. */
async function one(
  run: Run,
  head: HeldHead,
  { hint, task }: Planned,
  mayPurge: MayPurge,
): Promise<'dealt' | 'stays' | readonly DueHint[]> {
  const { ports, now, tally } = run;
  const paused = await run.paused();
  try {
    const dealt = await dealWith(ports, head, hint, now, (due) => !paused && mayPurge(hint, due));
    if (dealt === 'leave') return 'stays';
    tally.counts[dealt.done] += dealt.count;
    return 'dealt';
  } catch (error) {
    if (!(error instanceof Held))
      return setAside(run, hint, reasonOf(error), task.task === 'purge' ? task.due : undefined);
    tally.counts.skipped += 1;
    return 'stays';
  }
}

/** Tried again later and later, and after some tries only once a day, where everyone can see it. */
async function setAside(
  { ports, now, tally }: Run,
  hint: DueHint,
  why: string,
  due = hint.due,
): Promise<readonly DueHint[]> {
  tally.counts.failed += 1;
  if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: due });
  const tries = hint.tries + 1;
  await ports.agenda.write([{ ...hint, due: nextTry(tries, now), tries }]);
  if (tries >= MOST_TRIES)
    await ports.control.quarantine({ vault: hint.vault, item: hint.item, why: why.slice(0, 500), since: now, tries });
  return [hint];
}

export async function inParallel<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = all.entries();
  const worker = async () => {
    for (const [index, next] of queue) results[index] = await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, all.length) }, worker));
  return results;
}
