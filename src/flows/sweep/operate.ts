/** What a sweep does about operations: it carries on what a call has begun. */

import { faultOf } from '../../core/problems.ts';
import { isYoung } from '../../core/sweep.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { carryOn } from '../items/operations/carryOn.ts';
import { type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** One of them may walk so long; then it goes on behind all others that wait. */
export const TURN_SECONDS = 60;

/** After everything else of its chunk: nothing that falls due waits for it. */
export async function operateAll(run: Run, planned: readonly Planned[]): Promise<void> {
  for (const { hint, task } of planned) {
    if (task.task !== 'operate') continue;
    if (run.outOfTime()) return;
    await strike(run, await operate(run, hint).catch((error: unknown) => setAside(run, [hint], faultOf(error))));
  }
}

/** Answers the hint if it is dealt with. */
async function operate({ atOnce: flow, now, outOfTime }: Run, hint: DueHint): Promise<readonly DueHint[]> {
  const { vault, item: name } = hint;
  const end = flow.realNow().plus({ seconds: TURN_SECONDS });
  const how = await carryOn(flow, { vault, name }, now, () => !outOfTime() && flow.realNow() < end);
  if (how === 'ended') return [hint];
  // The change that begins it may still be on its way.
  if (how === 'absent') return isYoung(hint, now) ? [] : [hint];
  // Who won the race goes on with the same hint.
  if (how === 'lost' || +hint.due === +now) return [];
  await flow.land({ now, again: [{ ...hint, due: now, tries: 0 }] });
  return [hint];
}
