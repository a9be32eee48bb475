/** What a sweep does about vaults that the version before wrote: an operation gives them their tallies and indexes. */
import { ALL_HINTED, type ControlState, type HeldHead } from '../../change.ts';
import { type Hint, ITSELF } from '../../core/hints.ts';
import { isYoung } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import { reindexing } from '../items/operations/reindex.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';
import type { Plan, Read, Task } from './plans.ts';
import type { SweepPorts } from './run.ts';

/** Vaults of one page, each of which is looked at once. */
const VAULTS = 200;

/**
 * Once in the life of a store all vaults are looked at, so many in each sweep. Those that are not counted get a hint, and it is written
 * before it is noted how far this went: whoever dies in between hints a few of them twice. A deleted one gets its hint when it is restored.
 * Answers how far it is by now.
 */
export async function hintVaults(
  flow: SweepPorts,
  { heartbeat }: Pick<ControlState, 'heartbeat'>,
  now: Instant,
): Promise<string> {
  const before = heartbeat?.hintedVault ?? '';
  if (before === ALL_HINTED) return before;
  const names = await flow.registry.vaults({ after: before === '' ? undefined : before, limit: VAULTS });
  await hintUncounted(flow, names, now);
  return names.length < VAULTS ? ALL_HINTED : (names.at(-1) ?? ALL_HINTED);
}

async function hintUncounted({ vaults, land }: SweepPorts, names: readonly string[], now: Instant): Promise<void> {
  const uncounted = await inParallel(names, async (vault) => {
    const head = await vaults.head(vault, 'fresh').catch(unlessUnreadable);
    return head && !head.isCounted ? [vault] : [];
  });
  const again = uncounted.flat().map((vault) => ({ due: now, kind: 'reindex', vault, item: ITSELF }) as const);
  if (again.length > 0) await land({ now, again });
}

/** A vault that is restored is looked at as well; until its change is there, the hint stays. */
export function comingUpTask(head: HeldHead | undefined, hint: Hint, now: Instant): Task {
  if (!head) return { task: isYoung(hint, now) ? 'leave' : 'drop' };
  return { task: head.isCounted ? 'drop' : 'reindex' };
}

/** The operation is begun; nobody else brings a vault up. */
export function comeUp(_: unknown, { head, id, now }: Read): Plan {
  const write = reindexing(head, { id, now });
  return { ...(write ? { landing: { now, head, write } } : {}), hint: 'struck' };
}
