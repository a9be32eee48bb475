import type { HeldHead } from '../../../change.ts';
import { tidyAtOnce } from '../../../core/hints.ts';
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

/** Behind all items, at what belongs to none. No item has a name that begins so. */
const BESIDE_ITEMS = '!';

/** First the items, and behind the last one the vault is counted; then what else ends. */
export const reindex: Walk = (flow, { cursor }, { vault }, now) =>
  cursor?.startsWith(BESIDE_ITEMS)
    ? nameEnds(flow, vault.name, cursor.slice(BESIDE_ITEMS.length), now)
    : reindexItems(flow, vault.name, cursor, now);

/** Every item gets the rows that follow from it, and its pages of before become fewer. */
async function reindexItems(flow: FlowPorts, vault: string, cursor: string | null, now: Instant) {
  const stretch = await flow.vaults.bringUp(vault, { after: cursor ?? undefined, limit: MOST_IN_STEP }, now);
  if (!stretch) return 'again';
  const merge = async (item: Item) => ({ item, pages: await mergePages(flow, item, now).catch(unlessUnreadable) });
  const paged = stretch.items.filter(({ pagedPoints }) => pagedPoints > 0);
  const merged = await inParallel(paged, merge, AT_ONCE);
  const failed = merged.flatMap(({ item, pages }) => (pages ? [] : [item.name]));
  return {
    cursor: stretch.last ?? BESIDE_ITEMS,
    done: stretch.items.length - failed.length,
    hints: [],
    unreadable: [...stretch.unreadable, ...failed],
  };
}

/** When all that ends is named, somebody comes at once and sees what is over, and on which day more of it is. */
async function nameEnds(flow: FlowPorts, vault: string, cursor: string, now: Instant) {
  const after = cursor === '' ? undefined : cursor;
  const stretch = await flow.vaults.plantEnds(vault, { after, limit: MOST_IN_STEP }, now);
  if (!stretch) return 'again';
  const { last } = stretch;
  const hints = last === undefined ? [tidyAtOnce(vault, now)] : [];
  return { cursor: last && BESIDE_ITEMS + last, done: 0, hints, unreadable: [] };
}

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
