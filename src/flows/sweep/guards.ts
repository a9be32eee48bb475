import { faultOf } from '../../core/problems.ts';
import { isYoung } from '../../core/sweep.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { noteSpent, settleGuard } from '../guards/settle.ts';
import { inParallel } from '../story/rounds.ts';
import { placeOf, type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** Guards lie beside all vaults, so what falls due there rests on no head. */
export async function settleGuards(run: Run, planned: readonly Planned[]): Promise<void> {
  const hints = planned.flatMap(({ hint, task }) =>
    task.task === 'settleGuard' || task.task === 'noteSpent' ? [hint] : [],
  );
  // One look is enough, however many hints lead to it.
  const places = [...Map.groupBy(hints, (hint) => `${hint.kind} ${placeOf(hint)}`).values()];
  const ended = await inParallel(places, async (some) => {
    if (run.outOfTime()) return [];
    try {
      for (const hint of some.slice(0, 1)) await settle(run, hint);
      // The change of a young hint may still be on its way.
      return some.filter((hint) => !isYoung(hint, run.now));
    } catch (error) {
      return setAside(run, some, faultOf(error));
    }
  });
  await strike(run, ended.flat());
}

async function settle({ flow, now, tally, seen }: Run, hint: DueHint): Promise<void> {
  if (hint.kind === 'spent') return noteSpent(flow, hint.vault, now);
  const applied = await settleGuard(flow, hint.item, now);
  tally.counts.applied += applied;
  (applied > 0 ? seen.done : seen.skipped).add(placeOf(hint));
}
