import { type Hint, tidyHint } from '../../core/hints.ts';
import { dayOf } from '../../core/kept.ts';
import { keyOf } from '../../core/names.ts';
import { faultOf } from '../../core/problems.ts';
import { MOST_TRIES } from '../../core/sweep.ts';
import { addDays } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { inParallel } from '../story/rounds.ts';
import { placeOf, type Run, setAside, showStuck, strike } from './run.ts';
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

interface Turn {
  readonly ended: readonly DueHint[];
  readonly next?: Hint | undefined;
}

async function turnOf(run: Run, hints: readonly DueHint[]): Promise<Turn> {
  const [first] = hints;
  if (!first || run.outOfTime()) return { ended: [] };
  try {
    const { next, isLeft, unreadable } = await run.flow.vaults.tidy(first.vault, run.now, () => !run.outOfTime());
    if (isLeft) return { ended: [] };
    if (unreadable !== undefined) return { ended: hints, next: await tomorrow(run, hints, unreadable) };
    return { ended: hints, next: next === undefined ? undefined : tidyHint(first.vault, next) };
  } catch (error) {
    return { ended: await setAside(run, hints, faultOf(error)) };
  }
}

/**
 * What cannot be read stays, and all else is dealt with. It is looked at once a day, as all that stands in quarantine; by the hint of a day,
 * so there is one of them, whoever came today.
 */
async function tomorrow(run: Run, hints: readonly DueHint[], why: string): Promise<Hint | undefined> {
  // The one that was tried before knows since when.
  const [longest] = hints.toSorted((a, b) => b.tries - a.tries);
  if (!longest) return undefined;
  const { vault, due, since = due, tries } = longest;
  const often = Math.max(MOST_TRIES, tries + 1);
  const hint = { ...tidyHint(vault, dayOf(addDays(run.now, 1))), tries: often, since, isUnreadable: true } as const;
  run.seen.failed.add(placeOf(hint));
  await showStuck(run, hint, { why, isUnreadable: true });
  return hint;
}
