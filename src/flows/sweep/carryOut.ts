import { forgetHint, tellHint } from '../../core/agenda.ts';
import { TOMBSTONE_DAYS } from '../../core/retention.ts';
import { addDays } from '../../core/time.ts';
import type { DueHint, HeldHead } from '../../ports.ts';
import { inParallel } from '../inParallel.ts';
import { type Due, PER_TRANSACTION, purgeTogether } from './purge.ts';
import { retellAll } from './retell.ts';
import { type MayPurge, type Run, reasonOf, setAside, strike } from './run.ts';
import { older, placeOf, type Tally } from './tally.ts';
import { type Dealt, dealWith, Held, type Planned, planVault, type VaultPlan } from './turn.ts';

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

export const overdue = ({ task: { item, due } }: PlannedPurge) => ({
  vault: item.vault,
  item: item.name,
  purgeAt: due,
});

/**
 * What others have done already goes first, and is struck off before anything new is begun: so each sweep gets further than the
 * one before it, however soon it dies. Then agenda first, the changes, and the hints struck off: wherever this dies, a hint is left.
 */
export async function carryOut(run: Run, plans: readonly VaultPlan[], mayPurge: MayPurge): Promise<void> {
  const { ports, now, tally } = run;
  const due = plans.flatMap(({ planned }) => purgesIn(planned));
  for (const one of due) tally.oldestFound = older(tally.oldestFound, overdue(one));
  await strike(run, plans.flatMap(overtaken));
  await retellAll(run, plans);
  const waiting = plans.flatMap(({ planned }) =>
    planned.flatMap(({ task }) => (task.task === 'wait' ? task.hints : [])),
  );
  const going = due.filter(({ hint, task }) => isSmall(task) && mayPurge(hint, task.due)).map(({ task }) => task.item);
  const tombstones = going.map((item) => forgetHint(item, addDays(now, TOMBSTONE_DAYS)));
  const tellings = going.map(({ vault, name }) => tellHint({ vault, item: name }, now));
  await ports.agenda.write([...waiting, ...tombstones, ...tellings]);
  const dealt = (await inParallel(plans, (plan) => carryOutIn(run, plan, mayPurge))).flat();
  await strike(
    run,
    dealt,
    tellings.filter((telling) => !run.untold.has(placeOf(telling))),
  );
  const gone = new Set(dealt);
  for (const one of due) if (!gone.has(one.hint)) tally.oldestLeft = older(tally.oldestLeft, overdue(one));
}

/** What leads nowhere any more. A second hint of an item that is about to go can wait until it is gone: that costs nothing. */
function overtaken({ head, planned }: VaultPlan): readonly DueHint[] {
  if (!head) return planned.flatMap(({ hint, task }) => (task.task === 'retell' ? [] : [hint]));
  const going = new Set(planned.filter(({ task }) => task.task !== 'drop').map(({ hint }) => placeOf(hint)));
  return planned.flatMap(({ hint, task }) => (task.task === 'drop' && !going.has(placeOf(hint)) ? [hint] : []));
}

type Way = 'over' | 'dropped' | 'settled' | 'left' | 'held' | 'small' | 'single';

function wayOf({ hint, task }: Planned, head: HeldHead | undefined, mayPurge: MayPurge): Way {
  if (!head || task.task === 'retell') return 'over';
  if (task.task === 'drop') return 'dropped';
  if (task.task === 'leave') return 'left';
  if (task.task === 'wait') return hint.kind === 'policy' ? 'single' : 'settled';
  if (task.task === 'finishPurge' && !mayPurge(hint, 'begun')) return 'held';
  if (task.task !== 'purge') return 'single';
  if (!mayPurge(hint, task.due)) return 'held';
  return isSmall(task) ? 'small' : 'single';
}

/** One vault: small purges share transactions, the rest goes one by one. Answers the hints that are dealt with. */
async function carryOutIn(run: Run, plan: VaultPlan, mayPurge: MayPurge): Promise<readonly DueHint[]> {
  const { skipped } = run.tally;
  const aside: DueHint[] = [];
  for (const { hint, why } of plan.unreadable) aside.push(...(await setAside(run, hint, why)));
  const { head } = plan;
  const over = new Set(overtaken(plan));
  const ways = Object.groupBy(plan.planned, (one) => (over.has(one.hint) ? 'over' : wayOf(one, head, mayPurge)));
  const { dropped = [], settled = [], held = [], small = [], single = [] } = ways;
  for (const { hint } of [...held, ...settled]) skipped.add(placeOf(hint));
  const dealt = [...dropped, ...settled].map(({ hint }) => hint);
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
      for (const { hint } of batch) run.tally.done.add(placeOf(hint));
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
    note(tally, hint, dealt);
    return 'dealt';
  } catch (error) {
    if (!(error instanceof Held))
      return setAside(run, hint, reasonOf(error), task.task === 'purge' ? task.due : undefined);
    tally.skipped.add(placeOf(hint));
    return 'stays';
  }
}

function note({ counts, done, skipped }: Tally, hint: DueHint, dealt: Dealt): void {
  if (dealt.done !== 'skipped') counts[dealt.done] += dealt.count;
  (dealt.count > 0 && dealt.done !== 'skipped' ? done : skipped).add(placeOf(hint));
}
