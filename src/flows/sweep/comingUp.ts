/** What a sweep does about vaults that the version before wrote: they get their tallies and indexes, a stretch at a time. */
import { ALL_HINTED, type ControlState } from '../../change.ts';
import { ITSELF } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import { standing } from '../story/nouns.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';
import { type Run, reasonOf, type SweepPorts, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** Vaults of one page, each of which is looked at once. */
const VAULTS = 200;

/**
 * Once in the life of a store all vaults are looked at, so many in each sweep. Those that are not counted get a hint, and it is written
 * before it is noted how far this went: whoever dies in between hints a few of them twice. Answers how far it is by now.
 */
export async function hintVaults(
  flow: SweepPorts,
  { heartbeat }: Pick<ControlState, 'heartbeat'>,
  now: Instant,
): Promise<string> {
  const before = heartbeat?.hintedVault ?? '';
  if (before === ALL_HINTED) return before;
  const names = await flow.registry.vaults({ after: before === '' ? undefined : before, limit: VAULTS });
  const isLast = names.length < VAULTS;
  // A deleted vault may be restored. There are few of them.
  const deleted = isLast ? await flow.registry.deleted({ limit: MOST_DELETED }) : [];
  await hintUncounted(flow, [...names, ...deleted.map(({ name }) => name)], now);
  return isLast ? ALL_HINTED : (names.at(-1) ?? ALL_HINTED);
}

const MOST_DELETED = 1000;

async function hintUncounted({ vaults, land }: SweepPorts, names: readonly string[], now: Instant): Promise<void> {
  const uncounted = await inParallel(names, async (vault) => {
    const head = await standing({ vaults }, vault).catch(unlessUnreadable);
    return head && !head.tally ? [vault] : [];
  });
  const again = uncounted.flat().map((vault) => ({ due: now, kind: 'reindex', vault, item: ITSELF }) as const);
  if (again.length > 0) await land({ now, again });
}

/** A vault may look at its items so often in one sweep. Its hint stays until it is up. */
const STEPS = 20;

/** After everything else of its chunk: nothing that falls due waits for it. */
export async function bringUpAll(run: Run, planned: readonly Planned[]): Promise<void> {
  for (const { hint, task } of planned) {
    if (task.task !== 'reindex') continue;
    if (run.outOfTime()) return;
    let steps = 0;
    const mayGoOn = () => {
      steps += 1;
      return steps <= STEPS && !run.outOfTime();
    };
    const done = async () => ((await run.flow.vaults.bringUp(hint.vault, mayGoOn)) === 'up' ? [hint] : []);
    const ended = await done().catch((error: unknown) => setAside(run, [hint], reasonOf(error)));
    await strike(run, ended);
  }
}
