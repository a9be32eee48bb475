import type { Change, HeadWrite, ItemWrite, RecordedAnswer, Replacement, Write } from '../change.ts';
import type { Waiting } from '../core/alerts.ts';
import type { Entry } from '../core/caller.ts';
import { keyOf } from '../core/names.ts';
import type { HeadMemory } from './head.ts';
import { keys, trashKey } from './keys.ts';
import { lineWriter } from './registry.ts';
import { type Op, pack, replacing, type Table } from './table.ts';

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
    fence,
    head,
    items = [],
    stillInTrash = [],
    server,
    touchServer,
    jobs = [],
    pin,
    guard,
    grant,
  } = change;
  const { alerts = [], waiting = [], stopWaiting = [], answer } = change;
  return [
    ...(head ? headOps(vault, change.id, head) : []),
    ...items.flatMap((write) => itemOps(vault, write)),
    ...stillInTrash.map((item): Op => ({ op: 'touch', key: trashKey(item) ?? '' })),
    ...alerts.map((one) => replacement(keys.alert(vault, one.now.id), one)),
    ...waiting.map((one): Op => ({ op: 'put', key: waitingKey(vault, one), cells: pack(one) })),
    ...stopWaiting.map((one): Op => ({ op: 'drop', key: waitingKey(vault, one) })),
    ...jobs.map((job): Op => ({ op: 'put', key: keys.job(vault, job.item, job.id), cells: pack(job) })),
    ...entryOps(change),
    ...(fence === undefined ? [] : [{ op: 'touch', key: keys.fence(vault, fence) } as const]),
    ...(server ? [replacement(keys.server(vault, server.now.name), server)] : []),
    ...(touchServer === undefined ? [] : [{ op: 'touch', key: keys.server(vault, touchServer) } as const]),
    ...(pin ? [replacement(keys.pin(vault), pin)] : []),
    ...(guard ? [replacement(keys.guard(guard.now.name), guard)] : []),
    ...(grant ? [{ op: 'put', key: keys.grant(grant), cells: pack(grant) } as const] : []),
    ...(answer ? [answerOp(vault, answer)] : []),
  ];
}

const waitingKey = (vault: string, { together, at, alert }: Waiting): string =>
  keys.waitingOne(vault, together, at, alert);

const replacement = (key: string, { was, now }: Replacement<object>): Op => replacing(key, pack(now), was);

function headOps(vault: string, id: string, { was, now, putPolicy, dropPolicy }: HeadWrite): readonly Op[] {
  return [
    replacing(keys.vault(vault), pack({ vault: now, fence: id }), was && { tag: was.vaultTag }),
    ...(was ? [{ op: 'drop', key: keys.fence(vault, was.fence) } as const] : []),
    { op: 'insert', key: keys.fence(vault, id), cells: { v: 1 } },
    ...(putPolicy ? [{ op: 'put', key: keys.policy(vault, putPolicy.name), cells: pack(putPolicy) } as const] : []),
    ...(dropPolicy ? [{ op: 'drop', key: keys.policy(vault, dropPolicy.name) } as const] : []),
  ];
}

function itemOps(vault: string, { was, now, putPages = [], dropPages = [] }: ItemWrite): readonly Op[] {
  return [
    replacing(keys.item(vault, now.name), pack(now, { state: now.state }), was),
    ...trashOps(trashKey(was?.value), trashKey(now), now),
    ...putPages.map((page): Op => ({ op: 'put', key: keys.page(vault, now.name, page.id), cells: pack(page) })),
    ...dropPages.map((page): Op => ({ op: 'drop', key: keys.page(vault, now.name, page.id) })),
  ];
}

function trashOps(before: string | undefined, after: string | undefined, now: ItemWrite['now']): readonly Op[] {
  const gone: Op[] = before !== undefined && before !== after ? [{ op: 'drop', key: before }] : [];
  if (after === undefined) return gone;
  return [...gone, { op: before === after ? 'replace' : 'insert', key: after, cells: pack(now) }];
}

const entryOps = ({ vault, id, entries = [] }: Change): readonly Op[] =>
  entries.map((entry, index) => entryOp(vault, entry, index === 0 ? id : `${id}${index}`));

const entryOp = (vault: string, entry: Entry, id: string): Op => ({
  op: 'insert',
  key: keys.entry(vault, entry.item, entry.at, id),
  cells: pack(entry),
});

export const answerOp = (vault: string, { answer, was }: RecordedAnswer): Op =>
  replacement(keys.answer(vault, answer.key), { was, now: answer });

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
