import type { HeldHead } from '../../change.ts';
import type { Hint } from '../../core/hints.ts';
import type { DueHint } from '../../ports.ts';
import { takeApart } from '../items/destroy.ts';
import type { Landed } from '../story/land.ts';
import { untilDone } from '../story/rounds.ts';
import { taskOf } from './look.ts';
import type { Plan, Read } from './plans.ts';
import { placeOf } from './report.ts';
import type { Ended, MayPurge, Run } from './run.ts';
import { isHeld, rowOf } from './tasks.ts';

/** What a plan rests on, as long as nothing more was read. */
export const readOf = ({ flow, now }: Pick<Run, 'flow' | 'now'>, head: HeldHead, hint: DueHint): Read => ({
  ...{ hint, head, now, id: flow.newId(), tag: '*' },
  ...{ pages: [], raised: [], hints: [] },
});

/** Done is done, also when it could not be told: then the hints to tell stay, and the next sweep tells. */
export const heard = ({ told, tellings }: Landed): Promise<readonly Hint[]> =>
  told().then(
    () => tellings,
    () => [],
  );

/**
 * Deals with one item by itself, from what is true now. A lost race is decided anew. Answers the hints that are dealt with; none:
 * it must not be done now, or cannot be judged yet.
 */
export function dealWith(run: Run, first: HeldHead, hint: DueHint, mayPurge: MayPurge): Promise<readonly Ended[]> {
  const { flow, now, tally } = run;
  const { vault, item } = hint;
  let again = false;
  return untilDone(`${vault}/${item}`, async () => {
    const head = again ? await flow.vaults.head(vault, 'fresh') : first;
    let tag = '';
    const task = await taskOf(hint, head, now, async () => {
      const held = await flow.vaults.item(vault, item);
      tag = held?.tag ?? '';
      return held?.value;
    });
    if (isHeld(task, hint, mayPurge)) {
      tally.skipped.add(placeOf(hint));
      return [];
    }
    const row = rowOf(task);
    const asked = { flow, head: head ?? first, now, again };
    const read = { ...readOf(run, asked.head, hint), tag, ...(await row.also?.(asked, task)) };
    again = true;
    const plan = row.plan(task, read);
    const landed = plan.landing && (await flow.land(plan.landing));
    if (plan.hint === 'lookAgain' || landed?.done === false) return undefined;
    const last = (await goOn(run, hint, plan)) ?? landed;
    const told = last ? await heard(last) : [];
    if (plan.hint === 'stays') return told;
    note(run, hint, plan);
    return [hint, ...told];
  });
}

/** What follows after the plan's own transaction. */
async function goOn({ flow }: Run, { vault, item }: Hint, { goesOn: rest }: Plan): Promise<Landed | null> {
  if (rest === undefined) return null;
  if (rest !== 'forget') return takeApart(flow, { vault, item }, rest);
  await flow.vaults.forget(vault, item);
  return null;
}

function note({ tally: { counts, done, skipped } }: Run, hint: Hint, { counts: of }: Plan): void {
  if (of) counts[of.as] += of.count;
  (of && of.count > 0 ? done : skipped).add(placeOf(hint));
}
