import { deletionHints, type Hint } from '../../core/agenda.ts';
import { alertId } from '../../core/alerts.ts';
import type { Item, ItemIn, Remains } from '../../core/item.ts';
import { liveHolds } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { keyOf } from '../../core/names.ts';
import { purgeAtOf } from '../../core/retention.ts';
import { isTelling, isYoung, type Task, taskFor } from '../../core/sweep.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { DueHint, HeldHead } from '../../ports.ts';
import { expire, rehintPolicy, told } from './expire.ts';
import { finishPurge, purgeOne } from './purge.ts';
import { type TellPorts, telling, warn } from './telling.ts';

export type TurnPorts = TellPorts;

/** A hint with what is to be done about it. */
export interface Planned {
  readonly hint: DueHint;
  readonly task: Task;
}

/** Everything a sweep does in one vault. */
export interface VaultPlan {
  readonly vault: string;
  readonly head: HeldHead | undefined;
  readonly planned: readonly Planned[];
  readonly unreadable: readonly { readonly hint: DueHint; readonly why: string }[];
}

const LOOK_AHEAD_DAYS = 2;

/** Reads the truth about what the hints of one vault name: the trash in one read, the rest one by one. */
export async function planVault(
  { vaults }: TurnPorts,
  vault: string,
  hints: readonly DueHint[],
  now: Instant,
): Promise<VaultPlan> {
  const { head, items, unreadable } = await vaults.dueTrash(vault, addDays(now, LOOK_AHEAD_DAYS));
  const inTrash = new Map(items.map((item) => [keyOf(item.name), item]));
  const broken = new Map(unreadable.map(({ item, why }) => [keyOf(item), why]));
  const planned: Planned[] = [];
  const bad: { hint: DueHint; why: string }[] = [];
  for (const hint of hints) {
    const why = broken.get(keyOf(hint.item));
    if (isTelling(hint)) planned.push({ hint, task: { task: 'retell' } });
    else if (why !== undefined) bad.push({ hint, why });
    else if (!head) planned.push({ hint, task: { task: 'drop' } });
    else if (hint.kind === 'policy') planned.push({ hint, task: { task: 'wait', hints: [], why: 'policy' } });
    else
      try {
        const remains: Remains | undefined =
          inTrash.get(keyOf(hint.item)) ?? (await vaults.item(vault, hint.item))?.value;
        planned.push({ hint, task: taskFor(hint, remains, head, now) });
      } catch (error) {
        bad.push({ hint, why: error instanceof Error ? error.message : 'unreadable' });
      }
  }
  return { vault, head, planned: oncePerItem(planned), unreadable: bad };
}

/**
 * A warning and a purge may have become due together: then it is too late to warn, and one purge is enough. The hint that stays
 * is the one that says so: a purge that is held must be found, and counted, again.
 */
function oncePerItem(planned: readonly Planned[]): readonly Planned[] {
  const ends = (one: Planned) => one.task.task === 'purge' || one.task.task === 'finishPurge';
  const byKind = planned
    .filter(ends)
    .toSorted((a, b) => Number(a.hint.kind === 'purge') - Number(b.hint.kind === 'purge'));
  const first = new Map(byKind.map((one) => [keyOf(one.hint.item), one]));
  return planned.map((one) => {
    const end = first.get(keyOf(one.hint.item));
    return !end || end === one || isTelling(one.hint) ? one : { ...one, task: { task: 'drop' } };
  });
}

export type Done = 'purged' | 'warned' | 'expired' | 'retold' | 'skipped';
export interface Dealt {
  readonly done: Done;
  readonly count: number;
}

type MayPurge = (due: Instant | 'begun') => boolean;

const nothing: Dealt = { done: 'skipped', count: 1 };

/** Deals with one item by itself, from what is true now. Whoever lost a race looks again; what changed is decided anew. */
export async function dealWith(
  ports: TurnPorts,
  head: HeldHead,
  hint: Hint,
  now: Instant,
  mayPurge: MayPurge,
): Promise<Dealt | 'leave'> {
  if (hint.kind === 'policy') {
    await rehintPolicy(ports, head, hint.item, now);
    return isYoung(hint, now) ? 'leave' : nothing;
  }
  let at: HeldHead = head;
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = await ports.vaults.item(hint.vault, hint.item);
    const task = taskFor(hint, held?.value, at, now);
    const dealt = await perform(ports, at, task, hint, held?.tag ?? '', now, mayPurge);
    if (dealt) return dealt;
    const fresh = await ports.vaults.head(hint.vault, 'fresh');
    if (!fresh) return nothing;
    at = fresh;
  }
  throw new Error(`${hint.vault}/${hint.item} kept changing`);
}

const ROUNDS = 5;

/** undefined: somebody wrote first. */
async function perform(
  ports: TurnPorts,
  head: HeldHead,
  task: Task,
  hint: Hint,
  tag: string,
  now: Instant,
  mayPurge: MayPurge,
): Promise<Dealt | 'leave' | undefined> {
  switch (task.task) {
    case 'drop':
      return nothing;
    case 'leave':
      return 'leave';
    case 'wait':
      await ports.agenda.write(task.hints);
      return nothing;
    case 'forget':
      await ports.vaults.forget(hint.vault, hint.item);
      return nothing;
    case 'retell':
      return nothing; // told apart before: see carryOut
    case 'warn':
      return outcomeOf(await warn(ports, head, task.item, task.due, now));
    case 'purge':
      if (!mayPurge(task.due)) throw new Held();
      return (await telling(ports, task.item, purgeAlert(task.item), now, () => purgeOne(ports, head, task, tag, now)))
        ? { done: 'purged', count: 1 }
        : undefined;
    case 'finishPurge':
      if (!mayPurge('begun')) throw new Held();
      await finish(ports, head, task.item, now);
      return { done: 'purged', count: 1 };
    case 'expire': {
      const count = await expire(ports, { value: task.item, tag }, head, now);
      return count === undefined ? undefined : { done: 'expired', count };
    }
    case 'move':
    case 'endHolds':
      return revise(ports, head, task, hint, tag, now);
  }
}

/** A purge that must not happen now. Its hint stays where it is. */
export class Held extends Error {}

const purgeAlert = ({ vault, name, generation }: Item): string =>
  alertId('PurgeComplete', { vault, item: name }, generation);

const outcomeOf = (warned: Awaited<ReturnType<typeof warn>>): Dealt | undefined =>
  warned === 'warned' ? { done: 'warned', count: 1 } : warned && nothing;

/** What was destroyed because soft delete did not apply was never waiting to be purged: nobody is told. */
async function finish(ports: TurnPorts, { vault }: HeldHead, item: ItemIn<'Purging'>, now: Instant): Promise<void> {
  const { deletion } = item;
  if (!deletion) return finishPurge(ports, item, now, now);
  const due = purgeAtOf(deletion, vault.extensions);
  await telling(ports, item, purgeAlert(item), now, () => finishPurge(ports, item, due, now).then(() => true));
}

/** Writes down what time has changed about an item, and looks again at once. */
async function revise(
  ports: TurnPorts,
  head: HeldHead,
  task: Extract<Task, { task: 'move' | 'endHolds' }>,
  hint: Hint,
  tag: string,
  now: Instant,
): Promise<Dealt | undefined> {
  const id = ports.newId();
  const { item } = task;
  const next: Item =
    task.task === 'move'
      ? { ...task.item, deletion: { ...task.item.deletion, retentionDays: task.days }, etag: id }
      : { ...item, holds: liveHolds(item.holds, now), etag: id };
  const operation = task.task === 'move' ? 'ExtendRetention' : 'EndHolds';
  // Before the change, so that the item is looked at again even if this is as far as it gets.
  const following = taskFor(hint, next, head, now);
  if (following.task === 'wait') await ports.agenda.write([...following.hints, ...warningOf(next, head, hint)]);
  await ports.vaults.commit({
    vault: item.vault,
    id,
    fence: head.fence,
    items: [{ was: { value: item, tag }, now: next }],
    entries: [told(item.name, now, operation, { from: item.state, to: item.state })],
  });
  return following.task === 'wait' || following.task === 'drop' ? nothing : undefined;
}

/** Whoever was put off may have been warned of a date that no longer holds: they are warned again, of the real one. */
const warningOf = (item: Item, head: HeldHead, { kind }: Hint): readonly Hint[] =>
  item.state === 'SoftDeleted' && kind !== 'warn'
    ? deletionHints(item, purgeAt(item, head.vault)).filter((one) => one.kind === 'warn')
    : [];
