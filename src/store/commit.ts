import type { Change, HeadWrite, ItemWrite, RecordedAnswer, Replacement, Write } from '../change.ts';
import type { Waiting } from '../core/alerts.ts';
import { keyOf } from '../core/names.ts';
import type { HeadMemory } from './head.ts';
import { keys, trashKey } from './keys.ts';
import { lineWriter } from './registry.ts';
import { drop, type Op, pack, put, replacing, type Table, touch } from './table.ts';

/** The one door through which anything is changed: a transaction in a vault, or a row that stands alone. */
export function committer(vaults: Table, registry: Table, memory: HeadMemory): (write: Write) => Promise<boolean> {
  const lines = lineWriter(vaults, registry, memory);
  return async (write) => {
    if ('line' in write) return lines(write);
    const partition = keyOf(write.vault);
    const done = await commitOnce(vaults, partition, write);
    if (write.head) memory.forget(partition);
    return done;
  };
}

/** A change as the rows it writes: what is derived from an item (its place in the trash) follows the item. */
export function opsOf(change: Change): readonly Op[] {
  const {
    vault,
    head,
    fence,
    items = [],
    stillInTrash = [],
    server,
    touchServer,
    jobs = [],
    pins = [],
    guard,
    grant,
  } = change;
  const { alerts = [], waiting = [], stopWaiting = [], answer } = change;
  return [
    ...(head ? headOps(vault, change.id, head) : []),
    ...items.flatMap((write) => itemOps(vault, write)),
    ...stillInTrash.map((item) => touch(trashKey(item) ?? '')),
    ...alerts.map((one) => replacement(keys.alert(vault, one.now.id), one)),
    ...waiting.map((one) => put(waitingKey(vault, one), one)),
    ...stopWaiting.map((one) => drop(waitingKey(vault, one))),
    ...jobs.map((job) => put(keys.job(vault, job.item, job.id), job)),
    ...entryOps(change),
    ...(fence === undefined ? [] : [touch(keys.fence(vault, fence))]),
    ...(server ? [replacement(keys.server(vault, server.now.name), server)] : []),
    ...(touchServer === undefined ? [] : [touch(keys.server(vault, touchServer))]),
    ...pins.map((one) => replacement(keys.pin(vault, one.now), one)),
    ...(guard ? [replacement(keys.guard(guard.now.name), guard)] : []),
    ...(grant ? [put(keys.grant(grant), grant)] : []),
    ...(answer ? [answerOp(vault, answer)] : []),
  ];
}

const waitingKey = (vault: string, { together, at, alert }: Waiting): string =>
  keys.waitingOne(vault, together, at, alert);

const replacement = (key: string, { was, now }: Replacement<object>): Op => replacing(key, pack(now), was);

function headOps(vault: string, id: string, { was, now, putPolicy, dropPolicy }: HeadWrite): readonly Op[] {
  return [
    replacing(keys.vault(vault), pack({ vault: now, fence: id }), was && { tag: was.vaultTag }),
    ...(was ? [drop(keys.fence(vault, was.fence))] : []),
    { op: 'insert', key: keys.fence(vault, id), cells: { v: 1 } },
    ...(putPolicy ? [put(keys.policy(vault, putPolicy.name), putPolicy)] : []),
    ...(dropPolicy ? [drop(keys.policy(vault, dropPolicy.name))] : []),
  ];
}

function itemOps(vault: string, { was, now, putPages = [], dropPages = [] }: ItemWrite): readonly Op[] {
  return [
    replacing(keys.item(vault, now.name), pack(now, { state: now.state }), was),
    ...trashOps(trashKey(was?.value), trashKey(now), now),
    ...putPages.map((page) => put(keys.page(vault, now.name, page.id), page)),
    ...dropPages.map((page) => drop(keys.page(vault, now.name, page.id))),
  ];
}

function trashOps(before: string | undefined, after: string | undefined, now: ItemWrite['now']): readonly Op[] {
  const gone = before !== undefined && before !== after ? [drop(before)] : [];
  if (after === undefined) return gone;
  return [...gone, { op: before === after ? 'replace' : 'insert', key: after, cells: pack(now) }];
}

const entryOps = ({ vault, id, entries = [] }: Change): readonly Op[] =>
  entries.map((entry, index) => {
    const key = keys.entry(vault, entry.item, entry.at, index === 0 ? id : `${id}${index}`);
    return { op: 'insert', key, cells: pack(entry) };
  });

export const answerOp = (vault: string, { answer, was }: RecordedAnswer): Op =>
  // its time stands beside it, so that it can be cleared away without being read
  replacing(keys.answer(vault, answer.key), pack(answer, { at: answer.at.toMillis() }), was);

/**
 * Commits, and does not take the storage's word for a lost race: after "committed, but the answer was lost" its own retry
 * answers 404, 409 or 412. The first history entry carries the write's id, so its presence tells whose write it was.
 */
async function commitOnce(table: Table, partition: string, change: Change): Promise<boolean> {
  const [witness] = entryOps(change);
  const isOurs = async () => witness !== undefined && (await table.get(partition, witness.key)) !== undefined;
  try {
    return (await table.commit(partition, opsOf(change))) || (await isOurs());
  } catch (error) {
    if (await isOurs()) return true;
    throw error;
  }
}
