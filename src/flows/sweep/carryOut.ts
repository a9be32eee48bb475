import { forgetHint, tellHint } from '../../core/agenda.ts';
import { TOMBSTONE_DAYS } from '../../core/retention.ts';
import { MOST_TRIES, nextTry } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { DueHint, HeldHead, Ports } from '../../ports.ts';
import { type Due, PER_TRANSACTION, purgeTogether } from './purge.ts';
import { older, type Tally } from './tally.ts';
import { dealWith, Held, type Planned, planVault, type VaultPlan } from './turn.ts';

export interface Run {
  readonly ports: Pick<Ports, 'vaults' | 'agenda' | 'control' | 'notices' | 'newId'>;
  readonly now: Instant;
  readonly tally: Tally;
  /** Hints that are dealt with. */
  readonly struck: Set<DueHint>;
  /** Vaults whose purges were not all told. */
  readonly untold: Set<string>;
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<boolean>;
}

type MayPurge = (due: Instant) => boolean;

const SIDE_BY_SIDE = 32;

export const purgesIn = (planned: readonly Planned[]): readonly Due[] =>
  planned.flatMap(({ task }) => (task.task === 'purge' ? [task] : []));

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

/** Agenda first, then the changes, then the hints are struck off: wherever this dies, a hint is left. */
export async function carryOut(run: Run, plans: readonly VaultPlan[], mayPurge: MayPurge): Promise<void> {
  const { ports, now, tally } = run;
  const due = plans.flatMap(({ planned }) => purgesIn(planned));
  for (const one of due)
    tally.oldestFound = older(tally.oldestFound, { vault: one.item.vault, item: one.item.name, purgeAt: one.due });
  const waiting = plans.flatMap(({ planned }) =>
    planned.flatMap(({ task }) => (task.task === 'wait' ? task.hints : [])),
  );
  const going = due.filter((one) => isSmall(one) && mayPurge(one.due)).map(({ item }) => item);
  const tombstones = going.map((item) => forgetHint(item, addDays(now, TOMBSTONE_DAYS)));
  const tellings = going.map((item) => tellHint(item, now));
  await ports.agenda.write([...waiting, ...tombstones, ...tellings]);
  const struck = (await inParallel(plans, (plan) => carryOutIn(run, plan, mayPurge))).flat();
  await ports.agenda.strike([...struck, ...tellings.filter(({ vault }) => !run.untold.has(vault))]);
  for (const hint of struck) run.struck.add(hint);
}

/** One vault: small purges share transactions, the rest goes one by one. Answers the hints that are dealt with. */
async function carryOutIn(run: Run, plan: VaultPlan, mayPurge: MayPurge): Promise<readonly DueHint[]> {
  const struck: DueHint[] = [];
  for (const { hint, why } of plan.unreadable) struck.push(...(await setAside(run, hint, why)));
  const { head } = plan;
  if (!head) return [...struck, ...plan.planned.map(({ hint }) => hint)];
  const settled = plan.planned.filter(
    ({ hint, task }) => task.task === 'drop' || (task.task === 'wait' && hint.kind !== 'policy'),
  );
  struck.push(...settled.map(({ hint }) => hint));
  run.tally.counts.skipped += settled.filter(({ task }) => task.task === 'wait').length;

  const small = plan.planned.filter(({ task }) => task.task === 'purge' && isSmall(task) && mayPurge(task.due));
  const single = plan.planned.filter((one) => !settled.includes(one) && !small.includes(one));
  for (let at = 0; at < small.length; at += PER_TRANSACTION) {
    const batch = small.slice(at, at + PER_TRANSACTION);
    if (run.outOfTime() || (await run.paused())) break;
    if (await together(run, head, batch)) {
      run.tally.counts.purged += batch.length;
      struck.push(...batch.map(({ hint }) => hint));
    } else single.unshift(...batch);
  }
  for (const { hint } of single) {
    if (run.outOfTime()) break;
    const paused = await run.paused();
    struck.push(...(await one(run, head, hint, (due) => !paused && mayPurge(due))));
  }
  return struck;
}

const isSmall = ({ item }: Due): boolean => item.pagedPoints === 0;

async function together({ ports, now, untold }: Run, head: HeldHead, batch: readonly Planned[]): Promise<boolean> {
  const [first, ...rest] = purgesIn(batch);
  if (!first) return true;
  // One bad item must not keep the others: each then gets its own try, and its own fault.
  const alerts = await purgeTogether(ports, head, [first, ...rest], now).catch(() => undefined);
  if (!alerts) return false;
  // Purged is purged. What could not be told stays in the agenda, and is told by the next sweep.
  await ports.notices.send({ vault: head.vault.name, alerts }).catch(() => untold.add(head.vault.name));
  return true;
}

/** Answers the hint if it is dealt with; nothing if it stays. */
async function one(run: Run, head: HeldHead, hint: DueHint, mayPurge: MayPurge): Promise<readonly DueHint[]> {
  const { ports, now, tally } = run;
  try {
    const dealt = await dealWith(ports, head, hint, now, mayPurge);
    tally.counts[dealt.done] += dealt.count;
    if (hint.tries >= MOST_TRIES) await ports.control.release(hint.vault, hint.item);
    return [hint];
  } catch (error) {
    if (!(error instanceof Held)) return setAside(run, hint, reasonOf(error));
    tally.counts.skipped += 1;
    return [];
  }
}

/** Tried again later and later, and after some tries only once a day, where everyone can see it. */
async function setAside({ ports, now, tally }: Run, hint: DueHint, why: string): Promise<readonly DueHint[]> {
  tally.counts.failed += 1;
  if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: hint.due });
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
