import { type Held, type HeldHead, inParts } from '../../../change.ts';
import { firstReminder } from '../../../core/hints.ts';
import type { ItemIn } from '../../../core/item.ts';
import { effectiveDays } from '../../../core/retention.ts';
import type { Instant } from '../../../core/time.ts';
import type { FlowPorts } from '../../story/land.ts';
import { unlessUnreadable } from '../../story/pages.ts';
import { entry } from '../../story/request.ts';
import { inParallel } from '../../story/rounds.ts';
import { MOST_IN_STEP, type Walk } from './walk.ts';

type Deleted = ItemIn<'SoftDeleted'>;

/** Each writes seven rows at the most: itself, two places in the trash, its entry, and its indexes where it is counted just now. */
const TOGETHER = 12;
const AT_ONCE = 8;

/** How long the item is kept by now; undefined: its row says so already. */
const longer = ({ deletion }: Deleted, { vault }: HeldHead): number | undefined => {
  const days = effectiveDays(deletion, vault.extensions);
  return days > deletion.retentionDays ? days : undefined;
};

/**
 * The period of a vault was lengthened, and holds for what lies in its trash. Each row is told so, and gets its place in the order of
 * purges and its hints anew: so the agenda says again when what falls due. What has moved is met once more further on, and left as it is.
 */
export const extendRetention: Walk = async (flow, { cursor }, head, now) => {
  const { name } = head.vault;
  const stretch = { after: cursor ?? undefined, limit: MOST_IN_STEP };
  const { found, last } = await flow.vaults.items(name, stretch, { by: 'trash', state: 'SoftDeleted' });
  const late = found.flatMap(({ remains }) =>
    remains?.state === 'SoftDeleted' && longer(remains, head) ? [remains] : [],
  );
  const read = await inParallel(late, (item) => readDeleted(flow, item.name, head), AT_ONCE);
  const parts = inParts(
    read.flatMap((one) => one ?? []),
    TOGETHER,
  );
  for (const part of parts)
    if (!(await move(flow, part, head, now)) && !(await moveEach(flow, part, head, now))) return 'again';
  const unreadable = found.flatMap((row) => (row.isUnreadable ? [row.name] : []));
  return { cursor: last, done: late.length, hints: [], unreadable };
};

/** As it is by now; undefined: there is nothing to be done about it any more. */
async function readDeleted(
  { vaults }: Pick<FlowPorts, 'vaults'>,
  name: string,
  head: HeldHead,
): Promise<Held<Deleted> | undefined> {
  const held = await vaults.item(head.vault.name, name).catch(unlessUnreadable);
  const item = held?.value;
  return held && item?.state === 'SoftDeleted' && longer(item, head) ? { value: item, tag: held.tag } : undefined;
}

/** The hints to their purges move with the rows, and those of their reminders here. false: somebody changed one of them, or the head. */
async function move(flow: FlowPorts, items: readonly Held<Deleted>[], head: HeldHead, now: Instant): Promise<boolean> {
  const { vault, fence } = head;
  const id = flow.newId();
  const writes = items.map((was) => {
    const retentionDays = longer(was.value, head) ?? was.value.deletion.retentionDays;
    return { was, now: { ...was.value, deletion: { ...was.value.deletion, retentionDays }, etag: id } };
  });
  const entries = writes.map(({ was, now: to }) =>
    entry({ now }, to.name, { operation: 'ExtendRetention', from: was.value, to }),
  );
  const old = { alerts: vault.alerts, extensions: [] };
  const { done } = await flow.land({
    now,
    head,
    again: writes.map((one) => firstReminder(one.now, vault)),
    leaves: items.map(({ value }) => firstReminder(value, old)).filter(({ due }) => due > now),
    write: { vault: vault.name, id, fence, items: writes, entries },
  });
  return done;
}

/** One that somebody changes keeps none of the others. false: the head was an old one. */
async function moveEach(
  flow: FlowPorts,
  items: readonly Held<Deleted>[],
  head: HeldHead,
  now: Instant,
): Promise<boolean> {
  for (const { value } of items) {
    const held = await readDeleted(flow, value.name, head);
    if (held && !(await move(flow, [held], head, now))) return false;
  }
  return true;
}
