import type { HeldHead } from '../../change.ts';
import type { Hint } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import { faultOf, isTrouble } from '../../core/problems.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { takeApart } from '../items/destroy.ts';
import type { Landed } from '../story/land.ts';
import { inParallel, untilDone } from '../story/rounds.ts';
import { mayPurgeUnder } from './brakes.ts';
import { tidyAll } from './ends.ts';
import { settleGuards } from './guards.ts';
import { taskOf } from './look.ts';
import { operateAll } from './operate.ts';
import { whoDestroys } from './orders.ts';
import type { Plan, Task, TaskOf } from './plans.ts';
import { remindAnew } from './remindAnew.ts';
import { removeAll } from './removal.ts';
import { retellAll } from './retell.ts';
import { heard, leaveDue, placeOf, type Run, setAside, strike } from './run.ts';
import { isHeld, isReady, type Look, type Planned, rowOf } from './tasks.ts';
import { whetherTold } from './told.ts';
import { type Batch, isFirst, readOf, type Work, workIn } from './work.ts';

/**
 * What others have done already goes first, and is struck off before anything new is begun: so each sweep gets further than the
 * one before it, however soon it dies. Then the hints of all that is planned, the changes, and the hints struck off: wherever this
 * dies, a hint is left.
 */
export async function carryOut(run: Run, looks: readonly Look[]): Promise<void> {
  const { flow, now, tally, seen } = run;
  const planned = looks.flatMap((one) => one.planned);
  const due = planned.filter(isReady);
  const gone = new Set<Hint>(looks.flatMap((one) => overtaken(one.planned)));
  for (const mark of looks.flatMap(({ stale }) => stale)) await flow.vaults.dropMark(mark);
  await strike(run, [...gone]);
  await retellAll(run, planned);
  await settleGuards(run, planned);
  await removeAll(run, planned);
  await tidyAll(run, planned);
  const works = looks.flatMap((one) => workIn(run, one, gone));
  const batches = works.flatMap((work) => work.batches);
  const again = works.flatMap((work) => work.again);
  const [, ...ready] = await flow.prepare([{ now, again }, ...batches.map(({ landing }) => landing)]);
  const land = new Map(batches.map((batch, index) => [batch, ready[index]]));
  const aside = await failedIn(run, planned);
  const done = await inParallel(works, (work) => carryOutIn(run, work, land));
  const ended = [...aside, ...done.flat()];
  await strike(run, ended);
  for (const hint of ended) gone.add(hint);
  for (const { hint, task } of due) if (!gone.has(hint) && !seen.done.has(placeOf(hint))) leaveDue(tally, task.due);
  await operateAll(run, planned);
  await remindAnew(run, planned);
}

/** Those that failed for the same reason are put off together. */
async function failedIn(run: Run, planned: readonly Planned[]): Promise<readonly DueHint[]> {
  const failed = planned.flatMap(({ hint, task }) => (task.task === 'fail' ? [{ hint, fault: task }] : []));
  const causes = Map.groupBy(failed, ({ hint, fault }) => `${keyOf(hint.vault)} ${fault.why}`);
  const all = await inParallel([...causes.values()], async (some) => {
    const [first] = some;
    const hints = some.map(({ hint }) => hint);
    return first ? setAside(run, hints, first.fault) : [];
  });
  return all.flat();
}

/** What leads nowhere any more. A second hint of an item that is about to go can wait until it is gone: that costs nothing. */
function overtaken(planned: readonly Planned[]): readonly DueHint[] {
  const isDropped = ({ task }: Planned) => task.task === 'drop';
  const going = new Set(planned.filter((one) => !isDropped(one) && !isFirst(one)).map(({ hint }) => placeOf(hint)));
  return planned.flatMap((one) => (isDropped(one) && !going.has(placeOf(one.hint)) ? [one.hint] : []));
}

type Land = (() => Promise<Landed>) | undefined;

/** One vault: small items share transactions, the rest goes one by one. Answers the hints that are dealt with. */
async function carryOutIn(run: Run, work: Work, land: ReadonlyMap<Batch, Land>): Promise<readonly Hint[]> {
  const { tally } = run;
  const vault = keyOf(work.head.vault.name);
  const inTurn = async (batch: Batch): Promise<{ ended: readonly Hint[]; alone: readonly Planned[] }> => {
    const isStopped = tally.down.has(vault) || run.outOfTime() || (destroys(batch) && (await run.paused()));
    if (isStopped) return { ended: [], alone: [] };
    const done = await landTogether(run, batch, land.get(batch));
    return done ? { ended: done, alone: [] } : { ended: [], alone: batch.decided };
  };
  const together = await inParallel(work.batches, (batch) => run.inVault(vault, () => inTurn(batch)));
  const ended: Hint[] = [...work.settled, ...together.flatMap((one) => one.ended)];
  for (const planned of [...together.flatMap((one) => one.alone), ...work.alone]) {
    const { hint, task } = planned;
    if (tally.down.has(vault) || run.outOfTime()) break;
    const pause = await run.paused();
    const asked = pause ? { ...run, mayPurge: mayPurgeUnder(pause) } : run;
    // What goes wrong is its own fault, and tried again later.
    const failed = (error: unknown) => {
      noteTrouble(run, vault, error);
      return setAside(run, [hint], faultOf(error), 'told' in task ? task.due : undefined);
    };
    ended.push(...(await run.inVault(vault, () => dealWith(asked, work.head, planned)).catch(failed)));
  }
  const fault = tally.down.get(vault);
  if (!fault) return ended;
  const met = new Set(ended);
  const hints = [...work.batches.flatMap(({ decided }) => decided), ...work.alone].map(({ hint }) => hint);
  return [
    ...ended,
    ...(await setAside(
      run,
      hints.filter((hint) => !met.has(hint)),
      fault,
    )),
  ];
}

/** A vault whose partition does not answer is left to the next sweep with all that is due there: it costs the others nothing. */
function noteTrouble({ tally }: Run, vault: string, error: unknown): void {
  if (isTrouble(error)) tally.down.set(vault, faultOf(error));
}

/** A pause holds what destroys something, and nothing else. */
const destroys = ({ decided: [first] }: Batch): boolean => first !== undefined && !!rowOf(first.task).destroys;

/** undefined: nothing was done about any of them. One bad item must not keep the others: each then gets its own try, and its own fault. */
async function landTogether(run: Run, { decided }: Batch, land: Land): Promise<readonly Hint[] | undefined> {
  const landed = await land?.().catch((error: unknown) => {
    noteTrouble(run, keyOf(decided[0]?.hint.vault ?? ''), error);
    return undefined;
  });
  if (!landed?.done) return undefined;
  for (const { hint, plan } of decided) note(run, hint, plan);
  return heard(
    run,
    landed,
    decided.flatMap(({ hint, plan }) => (plan.hint === 'struck' ? [hint] : [])),
  );
}

/**
 * Deals with one item by itself, from what is true now. A lost race is decided anew. Answers the hints that are dealt with; none:
 * it must not be done now, or cannot be judged yet.
 */
async function dealWith(run: Run, first: HeldHead, { hint, task: before }: Planned): Promise<readonly Hint[]> {
  const { flow, now, seen } = run;
  const { vault, item } = hint;
  let again = false;
  return untilDone(`${vault}/${item}`, async () => {
    const head = again ? await flow.vaults.head(vault, 'fresh') : first;
    let tag = '';
    const found = await taskOf(hint, { head }, now, async () => {
      const held = await flow.vaults.item(vault, item);
      tag = held?.tag ?? '';
      return held?.value;
    });
    if (isHeld(found, hint, run.mayPurge)) {
      seen.skipped.add(placeOf(hint));
      return [];
    }
    const task = await known(run, found, head ?? first, again ? undefined : before);
    const row = rowOf(task);
    const asked = { flow, head: head ?? first, now, again };
    const read = { ...readOf(run, asked.head, { hint, tag }), ...(await row.also?.(asked, task)) };
    again = true;
    const plan = row.plan(task, read);
    const landed = plan.landing && (await flow.land(plan.landing));
    if (plan.hint === 'lookAgain' || landed?.done === false) return undefined;
    const last = (await goOn(run, hint, plan)) ?? landed;
    if (plan.hint === 'struck' || plan.counts) note(run, hint, plan);
    const ended = plan.hint === 'stays' ? [] : [hint];
    return last ? heard(run, last, ended) : ended;
  });
}

/** What is to be known before it is planned. */
async function known(run: Run, found: Task, head: HeldHead, before: Task | undefined): Promise<Task> {
  if (found.task === 'due') return judged(run, found, head, before);
  return found.task === 'warn' ? whoDestroys(run, found, head) : found;
}

/** What was found out about the very same item a moment ago holds; else it is asked again. */
async function judged(run: Run, due: TaskOf<'due'>, head: HeldHead, before: Task | undefined) {
  const { flow, now } = run;
  const { item } = due;
  const isFound = before?.task === 'purge' || before?.task === 'order' || before?.task === 'warn';
  if (isFound && before.item.etag === item.etag) return { ...before, item };
  const mark = await flow.vaults.mark(item.vault, { item: item.name, purgeAt: due.due });
  return whoDestroys(run, await whetherTold(flow, due, head, now, mark), head);
}

/** What follows after the plan's own transaction. */
async function goOn({ flow }: Run, { vault, item }: Hint, { goesOn: rest }: Plan): Promise<Landed | null> {
  if (rest === undefined) return null;
  if (rest !== 'forget') return takeApart(flow, { vault, item }, rest);
  await flow.vaults.forget(vault, item);
  return null;
}

function note(run: Run, hint: Hint, { counts: of, leftOver = [] }: Plan): void {
  const { counts } = run.tally;
  const { done, skipped } = run.seen;
  run.leftOver.push(...leftOver);
  if (of) counts[of.as] += of.count;
  (of && of.count > 0 ? done : skipped).add(placeOf(hint));
}
