/** Other days to be reminded are wanted in a vault: what lies in its trash gets its next reminder by them. */
import { nextReminder } from '../../core/hints.ts';
import { faultOf } from '../../core/problems.ts';
import type { Vault } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { MOST_IN_STEP } from '../items/operations/walk.ts';
import { TURN_SECONDS } from './operate.ts';
import { type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** After everything else of its chunk: nothing that falls due waits for it. */
export async function remindAnew(run: Run, planned: readonly Planned[]): Promise<void> {
  for (const { hint, task } of planned) {
    if (task.task !== 'remindAnew') continue;
    if (run.outOfTime()) return;
    await strike(run, await walk(run, hint, task.vault));
  }
}

/**
 * A stretch at a time, however much lies there. With the hints of each the vault's own is written anew and says how far this went: so whoever comes
 * next goes on there, and a stretch that is done twice is done once. Answers the vault's hint if it is dealt with.
 */
async function walk(run: Run, hint: DueHint, vault: Vault): Promise<readonly DueHint[]> {
  const { flow, now, outOfTime } = run;
  const end = flow.realNow().plus({ seconds: TURN_SECONDS });
  const mayGoOn = () => !outOfTime() && flow.realNow() < end;
  let here = hint;
  try {
    for (;;) {
      const stretch = { after: here.place, limit: MOST_IN_STEP };
      const { found, last } = await flow.vaults.items(vault.name, stretch, { by: 'trash', state: 'SoftDeleted' });
      const reminders = found.flatMap(({ remains }) =>
        remains?.state === 'SoftDeleted' ? nextReminder(remains, vault, now) : [],
      );
      if (last === undefined) {
        await flow.land({ now, again: reminders });
        return [here];
      }
      const { found: _, ...behind } = { ...here, place: last };
      await flow.land({ now, again: [...reminders, behind], strikes: [here] });
      here = behind;
      if (!mayGoOn()) return [];
    }
  } catch (error) {
    return setAside(run, [here], faultOf(error));
  }
}
