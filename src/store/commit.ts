import type { Alert } from '../core/alerts.ts';
import type { Entry } from '../core/history.ts';
import { keyOf } from '../core/names.ts';
import type { Change, Held, ItemWrite, RecordedAnswer, Waiting } from '../ports.ts';
import { grantOp, guardOp } from './guards.ts';
import { keys, trashKey } from './keys.ts';
import { pinOp } from './pins.ts';
import { pack } from './rows.ts';
import type { Cells, Op, Table } from './table.ts';

/** A change as the rows it writes: what is derived from an item (its place in the trash) follows the item. */
export function opsOf(change: Change): readonly Op[] {
  const { vault, id, fence, server, items = [], stillInTrash = [], alerts = [], jobs = [], entries, answer } = change;
  const { recounts = [], waiting = [], pin, guard, grant } = change;
  return [
    ...items.flatMap((write) => itemOps(vault, write)),
    ...stillInTrash.map((item): Op => ({ op: 'touch', key: trashKey(item) ?? '' })),
    ...alerts.map((alert) => alertOp(vault, alert)),
    ...recounts.map((recount) => recountOp(vault, recount)),
    ...waiting.map((one) => waitingOp(vault, one)),
    ...jobs.map((job): Op => ({ op: 'put', key: keys.job(vault, job.item, job.id), cells: pack(job) })),
    ...entries.map((entry, index) => entryOp(vault, entry, index === 0 ? id : `${id}${index}`)),
    ...(fence === undefined ? [] : [{ op: 'touch', key: keys.fence(vault, fence) } as const]),
    ...(server === undefined ? [] : [{ op: 'touch', key: keys.server(vault, server) } as const]),
    ...(pin ? [pinOp(vault, pin)] : []),
    ...(guard ? [guardOp(guard)] : []),
    ...(grant ? [grantOp(grant)] : []),
    ...(answer ? [answerOp(vault, answer)] : []),
  ];
}

function itemOps(vault: string, { was, now, putPages = [], dropPages = [] }: ItemWrite): readonly Op[] {
  const row = { key: keys.item(vault, now.name), cells: pack(now, { state: now.state }) };
  return [
    replaceOp(was?.tag, row),
    ...trashOps(trashKey(was?.value), trashKey(now), now),
    ...putPages.map((page): Op => ({ op: 'put', key: keys.page(vault, now.name, page.id), cells: pack(page) })),
    ...dropPages.map((page): Op => ({ op: 'drop', key: keys.page(vault, now.name, page.id) })),
  ];
}

/** `*` for a tag: what guards the row is its place in the trash, which the same transaction drops. */
function replaceOp(tag: string | undefined, row: { readonly key: string; readonly cells: Cells }): Op {
  if (tag === undefined) return { op: 'insert', ...row };
  return tag === ANY ? { op: 'replace', ...row } : { op: 'replace', tag, ...row };
}

export const ANY = '*';

function trashOps(before: string | undefined, after: string | undefined, now: ItemWrite['now']): readonly Op[] {
  const gone: Op[] = before !== undefined && before !== after ? [{ op: 'drop', key: before }] : [];
  if (after === undefined) return gone;
  return [...gone, { op: before === after ? 'replace' : 'insert', key: after, cells: pack(now) }];
}

export const entryOp = (vault: string, entry: Entry, id: string): Op => ({
  op: 'insert',
  key: keys.entry(vault, entry.item, entry.at, id),
  cells: pack(entry),
});

export const alertOp = (vault: string, alert: Alert): Op => ({
  op: 'insert',
  key: keys.alert(vault, alert.id),
  cells: pack(alert),
});

export const recountOp = (vault: string, { was, now }: { readonly was: Held<Alert>; readonly now: Alert }): Op => ({
  op: 'replace',
  tag: was.tag,
  key: keys.alert(vault, now.id),
  cells: pack(now),
});

export const waitingOp = (vault: string, one: Waiting): Op => ({
  op: 'put',
  key: keys.waitingOne(vault, one.together, one.at, one.alert),
  cells: pack(one),
});

export const answerOp = (vault: string, { answer, was }: RecordedAnswer): Op => ({
  ...(was ? { op: 'replace', tag: was.tag } : { op: 'insert' }),
  key: keys.answer(vault, answer.key),
  cells: pack(answer),
});

/**
 * Commits, and does not take the storage's word for a lost race: after "committed, but the answer was lost" its own retry
 * answers 404, 409 or 412. The history entry carries the write's id, so its presence tells whose write it was.
 */
export async function commitOnce(table: Table, vault: string, ops: readonly Op[], witness: Op): Promise<boolean> {
  const partition = keyOf(vault);
  const isOurs = async () => (await table.get(partition, witness.key)) !== undefined;
  try {
    return (await table.commit(partition, ops)) || (await isOurs());
  } catch (error) {
    if (await isOurs()) return true;
    throw error;
  }
}
