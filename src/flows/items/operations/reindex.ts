import type { HeldHead } from '../../../change.ts';
import type { Item } from '../../../core/item.ts';
import { type Outcome, ok } from '../../../core/problems.ts';
import { sumOf } from '../../../core/tally.ts';
import type { Instant } from '../../../core/time.ts';
import { type By, begin, runningOf } from '../../story/begin.ts';
import type { FlowPorts } from '../../story/land.ts';
import { unlessUnreadable } from '../../story/pages.ts';
import { noVault } from '../../story/request.ts';
import { inParallel, rounds } from '../../story/rounds.ts';
import { mergePages } from '../pages.ts';
import { MOST_IN_STEP, type Walk } from './walk.ts';

const REINDEX = { kind: 'Reindex', subject: null } as const;

/**
 * Begins it. The head is written anew, as it is but for its fence: that shuts out code of before, which cannot read it and would make items
 * behind the back of the one who counts. undefined: it runs already.
 */
export function reindexing(head: HeldHead, by: By) {
  if (runningOf(head, REINDEX) !== undefined) return undefined;
  const { vault, tally } = head;
  const operation = begin(head, { ...REINDEX, total: tally ? sumOf(tally.counts) : null }, by);
  return { vault: vault.name, id: by.id, head: { was: head, now: vault }, operations: [operation] as const };
}

const AT_ONCE = 8;

/** Every item gets the rows that follow from it, and its pages of before become fewer. Behind the last one the vault is counted. */
export const reindex: Walk = async (flow, { cursor }, { vault }, now) => {
  const stretch = await flow.vaults.bringUp(vault.name, { after: cursor ?? undefined, limit: MOST_IN_STEP });
  if (!stretch) return 'again';
  const merge = async (item: Item) => ({ item, pages: await mergePages(flow, item, now).catch(unlessUnreadable) });
  const paged = stretch.items.filter(({ pagedPoints }) => pagedPoints > 0);
  const merged = await inParallel(paged, merge, AT_ONCE);
  const failed = merged.flatMap(({ item, pages }) => (pages ? [] : [item.name]));
  return {
    cursor: stretch.last,
    done: stretch.items.length - failed.length,
    hints: [],
    unreadable: [...stretch.unreadable, ...failed],
  };
};

/** Asks for it, whatever the vault has: a person does when something that follows from its items is not as it should be. */
export const askToReindex = (
  { vaults, land, newId }: Pick<FlowPorts, 'vaults' | 'land' | 'newId'>,
  vault: string,
  now: Instant,
): Promise<Outcome<string>> =>
  rounds(async () => {
    const head = await vaults.head(vault, 'whole');
    if (!head) return noVault(vault);
    const write = reindexing(head, { id: newId(), now });
    const id = write?.operations[0].now.id ?? runningOf(head, REINDEX);
    if (write && !(await land({ now, head, write })).done) return 'again';
    return id === undefined ? 'again' : ok(id);
  });
