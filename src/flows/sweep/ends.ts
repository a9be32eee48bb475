import { tidyHint } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import { faultOf } from '../../core/problems.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { inParallel } from '../story/rounds.ts';
import { type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/**
 * Removes what is over in the vaults to which these hints lead, and has somebody come again on the day when more of it is over. A vault in
 * which nothing will be over has no such hint any more.
 */
export async function tidyAll(run: Run, planned: readonly Planned[]): Promise<void> {
  const { flow, now } = run;
  const hints = planned.flatMap(({ hint, task }) => (task.task === 'tidy' ? [hint] : []));
  if (hints.length === 0 || run.outOfTime()) return;
  const ofVaults = [...Map.groupBy(hints, ({ vault }) => keyOf(vault)).values()];
  const turns = await inParallel(ofVaults, (ofVault) => turnOf(run, ofVault));
  const again = turns.flatMap(({ next }) => next ?? []);
  if (again.length > 0) await flow.land({ now, again });
  await strike(
    run,
    turns.flatMap(({ ended }) => ended),
  );
}

async function turnOf(run: Run, hints: readonly DueHint[]) {
  const [first] = hints;
  if (!first || run.outOfTime()) return { ended: [] };
  try {
    const { next, isLeft } = await run.flow.vaults.tidy(first.vault, run.now, () => !run.outOfTime());
    return isLeft ? { ended: [] } : { ended: hints, next: next === undefined ? [] : [tidyHint(first.vault, next)] };
  } catch (error) {
    return { ended: await setAside(run, hints, faultOf(error)) };
  }
}
