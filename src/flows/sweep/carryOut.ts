import { type HeldHead, MOST_ROWS } from '../../change.ts';
import type { Hint } from '../../core/hints.ts';
import type { DueHint } from '../../ports.ts';
import type { Landed, Landing } from '../story/land.ts';
import { inParallel } from '../story/rounds.ts';
import { dealWith, heard, readOf } from './dealWith.ts';
import { type Look, overdue, type Planned, type PlannedPurge, purgesIn } from './look.ts';
import { inOne, purge } from './plans.ts';
import { older, placeOf } from './report.ts';
import { retellAll } from './retell.ts';
import { type Ended, type MayPurge, type Run, reasonOf, setAside, strike } from './run.ts';
import { isHeld, rowOf } from './tasks.ts';

/**
 * What others have done already goes first, and is struck off before anything new is begun: so each sweep gets further than the
 * one before it, however soon it dies. Then the hints of all that is planned, the changes, and the hints struck off: wherever this
 * dies, a hint is left.
 */
export async function carryOut(run: Run, looks: readonly Look[], mayPurge: MayPurge): Promise<void> {
  const { flow, now, tally } = run;
  const due = looks.flatMap(({ planned }) => purgesIn(planned));
  for (const one of due) tally.oldestFound = older(tally.oldestFound, overdue(one));
  await strike(
    run,
    looks.flatMap(({ planned }) => overtaken(planned)),
  );
  await retellAll(run, looks);
  const works = looks.flatMap((one) => workIn(run, one, mayPurge));
  const batches = works.flatMap((work) => work.batches);
  const again = works.flatMap((work) => work.again);
  const [, ...ready] = await flow.prepare([{ now, again }, ...batches.map(({ landing }) => landing)]);
  const land = new Map(batches.map((batch, index) => [batch, ready[index]]));
  const unreadable = looks.flatMap((one) => one.unreadable);
  const aside = await inParallel(unreadable, ({ hint, why }) => setAside(run, hint, why));
  const done = await inParallel(works, (work) => carryOutIn(run, work, land, mayPurge));
  const ended = [...aside, ...done].flat();
  await strike(run, ended);
  const gone = new Set(ended);
  for (const one of due) if (!gone.has(one.hint)) tally.oldestLeft = older(tally.oldestLeft, overdue(one));
}

/** What leads nowhere any more. A second hint of an item that is about to go can wait until it is gone: that costs nothing. */
function overtaken(planned: readonly Planned[]): readonly DueHint[] {
  const isDropped = ({ task }: Planned) => task.task === 'drop';
  const going = new Set(planned.filter((one) => !isDropped(one) && !isRetold(one)).map(({ hint }) => placeOf(hint)));
  return planned.flatMap((one) => (isDropped(one) && !going.has(placeOf(one.hint)) ? [one.hint] : []));
}

const isRetold = ({ task }: Planned): boolean => task.task === 'retell';

/** Small purges that share a transaction. */
interface Batch {
  readonly purges: readonly PlannedPurge[];
  readonly landing: Landing;
}

/** What is to be done in one vault. */
interface Work {
  readonly head: HeldHead;
  /** Hints that lead to nothing but `again`. */
  readonly settled: readonly DueHint[];
  readonly again: readonly Hint[];
  readonly batches: readonly Batch[];
  readonly alone: readonly Planned[];
}

/** An item's row, its place in the trash, its history entry and its alert. */
const ROWS_EACH = 4;
const ROWS_SHARED = 1;
const PER_TRANSACTION = Math.floor((MOST_ROWS - ROWS_SHARED) / ROWS_EACH);

function workIn(run: Run, { head, planned }: Look, mayPurge: MayPurge): readonly Work[] {
  if (!head) return [];
  const over = new Set(overtaken(planned));
  const left = planned.filter((one) => !over.has(one.hint) && !isRetold(one));
  const sorted = Object.groupBy(left, ({ hint, task }) => {
    const row = rowOf(task);
    if (isHeld(task, hint, mayPurge)) return 'held';
    return row.onlyHints ? 'hints' : row.shares?.(task) ? 'shared' : 'alone';
  });
  const { held = [], hints = [], shared = [], alone = [] } = sorted;
  const plans = hints.map(({ hint, task }) => ({ hint, plan: rowOf(task).plan(task, readOf(run, head, hint)) }));
  const putOff = plans.filter(({ plan }) => plan.landing);
  for (const { hint } of [...held, ...putOff]) run.tally.skipped.add(placeOf(hint));
  return [
    {
      head,
      settled: plans.flatMap(({ hint, plan }) => (plan.hint === 'struck' ? [hint] : [])),
      again: putOff.flatMap(({ plan }) => plan.landing?.again ?? []),
      batches: batchesOf(run, head, purgesIn(shared)),
      alone,
    },
  ];
}

/** Their rows are not read again: the transaction takes each one's place in the trash, which fails if anything was done to it. */
function batchesOf(run: Run, head: HeldHead, purges: readonly PlannedPurge[]): readonly Batch[] {
  const starts = Array.from(
    { length: Math.ceil(purges.length / PER_TRANSACTION) },
    (_, part) => part * PER_TRANSACTION,
  );
  return starts.flatMap((at) => {
    const batch = purges.slice(at, at + PER_TRANSACTION);
    const landing = inOne(batch.map(({ hint, task }) => purge(task, readOf(run, head, hint))));
    return landing ? [{ purges: batch, landing }] : [];
  });
}

type Ready = ReadonlyMap<Batch, (() => Promise<Landed>) | undefined>;

/** One vault: small purges share transactions, the rest goes one by one. Answers the hints that are dealt with. */
async function carryOutIn(run: Run, work: Work, ready: Ready, mayPurge: MayPurge): Promise<readonly Ended[]> {
  const ended: Ended[] = [...work.settled];
  const alone: Planned[] = [];
  for (const batch of work.batches) {
    if (run.outOfTime() || (await run.paused())) break;
    const done = await purgeTogether(run, batch.purges, ready.get(batch));
    if (done) ended.push(...done);
    else alone.push(...batch.purges);
  }
  for (const one of [...alone, ...work.alone]) {
    if (run.outOfTime()) break;
    ended.push(...(await dealWithOne(run, work.head, one, mayPurge)));
  }
  return ended;
}

/** undefined: none of them was purged. One bad item must not keep the others: each then gets its own try, and its own fault. */
async function purgeTogether(
  { tally }: Run,
  purges: readonly PlannedPurge[],
  land: (() => Promise<Landed>) | undefined,
): Promise<readonly Ended[] | undefined> {
  const landed = await land?.().catch(() => undefined);
  if (!landed?.done) return undefined;
  const hints = purges.map(({ hint }) => hint);
  tally.counts.purged += hints.length;
  for (const hint of hints) tally.done.add(placeOf(hint));
  return [...hints, ...(await heard(landed))];
}

/** One item by itself. What goes wrong is its own fault, and tried again later. */
async function dealWithOne(
  run: Run,
  head: HeldHead,
  { hint, task }: Planned,
  mayPurge: MayPurge,
): Promise<readonly Ended[]> {
  const paused = await run.paused();
  try {
    return await dealWith(run, head, hint, (of, due) => !paused && mayPurge(of, due));
  } catch (error) {
    return setAside(run, hint, reasonOf(error), task.task === 'purge' ? task.due : undefined);
  }
}
