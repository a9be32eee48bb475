import type {
  Change,
  HeadWrite,
  ItemWrite,
  PagesWrite,
  RecordedAnswer,
  Replacement,
  Write,
  Written,
} from '../change.ts';
import type { Alert, Waiting } from '../core/alerts.ts';
import type { ChainHead, Entry } from '../core/caller.ts';
import { alertEndsOn } from '../core/ends.ts';
import { chainOf, headOf, isLinked, type LinkedEntry, lastEvidence, START } from '../core/evidence.ts';
import type { GrantTerms } from '../core/guards.ts';
import { isItem, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { ClosedOrder } from '../core/order.ts';
import { closedIds, isOrdered } from '../core/orders.ts';
import type { Policy } from '../core/policy.ts';
import { NO_PURGE } from '../core/purgeSettings.ts';
import type { Vault } from '../core/vault.ts';
import { type Chains, giveWay, isNote, notesIn, restsOnItsSubject } from './chains.ts';
import { controlOps, recordKey } from './control.ts';
import { deletionKey, ENDS, endOps } from './ends.ts';
import { executorOps, goingOps, letGoOps, namingOps } from './executors.ts';
import type { HeadMemory } from './head.ts';
import { indexOps } from './indexes.ts';
import { keptHintsOf } from './keptHints.ts';
import { keys, numberIn, trashKey } from './keys.ts';
import { kindOps } from './kinds.ts';
import { operationOps, resultOp } from './operations.ts';
import { pageCells } from './pages.ts';
import { lineWriter } from './registry.ts';
import { read } from './rows.ts';
import {
  type Cells,
  drop,
  type Op,
  pack,
  put,
  type Row,
  replacing,
  type Table,
  touch,
  WITH_EXECUTORS,
  WITH_TALLIES,
} from './table.ts';
import { type Folder, newTallyOps, tallyOps } from './tallies.ts';

/** What a process remembers of the store, and is told of what is written. */
interface Remembering {
  readonly memory: HeadMemory;
  readonly chains: Chains;
  readonly folds: Folder;
  readonly kinds: { forget(): void };
}

/** The one door through which anything is changed: a transaction in a vault, or a row that stands alone. */
export function committer(
  vaults: Table,
  registry: Table,
  { memory, chains, folds, kinds }: Remembering,
): (write: Write) => Promise<Written | undefined> {
  const lines = lineWriter(vaults, registry);
  return async (write) => {
    if ('line' in write) {
      const done = await lines(write);
      if (write.line === 'removeKind') kinds.forget();
      return done ? {} : undefined;
    }
    const partition = keyOf(write.vault);
    const written = await chains.inTurn(write, () => commitInChain(vaults, chains, partition, write));
    // What was lost may have rested on a fence that is gone.
    if (write.head || write.grave || (!written && write.fence !== undefined)) memory.forget(partition);
    if (write.kind) kinds.forget();
    if (written && tallyOps(write).length > 0) folds.wrote(partition);
    return written;
  };
}

/** A change as the rows it writes: what is derived from an item (its place in the trash, indexes, the tally) follows the item. */
export function opsOf(change: Change): readonly Op[] {
  const {
    vault,
    head,
    grave,
    fence,
    stillDeleted,
    items = [],
    mergedPages,
    stillInTrash = [],
    putMarks = [],
    dropMarks = [],
    server,
    touchServer,
    jobs = [],
    operations = [],
    results = [],
    pins = [],
    guard,
    guardGoes,
    removesGuard,
    serviceGuard,
    executor,
    executorGoes,
    namesExecutor,
    letsGo,
    grant,
    spent = [],
    settings,
  } = change;
  const { alerts = [], counted = [], waiting = [], stopWaiting = [], control } = change;
  const answer = change.answer?.(change);
  return [
    ...(head ? headOps(vault, change.id, head) : []),
    ...(grave ? graveOps(vault, grave) : []),
    ...(makesAnything(change) ? [put(keys.gate(vault), {})] : []),
    ...items.flatMap((write) => itemOps(vault, write)),
    ...tallyOps(change),
    ...(mergedPages ? pageOps(vault, mergedPages.item, mergedPages) : []),
    ...stillInTrash.map((item) => touch(trashKey(item) ?? '')),
    ...putMarks.map((mark) => put(keys.mark(vault, mark), mark)),
    ...dropMarks.map((mark) => drop(keys.mark(vault, mark))),
    ...alerts.map((one) => alertOp(vault, one)),
    ...counted.map((one) => put(deletionKey(vault, one), one)),
    ...waiting.map((one) => put(waitingKey(vault, one), { ...one, ...OF_BEFORE })),
    ...stopWaiting.map((one) => drop(waitingKey(vault, one))),
    ...(change.closedOrder ? [closedOrderOp(vault, change.closedOrder)] : []),
    ...jobs.map((job): Op => ({ op: 'put', key: keys.job(vault, job.item, job.id), cells: pack(job, ENDS) })),
    ...operations.flatMap((one) => operationOps(vault, one)),
    ...results.map((one) => resultOp(vault, one)),
    ...entryOps(change),
    ...(fence === undefined ? [] : [touch(keys.fence(vault, fence))]),
    ...(stillDeleted ? [touch(keys.vault(vault))] : []),
    ...(server ? [replacement(keys.server(vault, server.now.name), server)] : []),
    ...(touchServer === undefined ? [] : [touch(keys.server(vault, touchServer))]),
    ...pins.map((one) => replacement(keys.pin(vault, one.now), one)),
    ...(guard ? [replacement(keys.guard(guard.now.name), guard), termsOp(guard.now.name, guard.now)] : []),
    ...(guardGoes === undefined ? [] : [termsOp(guardGoes, undefined)]),
    ...(removesGuard ? [drop(keys.guard(removesGuard.value.name)), termsOp(removesGuard.value.name, undefined)] : []),
    ...(settings ? [replacement(keys.serviceSettings, settings)] : []),
    ...(serviceGuard
      ? [replacement(keys.serviceGuard, serviceGuard), put(keys.control('guard'), serviceGuard.now)]
      : []),
    ...kindOps(change),
    ...(executor ? executorOps(executor) : []),
    ...(executorGoes ? goingOps(executorGoes) : []),
    ...(namesExecutor === undefined ? [] : namingOps(namesExecutor)),
    ...(letsGo ? letGoOps(letsGo) : []),
    ...(grant ? [replacement(keys.grant(grant.now.guard, grant.now.id), grant)] : []),
    ...spent.map((one) => replacement(keys.spent(vault, one.now.grant), one)),
    ...(control ? controlOps(control) : []),
    ...keptHintsOf(change),
    ...(answer ? [answerOp(vault, answer)] : []),
    ...endOps(change, answer),
  ];
}

/** Code of before does not read a place without it. */
const OF_BEFORE = { single: false } as const;

const waitingKey = (vault: string, { together, at, alert }: Waiting): string =>
  keys.waitingOne(vault, together, at, alert);

/** Where the guard goes, they say nothing: whoever lists its grants has to look whether it is there. */
const termsOp = (guard: string, terms: GrantTerms | undefined): Op =>
  put(keys.grantTerms(guard), { quorum: terms?.quorum ?? null });
/** When it is over stands in it, for whoever checks the store. */
const alertOp = (vault: string, { was, now }: Replacement<Alert>): Op =>
  replacement(keys.alert(vault, now.id), { was, now: was ? now : { ...now, endsOn: alertEndsOn(now) } });

const replacement = (key: string, { was, now }: Replacement<object>): Op => replacing(key, pack(now), was);

/** A deleted vault has no fence. A deletion rests on the gate, too: nothing was made in the vault since its blockers were looked for. */
function headOps(
  vault: string,
  id: string,
  { was, now, putPolicy, dropPolicy, names, firstOf }: HeadWrite,
): readonly Op[] {
  const isOpen = now.deletion === null;
  const open = was?.vault.deletion === null ? was : undefined;
  return [
    replacing(keys.vault(vault), vaultCells({ vault: now, fence: id }), was && { tag: was.vaultTag }),
    ...(was ? [] : newTallyOps(vault)),
    ...(open ? [drop(keys.fence(vault, open.fence))] : []),
    ...(isOpen ? [{ op: 'insert', key: keys.fence(vault, id), cells: { v: 1 } } as const] : []),
    ...(open && !isOpen ? [replacing(keys.gate(vault), pack({}), tagged(open.gateTag))] : []),
    ...(putPolicy ? [policyOp(vault, putPolicy)] : []),
    ...(dropPolicy ? [drop(keys.policy(vault, dropPolicy.name))] : []),
    ...(names === undefined ? [] : [drop(keys.naming(vault, names))]),
    ...(firstOf === undefined ? [] : [put(keys.noted(vault, firstOf), {})]),
  ];
}

/**
 * Code that keeps no tallies cannot read the head, and so makes nothing in a vault that this code has touched; nor can code that knows no
 * executors, where something is said of them, or no kinds of one's own, where the vault is for them alone.
 */
export function vaultCells({ vault, fence }: { readonly vault: Vault; readonly fence: string }): Cells {
  const { purge = NO_PURGE, ...rest }: Partial<Vault> = vault;
  const isSet = purge.executor !== null || purge.parameters !== null;
  const version = isSet || vault.kind === 'Generic' ? WITH_EXECUTORS : WITH_TALLIES;
  return pack({ vault: isSet ? vault : rest, fence }, { v: version });
}

const policyOp = (vault: string, policy: Policy): Op => ({
  op: 'put',
  key: keys.policy(vault, policy.name),
  cells: pack(policy, policy.kinds ? { v: WITH_EXECUTORS } : {}),
});

const tagged = (tag: string | undefined) => (tag === undefined ? undefined : { tag });

/** The grave is replaced as it was read: so a vault that is made since under the same name is not taken for the one that goes. */
const graveOps = (vault: string, { was, now }: NonNullable<Change['grave']>): readonly Op[] => [
  replacing(keys.grave(vault), pack(now), tagged(was.graveTag)),
  drop(keys.vault(vault)),
  drop(keys.removing(vault, now.id)),
];

/** It makes something that keeps the vault from being deleted. */
const makesAnything = ({ items = [], server }: Change): boolean =>
  items.some(({ was, now }) => !lives(was?.value) && lives(now)) ||
  (server?.now.registration === 'Registered' && server.was?.value.registration !== 'Registered');

const lives = (remains: Remains | undefined): boolean => remains !== undefined && isItem(remains);

/** An item as its row; whatever else is derived from it is written with it, and so it is counted from then on. */
export const itemCells = ({ uncounted: _, ...remains }: Remains, cells: Cells = { state: remains.state }): Cells =>
  pack(remains, { v: isNew(remains) ? WITH_EXECUTORS : WITH_TALLIES, ...cells });

/** Of a kind of your own, or it knows of orders. */
const isNew = (remains: Remains): boolean =>
  ('kind' in remains && remains.kind !== undefined) ||
  isOrdered(remains) ||
  remains.lastToken !== undefined ||
  ordersOf(remains).length > 0;

function itemOps(vault: string, { was, now, ...pages }: ItemWrite): readonly Op[] {
  return [
    replacing(keys.item(vault, now.name), itemCells(now), was),
    ...trashOps(trashKey(was?.value), trashKey(now), now),
    ...indexOps(vault, was?.value, now),
    ...forgotten(was?.value, now).map((order) => drop(keys.closedOrder(vault, now.name, order))),
    ...pageOps(vault, now.name, pages),
  ];
}

const closedOrderOp = (vault: string, order: ClosedOrder): Op =>
  put(keys.closedOrder(vault, order.item, order.id), order);

/** What came out of the trash has no orders any more, and of many only the newest are kept. */
const forgotten = (was: Remains | undefined, now: Remains): readonly string[] =>
  ordersOf(was).filter((id) => !ordersOf(now).includes(id));

const ordersOf = (remains: Remains | undefined): readonly string[] => (remains ? closedIds(remains) : []);

const pageOps = (vault: string, item: string, { putPages = [], dropPages = [] }: PagesWrite): readonly Op[] => [
  ...putPages.map((page): Op => ({ op: 'put', key: keys.page(vault, item, page.id), cells: pageCells(page) })),
  ...dropPages.map((page) => drop(keys.page(vault, item, page.id))),
];

function trashOps(before: string | undefined, after: string | undefined, now: ItemWrite['now']): readonly Op[] {
  const gone = before !== undefined && before !== after ? [drop(before)] : [];
  if (after === undefined) return gone;
  return [...gone, { op: before === after ? 'replace' : 'insert', key: after, cells: itemCells(now, {}) }];
}

/** The row knows whose write it is, and whether its subject changed with it. */
const entryOps = (change: Change): readonly Op[] =>
  (change.entries ?? []).filter(isLinked).map((entry) => ({
    op: 'insert',
    key: keys.entry(change.vault, entry, entry.link.seq),
    cells: pack(entry, { w: change.id, ...(isNote(change) ? { note: true } : {}) }),
  }));

const answerOp = (vault: string, { answer, was }: RecordedAnswer): Op =>
  replacing(keys.answer(vault, answer.key), pack(answer, ENDS), was);

/**
 * Commits, and does not take the storage's word for a lost race: after "committed, but the answer was lost" its own retry answers 404, 409
 * or 412. The newest entry of the chain tells whose write it was, and whether only the number was taken: then it is written with the next.
 */
async function commitInChain(
  table: Table,
  chains: Chains,
  partition: string,
  first: Change,
): Promise<Written | undefined> {
  let change = first;
  const chain = (entry: Entry) => chainOf(change.vault, entry);
  const lookAt = (entries: readonly Entry[]) => {
    const each = new Map(entries.map((entry) => [chain(entry), entry]));
    return Promise.all([...each.values()].map((entry) => newestIn(table, chains, partition, change.vault, entry)));
  };
  await lookAt(chains.unknownIn(change));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (round > 1 && isNote(change)) await giveWay(round);
    const linked = chains.link(change);
    const [witness] = (linked.entries ?? []).filter(isLinked);
    const fate = async (): Promise<'ours' | 'taken' | 'lost'> =>
      witness
        ? fateOf(witness, linked, await newestIn(table, chains, partition, linked.vault, witness), table)
        : isRecorded(table, partition, linked);
    const done = await table.commit(partition, opsOf(linked)).catch(async (error: unknown) => {
      if ((await fate()) === 'ours') return true;
      throw error;
    });
    const end = done ? 'ours' : await fate();
    if (end === 'lost' || (end === 'taken' && change.unseen)) return undefined;
    if (end === 'taken') {
      if (await isLate(table, partition, change)) return undefined;
      // Where one number was taken, those of the others may be as well.
      await lookAt(notesIn(change).filter((entry) => witness && chain(entry) !== chain(witness)));
      change = unbound(change);
      continue;
    }
    for (const entry of (linked.entries ?? []).filter(isLinked))
      chains.saw(chainOf(change.vault, entry), headOf(entry));
    return { change: linked, evidence: lastEvidence(linked) };
  }
  return undefined;
}

/**
 * A new vault goes on behind the entry that its maker has read. Others that were made and removed since have struck its line in the directory,
 * and left another grave: its maker decides again. A history without a grave is one that the version before left.
 */
async function isLate(table: Table, partition: string, { head }: Change): Promise<boolean> {
  if (!head?.behind) return false;
  const row = await table.get(partition, keys.grave(partition));
  return row !== undefined && read.grave(row).evidence?.seq !== head.behind.seq;
}

const unbound = (change: Change): Change =>
  change.head?.behind ? { ...change, head: { ...change.head, behind: undefined } } : change;

/**
 * What leaves no entry has another witness: of a sweep of which nobody asked anything its record, and of an order that is held for longer
 * the etag in the row of its item.
 */
async function isRecorded(table: Table, partition: string, change: Change): Promise<'ours' | 'lost'> {
  const { control, items: [item] = [] } = change;
  const record = control?.beat && recordKey(control.beat);
  if (record !== undefined) return (await table.get(partition, record)) ? 'ours' : 'lost';
  // An etag that was there before tells nothing.
  const isNew = item !== undefined && item.now.etag !== item.was?.value.etag;
  const row = isNew ? await table.get(partition, keys.item(change.vault, item.now.name)) : undefined;
  return row && isNew && read.remains(row).etag === item.now.etag ? 'ours' : 'lost';
}

/** More than a few that were faster, and the caller decides again. */
const MOST_ROUNDS = 6;

/** So many of the newest are read at once: who was faster, and maybe our own write. */
const NEWEST = 20;

/** The newest entries of the chain in which an entry has its place, as their rows. */
async function newestIn(
  table: Table,
  chains: Chains,
  partition: string,
  vault: string,
  entry: Entry,
): Promise<readonly Row[]> {
  const rows = await table.range(partition, { prefix: keys.chain(vault, entry), limit: NEWEST });
  chains.saw(chainOf(vault, entry), headIn(rows[0]));
  return rows;
}

/** A chain goes on behind an entry that cannot be read: that is seen there, and must not stop what comes after. */
function headIn(newest: Row | undefined): ChainHead {
  const seq = newest && numberIn(newest.key);
  if (!newest || seq === undefined) return START;
  try {
    return read.entry(newest).link ?? { ...START, seq };
  } catch {
    return { ...START, seq };
  }
}

/** What became of a change that was refused, or of which nobody knows. */
async function fateOf(
  witness: LinkedEntry,
  change: Change,
  newest: readonly Row[],
  table: Table,
): Promise<'ours' | 'taken' | 'lost'> {
  const key = keys.entry(change.vault, witness, witness.link.seq);
  const there = newest.find((row) => row.key === key);
  const row = there ?? (newest.length === NEWEST ? await table.get(keyOf(change.vault), key) : undefined);
  if (!row) return 'lost';
  if (row.cells['w'] === change.id) return 'ours';
  // Its subject changed after it was read: what was decided is out of date.
  return newest[0]?.cells['note'] !== true && restsOnItsSubject(change, witness) ? 'lost' : 'taken';
}
